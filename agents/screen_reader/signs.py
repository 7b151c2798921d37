"""Amounts of money put right by what stands beside them: signs that stand apart, raised cents, run-on percentages."""

import re
from dataclasses import replace
from decimal import Decimal

import numpy as np

from agents.screen_reader.amounts import RUN_ON
from agents.screen_reader.blocks import same_row
from agents.screen_reader.lines import TextLine
from agents.screen_reader.marks import raised_cents
from catalog.money import CURRENCY_SIGNS, Money

WHOLE = 3
TEN = Decimal(10)


def with_signs_joined(lines: list[TextLine]) -> list[TextLine]:
    """The lines with currency signs joined to the number right after them, and run-on percentages apart."""
    return _with_apart_signs([_with_gap_before_percent(line) for line in lines])


def _with_gap_before_percent(line: TextLine) -> TextLine:
    """The line with the space put back that was lost between an amount and a percentage: "379.9930% off"."""
    run_on = re.search(r"\d\.\d\d(?=\d\d? ?%)", line.text)
    if run_on is None:
        return line
    place = run_on.end()
    between = tuple(sum(line.centres[place - 1 : place + 1]) / 2 for _ in line.centres[place : place + 1])
    centres = (*line.centres[:place], *between, *line.centres[place:])
    return replace(line, text=f"{line.text[:place]} {line.text[place:]}", centres=centres)


def _with_apart_signs(lines: list[TextLine]) -> list[TextLine]:
    """A sign that is a line of its own belongs to the number that begins right after it."""
    signs = [line for line in lines if line.text.strip() in CURRENCY_SIGNS]
    taken: set[int] = set()
    out = list(lines)
    for sign in signs:
        for i, line in enumerate(out):
            near = -0.6 * line.height < line.x0 - sign.x1 < 0.7 * line.height and same_row(sign, line)
            if near and line.text[:1].isdigit():
                taken.add(id(sign))
                out[i] = replace(
                    line, text=sign.text.strip() + line.text, x0=min(sign.x0, line.x0), centres=(sign.cx, *line.centres)
                )  # fmt: skip
                break
    return [line for line in out if id(line) not in taken]


def with_cents(
    image: np.ndarray, line: TextLine, start: int, end: int, money: Money, lines: list[TextLine]
) -> Money:
    """An amount with the point before raised cents, whether they were read into the number or as a line apart.

    ``start`` to ``end`` are the amount's characters in the line; ``image`` is RGB, (h, w, 3) uint8.
    """
    written = line.text[start:end]
    digits = [i for i, c in enumerate(written) if c.isdecimal()]
    pointed = money.amount != money.amount.to_integral() or any(c in ".," for c in written[-3:])
    if not digits or pointed or RUN_ON.search(written):
        return money
    figures = "".join(written[i] for i in digits)
    whole = raised_cents(image, line, start + digits[0], start + digits[-1] + 1) if len(digits) >= WHOLE else 0
    # Digits with something between them are fewer than the characters that were looked at: there may be no cents left.
    if whole and (cents := figures[whole:]):
        # Where one of two was read, the other was the same: 00, 99, 55.
        cents = cents if len(cents) == 2 else cents * 2
        return Money(amount=Decimal(figures[:whole]) + Decimal(cents) / 100, currency=money.currency)
    beside = _raised_beside(line, end, lines)
    if beside is None:
        return money
    units = _without_shared(line, start, written.rstrip(), money.amount, beside)
    return Money(amount=units + Decimal(beside.text.strip(" .*")) / 100, currency=money.currency)


def _without_shared(line: TextLine, start: int, written: str, amount: Decimal, cents: TextLine) -> Decimal:
    """The whole units without a digit that the box of the cents holds too: it was read twice."""
    last = start + len(written) - 1
    twice = len(line.centres) > last and line.centres[last] > cents.x0 and written[-1:].isdigit()
    return amount // TEN if twice and written[-1] == cents.text.strip(" .*")[0] and amount >= TEN else amount


def _raised_beside(line: TextLine, end: int, lines: list[TextLine]) -> TextLine | None:
    if re.search(r"\w", line.text[end:]):
        return None
    for other in lines:
        text = other.text.strip(" .*")
        close = -0.6 * line.height <= other.x0 - line.x1 <= 0.45 * line.height
        raised = (
            other.height < 0.8 * line.height
            and line.y0 - 0.3 * line.height <= other.y0
            and other.cy < line.cy
        )
        if close and raised and len(text) == 2 and text.isdecimal():
            return other
    return None
