"""The one product that a page is about: its title, its price, and what is told beside them."""

import re

from agents.screen_reader.blocks import Paragraph, overlap, same_row
from agents.screen_reader.facts import ADD_TO_CART, SOLD_OUT, brand_in
from agents.screen_reader.layout import (
    MAX_SPECIFICATIONS,
    Page,
    adjacent,
    describe,
    looks_like_brand,
    names,
    selling,
)
from agents.screen_reader.lines import TextLine
from agents.screen_reader.prices import WORD, PricedLine
from agents.screen_reader.reading import ReadProduct
from agents.screen_reader.specifications import table_rows
from agents.screen_reader.trail import Trail, trail_of

REACH_UP, REACH_DOWN = 0.6, 0.25  # of the page's height: how far from its button a price may stand
HEADING_REACH = 0.62
WORDS_COUNTED = 5
TITLED_REACH = 0.4
NAME_WORDS = 4  # a name below its button, or apart from it, has at least so many
HEADLINE = 1.15  # times the usual type size: a long name in it is no description
LARGEST = 2.0
LARGER = 1.15  # times the title's type size: a brand is no larger, give or take a pixel
BESIDE = 4.0  # times the title's type size: what stands farther to its side is not of it
HEADER = 0.1  # of the page's height: where logos, menus and notices stand


def main_product(page: Page, alone: bool = False) -> tuple[ReadProduct, set[int]] | None:
    """The product that the page is about, with the ids of the lines that tell of it; None where there is none.

    A button that buys marks such a page: its price and its title stand above it or beside it. Several such
    buttons beside each other mark a listing. ``alone`` says that the page holds no cards either: then its most
    prominent price will do.
    """
    buttons = [line for line in page.lines if ADD_TO_CART.search(line.text) and len(line.text) < 40]
    if _of_cards(buttons):
        return None
    buttons = buttons or [line for line in page.lines if SOLD_OUT.match(line.text)]
    anchor = max(buttons, key=lambda b: (b.height, -b.y0)) if buttons else None
    offered = [p for p in page.prices if selling(p) and (anchor is None or _in_reach(p, anchor, page))]
    if not offered and anchor is not None and SOLD_OUT.match(anchor.text):
        offered = [p for p in page.prices if selling(p)]  # the notice may stand far from the price
    on_button = [p for p in offered if anchor is not None and p.line is anchor]  # "Add to bag - $68.00"
    price = max(on_button or offered, key=lambda p: _prominence(p, anchor), default=None)
    trail = trail_of(page.lines, page.height)
    if anchor is None and (price is None or not _dominates(price, page)):
        price = _under_named(trail, page) or (price if alone else None)
        if price is None:
            return None
    place = price.line if price is not None else anchor
    assert place is not None
    title = _heading(page, place, anchor, trail)
    if title is None:
        return None
    price = _in_column(price, title, page)
    place = price.line if price is not None else place
    column = _column(page, title, place, anchor) or list(title.lines)
    product = describe(title, _brand(title, column, page), price, column, page)
    below = [line for line in _column(page, title, place, anchor, page.height) if line.y0 > title.y1]
    known = product.specifications
    product = product.model_copy(
        update={"specifications": [*known, *table_rows(below, known)][:MAX_SPECIFICATIONS]}
    )
    told = {id(line) for line in column} | {id(line) for line in title.lines}
    return product.model_copy(update={"main": True}), told


def _in_column(price: PricedLine | None, title: Paragraph, page: Page) -> PricedLine | None:
    """The price itself, or the same amount under the title: the box with the button often repeats it at the side."""
    if price is None or overlap(price.x0, price.x1, title.x0, title.x1) > 0:
        return price
    under = [
        p
        for p in page.prices
        if selling(p)
        and p.amount.money == price.amount.money
        and p.line.y0 > title.y0
        and title.x0 - title.height < p.x0 < title.x1
    ]
    return min(under, key=lambda p: p.line.y0, default=price)


