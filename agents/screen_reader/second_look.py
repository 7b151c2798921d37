"""A second look at amounts whose raised cents the detector passed over.

Cents that stand high beside a price are small, and their box is often missing, or ends between the two digits; now
and then it is the amount that has none. Where ink stands close beside the one or the other, they are read once more
together, and believed where the glyphs are those of cents.
"""

import re
from collections.abc import Callable

import numpy as np

from agents.screen_reader.lines import Box, TextLine
from agents.screen_reader.marks import raised_cents

WHOLE = re.compile(r"(?:[£$€¥]|^|\s)\s?(?P<digits>\d{1,4})$")
CENTS = re.compile(r"[^\w£$€¥]?(\d{2})")  # what stands before them is the edge of a digit
SIGN = re.compile(r"[£$€¥]")
AGAIN = re.compile(r"(?P<digits>\d{2,6})$")
NEAR = 0.45  # of the line's height: what stands further off is no part of the amount
WIDEST = 1.5  # of the line's height: so wide two raised digits are at most
INKED = 60  # of 255: how far ink is from its ground
LONGEST, TALLER, TALL = 6.0, 1.8, 0.6
"""Of the height of the cents' box: how far an amount may reach to the left, how far down, and how tall it is at least."""
LEAST_SCORE = 0.7

Recognise = Callable[[np.ndarray, list[Box]], list[tuple[str, float, tuple[float, ...]]]]


def with_cents(image: np.ndarray, lines: list[TextLine], recognise: Recognise) -> list[TextLine]:
    """The lines of an RGB image, amounts with the cents beside them, and cents with the amount before them."""
    longer: dict[int, Box] = {}
    for i, line in enumerate(lines):
        if WHOLE.search(line.text) and (right := _ink_beside(image, line, lines)) is not None:
            longer[i] = (line.x0, line.y0, right, line.y1)
        elif CENTS.fullmatch(line.text) and (amount := _ink_before(image, line, lines)) is not None:
            longer[i] = amount
    if not longer:
        return lines
    out = dict(enumerate(lines))
    read = recognise(image, list(longer.values()))
    for (i, box), (text, score, centres) in zip(longer.items(), read, strict=True):
        again = TextLine(text, score, *box, centres)
        if i in out and score >= LEAST_SCORE and _adds(image, lines[i], again):
            # What lay within the box is part of what it says now.
            out = {j: line for j, line in out.items() if j == i or not _within(line, box)}
            out[i] = again
    return list(out.values())


def _within(line: TextLine, box: Box) -> bool:
    return box[0] <= line.cx <= box[2] and box[1] <= line.cy <= box[3]


def _adds(image: np.ndarray, line: TextLine, again: TextLine) -> bool:
    """Whether what was read once more is the amount and its cents, by its digits and by their glyphs."""
    after, before, cents = AGAIN.search(again.text), WHOLE.search(line.text), CENTS.fullmatch(line.text)
    if after is None or raised_cents(image, again, *after.span("digits")) == 0:
        return False
    digits = after.group("digits")
    if cents is not None:
        return digits.endswith(cents.group(1)) and SIGN.search(again.text) is not None
    return (
        before is not None
        and digits.startswith(before.group("digits")[:1])
        and len(digits) - len(before.group("digits")) in (1, 2)
    )


def _ink_beside(image: np.ndarray, line: TextLine, lines: list[TextLine]) -> int | None:
    """Where the ink ends that stands close beside an amount in whole units, in no other line's box; None without any."""
    end = min(line.x1 + int(WIDEST * line.height), image.shape[1])
    others = [
        o.x0 for o in lines if o is not line and o.x0 >= line.x1 - 2 and o.y0 < line.y1 and o.y1 > line.y0
    ]
    end = min([end, *others])
    strip = image[line.y0 : line.y1, line.x1 : end].astype(np.int16)
    if strip.shape[1] < 3:
        return None
    ground = np.median(image[line.y0 : line.y1, line.x0 : line.x1].reshape(-1, 3), axis=0)
    columns = np.flatnonzero((np.abs(strip - ground).max(2) > INKED).any(0))
    if not len(columns) or columns[0] > NEAR * line.height:
        return None
    gaps = np.flatnonzero(np.diff(columns) > NEAR * line.height)
    last = int(columns[gaps[0]] if len(gaps) else columns[-1])
    return min(line.x1 + last + 3, int(image.shape[1]))


def _ink_before(image: np.ndarray, line: TextLine, lines: list[TextLine]) -> Box | None:
    """The box of the taller ink that ends close before two small digits, and in no other line's box, with them."""
    h = line.height
    top, bottom = max(0, line.y0 - h // 5), min(image.shape[0], line.y0 + int(TALLER * h))
    below = [o.y0 for o in lines if o.y0 > line.cy and o.x0 < line.x1 and o.x1 > line.x0 - LONGEST * h]
    bottom = min([bottom, *(y for y in below if y > line.y1 - h // 5)])
    near = [o.x1 for o in lines if o is not line and o.x1 <= line.x0 + 2 and o.y0 < bottom and o.y1 > top]
    start = max([0, line.x0 - int(LONGEST * h), *near])
    strip = image[top:bottom, start : line.x0].astype(np.int16)
    if strip.shape[1] < h // 2:
        return None
    ground = np.median(strip.reshape(-1, 3), axis=0)
    inked = np.abs(strip - ground).max(2) > INKED
    columns, rows = np.flatnonzero(inked.any(0)), np.flatnonzero(inked.any(1))
    if not len(columns) or strip.shape[1] - columns[-1] > NEAR * h or rows[-1] - rows[0] < TALL * h:
        return None
    gaps = np.flatnonzero(np.diff(columns) > NEAR * h)
    left = int(columns[gaps[-1] + 1] if len(gaps) else columns[0])
    margin = h // 5
    return (
        max(0, start + left - margin),
        max(0, top + int(rows[0]) - margin),
        line.x1,
        min(image.shape[0], top + int(rows[-1]) + margin),
    )
