"""Reads one frame: lines, prices, products, and what kind of page it is."""

import re
from typing import Protocol

import numpy as np

from agents.screen_reader.blocks import Colour
from agents.screen_reader.cards import product_cards
from agents.screen_reader.detail import main_product
from agents.screen_reader.facts import promotion_in
from agents.screen_reader.incremental import IncrementalReader
from agents.screen_reader.layout import Page, describe, selling
from agents.screen_reader.marks import ink
from agents.screen_reader.ocr import TextLine
from agents.screen_reader.prices import prices_on, with_signs
from agents.screen_reader.reading import PageKind, PageReading, ReadProduct

RESULTS = re.compile(
    r"(?:search )?results? for\W{0,3}(?P<query>[^\"”“’']{2,60})|you searched for\W{0,3}(?P<query2>.{2,60})",
    re.IGNORECASE,
)
COMPARE = re.compile(
    r"^\W*compare (?:products|items|models|\d)|product comparison|side[- ]by[- ]side", re.IGNORECASE
)
CART_STRONG = re.compile(
    r"^subtotal\b|order summary|(?:proceed|go|continue) to checkout|^your (?:shopping )?(?:cart|bag|basket)$",
    re.IGNORECASE,
)
TALLY = re.compile(
    r"\b\d[\d,]* (?:products|results|items|styles|homes|properties)\b|sort by|showing \d", re.IGNORECASE
)


class LineReader(Protocol):
    """Whatever finds the text lines of an image."""

    def read(self, image: np.ndarray) -> list[TextLine]:
        """Lines of an RGB image, (h, w, 3) uint8, from top to bottom."""
        ...


class PageInterpreter:
    """Turns frames into :class:`PageReading`; keeps the OCR engine and its cache of lines."""

    def __init__(self, reader: LineReader | None = None):
        self.reader = reader or IncrementalReader()

    def read(self, image: np.ndarray) -> PageReading:
        """Read an RGB image, (h, w, 3) uint8."""
        return interpret(image, self.reader.read(image))


def interpret(image: np.ndarray, lines: list[TextLine]) -> PageReading:
    """A page from its pixels and its text lines."""
    height, width = image.shape[:2]
    lines = with_signs(lines)
    page = Page(width, height, lines, prices_on(image, lines), _colours(image, lines))
    query = _query(lines)
    comparison = any(COMPARE.search(line.text) for line in lines)
    cart = any(CART_STRONG.search(line.text) for line in lines)
    tally = query is not None or any(TALLY.search(line.text) for line in lines)
    about = (
        None if comparison or cart or tally and len(product_cards(page, set())) >= 3 else main_product(page)
    )
    apart = about[1] if about else set()
    cards = product_cards(page, apart)
    products = ([about[0]] if about else []) + [
        c for c in cards if about is None or c.title != about[0].title
    ]
    if comparison:
        products = _comparison(page) or products
    kind = _kind(products, query, comparison, cart)
    return PageReading(
        kind=kind,
        products=products,
        query=query,
        heading=_heading(lines, height),
        promotions=_promotions(page, products),
        text="\n".join(line.text for line in lines),
    )


def _colours(image: np.ndarray, lines: list[TextLine]) -> dict[int, Colour]:
    found = ((line, ink(image, line.x0, line.y0, line.x1, line.y1)) for line in lines)
    return {id(line): seen.colour for line, seen in found if seen is not None}


def _query(lines: list[TextLine]) -> str | None:
    for line in lines:
        if match := RESULTS.search(line.text):
            return (match.group("query") or match.group("query2") or "").strip(" .") or None
    return None


def _kind(products: list[ReadProduct], query: str | None, comparison: bool, cart: bool) -> PageKind:
    if comparison:
        return PageKind.COMPARISON
    if query is not None:
        return PageKind.SEARCH
    if cart:
        return PageKind.CART
    if any(p.main for p in products):
        return PageKind.PRODUCT
    return PageKind.LISTING if len(products) >= 2 else PageKind.OTHER


def _heading(lines: list[TextLine], height: int) -> str | None:
    large = [line for line in lines if line.y0 > 0.08 * height and re.search(r"[A-Za-z]{3}", line.text)]
    return max(large, key=lambda line: line.height).text if large else None


def _promotions(page: Page, products: list[ReadProduct]) -> list[str]:
    of_products = {p.promotion for p in products}
    found = [
        offer
        for p in page.paragraphs(page.lines)
        if (offer := promotion_in(p.text)) and offer not in of_products
    ]
    return list(dict.fromkeys(found))[:8]


def _comparison(page: Page) -> list[ReadProduct]:
    """A comparison table: one product per column, its title above its price."""
    prices = [p for p in page.prices if selling(p)]
    if len(prices) < 2:
        return []
    row = [p for p in prices if abs(p.line.cy - prices[0].line.cy) < prices[0].height]
    row.sort(key=lambda p: p.x0)
    found = []
    edges = [p.line.x0 for p in row]
    for position, price in enumerate(row):
        left = edges[position] - 0.4 * price.height
        right = edges[position + 1] - 0.4 * price.height if position + 1 < len(edges) else page.width
        column = [line for line in page.lines if line.x0 >= left and line.x1 <= right + 8]
        named = [
            p for p in page.paragraphs(column) if p.y1 <= price.line.y0 and re.search(r"[A-Za-z]{3}", p.text)
        ]
        if not named:
            continue
        found.append(describe(named[-1], None, price, column, page))
    return found
