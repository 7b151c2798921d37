"""Linking: from a product as it was read off a page to the catalog item that it is."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz import fuzz

from catalog.money import Money
from catalog.products import Catalog
from tools.retrieval import Retriever

CANDIDATES = 12
ACCEPT = 0.3  # below it, what was read is unknown: a link that is missing costs more than one in three that is wrong
PRICE_SHARE = 0.14
CUT_OFF = re.compile(r"(?:…|\.\.\.)\s*$")
# From features to the odds of being right: fitted by `python -m benchmarks.linking --fit` on the sample shop,
# Online Retail and 198,694 Amazon products together.
WEIGHTS = (2.82, 1.331, 2.029)
BIAS = -8.67


@dataclass(frozen=True)
class Link:
    """A catalog item and how likely it is the one that was read, 0 to 1, with what that is judged by."""

    item_id: str
    score: float
    likeness: float = 1.0
    price_check: float = 0.0
    lead: float = 1.0


class Linker:
    """Finds the catalog item of a title, with brand and price as checks; None means unknown."""

    def __init__(self, catalog: Catalog, retriever: Retriever):
        self.catalog = catalog
        self.retriever = retriever
        self._everything = np.ones(len(catalog), bool)

    def link(self, title: str, brand: str | None = None, price: Money | None = None) -> Link | None:
        """The item that a read title names, or None when it is more likely another than any of the catalog's."""
        best = self.best(title, brand, price)
        return best if best is not None and best.score >= ACCEPT else None

    def best(
        self, title: str, brand: str | None, price: Money | None, without: Sequence[int] = ()
    ) -> Link | None:
        """The likeliest item however unlikely, among all rows but those in ``without``."""
        allowed = self._everything
        if len(without):
            allowed = allowed.copy()
            allowed[list(without)] = False
        words = title if brand is None or brand.lower() in title.lower() else f"{brand} {title}"
        ranked = sorted(
            (self._judge(c.item_id, title, brand, price) for c in self.retriever.search(words, CANDIDATES, allowed)),
            key=lambda judged: -judged[0],
        )  # fmt: skip
        if not ranked:
            return None
        total, likeness, check, item_id = ranked[0]
        name = _plain(self.catalog.get(item_id).title)
        others = (t for t, _, _, other in ranked[1:] if _plain(self.catalog.get(other).title) != name)
        lead = min(1.0, 5 * (total - next(others, 0.0)))
        link = Link(item_id, 0.0, likeness, check, lead)
        odds = BIAS + sum(w * f for w, f in zip(WEIGHTS, features(link), strict=True))
        return replace(link, score=round(1 / (1 + math.exp(-odds)), 4))

    def _judge(
        self, item_id: str, title: str, brand: str | None, price: Money | None
    ) -> tuple[float, float, float, str]:
        product = self.catalog.get(item_id)
        likeness = _likeness(title, brand, product.title, product.brand)
        check = _price_check(price, product.price)
        return likeness + PRICE_SHARE * check, likeness, check, item_id


def features(link: Link) -> tuple[float, float, float]:
    """What the score is made of: likeness of the titles (from 0 to 3.5, steep near sameness), price, and lead."""
    return -math.log(1.03 - link.likeness), link.price_check, link.lead


def _likeness(title: str, brand: str | None, known: str, known_brand: str | None) -> float:
    read, whole = _plain(title), _plain(known)
    ratio = max(fuzz.ratio(read, whole), fuzz.token_sort_ratio(read, whole)) / 100
    if CUT_OFF.search(title) and len(read) >= 12:
        ratio = max(ratio, 0.97 * fuzz.ratio(read, whole[: len(read)]) / 100)
    if known_brand:
        bare = _plain(known.replace(known_brand, ""))
        ratio = max(
            ratio, 0.97 * fuzz.ratio(_plain(title.replace(brand, "") if brand else title), bare) / 100
        )
    if brand and known_brand:
        same = fuzz.ratio(_plain(brand), _plain(known_brand)) > 80
        ratio += 0.05 if same else -0.12
    return min(ratio, 1.0)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def _price_check(read: Money | None, known: Money | None) -> float:
    """1 for the same price, -1 for another, 0 where one is not known."""
    if read is None or known is None:
        return 0.0
    return 1.0 if read.amount == known.amount else -1.0
