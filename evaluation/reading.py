"""Reads rendered shop pages back from their pixels and compares with what the catalog says of them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel
from rapidfuzz import fuzz

from agents.screen_reader.page import PageInterpreter
from agents.screen_reader.reading import PageReading, ReadProduct
from catalog.products import Catalog, Product
from evaluation.rendering import Rendered, render_pages
from storefront.designs import HELD_OUT
from tools.linking import Linker

SAME_TITLE = 82


@dataclass
class Tally:
    """Counts of one group of pages."""

    shown: int = 0
    read: int = 0
    found: int = 0
    prices: int = 0
    prices_right: int = 0
    fields: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    """Of each field: right, read, true."""
    linked: int = 0
    lowest_right: int = 0
    pages: int = 0
    kinds_right: int = 0


class ReadingLine(BaseModel):
    """The figures of one group of pages."""

    name: str
    pages: int
    page_kind: float
    products: int
    recall: float
    precision: float
    price_exact: float
    price_span: float
    linking: float
    brand_f1: float
    rating_f1: float
    list_price_f1: float
    promotion_f1: float


def evaluate_reading(
    catalog: Catalog,
    linker: Linker,
    interpreter: PageInterpreter,
    pages: int,
    step: Callable[[str], None] = lambda _: None,
) -> list[ReadingLine]:
    """Read pages in every design, width, zoom and theme, and count by group of designs, design and kind."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for page in render_pages(catalog, pages, step):
        reading = interpreter.read(page.pixels)
        group = "held-out designs" if page.design in HELD_OUT else "designs developed on"
        for name in (group, f"design {page.design}", f"kind {page.kind}"):
            _count(tallies[name], page, reading, linker)
    return [_line(name, tally) for name, tally in sorted(tallies.items())]


def _count(tally: Tally, page: Rendered, reading: PageReading, linker: Linker) -> None:
    truth = page.products
    tally.pages += 1
    tally.kinds_right += reading.kind is page.kind
    tally.shown += len(truth)
    left = list(reading.products)
    pairs: list[tuple[Product, ReadProduct]] = []
    for product in truth:
        match = max(left, key=lambda r: _likeness(product, r), default=None)
        if match is not None and _likeness(product, match) >= SAME_TITLE:
            left.remove(match)
            pairs.append((product, match))
    tally.found += len(pairs)
    cut_off = sum(any(_likeness(p, read) >= SAME_TITLE for p in page.partly) for read in left)
    tally.read += len(reading.products) - cut_off
    for product, read in pairs:
        tally.prices += 1
        tally.prices_right += (
            read.price is not None and product.price is not None and read.price == product.price
        )
        for name in page.stated:
            _field(tally, name, getattr(product, name), getattr(read, name))
        link = linker.link(read.title, read.brand, read.price)
        tally.linked += link is not None and _same_item(product, linker.catalog.get(link.item_id))
    shown = [p.price.amount for p in truth if p.price]
    seen = [r.price.amount for r in reading.products if r.price]
    whole = bool(shown) and bool(seen) and set(shown) <= set(seen)
    tally.lowest_right += not shown or (whole and min(seen) <= min(shown) and max(seen) >= max(shown))


def _likeness(product: Product, read: ReadProduct) -> float:
    same_price = 10 if read.price and product.price and read.price.amount == product.price.amount else 0
    return (
        float(fuzz.ratio(product.title.lower(), read.title.lower()))
        + (same_price if read.brand == product.brand else same_price / 2)
        - 5
    )


def _same_item(a: Product, b: Product) -> bool:
    """The same item, or one that nothing on the page could tell from it."""
    return a.item_id == b.item_id or (a.title, a.price) == (b.title, b.price)


def _field(tally: Tally, name: str, true: object, read: object) -> None:
    counts = tally.fields[name]
    right = true is not None and read is not None and str(true).lower() == str(read).lower()
    counts[0] += right
    counts[1] += read is not None
    counts[2] += true is not None


def _line(name: str, tally: Tally) -> ReadingLine:
    def f1(field_name: str) -> float:
        right, read, true = tally.fields[field_name]
        return round(2 * right / (read + true), 4) if read + true else 1.0

    def share(part: int, whole: int) -> float:
        return round(part / whole, 4) if whole else 1.0

    return ReadingLine(
        name=name, pages=tally.pages, page_kind=share(tally.kinds_right, tally.pages), products=tally.shown, recall=share(tally.found, tally.shown),
        precision=share(tally.found, tally.read), price_exact=share(tally.prices_right, tally.prices),
        price_span=share(tally.lowest_right, tally.pages), linking=share(tally.linked, tally.found),
        brand_f1=f1("brand"), rating_f1=f1("rating"), list_price_f1=f1("list_price"), promotion_f1=f1("promotion"),
    )  # fmt: skip