def _of_cards(buttons: list[TextLine]) -> bool:
    """Whether buttons stand as those of a listing do: beside each other, three or two alike; or three alike in a column."""
    stacked = [b for b in buttons if abs(b.x0 - buttons[0].x0) < b.height and b.text == buttons[0].text]
    if len(stacked) >= 3:
        return True
    rows = len({round(b.y0 / 20) for b in buttons}) < len(buttons)
    alike = len(buttons) == 2 and buttons[0].text.strip().lower() == buttons[1].text.strip().lower()
    return rows and (len(buttons) > 2 or alike)


def _in_reach(priced: PricedLine, anchor: TextLine, page: Page) -> bool:
    if same_row(priced.line, anchor):
        return True
    near = priced.x0 > anchor.x0 - 0.3 * page.width and priced.x1 < anchor.x1 + 0.3 * page.width
    return near and anchor.y0 - REACH_UP * page.height < priced.line.cy < anchor.y1 + REACH_DOWN * page.height


def _prominence(priced: PricedLine, anchor: TextLine | None) -> float:
    size = priced.height * (1.15 if priced.reddish else 1.0)
    if anchor is None:
        return size
    distance = abs(priced.line.cy - anchor.cy) / max(anchor.height, 1)
    below = priced.line.cy > anchor.y1 and not same_row(priced.line, anchor)
    apart = overlap(priced.x0, priced.x1, anchor.x0 - anchor.width, anchor.x1 + anchor.width) == 0
    return size - 0.6 * distance - (6 if below else 0) - (4 if apart else 0)


def _dominates(price: PricedLine, page: Page) -> bool:
    others = [p for p in page.prices if selling(p) and p is not price]
    return not others or (
        price.height > 1.35 * max(p.height for p in others) and price.line.y0 > 0.12 * page.height
    )


def _named(trail: Trail | None, page: Page) -> list[Paragraph]:
    """The paragraphs that the end of the page's trail names, the largest first."""
    if trail is None:
        return []
    named = [p for p in names(page.lines, page) if trail.names(p.text) and p.y0 > trail.y1 - 0.4 * p.height]
    return sorted(named, key=lambda p: -p.height)


def _under_named(trail: Trail | None, page: Page) -> PricedLine | None:
    """The price under the title that the trail names: no button is needed to know what the page is about."""
    for title in _named(trail, page)[:1]:
        below = [
            p for p in page.prices
            if selling(p) and 0 <= p.line.cy - title.y0 < TITLED_REACH * page.height and p.x0 > title.x0 - 2 * title.height
        ]  # fmt: skip
        return min(below, key=lambda p: p.line.cy, default=None)
    return None


def _heading(page: Page, place: TextLine, anchor: TextLine | None, trail: Trail | None) -> Paragraph | None:
    """The paragraph that the trail names; else the most title-like one above the price, or above the button."""
    if named := _named(trail, page):
        return named[0]
    best = _most_like_a_title(page, place, anchor, trail)
    if best is None:
        return None
    # A brand's logo beside the price, and the whole name elsewhere: the name begins with the brand.
    start = best.text.lower()
    whole = [
        p for p in names(page.lines, page)
        if p.text.lower().startswith(f"{start} ") and p.height > 0.8 * best.height and len(p.text) < 4 * len(start) + 40
        and abs(p.y0 - best.y0) < 0.3 * page.height
    ]  # fmt: skip
    return max(whole, key=lambda p: p.height, default=best)


def _most_like_a_title(
    page: Page, place: TextLine, anchor: TextLine | None, trail: Trail | None
) -> Paragraph | None:
    every = [p for p in names(page.lines, page) if p.y0 > 0.05 * page.height and not _in_bar(p, page)]
    every = [p for p in every if trail is None or not trail.above(p)] or every
    above = [p for p in every if p.y0 <= place.y0 + 0.5 * place.height]
    if anchor is not None and not any(_title_weight(p, place, page) > 0 for p in above):
        above = [p for p in every if p.y0 < anchor.y1]
    best = max(above, key=lambda p: _title_weight(p, place, page), default=None)
    if best is None and anchor is not None and place is not anchor:
        apart = [
            p
            for p in every
            if len(WORD.findall(p.text)) >= NAME_WORDS and p.text[-1:] not in ".!?" and len(p.lines) <= 3
        ]
        return max(
            apart,
            key=lambda p: p.height * (1 + 0.06 * min(len(WORD.findall(p.text)), 2 * WORDS_COUNTED)),
            default=None,
        )
    return best if best is not None and _title_weight(best, place, page) > 0 else None


