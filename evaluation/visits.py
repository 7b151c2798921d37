"""Whole visits read back from their pixels: the behaviour summary's eight categories against what was done and shown.

A simulated shopper searches, scrolls, opens two products, and compares them or puts one in the cart. What each
page showed is known from the catalog and the page's DOM; the summary is made from the screenshots alone.
"""

import itertools
import random
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page
from pydantic import BaseModel

from agents.embedded_reader import EmbeddedReader
from agents.frames import Frame, FrameStore
from agents.screen_reader.page import PageInterpreter
from agents.screen_reader.reading import PageKind
from agents.summarizer import Summarizer
from catalog.products import Catalog, Product
from evaluation.rendering import (
    HEIGHT,
    THEMES,
    VISIBLE,
    WIDTHS,
    ZOOMS,
    distinct_products,
    search_word,
    shop_in_browser,
    stated,
)  # fmt: skip
from storefront.designs import DESIGNS
from tools.linking import Linker
from tools.needs import BehaviorSummary, Category, SeenProduct

SECONDS = 2.0  # between frames
SPECIFICATIONS = """() => [...document.querySelectorAll('.specs tr')]
  .filter(r => r.getBoundingClientRect().bottom <= innerHeight && r.getBoundingClientRect().top >= 0)
  .map(r => [...r.children].map(c => c.textContent.trim()).join(': '))"""


class VisitLine(BaseModel):
    """How well one category of the summaries agrees with the truth, over all visits."""

    category: str
    true: int
    read: int
    precision: float
    recall: float
    f1: float


@dataclass
class Truth:
    """What a visit showed: facts that must be in the summary, and those that may be."""

    must: dict[Category, set[str]] = field(default_factory=lambda: {c: set() for c in Category})
    may: dict[Category, set[str]] = field(default_factory=lambda: {c: set() for c in Category})
    shown: list[Product] = field(default_factory=list)
    partly: list[Product] = field(default_factory=list)
    opened: list[Product] = field(default_factory=list)
    compared: list[Product] = field(default_factory=list)

    def add(self, category: Category, *facts: str, sure: bool = True) -> None:
        """Note facts; ``sure`` ones must be in the summary."""
        self.may[category] |= set(facts)
        if sure:
            self.must[category] |= set(facts)


def evaluate_visits(
    catalog: Catalog,
    linker: Linker,
    interpreter: PageInterpreter,
    visits: int,
    step: Callable[[str], None] = lambda _: None,
) -> list[VisitLine]:
    """Make ``visits`` visits over all designs, widths, zooms and themes, and compare their summaries."""
    rng = random.Random(11)
    looks = list(itertools.product(WIDTHS, ZOOMS, THEMES))
    rng.shuffle(looks)
    counts = {c: [0, 0, 0, 0] for c in Category}
    with shop_in_browser(catalog) as (url, browser), tempfile.TemporaryDirectory() as folder:
        for number in range(visits):
            design = list(DESIGNS)[number % len(DESIGNS)]
            width, zoom, theme = looks[number % len(looks)]
            step(f"visit {number + 1} of {visits}")
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHT}, device_scale_factor=zoom
            )
            store = FrameStore(Path(folder))
            visit = _Visit(context.new_page(), url, f"design={design}&theme={theme}", catalog, store)
            visit.make(rng, design)
            context.close()
            summarizer = Summarizer(EmbeddedReader(store, interpreter), linker)
            summary, _ = summarizer.update(BehaviorSummary(), visit.frames)
            told = facts_told(summary, catalog)
            for category in Category:
                _count(counts[category], told[category], visit.truth, category)
    return [_line(category, *counts[category]) for category in Category]


class _Visit:
    """One shopper's way through the shop: frames and truth."""

    def __init__(self, page: Page, url: str, look: str, catalog: Catalog, store: FrameStore):
        self.page, self.url, self.look, self.catalog, self.store = page, url, look, catalog, store
        self.frames: list[Frame] = []
        self.truth = Truth()

    def make(self, rng: random.Random, design: str) -> None:
        """Search, scroll, open two products, and compare them, buy one, or leave."""
        product = self.catalog.product(rng.randrange(len(self.catalog)))
        word = search_word(product, rng)
        self._open(f"/search?q={word}", PageKind.SEARCH, design)
        self._scroll(450, PageKind.SEARCH, design)
        self.truth.add(Category.CHARACTERISTICS, f"searched {word}")
        found = list({key(p): p for p in self.truth.shown if p.price is not None}.values())
        for item in rng.sample(found, min(2, len(found))):
            self._open(f"/product/{item.item_id}", PageKind.PRODUCT, design)
            self.truth.opened.append(item)
            self._scroll(300, PageKind.PRODUCT, design)
        ending = rng.choice(("compare", "cart", "leave"))
        opened = [p.item_id for p in self.truth.opened]
        if ending == "compare" and len(opened) > 1:
            self._open(f"/compare?ids={','.join(opened)}", PageKind.COMPARISON, design)
            self.truth.compared = list(self.truth.opened)
        elif ending == "cart" and opened:
            self.page.context.add_cookies([{"name": "cart", "value": opened[0], "url": self.url}])
            self._open("/cart", PageKind.CART, design)
        _facts_true(self.truth)

    def _open(self, path: str, kind: PageKind, design: str) -> None:
        self.page.goto(f"{self.url}{path}{'&' if '?' in path else '?'}{self.look}")
        self._look(kind, design)

    def _scroll(self, by: int, kind: PageKind, design: str) -> None:
        self.page.evaluate("by => window.scrollBy(0, by)", by)
        self._look(kind, design)

    def _look(self, kind: PageKind, design: str) -> None:
        taken = 1e9 + SECONDS * len(self.frames)
        self.frames.append(self.store.put(self.page.screenshot(), url=self.page.url, taken=taken))
        whole, partly = (distinct_products(self.catalog, ids) for ids in self.page.evaluate(VISIBLE))
        self.truth.shown += whole
        self.truth.partly += partly
        for product in whole:
            if product.promotion and "promotion" in stated(kind, design):
                self.truth.add(Category.PROMOTIONS, f"{key(product)} {product.promotion}".lower())
        if kind is PageKind.PRODUCT:
            rows = self.page.evaluate(SPECIFICATIONS)
            self.truth.add(Category.SPECIFICATIONS, *(_plain(row) for row in rows))


