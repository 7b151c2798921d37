"""Product cards: the blocks of a listing that hold a price and a name."""

import re

from agents.screen_reader.blocks import Paragraph, aligned, blocks_of, same_row
from agents.screen_reader.facts import FOR_WHOM, brand_in, is_kind, specifications_in
from agents.screen_reader.layout import Page, adjacent, describe, looks_like_brand, may_name, names, selling
from agents.screen_reader.lines import TextLine
from agents.screen_reader.prices import PricedLine
from agents.screen_reader.reading import ReadProduct

GUTTER = 0.5  # times the line's height: how wide the empty strip between two cards is at least
COLUMN_GAP = 1.6  # times the type size: how far prices of different cards stand apart in a row
TITLE_LINES = 3  # more is a description
SENTENCE = 6  # words: a text that breaks off after more may be a description
TITLE_REACH = 5.0  # times the price's height: how far a card's title may stand from its price


def product_cards(page: Page, apart: set[int]) -> list[ReadProduct]:
    """The product cards of a page; lines whose ``id`` is in ``apart`` belong to something else."""
    lines = [line for line in page.lines if id(line) not in apart]
    found = []
    for block in blocks_of(lines):
        for column in _columns(list(block.lines), page):
            for part in _split(column, page):
                product = _card(part, page, lines)
                if product is not None:
                    found.append(product)
    return found


def _columns(lines: list[TextLine], page: Page) -> list[list[TextLine]]:
    """Cut a block where no line crosses: between cards that stand close beside each other, each with name and price."""
    for cut in _gutters(lines):
        sides = [line for line in lines if line.x1 <= cut], [line for line in lines if line.x0 >= cut]
        if all(_offers(side, page) for side in sides):
            return [*_columns(sides[0], page), *_columns(sides[1], page)]
    if len(rest := _without_next_heading(lines, page)) < len(lines):
        return _columns(rest, page)
    return _between_prices(lines, page)


def _without_next_heading(lines: list[TextLine], page: Page) -> list[TextLine]:
    """The lines without those below all prices that stand across a gutter of the others: the next row's heading."""
    prices = [line for line in lines if any(selling(p) for p in page.by_line.get(id(line), []))]
    bottom = max((line.y1 for line in prices), default=0)
    above = [line for line in lines if line.cy < bottom]
    cuts = _gutters(above) if len(prices) > 1 else []
    return [line for line in lines if line.cy < bottom or not any(line.x0 < cut < line.x1 for cut in cuts)]


def _gutters(lines: list[TextLine]) -> list[int]:
    """Where along x no line of a block stands, for at least half a line's height."""
    found = []
    reach = 0
    for line in sorted(lines, key=lambda item: item.x0):
        if reach and line.x0 - reach > GUTTER * line.height:
            found.append((reach + line.x0) // 2)
        reach = max(reach, line.x1)
    return found


def _offers(lines: list[TextLine], page: Page) -> bool:
    """Whether some of the lines tell what is sold, others for how much."""
    return any(selling(p) for line in lines for p in page.by_line.get(id(line), [])) and bool(
        names(lines, page)
    )


def _between_prices(lines: list[TextLine], page: Page) -> list[list[TextLine]]:
    """Cut a block between two prices of one row where no line crosses."""
    selling_lines = [line for line in lines if any(selling(p) for p in page.by_line.get(id(line), []))]
    selling_lines.sort(key=lambda line: line.x0)
    for left, right in zip(selling_lines, selling_lines[1:], strict=False):
        gap = right.x0 - left.x1
        if not same_row(left, right) or gap < COLUMN_GAP * max(left.height, right.height):
            continue
        starts = [line.x0 for line in lines if line.cx > left.x1 and line.x0 > left.x1]
        cut = min(starts, default=right.x0) - 1
        sides = [line for line in lines if line.x1 <= cut], [line for line in lines if line.x0 > cut]
        if len(sides[0]) + len(sides[1]) == len(lines) and all(names(side, page) for side in sides):
            return [sides[0], *_between_prices(sides[1], page)]
    return [lines]


def _split(lines: list[TextLine], page: Page) -> list[list[TextLine]]:
    """Cut a block with several products into one part each: every part holds one group of prices.

    The cut falls before the title of the next product: after the last line that belongs to the price above
    when prices follow titles, before each price when they lead.
    """
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
    found = names(lines, page)
    if not found:
        lines = lines + _nearby(main, lines, all_lines, page)
        found = names(lines, page)
    if not found:
        return None
    title, brand = _title_and_brand(found, main)
    return describe(title, brand, main, lines, page)


def _chrome(line: TextLine) -> bool:
    return not may_name(line.text)


def _nearby(main: PricedLine, own: list[TextLine], lines: list[TextLine], page: Page) -> list[TextLine]:
    """Lines right above the price in its column, as far as the next price: a title set at a distance."""
    above = [
        line
        for line in lines
        if line not in own
        and not is_kind(line.text)  # a word of the shop's menu
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


def _title_and_brand(found: list[Paragraph], main: PricedLine) -> tuple[Paragraph, str | None]:
    """The title is the paragraph that says most; a short line next to it is the brand.

    "Most" is words, then type size, then nearness to the price.
    """

    def weight(p: Paragraph) -> float:
        words = len(re.findall(r"[A-Za-z]{2,}", p.text))
        distance = min(abs(p.y0 - main.line.y1), abs(main.line.y0 - p.y1)) / max(main.height, 1)
        stated = specifications_in(p.text)
        specification = bool(stated) and (":" in p.text or (len(stated) > 1 and p.text[:1].isdigit()))
        return (
            min(words, 6)
            + 2.5 * p.height / max(main.height, 1)
            - 0.35 * distance
            - (3 if specification else 0)
            - (3 if FOR_WHOM.match(p.text) and any(_names_above(o, p) for o in found) else 0)
            - (4 if len(p.lines) > TITLE_LINES else 0)
            - (2 if words > SENTENCE and p.text.rstrip().endswith(("...", "…")) and len(found) > 1 else 0)
        )

    title = max([p for p in found if brand_in(p.text) is None] or found, key=weight)
    for p in found:
        if stated := brand_in(p.text):
            return title, stated
    beside = [
        p for p in found if p is not title and looks_like_brand(p.text, title.text) and adjacent(p, title)
    ]
    nearest = min(beside, key=lambda p: min(abs(p.y0 - title.y1), abs(title.y0 - p.y1)), default=None)
    return title, nearest.text.strip() if nearest else None


def _names_above(upper: Paragraph, lower: Paragraph) -> bool:
    """Whether a name of at least two words stands right above another text: "Strider Run 5" above "Men's Running Shoes"."""
    words = len(re.findall(r"[A-Za-z]{2,}", upper.text))
    return upper is not lower and words > 1 and upper.y0 < lower.y0 and adjacent(upper, lower)


def without_repeats(products: list[ReadProduct]) -> list[ReadProduct]:
    """Each product once, however often the page shows it."""
    seen: dict[tuple[str, str, str | None], ReadProduct] = {}
    for product in products:
        seen.setdefault((product.title.lower(), str(product.price), product.brand), product)
    return list(seen.values())
