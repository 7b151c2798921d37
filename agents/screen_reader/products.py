"""From lines and prices to products: cards in a listing, and the one product that a page is about."""

import re
from dataclasses import dataclass, field

from agents.screen_reader.amounts import Role
from agents.screen_reader.blocks import (
    Block,
    Colour,
    Paragraph,
    aligned,
    blocks_of,
    overlap,
    paragraphs,
    same_row,
)
from agents.screen_reader.facts import (
    ADD_TO_CART,
    brand_in,
    is_call,
    is_noise,
    promotion_in,
    rating_in,
    specifications_in,
)
from agents.screen_reader.ocr import TextLine
from agents.screen_reader.prices import PricedLine
from agents.screen_reader.reading import ReadProduct

TITLE_REACH = 5.0  # times the price's height: how far a card's title may stand from its price
MAX_TITLE = 220
MAX_SPECIFICATIONS = 12
ASIDE = (Role.PRICE, Role.RENT, Role.LIST)


@dataclass
class Page:
    """The lines of a page with their prices, sorted from top to bottom."""

    width: int
    height: int
    lines: list[TextLine]
    prices: list[PricedLine]
    colours: dict[int, Colour] = field(default_factory=dict)
    by_line: dict[int, list[PricedLine]] = field(default_factory=dict)
    alone: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for priced in self.prices:
            self.by_line.setdefault(id(priced.line), []).append(priced)
        self.alone = {id(line) for line in self.lines if self.is_price(line) or _stands_alone(line.text)}

    def paragraphs(self, lines: list[TextLine]) -> list[Paragraph]:
        """The lines as paragraphs of one type each; prices, ratings, offers and buttons stand alone."""
        return paragraphs(lines, self.alone, self.colours)

    def is_price(self, line: TextLine) -> bool:
        """Whether the line is little else than amounts of money."""
        found = self.by_line.get(id(line), [])
        if not found:
            return False
        money = sum(p.amount.end - p.amount.start for p in found)
        return money >= 0.4 * len(line.text.strip()) or len(line.text) < 24


def selling(priced: PricedLine) -> bool:
    """Whether an amount may be what a product costs now."""
    return (
        priced.amount.role in (Role.PRICE, Role.RENT) and not priced.struck and priced.amount.money.amount > 0
    )


def product_cards(page: Page, apart: set[int]) -> list[ReadProduct]:
    """The product cards of a page; lines whose ``id`` is in ``apart`` belong to something else."""
    lines = [line for line in page.lines if id(line) not in apart]
    found = []
    for block in blocks_of(lines):
        for part in _split(block, page):
            product = _card(part, page, lines)
            if product is not None:
                found.append(product)
    return _without_repeats(found)


def _split(block: Block, page: Page) -> list[list[TextLine]]:
    """Cut a block with several products into one part each: every part holds one group of prices.

    The cut falls before the title of the next product: after the last line that belongs to the price above
    when prices follow titles, before each price when they lead.
    """
    lines = list(block.lines)
    anchors = [i for i, line in enumerate(lines) if any(selling(p) for p in page.by_line.get(id(line), []))]
    groups: list[list[int]] = []
    for i in anchors:
        if groups and (i - groups[-1][-1] == 1 or same_row(lines[groups[-1][-1]], lines[i])):
            groups[-1].append(i)
        else:
            groups.append([i])
    if len(groups) < 2:
        return [lines]
    leads = groups[0][0] == 0 or all(_chrome(line) for line in lines[: groups[0][0]])
    cuts = []
    for before, after in zip(groups, groups[1:], strict=False):
        if leads:
            cuts.append(after[0])
            continue
        gaps = [
            (lines[i + 1].y0 - lines[i].y1, i + 1) for i in range(before[-1], after[0]) if i + 1 < len(lines)
        ]
        cuts.append(max(gaps)[1] if gaps else after[0])
    edges = [0, *cuts, len(lines)]
    return [lines[a:b] for a, b in zip(edges, edges[1:], strict=False) if b > a]


def _card(lines: list[TextLine], page: Page, all_lines: list[TextLine]) -> ReadProduct | None:
    prices = [p for line in lines for p in page.by_line.get(id(line), [])]
    now = [p for p in prices if selling(p)]
    if not now:
        return None
    main = max(now, key=lambda p: (p.height if not p.amount.low_of_range else p.height + 1, -p.line.y0))
    names = _names(lines, page)
    if not names:
        lines = lines + _nearby(main, lines, all_lines, page)
        names = _names(lines, page)
    if not names:
        return None
    title, brand = _title_and_brand(names, main)
    return describe(title, brand, main, lines, page)


def _names(lines: list[TextLine], page: Page) -> list[Paragraph]:
    """The paragraphs that may name the product."""
    return [p for p in page.paragraphs(lines) if not page.is_price(p.lines[0]) and _may_name(p.text)]