def _facts_true(truth: Truth) -> None:
    for product in truth.partly:
        truth.add(Category.PROMOTIONS, f"{key(product)} {product.promotion}".lower(), sure=False)
    for product in truth.opened:
        truth.add(Category.CHARACTERISTICS, f"opened {key(product)}")
        if product.brand:
            truth.add(Category.BRAND, product.brand.lower())
        if product.rating:
            truth.add(Category.REVIEWS, f"{key(product)} {product.rating:g} {product.review_count}")
    compared = truth.compared if len(truth.compared) > 1 else truth.opened
    if len(compared) > 1:
        truth.add(Category.COMPARISONS, *(key(p) for p in compared))
    prices = [p.price.amount for p in truth.shown if p.price]
    cut_off = [p.price.amount for p in truth.partly if p.price]
    if prices:
        truth.add(Category.LOWEST, *(f"{a:.2f}" for a in cut_off if a <= min(prices)), sure=False)
        truth.add(Category.HIGHEST, *(f"{a:.2f}" for a in cut_off if a >= max(prices)), sure=False)
        truth.add(Category.LOWEST, f"{min(prices):.2f}")
        truth.add(Category.HIGHEST, f"{max(prices):.2f}")


def facts_told(summary: BehaviorSummary, catalog: Catalog) -> dict[Category, set[str]]:
    """The facts of a summary, in the words of :class:`Truth`."""
    products = summary.products

    def name(seen: SeenProduct) -> str:
        return key(catalog.get(seen.item_id)) if seen.item_id else f"{seen.title} {seen.price}".lower()

    opened = [p for p in products if p.opened or p.in_cart]
    compared = [p for p in products if p.compared]
    together = compared if len(compared) > 1 else opened
    lowest, highest = summary.lowest_price, summary.highest_price
    preferred = summary.brands if opened else []
    return {
        Category.CHARACTERISTICS: {f"searched {q}" for q in summary.queries} | {f"opened {name(p)}" for p in opened},
        Category.LOWEST: {f"{lowest.amount:.2f}"} if lowest else set(),
        Category.HIGHEST: {f"{highest.amount:.2f}"} if highest else set(),
        Category.BRAND: {b.lower() for b in preferred},
        Category.SPECIFICATIONS: {_plain(s) for p in opened for s in p.specifications},
        Category.REVIEWS: {f"{name(p)} {p.rating:g} {p.review_count}" for p in opened if p.rating is not None},
        Category.COMPARISONS: {name(p) for p in together} if len(together) > 1 else set(),
        Category.PROMOTIONS: {f"{name(p)} {p.promotion}".lower() for p in products if p.promotion},
    }  # fmt: skip


def key(product: Product) -> str:
    """What tells a product from others on a page: title and price."""
    return f"{product.title} {product.price}".lower()


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", " ", re.sub(r"(?<=\d),(?=\d{3})", "", text.lower())).strip()


def _count(counts: list[int], told: set[str], truth: Truth, category: Category) -> None:
    must, may = truth.must[category], truth.may[category]
    known = set(may)
    if category is Category.SPECIFICATIONS:  # what a description or a title states is true as well
        stories = [_plain(f"{p.title} {p.description} {' '.join(p.specifications)}") for p in truth.opened]
        known |= {fact for fact in told if any(all(w in s for w in fact.split()) for s in stories)}
    if category in (Category.LOWEST, Category.HIGHEST) and told & may:
        must = told & may
    counts[0] += len(must)
    counts[1] += len(told)
    counts[2] += len(told & known)
    counts[3] += len(must & told)


def _line(category: Category, true: int, read: int, right: int, recalled: int) -> VisitLine:
    precision = right / read if read else 1.0
    recall = recalled / true if true else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return VisitLine(
        category=category, true=true, read=read, precision=round(precision, 4), recall=round(recall, 4), f1=round(f1, 4)
    )  # fmt: skip
