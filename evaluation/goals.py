"""What a simulated shopper wishes, and which products satisfy it by their records alone."""

import re
from dataclasses import dataclass
from typing import Any

from catalog.products import Product


@dataclass(frozen=True)
class Goal:
    """What a shopper wishes by now."""

    kind: str
    max_price: float | None = None
    min_price: float | None = None
    brand: str | None = None
    not_brand: str | None = None
    words: tuple[str, ...] = ()
    not_word: str | None = None
    min_rating: float | None = None
    on_offer: bool | None = None
    relative: bool = False
    """Whether something is wished that only what was shown bounds: "cheaper"."""

    def checks(self) -> dict[str, Any]:
        """What every product shown must satisfy, as a script says it."""
        named = {
            "title": self.kind, "max_price": self.max_price, "min_price": self.min_price, "brand": self.brand,
            "not_brand": self.not_brand, "not_text": self.not_word, "min_rating": self.min_rating, "on_offer": self.on_offer,
        }  # fmt: skip
        texts = {"text": list(self.words)} if self.words else {}
        return {name: value for name, value in named.items() if value is not None} | texts


def _plain(text: str) -> str:
    return text.lower().replace("-", " ").replace("gray", "grey")


def titled(product: Product, word: str) -> bool:
    """Whether a title has a word or words, with a hyphen or without."""
    return re.search(rf"\b{re.escape(_plain(word))}\b", _plain(product.title)) is not None


def _text(product: Product) -> str:
    return _plain(" ".join([product.title, *product.specifications, product.description or ""]))


def fits(product: Product, goal: Goal) -> bool:
    """Whether a product satisfies every wish of a goal that its record can tell."""
    price = float(product.price.amount) if product.price else None
    if goal.kind.lower() not in product.title.lower():
        return False
    if goal.max_price is not None and (price is None or price > goal.max_price):
        return False
    if goal.min_price is not None and (price is None or price < goal.min_price):
        return False
    if goal.brand not in (None, product.brand) or (goal.not_brand and goal.not_brand == product.brand):
        return False
    if not all(titled(product, w) for w in goal.words) or (goal.not_word and goal.not_word in _text(product)):
        return False
    rated = goal.min_rating is None or (product.rating or 0) >= goal.min_rating
    return rated and (not goal.on_offer or bool(product.promotion or product.list_price))
