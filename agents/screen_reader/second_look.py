"""A second look at amounts whose raised cents the detector passed over.

Cents that stand high beside a price are small, and their box is often missing, or ends between the two digits. Where
ink stands close beside an amount in whole units, the amount is read once more with it, and believed where the
glyphs are those of cents.
"""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from agents.screen_reader.lines import Box, TextLine
from agents.screen_reader.marks import raised_cents

WHOLE = re.compile(r"(?:[£$€¥]|^|\s)\s?(?P<digits>\d{1,4})$")
AGAIN = re.compile(r"(?P<digits>\d{2,6})$")
NEAR = 0.45  # of the line's height: what stands further off is no part of the amount
WIDEST = 1.5  # of the line's height: so wide two raised digits are at most
INKED = 60  # of 255: how far ink is from its ground
LEAST_SCORE = 0.7

Recognise = Callable[[np.ndarray, list[Box]], list[tuple[str, float, tuple[float, ...]]]]


def with_cents(image: np.ndarray, lines: list[TextLine], recognise: Recognise) -> list[TextLine]:
    """The lines of an RGB image, amounts with the cents beside them where there are any."""
    beside = {
        i: right for i, line in enumerate(lines) if (right := _ink_beside(image, line, lines)) is not None
    }
    if not beside:
        return lines
    boxes = [(lines[i].x0, lines[i].y0, right, lines[i].y1) for i, right in beside.items()]
    out = list(lines)
    for (i, right), (text, score, centres) in zip(beside.items(), recognise(image, boxes), strict=True):
        longer = replace(lines[i], text=text, score=score, x1=right, centres=centres)
        if score >= LEAST_SCORE and _adds_cents(image, lines[i], longer):
            out[i] = longer
    return out


def _adds_cents(image: np.ndarray, line: TextLine, longer: TextLine) -> bool:
    before, after = WHOLE.search(line.text), AGAIN.search(longer.text)
    if before is None or after is None or not after.group("digits").startswith(before.group("digits")[:1]):
        return False
    more = len(after.group("digits")) - len(before.group("digits"))
    return more in (1, 2) and raised_cents(image, longer, *after.span("digits")) > 0


def _ink_beside(image: np.ndarray, line: TextLine, lines: list[TextLine]) -> int | None:
    """Where the ink ends that stands close beside an amount in whole units, in no other line's box; None without any."""
    if WHOLE.search(line.text) is None:
        return None
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