def _stands_alone(text: str) -> bool:
    rating = rating_in(text)
    offer = len(text) < 30 and promotion_in(text) is not None
    return rating.score is not None or (rating.count is not None and len(text) < 24) or offer or is_call(text)


def _may_name(text: str) -> bool:
    letters = sum(c.isalpha() for c in text)
    if letters < 3 or letters < 0.4 * len(text.replace(" ", "")) or len(text) > MAX_TITLE:
        return False
    if is_call(text) or (promotion_in(text) and len(text) < 45) or (is_noise(text) and len(text) < 60):
        return False
    rating = rating_in(text)
    return rating.score is None and (rating.count is None or letters > 24)


def _chrome(line: TextLine) -> bool:
    return not _may_name(line.text)


def _nearby(main: PricedLine, own: list[TextLine], lines: list[TextLine], page: Page) -> list[TextLine]:
    """Lines right above the price in its column, as far as the next price: a title set at a distance."""
    above = [
        line
        for line in lines
        if line not in own
        and line.y1 <= main.line.y0 + 2
        and main.line.y0 - line.y1 < TITLE_REACH * main.height
        and aligned(line, main.line, 0.8 * main.height)
    ]
    taken: list[TextLine] = []
    for line in sorted(above, key=lambda item: -item.y1):
        if any(selling(p) for p in page.by_line.get(id(line), [])):
            break
        taken.append(line)
    return taken


def _title_and_brand(names: list[Paragraph], main: PricedLine) -> tuple[Paragraph, str | None]:
    """The title is the paragraph that says most; a short line next to it is the brand.

    "Most" is words, then type size, then nearness to the price.
    """

    def weight(p: Paragraph) -> float:
        words = len(re.findall(r"[A-Za-z]{2,}", p.text))
        distance = min(abs(p.y0 - main.line.y1), abs(main.line.y0 - p.y1)) / max(main.height, 1)
        specification = bool(specifications_in(p.text)) and ":" in p.text
        return (
            min(words, 6)
            + 2.5 * p.height / max(main.height, 1)
            - 0.35 * distance
            - (3 if specification else 0)
        )

    title = max(names, key=weight)
    for p in names:
        if stated := brand_in(p.text):
            return title, stated
    beside = [p for p in names if p is not title and _looks_like_brand(p.text) and _adjacent(p, title)]
    return title, beside[0].text.strip() if beside else None


