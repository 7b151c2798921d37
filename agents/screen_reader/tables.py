"""Products in tables: a comparison has one column for each, a cart one row."""

import re

from agents.screen_reader.blocks import Paragraph, same_row
from agents.screen_reader.facts import is_noise
from agents.screen_reader.layout import Page, describe, looks_like_brand, names, selling
from agents.screen_reader.ocr import TextLine
from agents.screen_reader.prices import WORD, PricedLine
from agents.screen_reader.reading import ReadProduct

BRAND_LABEL = re.compile(r"^\W*(?:brand|manufacturer|make|designer|vendor)\W*$", re.IGNORECASE)
SUMS = re.compile(
    r"\b(?:sub ?total|total|tax|vat|delivery|shipping|postage|discount|savings?|estimated|to pay)\b",
    re.IGNORECASE,
)
ROW_REACH = 5.0  # times the price's height: how far above or below its price a cart's title may stand


def comparison(page: Page) -> list[ReadProduct]:
    """One product per column, its title above its price."""
    prices = [p for p in page.prices if selling(p)]
    if len(prices) < 2:
        return []
    row = [p for p in prices if abs(p.line.cy - prices[0].line.cy) < prices[0].height]
    row.sort(key=lambda p: p.x0)
    edges = [p.line.x0 - 0.4 * p.height for p in row] + [float(page.width)]
    found = []
    for price, left, right in zip(row, edges, edges[1:], strict=False):
        column = [line for line in page.lines if line.x0 >= left and line.x1 <= right + 8]
        above = [
            p for p in page.paragraphs(column) if p.y1 <= price.line.y0 and re.search(r"[A-Za-z]{3}", p.text)
        ]
        if above:
            found.append(describe(above[-1], _brand(column, page), price, column, page))
    return found


def _brand(column: list[TextLine], page: Page) -> str | None:
    """What a column says in the row that is labelled as the brand's."""
    labels = [line for line in page.lines if BRAND_LABEL.match(line.text)]
    beside = [line for line in column for label in labels if line is not label and same_row(line, label)]
    return beside[0].text.strip() if beside and looks_like_brand(beside[0].text) else None


def cart_rows(page: Page) -> list[ReadProduct]:
    """One product per row, its title to the left of its price; sums are no products."""
    titles = [p for p in names(page.lines, page) if WORD.search(p.text) and not SUMS.search(p.text)]
    found: dict[int, tuple[Paragraph, PricedLine]] = {}
    for price in sorted((p for p in page.prices if selling(p)), key=lambda p: p.x0):
        if _is_sum(price, page):
            continue
        near = [t for t in titles if t.x1 <= price.x0 and _apart(t, price) < ROW_REACH * price.height]
        title = max(near, key=lambda t: _fit(t, price), default=None)
        if title is not None:
            found.setdefault(id(title), (title, price))
    rows = sorted(found.values(), key=lambda row: row[0].y0)
    return [_product(title, price, page) for title, price in rows]


def _apart(title: Paragraph, price: PricedLine) -> float:
    return max(0.0, title.y0 - price.line.y1, price.line.y0 - title.y1)


def _fit(title: Paragraph, price: PricedLine) -> float:
    """Words first, then nearness in height to the price."""
    words = min(len(WORD.findall(title.text)), 6)
    return words - 2.5 * _apart(title, price) / price.height


def _is_sum(price: PricedLine, page: Page) -> bool:
    row = [line for line in page.lines if line.x0 < price.x0 and same_row(line, price.line)]
    return any(SUMS.search(line.text) for line in row)


def _product(title: Paragraph, price: PricedLine, page: Page) -> ReadProduct:
    band = [
        line for line in page.lines
        if line.x0 >= title.x0 - title.height and line.y1 > title.y0 - 4
        and (line in title.lines or same_row(line, price.line) or (
            line.y0 < title.y1 + 2 * title.height and line.x0 < price.x0 and not is_noise(line.text)))
    ]  # fmt: skip
    return describe(title, None, price, band, page)
