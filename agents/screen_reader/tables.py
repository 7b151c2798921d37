"""Products in tables: a comparison has one column for each, a cart one row."""

import re
from statistics import median

from agents.screen_reader.blocks import BOLD, Paragraph, same_row
from agents.screen_reader.cards import TITLE_LINES
from agents.screen_reader.facts import Rating, is_noise, rating_in
from agents.screen_reader.layout import Page, describe, looks_like_brand, names, selling
from agents.screen_reader.lines import TextLine
from agents.screen_reader.prices import WORD, PricedLine
from agents.screen_reader.reading import ReadProduct

BRAND_LABEL = re.compile(r"^\W*(?:brand|manufacturer|make|designer|vendor)\W*$", re.IGNORECASE)
SUMS = re.compile(
    r"\b(?:sub ?total|total|tax|vat|delivery|shipping|postage|discount|savings?|estimated|to pay)\b",
    re.IGNORECASE,
)
PRICE_LABEL = re.compile(r"^\W*(?:our )?prices?\W*$", re.IGNORECASE)
ROW_LABEL = re.compile(
    r"^\W*(?:brand|colou?rs?|sizes?|rating|reviews?|materials?|stock|availability|weight|dimensions|model|sku|type|warranty|description|add to cart)\W*$",
    re.IGNORECASE,
)
CART_HEADING = re.compile(r"^\W*shopping (?:cart|bag|basket)\W*$", re.IGNORECASE)
LARGE = 1.35  # times the usual type size: a heading, where a link of the menu says the same
CART_HEADER = re.compile(r"^\W*(?:qty|quantity)\W*$", re.IGNORECASE)
CART_COLUMNS = re.compile(r"^\W*(?:unit price|price|sub ?-?total|total)\W*$", re.IGNORECASE)
BELOW = 2.5  # times the price's height: how far below it an old price or an offer stands
EDGE = 0.5  # of the price's height: how exactly a column's lines share an edge or a middle
WORDS_COUNTED = 4
ROW_REACH = 5.0  # times the price's height: how far above or below its price a cart's title may stand


def has_price_row(page: Page) -> bool:
    """Whether rows that are labelled as the prices' and as two other facts' hold a value in each of several columns."""
    labels = [line for line in page.lines if ROW_LABEL.match(line.text)]
    for label in (line for line in page.lines if PRICE_LABEL.match(line.text)):
        beside = [p for p in page.prices if selling(p) and p.x0 > label.x1 and same_row(p.line, label)]
        rows = [
            line for line in labels if min(abs(line.x0 - label.x0), abs(line.cx - label.cx)) < label.height
        ]
        filled = [row for row in rows if all(_has_value(row, p, page) for p in beside)]
        if len(beside) >= 2 and len(filled) >= 2:
            return True
    return False


def _has_value(label: TextLine, price: PricedLine, page: Page) -> bool:
    """Whether something stands in a label's row, in the column of a price."""
    slack = 2 * price.height
    row = (line for line in page.lines if line is not label and same_row(line, label))
    return any(min(abs(line.x0 - price.line.x0), abs(line.cx - price.line.cx)) < slack for line in row)


def has_cart_header(lines: list[TextLine]) -> bool:
    """Whether a row of column heads counts and prices what was chosen, or a heading names the cart."""
    if _cart_heads(lines):
        return True
    usual = median(line.height for line in lines) if lines else 0
    return any(CART_HEADING.match(line.text) and line.height > LARGE * usual for line in lines)


def _cart_heads(lines: list[TextLine]) -> list[TextLine]:
    """The lines that head a column of counts, in a row with one that heads prices or sums."""
    heads = [line for line in lines if CART_HEADER.match(line.text)]
    return [
        h for h in heads if any(o is not h and same_row(h, o) and CART_COLUMNS.match(o.text) for o in lines)
    ]


def comparison(page: Page) -> list[ReadProduct]:
    """One product per column, its title above its price."""
    prices = [p for p in page.prices if selling(p)]
    if len(prices) < 2:
        return []
    row = [p for p in prices if abs(p.line.cy - prices[0].line.cy) < prices[0].height]
    row.sort(key=lambda p: p.x0)
    found = []
    for price, (left, right) in zip(row, _column_edges(row, page), strict=True):
        column = [line for line in page.lines if line.x0 >= left and line.x1 <= right + 8]
        above = [p for p in names(column, page) if p.y1 <= price.line.y0 and len(p.lines) <= TITLE_LINES]
        if above:
            found.append(describe(above[-1], _brand(column, page), price, column, page))
    return found


