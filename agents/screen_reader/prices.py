"""The prices on a page: amounts with their roles, corrected by what the pixels say."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from agents.screen_reader.amounts import SIGNED, Amount, Role, amounts_in, bare_amount
from agents.screen_reader.blocks import same_row
from agents.screen_reader.lines import TextLine
from agents.screen_reader.marks import ink, span, struck
from agents.screen_reader.signs import with_cents, with_signs_joined
from catalog.money import CURRENCY_SIGNS

LABEL_REACH = 6.0  # times the line's height: how far to the left a label may stand
SENTENCE = 9  # words
WORD = re.compile(r"[A-Za-z]{2,}")
BESIDE = 1.5  # times the type size: how far an old price stands from the new one
OPEN_END = re.compile(r"\w \w+ (?:over|above|of|than|at least|exceeding|spend|up to|worth)$")
STRUCK_UP_TO = 5  # times the new price: what an old price is at most


# What a currency sign is taken for. Only before an amount with decimals: "E27" is a lamp's socket.
MISREAD = {"GBP": "E", "EUR": "EC", "USD": "S", "JPY": "YV"}


@dataclass(frozen=True)
class PricedLine:
    """An amount on the page: its line, its size in pixels and whether it is struck through."""

    line: TextLine
    amount: Amount
    x0: float
    x1: float
    struck: bool
    reddish: bool

    @property
    def height(self) -> int:
        """Type size of the line."""
        return self.line.height


def prices_on(image: np.ndarray, lines: list[TextLine]) -> list[PricedLine]:
    """Every amount of money on the page, in reading order."""
    found: list[PricedLine] = []
    for line in lines:
        for amount in amounts_in(line.text, _label(line, lines) or _begun_above(line, lines)):
            found.append(_look(image, line, amount, lines))
    currency = majority_currency(found)
    taken = {id(p.line) for p in found}
    for line in lines:
        if id(line) not in taken and (bare := bare_amount(line.text, currency)) is not None:
            found.append(_look(image, line, bare, lines))
    found = sorted(_without_filters(found), key=lambda p: (p.line.y0, p.x0))
    return _without_instalments(_without_old(_without_sentences(found)))


def _without_instalments(found: list[PricedLine]) -> list[PricedLine]:
    """What is paid a month, right under what is paid at once, is another way to pay the same product."""
    prices = [p for p in found if p.amount.role is Role.PRICE]
    return [
        replace(p, amount=replace(p.amount, role=Role.OTHER))
        if p.amount.role is Role.RENT and any(_right_under(p, price) for price in prices)
        else p
        for p in found
    ]


def _right_under(below: PricedLine, above: PricedLine) -> bool:
    edge = min(abs(below.x0 - above.x0), abs(below.x1 - above.x1))
    return edge < above.height and 0 < below.line.cy - above.line.cy < 2 * above.height


def _without_sentences(found: list[PricedLine]) -> list[PricedLine]:
    """Money that is spoken of in a sentence, or several sums in one line, is no product's price."""
    out = []
    for p in found:
        before, after = p.line.text[: p.amount.start], p.line.text[p.amount.end :]
        told = len(WORD.findall(before)) > 2 and len(WORD.findall(after)) > 2
        beside = [o for o in found if o.line is p.line and o.amount.role in (Role.PRICE, Role.RENT)]
        goes_on = len(WORD.findall(after)) > 5
        spoken = (told or goes_on) and len(WORD.findall(p.line.text)) >= SENTENCE or len(beside) > 2
        is_price = p.amount.role in (Role.PRICE, Role.RENT)
        out.append(replace(p, amount=replace(p.amount, role=Role.OTHER)) if spoken and is_price else p)
    return out


def _without_old(found: list[PricedLine]) -> list[PricedLine]:
    """Of two prices right beside each other the one before, larger in amount and no larger in type, is the old one."""
    old = {
        id(a)
        for a, b in zip(found, found[1:], strict=False)
        if a.amount.role is Role.PRICE and b.amount.role is Role.PRICE and not a.amount.low_of_range
        and same_row(a.line, b.line) and a.amount.money.amount > b.amount.money.amount
        and -0.5 * a.height < b.x0 - a.x1 < BESIDE * a.height and a.height <= 1.15 * b.height
        and (a.line is not b.line or not WORD.search(a.line.text[a.amount.end : b.amount.start]))
    }  # fmt: skip
    return [replace(p, amount=replace(p.amount, role=Role.LIST)) if id(p) in old else p for p in found]


BOUNDS = re.compile(
    rf"^\W*(?:(?:under|over|below|above|up to|less than|more than)\s)?{SIGNED}\s?(?:(?:-|–|—|to|&)\s*\S{{1,12}}|\+|and (?:up|over|above|under)|or more)?\W*(?:\(\d+\))?$",
    re.IGNORECASE,
)


def _without_filters(found: list[PricedLine]) -> list[PricedLine]:
    """Bounds of a price filter are no prices: two or more ranges under each other in one column."""
    bounds = [p for p in found if _is_bound(p)]
    marked = {id(p) for p in bounds if any(_under(p, o) for o in bounds)}
    pillars = [p for p in bounds if id(p) in marked]
    # A bound whose sign was misread ("EO - £10") stands in the same column as those that were not.
    marked |= {id(p) for p in found if _RANGE_LIKE.search(p.line.text) and any(_under(p, o) for o in pillars)}
    return [replace(p, amount=replace(p.amount, role=Role.FILTER)) if id(p) in marked else p for p in found]


