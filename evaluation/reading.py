"""Reads rendered shop pages back from their pixels and compares with what the catalog says of them.

Designs in :data:`storefront.designs.HELD_OUT` were not looked at while the screen reader was written.
"""

import io
import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from pydantic import BaseModel
from rapidfuzz import fuzz

from agents.browser import ARGUMENTS, find_browser
from agents.screen_reader.page import PageInterpreter
from agents.screen_reader.reading import PageReading, ReadProduct
from catalog.products import Catalog, Product
from storefront.app import create_shop
from storefront.designs import DESIGNS, HELD_OUT
from storefront.server import running
from tools.linking import Linker

WIDTHS = (1100, 1280, 1600)
ZOOMS = (1.0, 1.25)
THEMES = ("light", "dark")
HEIGHT = 800
SAME_TITLE = 82
ALL_FIELDS = frozenset({"brand", "rating", "list_price", "promotion"})

# Products whose title and price are wholly visible: nothing that is cut off counts for or against.
VISIBLE = """() => [...document.querySelectorAll('.card, .detail')].filter(card => {
  const parts = [card.querySelector('.title, h1'), card.querySelector('.price .now')];
  return parts.every(p => p) && parts.every(p => { const b = p.getBoundingClientRect();
    return b.top >= 0 && b.bottom <= innerHeight && b.left >= 0 && b.right <= innerWidth; });
}).map(card => (card.querySelector('a.picture')?.getAttribute('href') || location.pathname).split('/').pop())"""


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


class ReadingLine(BaseModel):
    """The figures of one group of pages."""

    name: str
    pages: int
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
    catalog: Catalog, linker: Linker, pages: int, step: Callable[[str], None] = lambda _: None
) -> list[ReadingLine]:
    """Render ``pages`` listings and as many product pages in every design, width, zoom and theme."""
    rng = random.Random(5)
    interpreter = PageInterpreter()
    tallies: dict[str, Tally] = defaultdict(Tally)
    with running(create_shop(catalog)) as url, sync_playwright() as playwright:
        arguments = [*ARGUMENTS, "--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=find_browser(), args=arguments)
        for design, width, zoom, theme in itertools.product(DESIGNS, WIDTHS, ZOOMS, THEMES):
            step(f"{design}, {width} px, {zoom:g}, {theme}")
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHT}, device_scale_factor=zoom
            )
            page = context.new_page()
            for path in _paths(catalog, rng, pages):
                page.goto(f"{url}{path}{'&' if '?' in path else '?'}design={design}&theme={theme}")
                truth = [catalog.get(i) for i in page.evaluate(VISIBLE) if i in catalog]
                reading = interpreter.read(_pixels(page))
                group = "held-out designs" if design in HELD_OUT else "designs developed on"
                stated = ALL_FIELDS if "/product/" in path else _stated(design)
                for name in (group, f"design {design}"):
                    _count(tallies[name], truth, reading, linker, stated)
            context.close()
        browser.close()
    return [_line(name, tally) for name, tally in sorted(tallies.items())]


def _stated(design: str) -> frozenset[str]:
    """The fields that a design's cards show: what is not on the page cannot be read off it."""
    order = DESIGNS[design].order
    parts = {"brand": "brand", "rating": "rating", "list_price": "price", "promotion": "badge"}
    return frozenset(name for name, part in parts.items() if part in order)


def _paths(catalog: Catalog, rng: random.Random, pages: int) -> Iterator[str]:
    for _ in range(pages):
        product = catalog.product(rng.randrange(len(catalog)))
        words = [w for w in product.title.lower().replace(",", " ").split() if w.isalpha() and len(w) > 3]
        yield f"/search?q={rng.choice(words) if words else 'set'}"
        yield f"/product/{product.item_id}"


def _pixels(page: Page) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))


def _count(
    tally: Tally, truth: list[Product], reading: PageReading, linker: Linker, stated: frozenset[str]
) -> None:
    tally.pages += 1
    tally.shown += len(truth)
    tally.read += len(reading.products)
    left = list(reading.products)
    pairs: list[tuple[Product, ReadProduct]] = []
    for product in truth:
        match = max(left, key=lambda r: _likeness(product, r), default=None)
        if match is not None and _likeness(product, match) >= SAME_TITLE:
            left.remove(match)
            pairs.append((product, match))
    tally.found += len(pairs)
    for product, read in pairs:
        tally.prices += 1
        tally.prices_right += (
            read.price is not None and product.price is not None and read.price == product.price
        )
        for name in stated:
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
        name=name, pages=tally.pages, products=tally.shown, recall=share(tally.found, tally.shown),
        precision=share(tally.found, tally.read), price_exact=share(tally.prices_right, tally.prices),
        price_span=share(tally.lowest_right, tally.pages), linking=share(tally.linked, tally.found),
        brand_f1=f1("brand"), rating_f1=f1("rating"), list_price_f1=f1("list_price"), promotion_f1=f1("promotion"),
    )  # fmt: skip
