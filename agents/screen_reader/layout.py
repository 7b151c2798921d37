"""The lines of a page with their prices: what cards and product details are found in."""

import re
from dataclasses import dataclass, field

from agents.screen_reader.amounts import Role
from agents.screen_reader.blocks import Colour, Paragraph, paragraphs, same_row
from agents.screen_reader.facts import is_call, is_noise, promotion_in, rating_in, specifications_in
from agents.screen_reader.ocr import TextLine
from agents.screen_reader.prices import PricedLine
from agents.screen_reader.reading import ReadProduct

MAX_TITLE = 220
MAX_SPECIFICATIONS = 12


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


def names(lines: list[TextLine], page: Page) -> list[Paragraph]:
    """The paragraphs that may name the product."""
    return [p for p in page.paragraphs(lines) if not page.is_price(p.lines[0]) and may_name(p.text)]


def may_name(text: str) -> bool:
    """Whether a text may be a product's name: letters, and none of a shop's furniture."""
    letters = sum(c.isalpha() for c in text)
    if letters < 3 or letters < 0.4 * len(text.replace(" ", "")) or len(text) > MAX_TITLE:
        return False
    if is_call(text) or (promotion_in(text) and len(text) < 45) or (is_noise(text) and len(text) < 60):
        return False
    rating = rating_in(text)
    return rating.score is None and (rating.count is None or letters > 24)


def _stands_alone(text: str) -> bool:
    rating = rating_in(text)
    offer = len(text) < 30 and promotion_in(text) is not None
    return rating.score is not None or (rating.count is not None and len(text) < 24) or offer or is_call(text)


def looks_like_brand(text: str) -> bool:
    """Whether a text is short and begins as names do."""
    words = text.split()
    if not 1 <= len(words) <= 4 or len(text) > 30 or re.search(r"\d{3,}|[:%£$€/]", text):
        return False
    return words[0][:1].isupper() or words[0][:1].isdigit()


def adjacent(a: Paragraph, b: Paragraph) -> bool:
    """Whether one paragraph follows right upon the other."""
    return min(abs(a.y1 - b.y0), abs(b.y1 - a.y0)) < 1.6 * max(a.height, b.height)


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
