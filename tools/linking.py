"""Linking: from a product as it was read off a page to the catalog item that it is."""

import re
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from catalog.money import Money
from catalog.products import Catalog
from tools.retrieval import Retriever

CANDIDATES = 12
ACCEPT = 0.72
CUT_OFF = re.compile(r"(?:…|\.\.\.)\s*$")


@dataclass(frozen=True)
class Link:
    """A catalog item and how sure the link is, 0 to 1."""

    item_id: str
    score: float


class Linker:
    """Finds the catalog item of a title, with brand and price as checks; None means unknown."""

    def __init__(self, catalog: Catalog, retriever: Retriever):
        self.catalog = catalog
        self.retriever = retriever
        self._everything = np.ones(len(catalog), bool)

    def link(self, title: str, brand: str | None = None, price: Money | None = None) -> Link | None:
        """The item that a read title names, or None when no item is near enough."""
        words = title if brand is None or brand.lower() in title.lower() else f"{brand} {title}"
        best: Link | None = None
        for candidate in self.retriever.search(words, CANDIDATES, self._everything):
            product = self.catalog.get(candidate.item_id)
            score = _likeness(title, brand, product.title, product.brand)
            score = 0.86 * score + 0.14 * _price_check(price, product.price)
            if best is None or score > best.score + 1e-9:
                best = Link(candidate.item_id, round(score, 4))
        return best if best is not None and best.score >= ACCEPT else None


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
    if read is None or known is None:
        return 0.6
    return 1.0 if read.amount == known.amount else 0.0
