"""The lines of a page with their prices: what cards and product details are found in."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

import numpy as np

from agents.screen_reader.amounts import Role
from agents.screen_reader.blocks import Paragraph, Type, columns_of, paragraphs, same_row
from agents.screen_reader.facts import (
    FOR_WHOM,
    brand_in,
    is_call,
    is_furniture,
    is_kind,
    is_noise,
    is_tally,
    promotion_in,
    rating_in,
    specifications_in,
)
from agents.screen_reader.lines import TextLine
from agents.screen_reader.prices import PricedLine
from agents.screen_reader.reading import ReadProduct
from agents.screen_reader.specifications import table_rows
from agents.screen_reader.stars import stars_in
from tools.needs import told_once

MAX_TITLE = 220
MAX_SPECIFICATIONS = 24
LONGEST_LINK = 3  # letters of "and", "of", "de" in a name; longer words of it begin with a capital
LED_BY = 12  # characters before an amount that a line begins with

STARS_REACH = 9  # times the line's height: how far to the left of the reviews' number their stars may begin
MAYBE_STARS = re.compile(r"[★☆⭐✩✭✮✯]|^[女大太文夫公ー★☆]{2,6}$|^[^A-Za-z0-9£$€¥]{3,6}$")
YEAR = re.compile(r"\W*(?:19|20)\d\d\W*")  # the last line of a wine's name, or a model's
LIKE_STARS = frozenset("女大太文夫公ー")  # what drawn stars are taken for
SENTENCES = re.compile(r"[a-z]\. [A-Z].*\.$")  # two or more: a description, no name


@dataclass
class Page:
    """The lines of a page with their prices, sorted from top to bottom."""

    width: int
    height: int
    lines: list[TextLine]
    prices: list[PricedLine]
    types: dict[int, Type] = field(default_factory=dict)
    pixels: np.ndarray | None = None
    by_line: dict[int, list[PricedLine]] = field(default_factory=dict)
    alone: set[int] = field(default_factory=set)
    columns: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for priced in self.prices:
            self.by_line.setdefault(id(priced.line), []).append(priced)
        self.columns = columns_of(self.lines)
        self.alone = {id(line) for line in self.lines if self.is_price(line) or _stands_alone(line.text)}

    @cached_property
    def usual_height(self) -> float:
        """The median height of its lines: the type size of the running text."""
        return float(median(line.height for line in self.lines)) if self.lines else 0.0

    def paragraphs(self, lines: list[TextLine]) -> list[Paragraph]:
        """The lines as paragraphs of one type each; prices, ratings, offers and buttons stand alone."""
        return paragraphs(lines, self.alone, self.types, self.columns)

    def is_price(self, line: TextLine) -> bool:
        """Whether the line is little else than amounts of money."""
        found = self.by_line.get(id(line), [])
        if not found:
            return False
        money = sum(p.amount.end - p.amount.start for p in found)
        leads = any(p.amount.start <= 1 and selling(p) for p in found)  # "$1,465+ /mo Studio - 2 bd"
        return leads or money >= 0.4 * len(line.text.strip()) or len(line.text) < 24


def selling(priced: PricedLine) -> bool:
    """Whether an amount may be what a product costs now."""
    return (
        priced.amount.role in (Role.PRICE, Role.RENT) and not priced.struck and priced.amount.money.amount > 0
    )


def names(lines: list[TextLine], page: Page) -> list[Paragraph]:
    """The paragraphs that may name the product."""
    return [
        p
        for p in page.paragraphs(lines)
        if not page.is_price(p.lines[0])
        and not any(_tells_costs(line, page) for line in p.lines)
        and may_name(p.text)
        and any(may_name(line.text) for line in p.lines)
    ]


def _tells_costs(line: TextLine, page: Page) -> bool:
    """Whether a line begins with money that is no price: "Or $5.00 /mo (6 mo)", "$17.49 (5 used & new offers)"."""
    return any(
        p.amount.start < LED_BY
        and p.amount.role in (Role.INSTALMENT, Role.OTHER, Role.DELIVERY, Role.FILTER, Role.THRESHOLD)
        for p in page.by_line.get(id(line), [])
    )


def may_name(text: str) -> bool:
    """Whether a text may be a product's name: letters, and none of a shop's furniture."""
    letters = sum(c.isalpha() and c not in LIKE_STARS for c in text)
    if letters < 3 or letters < 0.4 * len(text.replace(" ", "")) or len(text) > MAX_TITLE:
        return False
    if is_call(text) or (promotion_in(text) and len(text) < 45) or (is_noise(text) and len(text) < 60):
        return False
    if SENTENCES.search(text) or text.rstrip().endswith(":") or text.count(")") > text.count("("):
        return False
    rating = rating_in(text)
    return rating.score is None and (rating.count is None or letters > 24)


def _stands_alone(text: str) -> bool:
    rating = rating_in(text)
    offer = len(text) < 30 and promotion_in(text) is not None
    return (
        rating.score is not None
        or (rating.count is not None and len(text) < 40)
        or offer
        or is_call(text)
        or is_tally(text)
        or (text[:3].lower() == "by " and brand_in(text) is not None)
        or is_furniture(text)
        or _measures(text)
        or not (any(c.isalpha() for c in text) or YEAR.fullmatch(text))
    )


def _measures(text: str) -> bool:
    """Whether a line is little else than quantities: "3 bds | 2 ba | 1,850 sqft"."""
    return text.strip()[:1].isdigit() and len(specifications_in(text)) > 1 and len(text) < 60


def looks_like_brand(text: str, title: str = "") -> bool:
    """Whether a text is short and begins as names do; what stands within the title, or names a kind of thing, is a department."""
    words = text.split()
    if (
        is_kind(text)
        or FOR_WHOM.match(text)
        or re.search(rf"(?<=\w)(?<!\bby)(?<!\bfrom)\W+{re.escape(text.strip())}\b", title, re.IGNORECASE)
    ):
        return False
    if not 1 <= len(words) <= 4 or len(text) > 30 or re.search(r"\d{3,}|[:%£$€/]", text):
        return False
    named = [w for w in words if len(w) > LONGEST_LINK]
    return all(w[:1].isupper() or w[:1].isdigit() for w in [words[0], *named])


def adjacent(a: Paragraph, b: Paragraph) -> bool:
    """Whether one paragraph follows right upon the other."""
    return min(abs(a.y1 - b.y0), abs(b.y1 - a.y0)) < 1.6 * max(a.height, b.height)


def describe(
    title: Paragraph, brand: str | None, main: PricedLine | None, lines: list[TextLine], page: Page
) -> ReadProduct:
    """A product from its title, its price and the lines that stand with them."""
    prices = [p for line in lines for p in page.by_line.get(id(line), [])]
    now = main.amount.money if main is not None else None
    older = [p.amount.money for p in prices if main is not None and _is_older(p, main)]
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
    score = score if score is not None else stars_of(lines, page)
    specifications += table_rows(lines, specifications)
    return ReadProduct(
        title=_clean(title.text),
        brand=brand,
        price=now,
        list_price=older[0] if older else None,
        rating=score,
        review_count=count,
        promotion=promotion,
        specifications=told_once(specifications)[:MAX_SPECIFICATIONS],
        box=(
            min(line.x0 for line in lines), min(line.y0 for line in lines),
            max(line.x1 for line in lines), max(line.y1 for line in lines),
        ),
    )  # fmt: skip


def stars_of(lines: list[TextLine], page: Page) -> float | None:
    """The rating that a row of drawn stars shows, beside the number of reviews, above it or below it."""
    if page.pixels is None:
        return None
    for line in lines:
        counted = rating_in(line.text).count is not None
        if not counted and not MAYBE_STARS.search(line.text):
            continue
        size = line.height
        if not counted:
            # The line is the stars themselves; those to its left are another product's.
            if (
                score := stars_in(
                    page.pixels, (line.x0 - size // 4, line.y0, line.x1 + size // 4, line.y1), size
                )
            ) is not None:
                return score
            continue
        beside = (line.x0 - STARS_REACH * size, line.y0 - size // 4, line.x1, line.y1 + size // 4)
        wide = (line.x0 - 2 * size, line.x1 + 2 * size)
        above = (wide[0], line.y0 - 2 * size, wide[1], line.y0 + 2)
        below = (wide[0], line.y1 - 2, wide[1], line.y1 + 2 * size)
        pixels = page.pixels[line.y0 : line.y1, line.x0 : line.x1].reshape(-1, 3)
        r, g, b = (int(v) for v in np.median(pixels, axis=0))
        for area in (beside, above, below):
            if (score := stars_in(page.pixels, area, size, (r, g, b))) is not None:
                return score
    return None


def _is_older(p: PricedLine, main: PricedLine) -> bool:
    """Whether an amount is what the product cost before: told or struck; or the larger of two side by side."""
    if p.amount.money.amount <= main.amount.money.amount or abs(p.line.cy - main.line.cy) > 6 * main.height:
        return False
    beside = p.line is main.line or same_row(p.line, main.line)
    gap = max(p.x0, main.x0) - min(p.x1, main.x1)
    follows = beside and selling(p) and gap < 1.5 * main.height and p.height <= 1.05 * main.height
    return p.struck or p.amount.role is Role.LIST or (follows and not main.amount.low_of_range)


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" -–|·•")
