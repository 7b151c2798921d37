"""Reads one frame with the learned model: its lines, its products, and what kind of page it is."""

import re

import numpy as np

from agents.screen_reader.blocks import rows_of
from agents.screen_reader.lines import TextLine
from agents.screen_reader.page import searched_for
from agents.screen_reader.reading import PageKind, PageReading, ReadProduct
from agents.screen_reader.signs import with_signs_joined
from training.page_reader.reader.assembly import Found, Member, members_of, offers_beside, products_of
from training.page_reader.reader.features import features_of
from training.page_reader.reader.nodes import nodes_of
from training.page_reader.reader.page_model import KINDS, PageModel, Prediction

HEADER = 0.08  # of the page's height: where logos and menus stand
MAIN = 0.5  # the likelihood from which on a page is about a product
MOST_OFFERS = 8


def interpret(image: np.ndarray, lines: list[TextLine], model: PageModel) -> PageReading:
    """A page from its pixels, RGB (h, w, 3) uint8, and its text lines."""
    lines = with_signs_joined(lines)
    query = searched_for(rows_of(lines))
    text = "\n".join(line.text for line in lines)
    nodes = nodes_of(image, lines)
    if not lines:
        return PageReading(text=text, query=query)
    prediction = model.predict(features_of(image, nodes))
    members = members_of(nodes, prediction)
    found = without_repeats(products_of(image, members, prediction))
    used = {i for f in found for i in f.indices}
    kind = _kind(prediction, query, found)
    offers = [o for o in offers_beside(members, used) if o not in {f.product.promotion for f in found}]
    return PageReading(
        kind=kind,
        products=_with_main(found, kind),
        query=query,
        heading=_heading(members, image.shape[0]),
        promotions=offers[:MOST_OFFERS],
        text=text,
    )


def _kind(prediction: Prediction, query: str | None, found: list[Found]) -> PageKind:
    """The likeliest kind; a home page is a listing where it shows several products, and else none of the kinds that shops have."""
    likeliest = KINDS[int(prediction.kinds.argmax())]
    if query is not None and likeliest in ("listing", "home", "other"):
        return PageKind.SEARCH
    if likeliest in ("home", "other"):
        return PageKind.LISTING if len(found) > 1 else PageKind.OTHER
    if likeliest == "reviews":
        return PageKind.PRODUCT if found else PageKind.OTHER
    return PageKind(likeliest)


def _with_main(found: list[Found], kind: PageKind) -> list[ReadProduct]:
    """The products, the one first that a product's page is about."""
    best = max(found, key=lambda f: f.main, default=None)
    if kind is not PageKind.PRODUCT or best is None or best.main < MAIN:
        return [f.product for f in found]
    return [best.product.model_copy(update={"main": True}), *(f.product for f in found if f is not best)]


def without_repeats(found: list[Found]) -> list[Found]:
    """Each product once, however often the page shows it."""
    seen: dict[tuple[str, str, str | None], Found] = {}
    for f in found:
        seen.setdefault((f.product.title.lower(), str(f.product.price), f.product.brand), f)
    return list(seen.values())


def _heading(members: list[Member], height: int) -> str | None:
    lines = [
        m.node.line for m in members if m.node.line is not None and m.role not in ("navigation", "picture")
    ]
    large = [line for line in lines if line.y0 > HEADER * height and re.search(r"[A-Za-z]{3}", line.text)]
    return max(large, key=lambda line: line.height).text if large else None