def _looks_like_brand(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= 4 or len(text) > 30 or re.search(r"\d{3,}|[:%£$€/]", text):
        return False
    return words[0][:1].isupper() or words[0][:1].isdigit()


def _adjacent(a: Paragraph, b: Paragraph) -> bool:
    return min(abs(a.y1 - b.y0), abs(b.y1 - a.y0)) < 1.6 * max(a.height, b.height)


def main_product(page: Page) -> tuple[ReadProduct, set[int]] | None:
    """The product that the page is about, with the ids of the lines that tell of it; None where there is none.

    A button that buys marks such a page: its price and its title stand above it or beside it in its column.
    """
    buttons = [line for line in page.lines if ADD_TO_CART.search(line.text) and len(line.text) < 40]
    if len(buttons) > 2 and len({round(b.y0 / 20) for b in buttons}) < len(buttons):
        return None
    anchor = max(buttons, key=lambda b: (b.height, -b.y0)) if buttons else None
    candidates = [p for p in page.prices if selling(p) and (anchor is None or _in_column(p, anchor, page))]
    if not candidates and anchor is None:
        return None
    price = max(candidates, key=lambda p: _prominence(p, anchor), default=None)
    if anchor is None and (price is None or not _dominates(price, page)):
        return None
    place = price.line if price is not None else anchor
    assert place is not None
    title = _heading(page, place, anchor)
    if title is None:
        return None
    column = _column_lines(page, title, place, anchor)
    names = _names(column, page)
    brand = next((b for p in column if (b := brand_in(p.text))), None)
    if brand is None:
        beside = [
            p for p in names if p.text != title.text and _looks_like_brand(p.text) and _adjacent(p, title)
            and p.height <= title.height and overlap(p.x0, p.x1, title.x0, title.x1) > 0.5
        ]  # fmt: skip
        brand = beside[0].text.strip() if beside else None
    product = describe(title, brand, price, column, page)
    product = product.model_copy(update={"main": True})
    return product, {id(line) for line in column} | {id(line) for line in title.lines}


def _in_column(priced: PricedLine, anchor: TextLine, page: Page) -> bool:
    reach = 0.42 * page.height
    shares = overlap(priced.x0, priced.x1, anchor.x0 - 0.7 * anchor.width, anchor.x1 + 0.7 * anchor.width) > 0
    near = priced.line.x0 > anchor.x0 - 0.25 * page.width and priced.line.x1 < anchor.x1 + 0.25 * page.width
    return (shares or near) and anchor.y0 - reach < priced.line.cy < anchor.y1 + 0.25 * page.height


def _prominence(priced: PricedLine, anchor: TextLine | None) -> float:
    size = priced.height * (1.15 if priced.reddish else 1.0)
    if anchor is None:
        return size
    distance = abs(priced.line.cy - anchor.cy) / max(anchor.height, 1)
    return size - 0.6 * distance - (4 if priced.line.cy > anchor.y1 else 0)


def _dominates(price: PricedLine, page: Page) -> bool:
    others = [p for p in page.prices if selling(p) and p is not price]
    return not others or (
        price.height > 1.35 * max(p.height for p in others) and price.line.y0 > 0.12 * page.height
    )


def _heading(page: Page, place: TextLine, anchor: TextLine | None) -> Paragraph | None:
    """The largest type above the price or the button that shares its column, or spans it."""
    low = max(place.y0, anchor.y0 if anchor is not None else 0)
    best, best_weight = None, 0.0
    for p in _names(page.lines, page):
        if p.y0 > low or low - p.y1 > 0.62 * page.height:
            continue
        left = min(place.x0, anchor.x0 if anchor is not None else place.x0)
        beside = overlap(p.x0, p.x1, left - 30, left + 0.3 * page.width) > 0.3 or p.x0 < left < p.x1
        if not beside or p.y0 < 0.05 * page.height:
            continue
        words = len(re.findall(r"\w{2,}", p.text))
        weight = p.height * (1 + 0.06 * min(words, 8)) - 0.012 * (low - p.y1) - (12 if words < 2 else 0)
        if p.y1 <= place.y0 + place.height:
            weight += 3
        if weight > best_weight:
            best, best_weight = p, weight
    return best


def _column_lines(page: Page, title: Paragraph, place: TextLine, anchor: TextLine | None) -> list[TextLine]:
    left = min(title.x0, place.x0, anchor.x0 if anchor is not None else place.x0) - 0.02 * page.width
    right = max(title.x1, place.x1, anchor.x1 if anchor is not None else place.x1) + 0.12 * page.width
    left, right = max(left, place.x0 - 0.3 * page.width), min(right, place.x1 + 0.45 * page.width)
    top = title.y0 - 3.2 * title.height
    bottom = max(place.y1, anchor.y1 if anchor is not None else place.y1) + 0.4 * page.height
    return [
        line for line in page.lines
        if line.y0 >= top and line.y1 <= bottom and line.cx >= left and line.x0 <= right
    ]  # fmt: skip


def describe(
    title: Paragraph, brand: str | None, main: PricedLine | None, lines: list[TextLine], page: Page
) -> ReadProduct:
    """A product from its title, its price and the lines that stand with them."""
    prices = [p for line in lines for p in page.by_line.get(id(line), [])]
    now = main.amount.money if main is not None else None
    older = [
        p.amount.money for p in prices
        if (p.struck or p.amount.role is Role.LIST) and now is not None and p.amount.money.amount > now.amount
        and main is not None and abs(p.line.cy - main.line.cy) < 6 * main.height
    ]  # fmt: skip
    score = count = promotion = None
    specifications: list[str] = []
    for line in lines:
        rating = rating_in(line.text)
        score = score if score is not None else rating.score
        count = count if count is not None else rating.count
        if line not in title.lines:
            promotion = promotion or promotion_in(line.text)
        if not page.is_price(line):
            specifications += [s for s in specifications_in(line.text) if s not in specifications]
    specifications += _table(lines, specifications)
    return ReadProduct(
        title=_clean(title.text),
        brand=brand,
        price=now,
        list_price=older[0] if older else None,
        rating=score,
        review_count=count,
        promotion=promotion,
        specifications=specifications[:MAX_SPECIFICATIONS],
        box=(
            min(line.x0 for line in lines), min(line.y0 for line in lines),
            max(line.x1 for line in lines), max(line.y1 for line in lines),
        ),
    )  # fmt: skip


def _table(lines: list[TextLine], known: list[str]) -> list[str]:
    """Rows of a specification table: a short label on the left, its value to the right."""
    found = []
    for line in lines:
        right = [o for o in lines if o is not line and o.x0 > line.x1 and same_row(o, line)]
        if len(right) != 1 or not specifications_in(f"{line.text.rstrip(':')}: {right[0].text}"):
            continue
        stated = f"{line.text.strip().rstrip(':').capitalize()}: {right[0].text.strip()}"
        if ":" in specifications_in(stated)[0] and stated not in known and len(line.text) < 24:
            found.append(stated)
    return found


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" -–|·•")


def _without_repeats(products: list[ReadProduct]) -> list[ReadProduct]:
    seen: dict[tuple[str, str, str | None], ReadProduct] = {}
    for product in products:
        seen.setdefault((product.title.lower(), str(product.price), product.brand), product)
    return list(seen.values())
