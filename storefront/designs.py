"""The looks that the shop can wear: what a card holds, in which order, and how a price is set.

Reading pages from pixels is developed on some of them and measured on the others (``HELD_OUT``).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Design:
    """One look. ``order`` lists the parts of a product card from top to bottom."""

    name: str
    order: tuple[str, ...]
    price: Literal["plain", "raised cents", "comma", "code"] = "plain"
    layout: Literal["grid", "rows"] = "grid"
    old_price: Literal["struck", "was", "rrp"] = "struck"
    stars: Literal["text", "drawn"] = "drawn"


DESIGNS: dict[str, Design] = {
    d.name: d
    for d in (
        Design("classic", ("picture", "badge", "brand", "title", "rating", "price")),
        Design("market", ("picture", "title", "rating", "price", "badge", "delivery"), price="raised cents", old_price="rrp"),
        Design("atelier", ("picture", "brand", "title", "price"), stars="text"),
        Design("ledger", ("picture", "title", "brand", "rating", "badge", "price", "delivery"), layout="rows", old_price="was"),
        Design("bazaar", ("picture", "price", "badge", "title", "brand", "rating"), price="plain", stars="text"),
        Design("estate", ("picture", "price", "facts", "title", "badge"), old_price="was", stars="text"),
    )
}  # fmt: skip
HELD_OUT = ("bazaar", "estate")
DEFAULT = "classic"