_RANGE_LIKE = re.compile(r"^.{0,10}[-–—+]")


def _under(a: PricedLine, b: PricedLine) -> bool:
    return (
        a.line is not b.line
        and abs(a.line.x0 - b.line.x0) < 1.2 * a.height
        and abs(a.line.cy - b.line.cy) < 3.5 * a.height
    )


def _is_bound(priced: PricedLine) -> bool:
    text = priced.line.text
    several = len(amounts_in(text)) > 1 or re.search(
        r"\+\W*(?:\(\d+\))?$|^\W*(?:under|over|below|above|up to)\b", text, re.I
    )
    return bool(several and BOUNDS.match(text.strip()))


def with_signs(lines: list[TextLine]) -> list[TextLine]:
    """The lines with currency signs put back that stood apart, or were read as letters."""
    return _with_read_signs(with_signs_joined(lines))


def _with_read_signs(lines: list[TextLine]) -> list[TextLine]:
    """By the currency of most amounts, letters in the place of its sign are the sign."""
    counted = Counter(a.money.currency for line in lines for a in amounts_in(line.text) if a.money.currency)
    currency = counted.most_common(1)[0][0] if counted else None
    if currency is None or currency not in MISREAD:
        return lines
    sign = next(s for s, code in CURRENCY_SIGNS.items() if code == currency)
    misread = re.compile(rf"(?<![A-Za-z\d])[{MISREAD[currency]}](?=\d[\d,.]*[.,]\d\d\b|[0O] ?[-–])")
    found = []
    for line in lines:
        text = re.sub(rf"(?<={re.escape(sign)})O(?= ?[-–])", "0", misread.sub(sign, line.text))
        # The same sign read twice; a leading zero keeps every character at its place.
        text = re.sub(rf"(?<={re.escape(sign)})[{MISREAD[currency]}](?=\d)", "0", text)
        text = _with_struck_sign(_with_labelled_sign(text, sign), sign)
        found.append(line if text == line.text else replace(line, text=text))
    return found


def _with_labelled_sign(text: str, sign: str) -> str:
    """A line that says what its amount is and whose sign a stroke made a digit of: "reg 5119.99"."""
    return re.sub(
        r"^(\W*(?:was|reg\.?|rrp|msrp|list(?: price)?:?|orig\.?)\s?)[58S](?=\d{2,4}\.\d\d$)",
        rf"\g<1>{sign}",
        text,
        flags=re.IGNORECASE,
    )


def _with_struck_sign(text: str, sign: str) -> str:
    """A line with the sign put back that a stroke made a digit of: "$187.99 5299.00" was "$187.99 $299.00"."""
    now = re.search(rf"{re.escape(sign)}(\d[\d,]*\.\d\d)\s+[58S](\d[\d,]*\.\d\d)(?!\d)", text)
    if now is None:
        return text
    new, old = (Decimal(n.replace(",", "")) for n in now.groups())
    place = now.start(2) - 1
    return text[:place] + sign + text[place + 1 :] if new < old < STRUCK_UP_TO * new else text


def majority_currency(prices: list[PricedLine]) -> str | None:
    """The currency that most amounts of the page are in."""
    counted = Counter(p.amount.money.currency for p in prices if p.amount.money.currency)
    return counted.most_common(1)[0][0] if counted else None


def _look(image: np.ndarray, line: TextLine, amount: Amount, lines: list[TextLine]) -> PricedLine:
    amount = replace(amount, money=with_cents(image, line, amount.start, amount.end, amount.money, lines))
    x0, x1 = span(line, amount.start, amount.end)
    is_struck = struck(image, line, amount.start, amount.end)
    if is_struck and amount.role is Role.PRICE:
        amount = replace(amount, role=Role.LIST)
    colour = ink(image, x0, line.y0, x1, line.y1)
    return PricedLine(line, amount, x0, x1, is_struck, bool(colour and colour.reddish))


def _begun_above(line: TextLine, lines: list[TextLine]) -> str:
    """The end of the line above where it goes on in this one: "on your first order over" before "$50."."""
    for other in lines:
        near = 0 <= line.y0 - other.y1 + 0.5 * line.height < line.height
        alike = abs(other.height - line.height) <= 0.25 * line.height
        beside = abs(other.x0 - line.x0) < line.height or abs(other.cx - line.cx) < line.height
        if near and alike and beside and OPEN_END.search(other.text):
            return other.text
    return ""


def _label(line: TextLine, lines: list[TextLine]) -> str:
    """What stands to the left of a line in its row, close enough to be its label."""
    left = [
        other
        for other in lines
        if other is not line
        and other.x1 <= line.x0 + 0.3 * line.height
        and line.x0 - other.x1 < LABEL_REACH * line.height
        and same_row(other, line)
        and not amounts_in(other.text)
        and "%" not in other.text  # a badge of the card beside it
    ]
    return max(left, key=lambda other: other.x1).text if left else ""