def _column_edges(row: list[PricedLine], page: Page) -> list[tuple[float, float]]:
    """Where each price's column begins and ends: prices stand at the left edge of theirs, or in its middle."""
    pad = 0.4 * row[0].height
    if len(row) < 2:
        return [(row[0].line.x0 - pad, float(page.width))]
    above = [line for line in page.lines if line.y1 < row[0].line.y0 + row[0].height]
    flush = sum(any(abs(line.x0 - p.line.x0) < EDGE * p.height for line in above) for p in row)
    middle = sum(any(abs(line.cx - p.line.cx) < EDGE * p.height for line in above) for p in row)
    if flush >= middle:
        # Where prices are set in a little from their titles, the titles say where a column begins.
        over = [[line.x0 for line in above if line.x0 < p.line.x1 and line.x1 > p.line.x0] for p in row]
        inset = not flush
        edges = [min([p.line.x0, *(xs if inset else [])]) - pad for p, xs in zip(row, over, strict=True)]
        last = edges[-1] + max(b - a for a, b in zip(edges, edges[1:], strict=False))
    else:
        centres = [p.line.cx for p in row]
        between = [(a + b) / 2 for a, b in zip(centres, centres[1:], strict=False)]
        edges = [2 * centres[0] - between[0], *between]
        last = 2 * centres[-1] - between[-1]
    return list(zip(edges, [*edges[1:], max(last, row[-1].line.x1)], strict=True))


def _brand(column: list[TextLine], page: Page) -> str | None:
    """What a column says in the row that is labelled as the brand's."""
    labels = [line for line in page.lines if BRAND_LABEL.match(line.text)]
    beside = [line for line in column for label in labels if line is not label and same_row(line, label)]
    return beside[0].text.strip() if beside and looks_like_brand(beside[0].text) else None


def cart_rows(page: Page) -> list[ReadProduct]:
    """One product per row, its title to the left of its price; sums are no products."""
    titles = [p for p in names(page.lines, page) if WORD.search(p.text) and not SUMS.search(p.text)]
    found: dict[int, tuple[Paragraph, PricedLine]] = {}
    # What the shop's header says of the cart stands above the heads of its columns.
    top = max((head.y0 for head in _cart_heads(page.lines)), default=0)
    for price in sorted((p for p in page.prices if selling(p)), key=lambda p: p.x0):
        if _is_sum(price, page) or price.line.y1 < top:
            continue
        near = [
            t for t in titles if _beside_or_over(t, price) and _apart(t, price) < ROW_REACH * price.height
        ]
        title = max(near, key=lambda t: _fit(t, price, page), default=None)
        if title is not None:
            found.setdefault(id(title), (title, price))
    rows = sorted(found.values(), key=lambda row: row[0].y0)
    return [_product(title, price, page) for title, price in rows]


def listed_rows(page: Page, least: int) -> list[ReadProduct]:
    """The products of a listing with one in each row, its price apart at the right: ``least`` or more under each other."""
    prices = [p for p in page.prices if selling(p)]
    stacked = [p for p in prices if sum(abs(o.x0 - p.x0) < p.height for o in prices) > 1]
    return cart_rows(page) if len(stacked) >= least else []


def _beside_or_over(title: Paragraph, price: PricedLine) -> bool:
    """Whether a title stands to the left of a price, or right above it at the same edge: the price of one."""
    over = (
        abs(title.x0 - price.line.x0) < price.height
        and 0 <= price.line.y0 - title.y1 + 4 < 1.5 * price.height
    )
    return title.x1 <= price.x0 or over


def _apart(title: Paragraph, price: PricedLine) -> float:
    return max(0.0, title.y0 - price.line.y1, price.line.y0 - title.y1)


def _fit(title: Paragraph, price: PricedLine, page: Page) -> float:
    """Words, type size and bold type first, then nearness in height to the price."""
    words = min(len(WORD.findall(title.text)), WORDS_COUNTED)
    seen = page.types.get(id(title.lines[0]))
    bold = 2 if seen is not None and seen.stroke > BOLD else 0
    return words + 6 * title.height / price.height + bold - 2.5 * _apart(title, price) / price.height


def _is_sum(price: PricedLine, page: Page) -> bool:
    row = [line for line in page.lines if line.x0 < price.x0 and same_row(line, price.line)]
    return any(SUMS.search(line.text) for line in row)


def _product(title: Paragraph, price: PricedLine, page: Page) -> ReadProduct:
    band = [line for line in page.lines if line in title.lines or _of_row(line, title, price)]
    return describe(title, None, price, band, page)


def _of_row(line: TextLine, title: Paragraph, price: PricedLine) -> bool:
    """Whether a line tells of a row's product: beside its price, right below it, or below its title."""
    if line.x0 < title.x0 - title.height or line.y1 <= title.y0 - 4:
        return False
    if same_row(line, price.line):
        return True
    below_price = (
        0 <= line.y0 - price.line.y1 + 4 < BELOW * price.height
        and abs(line.x0 - price.line.x0) < price.height
    )
    rated = rating_in(line.text) != Rating(None, None)
    below_title = line.y0 < title.y1 + 2 * title.height and line.x0 < price.x0
    return below_price or (below_title and (rated or not is_noise(line.text)))