def _title_weight(p: Paragraph, place: TextLine, page: Page) -> float:
    """Type size first; then words, nearness to the price's column, and not being a sentence of a description."""
    distance = max(0, place.y0 - p.y1)
    if distance > HEADING_REACH * page.height:
        return 0.0
    words = len(re.findall(r"\w{2,}", p.text))
    weight = p.height * (1 + 0.06 * min(words, WORDS_COUNTED)) - 0.012 * distance
    shares = overlap(p.x0, p.x1, place.x0 - 30, place.x0 + 0.3 * page.width) > 0.3 or p.x0 < place.x0 < p.x1
    if not shares:
        weight -= 8 if words >= 3 else 40
    if words < 2:
        weight -= 12
    if p.y0 < HEADER * page.height:
        weight -= 12
    plain = p.height < HEADLINE * page.usual_height
    if words > 12 and (p.text.rstrip().endswith(".") or (len(p.lines) > 3 and plain)):
        weight -= 14
    return weight


def _in_bar(p: Paragraph, page: Page) -> bool:
    """Whether a short line stands in a row of at least three alike, as in a menu."""
    if len(p.lines) > 1 or len(p.text) > 30:
        return False
    line = p.lines[0]
    alike = [
        o for o in page.lines
        if o is not line and same_row(o, line) and len(o.text) < 30 and abs(o.height - line.height) < 0.35 * line.height
    ]  # fmt: skip
    return len(alike) >= 3


def _brand(title: Paragraph, column: list[TextLine], page: Page) -> str | None:
    """A brand that is stated outright, or a short line right above or below the title that shares its edge."""
    if stated := next((b for line in column if (b := brand_in(line.text)) and _beside(line, title)), None):
        return stated
    near = [
        o
        for o in page.lines
        if o.x1 > title.x0 - BESIDE * title.height and o.x0 < title.x1 + BESIDE * title.height
    ]
    for p in names(column, page):
        flush = (
            abs(p.x0 - title.x0) < 0.6 * title.height or abs(p.x0 + p.x1 - title.x0 - title.x1) < title.height
        )
        alone = not any(o is not p.lines[0] and same_row(o, p.lines[0]) for o in near)
        lone = " " not in p.text.strip() and p.y0 < title.y0  # a series' or a maker's name, set large above
        larger = (LARGEST if lone else LARGER) * title.height
        fits = looks_like_brand(p.text, title.text) and adjacent(p, title) and p.height <= larger
        if p.text != title.text and fits and flush and alone and not _in_bar(p, page):
            return p.text.strip()
    return None


def _beside(line: TextLine, title: Paragraph) -> bool:
    """Whether a line begins where the title does, or has its middle: "by Ann" elsewhere signs a review."""
    slack = 1.5 * title.height
    return abs(line.x0 - title.x0) < slack or abs(line.cx - (title.x0 + title.x1) / 2) < slack


def _column(
    page: Page, title: Paragraph, place: TextLine, anchor: TextLine | None, bottom: float | None = None
) -> list[TextLine]:
    left = min(title.x0, place.x0, anchor.x0 if anchor is not None else place.x0) - 0.02 * page.width
    right = max(title.x1, place.x1, anchor.x1 if anchor is not None else place.x1) + 0.12 * page.width
    left, right = max(left, place.x0 - 0.3 * page.width), min(right, place.x1 + 0.45 * page.width)
    top = title.y0 - 3.2 * title.height
    bottom = bottom or max(place.y1, anchor.y1 if anchor is not None else place.y1) + 0.4 * page.height
    return [
        line for line in page.lines
        if line.y0 >= top and line.y1 <= bottom and (line.cx >= left and line.x0 <= right or _right_under(line, title))
    ]  # fmt: skip


def _right_under(line: TextLine, title: Paragraph) -> bool:
    """Whether a line follows the title at its left edge, as its rating does where the price stands apart."""
    return (
        abs(line.x0 - title.x0) < title.height
        and -4 <= line.y0 - title.y1 + 0.3 * title.height < 1.5 * title.height
    )
