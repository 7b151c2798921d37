"""What the pixels say beyond the letters: struck-through text, raised cents, ink colour, filled stars."""

from dataclasses import dataclass

import numpy as np

from agents.screen_reader.ocr import TextLine

STRIKE_COVERAGE = 0.9
INK_SHARE = 0.3


@dataclass(frozen=True)
class Ink:
    """A crop as ink and ground: ``mask`` (h, w) bool, and the mean colour of the ink."""

    mask: np.ndarray
    colour: tuple[int, int, int]

    @property
    def reddish(self) -> bool:
        """Whether the ink has the red of a sale price."""
        r, g, b = self.colour
        return r > 120 and r > 1.5 * g and r > 1.4 * b


def ink(image: np.ndarray, x0: float, y0: float, x1: float, y1: float) -> Ink | None:
    """Separate ink from ground inside a box of an RGB image; None for an empty box."""
    h, w = image.shape[:2]
    left, right = max(0, int(x0)), min(w, int(np.ceil(x1)))
    top, bottom = max(0, int(y0)), min(h, int(np.ceil(y1)))
    if right - left < 2 or bottom - top < 4:
        return None
    crop = image[top:bottom, left:right].astype(np.int16)
    edge = np.concatenate([crop[0], crop[-1]])
    ground = np.median(edge, axis=0)
    distance = np.abs(crop - ground).max(2)
    strongest = np.percentile(distance, 97)
    if strongest < 24:
        return None
    mask = distance > INK_SHARE * strongest
    strong = distance > 0.7 * strongest
    r, g, b = crop[strong].mean(0) if strong.any() else ground
    return Ink(mask, (int(r), int(g), int(b)))


def span(line: TextLine, start: int, end: int) -> tuple[float, float]:
    """Where the characters ``start`` to ``end`` of a line lie along x."""
    centres = line.centres
    if not centres:
        return line.x0, line.x1
    start, end = min(start, len(centres) - 1), min(end, len(centres))
    half = 0.5 * line.width / max(len(centres), 1)
    left = line.x0 if start == 0 else (centres[start - 1] + centres[start]) / 2
    right = line.x1 if end >= len(centres) else (centres[end - 1] + centres[end]) / 2
    return max(line.x0, min(left, centres[start] - 0.2 * half)), min(line.x1, right)


def struck(image: np.ndarray, line: TextLine, start: int, end: int) -> bool:
    """Whether a line is drawn through the middle of these characters.

    A stroke covers one row of pixels near the middle almost from end to end; letters never do, and an
    underline lies too low.
    """
    x0, x1 = span(line, start, end)
    found = ink(image, x0, line.y0, x1, line.y1)
    if found is None:
        return False
    mask = found.mask
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if len(rows) < 6 or len(columns) < 8:
        return False
    body = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height = len(body)
    middle = body[int(0.3 * height) : int(0.72 * height) + 1]
    coverage = middle.mean(1)
    if coverage.max() < STRIKE_COVERAGE:
        return False
    # A filled box would cover every row; a stroke is thin.
    return bool((coverage > STRIKE_COVERAGE).sum() <= max(3, 0.25 * height))


def raised_cents(image: np.ndarray, line: TextLine, start: int, end: int) -> bool:
    """Whether the last two of these digits are smaller than the others and stand high, as cents do.

    ``start`` to ``end`` are the digits alone, at least three of them.
    """
    if end - start < 3 or len(line.centres) < end:
        return False
    whole = _extent(image, line, start, end - 2)
    cents = _extent(image, line, end - 2, end)
    if whole is None or cents is None:
        return False
    tall, small = whole[1] - whole[0], cents[1] - cents[0]
    return small < 0.78 * tall and cents[1] < whole[1] - 0.15 * tall


def _extent(image: np.ndarray, line: TextLine, start: int, end: int) -> tuple[int, int] | None:
    x0, x1 = span(line, start, end)
    found = ink(image, x0, line.y0, x1, line.y1)
    if found is None:
        return None
    rows = np.flatnonzero(found.mask.mean(1) > 0.06)
    return (int(rows[0]), int(rows[-1])) if len(rows) else None
