"""Reads labelled screenshots and counts, field by field, what was read rightly."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from pydantic import BaseModel
from rapidfuzz import fuzz

from agents.screen_reader.page import PageInterpreter
from agents.screen_reader.reading import PageKind, PageReading, ReadProduct
from evaluation.metrics import wilson
from evaluation.screens.labels import LabelledProduct, LabelledScreen

SAME = 75  # of 100: from which likeness on a read product is the labelled one
TITLE = 90  # of 100: a letter or two may be misread
CENT = 0.005
HALF_STAR = 0.3
ACCEPTED: dict[str, tuple[PageKind, ...]] = {
    "product": (PageKind.PRODUCT,),
    "listing": (PageKind.LISTING, PageKind.SEARCH),
    "cart": (PageKind.CART,),
    "comparison": (PageKind.COMPARISON,),
    "reviews": (PageKind.PRODUCT, PageKind.OTHER),
    "home": (PageKind.LISTING, PageKind.OTHER),
    "other": (PageKind.OTHER, PageKind.LISTING),
}


class ScreenLine(BaseModel):
    """One figure: how many of how many, and the 95 % interval of the share (Wilson 1927)."""

    name: str
    right: int
    of: int
    share: float
    low: float
    high: float


@dataclass
class Tally:
    """Right and all, by figure."""

    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, name: str, right: bool) -> None:
        """Count one more."""
        self.counts[name][0] += right
        self.counts[name][1] += 1

    def lines(self) -> list[ScreenLine]:
        """The figures in the order in which they were met first."""
        return [
            ScreenLine(name=name, right=right, of=of, share=round(right / of, 3), low=low, high=high)
            for name, (right, of) in self.counts.items()
            for low, high in [wilson(right, of)]
        ]


def pictured(screens: list[LabelledScreen], folder: Path) -> Iterator[tuple[LabelledScreen, np.ndarray]]:
    """Each screen whose picture lies below ``folder``, with it as RGB, (h, w, 3) uint8."""
    for screen in screens:
        path = folder / screen.file
        if path.exists():
            yield screen, np.asarray(Image.open(path).convert("RGB"))


def measured(screens: list[LabelledScreen], folder: Path, interpreter: PageInterpreter) -> list[ScreenLine]:
    """The figures over screens whose pictures lie below ``folder``; those whose picture is missing are left out."""
    tally = Tally()
    for screen, image in pictured(screens, folder):
        count(tally, screen, interpreter.read(image))
    return tally.lines()


def count(tally: Tally, screen: LabelledScreen, reading: PageReading) -> None:
    """Add what one reading got right."""
    tally.add("page kind", reading.kind in ACCEPTED[screen.kind])
    pairs = matched(screen, reading)
    for product in screen.products:
        if product.whole and product.title and (product.price is not None or product.about):
            tally.add("products found", any(p is product for p, _ in pairs))
    for read in reading.products:
        tally.add("read products that are there", any(r is read for _, r in pairs))
    for product, read in pairs:
        _fields(tally, product, read)
    _span(tally, screen, reading)
    _other_money(tally, screen, reading)


def matched(screen: LabelledScreen, reading: PageReading) -> list[tuple[LabelledProduct, ReadProduct]]:
    """Labelled products with what was read of them, the likeliest pairs first; each is paired once."""
    scored = sorted(
        (
            (_likeness(p, r), i, j)
            for i, p in enumerate(screen.products)
            for j, r in enumerate(reading.products)
        ),
        reverse=True,
    )
    pairs, left, right = [], set(range(len(screen.products))), set(range(len(reading.products)))
    for score, i, j in scored:
        if score >= SAME and i in left and j in right:
            pairs.append((screen.products[i], reading.products[j]))
            left.remove(i)
            right.remove(j)
    return pairs


def _likeness(product: LabelledProduct, read: ReadProduct) -> float:
    """How alike titles are, 0 to 100, a little more where price and place agree."""
    if product.title is None:
        return (
            80.0 if product.box and _inside(read, product.box) and _equal(read.price, product.price) else 0.0
        )
    written = product.title.lower(), read.title.lower()
    alike = max(fuzz.ratio(*written), fuzz.token_set_ratio(*written) - 5)
    return (
        alike + 3 * _equal(read.price, product.price) + 2 * bool(product.box and _inside(read, product.box))
    )


def _inside(read: ReadProduct, box: tuple[int, int, int, int]) -> bool:
    cx, cy = (read.box[0] + read.box[2]) / 2, (read.box[1] + read.box[3]) / 2
    return box[0] <= cx <= box[2] and box[1] <= cy <= box[3]


def _equal(read: object, true: float | None) -> bool:
    amount = getattr(read, "amount", None)
    return amount is not None and true is not None and abs(float(amount) - true) < CENT


def _fields(tally: Tally, product: LabelledProduct, read: ReadProduct) -> None:
    if product.title:
        tally.add("title", fuzz.ratio(product.title.lower(), read.title.lower()) >= TITLE)
    if product.price is not None:
        tally.add("price", _equal(read.price, product.price) or _equal(read.price, product.price_high))
        if product.currency and read.price is not None:
            tally.add("currency", read.price.currency == product.currency)
    if product.list_price is not None:
        tally.add("list price", _equal(read.list_price, product.list_price))
    elif product.price is not None:
        tally.add("no list price where there is none", read.list_price is None)
    if product.brand:
        tally.add(
            "brand, in the brand or the title", product.brand.lower() in f"{read.brand} {read.title}".lower()
        )
    if product.rating is not None:
        tally.add("rating", read.rating is not None and abs(read.rating - product.rating) <= HALF_STAR)
    tally.add("rating told or not", (product.rating is None) == (read.rating is None))
    tally.add("promotion told or not", (product.promotion is None) == (read.promotion is None))


def _span(tally: Tally, screen: LabelledScreen, reading: PageReading) -> None:
    prices = [p.price for p in screen.products if p.price is not None]
    seen = [float(p.price.amount) for p in reading.products if p.price is not None]
    if prices:
        tally.add("lowest price of the page", bool(seen) and abs(min(seen) - min(prices)) < CENT)
        tally.add("highest price of the page", bool(seen) and abs(max(seen) - max(prices)) < CENT)


def _other_money(tally: Tally, screen: LabelledScreen, reading: PageReading) -> None:
    known = {x for p in screen.products for x in (p.price, p.price_high, p.list_price) if x is not None}
    for money in screen.other_money:
        if money.amount is not None and money.amount not in known:
            taken = any(_equal(p.price, money.amount) for p in reading.products)
            tally.add("other money taken for no price", not taken)
