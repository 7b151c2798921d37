"""Reads one frame: lines, prices, products, and what kind of page it is."""

import re
from typing import Protocol

import numpy as np

from agents.screen_reader.blocks import Type, rows_of, whole_lines, without_pictures
from agents.screen_reader.cards import product_cards, without_repeats
from agents.screen_reader.detail import main_product
from agents.screen_reader.facts import promotion_in
from agents.screen_reader.incremental import IncrementalReader
from agents.screen_reader.layout import Page
from agents.screen_reader.lines import TextLine
from agents.screen_reader.marks import ink
from agents.screen_reader.ocr import TextReader
from agents.screen_reader.prices import prices_on, with_signs
from agents.screen_reader.reading import PageKind, PageReading, ReadProduct
from agents.screen_reader.tables import cart_rows, comparison, has_cart_header, has_price_row, listed_rows

RESULTS = re.compile(
    r"(?:search )?results? for\W{0,3}(?P<query>[^\"”“’']{2,60})|you searched for\W{0,3}(?P<query2>.{2,60})",
    re.IGNORECASE,
)
AFTER_QUERY = re.compile(r"\W*(?:save (?:this )?search|sort(?:ed)? by|filter|relevance).*$", re.IGNORECASE)
COMPARE = re.compile(
    r"^\W*compare ?(?:products|items|models|\d)|product comparison|side[- ]by[- ]side", re.IGNORECASE
)
CART_STRONG = re.compile(
    r"^sub ?-?total\b|order summary|(?:proceed|go|continue) to checkout|^your (?:shopping )?(?:cart|bag|basket)$|^(?:cart|basket|bag) totals?$",
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

    @classmethod
    def of(cls, fast: bool) -> "PageInterpreter":
        """With the accurate reader of lines, or with the fast one."""
        return cls(IncrementalReader(TextReader(fast=fast)))

    def reader_of(self, conversation: str) -> LineReader:
        """The reader of lines for one conversation, where the reader remembers anything at all."""
        return self.reader.of(conversation) if isinstance(self.reader, IncrementalReader) else self.reader

    def forget(self, conversation: str) -> None:
        """Remember nothing of a conversation any more."""
        if isinstance(self.reader, IncrementalReader):
            self.reader.forget(conversation)

    def forget_idle(self, seconds: float) -> None:
        """Remember nothing of conversations that had no frame for so long."""
        if isinstance(self.reader, IncrementalReader):
            self.reader.forget_idle(seconds)

    def read(self, image: np.ndarray) -> PageReading:
        """Read an RGB image, (h, w, 3) uint8."""
        return interpret(image, self.reader.read(image))


def interpret(image: np.ndarray, lines: list[TextLine]) -> PageReading:
    """A page from its pixels and its text lines."""
    height, width = image.shape[:2]
    lines = whole_lines(with_signs(without_pictures(lines)))
    page = Page(width, height, lines, prices_on(image, lines), _types(image, lines), image)
    rows = rows_of(lines)
    query = searched_for(rows)
    comparing = any(COMPARE.search(row) for row in rows) or has_price_row(page)
    cart = any(CART_STRONG.search(row) for row in rows) or has_cart_header(lines)
    tally = query is not None or any(TALLY.search(row) for row in rows)
    about = (
        None if comparing or cart or tally and len(product_cards(page, set())) >= 3 else main_product(page)
    )
    cards = product_cards(page, about[1] if about else set())
    if not about and len(cards) < 2:
        cards = listed_rows(page, 2 if tally or not cards else 3) or cards
    if not about and not cards and not comparing and not cart:
        about = main_product(page, alone=True)
    products = ([about[0]] if about else []) + [
        c for c in without_repeats(cards) if about is None or c.title != about[0].title
    ]
    tally = tally or len(cards) >= 2
    if comparing:
        products = comparison(page) or products
    elif cart:
        products = cart_rows(page) or products
    kind = _kind(products, query, comparing, cart, tally)
    return PageReading(
        kind=kind,
        products=products,
        query=query,
        heading=_heading(lines, height),
        promotions=_promotions(page, products),
        text="\n".join(line.text for line in lines),
    )


def _types(image: np.ndarray, lines: list[TextLine]) -> dict[int, Type]:
    found = ((line, ink(image, line.x0, line.y0, line.x1, line.y1)) for line in lines)
    return {id(line): Type(seen.colour, seen.stroke) for line, seen in found if seen is not None}


def searched_for(rows: list[str]) -> str | None:
    """The words that the shopper searched for, as a heading of the results repeats them; None without any."""
    for row in rows:
        if match := RESULTS.search(row):
            query = match.group("query") or match.group("query2") or ""
            return AFTER_QUERY.sub("", query).strip(" .♡♥") or None
    return None


def _kind(
    products: list[ReadProduct], query: str | None, comparing: bool, cart: bool, tally: bool
) -> PageKind:
    if comparing:
        return PageKind.COMPARISON
    if query is not None:
        return PageKind.SEARCH
    if cart:
        return PageKind.CART
    if any(p.main for p in products):
        return PageKind.PRODUCT
    return PageKind.LISTING if len(products) >= 2 or tally else PageKind.OTHER


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
