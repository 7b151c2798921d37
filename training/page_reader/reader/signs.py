"""Amounts of money put right by what stands beside them: signs that the OCR lost, and raised cents."""

import re
from dataclasses import replace
from decimal import Decimal

import numpy as np

from agents.screen_reader.blocks import same_row
from agents.screen_reader.lines import TextLine
from agents.screen_reader.marks import raised_cents
from catalog.money import CURRENCY_SIGNS, Money
from training.page_reader.reader.money_in_text import RUN_ON, Written

WHOLE = 3
TEN = Decimal(10)


def with_signs(lines: list[TextLine]) -> list[TextLine]:
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


def with_cents_put_back(image: np.ndarray, line: TextLine, written: Written, lines: list[TextLine]) -> Money:
    """The amount with the point before raised cents, whether they were read into the number or as a line apart."""
    money = written.money
    text = line.text[written.start : written.end]
    digits = [i for i, c in enumerate(text) if c.isdecimal()]
    if (
        not digits
        or money.amount != money.amount.to_integral()
        or any(c in ".," for c in text[-3:])
        or RUN_ON.search(text)
    ):
        return money
    figures = "".join(text[i] for i in digits)
    last = written.start + digits[-1] + 1
    whole = raised_cents(image, line, written.start + digits[0], last) if len(digits) >= WHOLE else 0
    if cents := figures[whole:][:2] if whole else "":
        # Where one of two was read, the other was the same: 00, 99, 55.
        cents = cents if len(cents) == 2 else cents * 2
        return money.model_copy(update={"amount": Decimal(figures[:whole]) + Decimal(cents) / 100})
    beside = _raised_beside(line, written, lines)
    if beside is None:
        return money
    whole_units = _without_shared(line, written, beside)
    return money.model_copy(update={"amount": whole_units + Decimal(beside.text.strip(" .*")) / 100})


def _without_shared(line: TextLine, written: Written, cents: TextLine) -> Decimal:
    """The whole units without a digit that the box of the cents holds too: it was read twice."""
    text = line.text[written.start : written.end].rstrip()
    amount = written.money.amount
    last = written.start + len(text) - 1
    twice = len(line.centres) > last and line.centres[last] > cents.x0 and text[-1:].isdigit()
    return amount // TEN if twice and text[-1] == cents.text.strip(" .*")[0] and amount >= TEN else amount


def _raised_beside(line: TextLine, written: Written, lines: list[TextLine]) -> TextLine | None:
    if re.search(r"\w", line.text[written.end :]):
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
