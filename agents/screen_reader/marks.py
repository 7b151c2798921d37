"""What the pixels say beyond the letters: struck-through text, raised cents, ink colour, filled stars."""

from dataclasses import dataclass

import numpy as np

from agents.screen_reader.lines import TextLine

STRIKE_COVERAGE = 0.9
INK_SHARE = 0.3
FULL, SMALL, RAISED = 0.85, 0.78, 0.15  # of the tallest glyph: whole units, cents, and how high those stand
LOW = 0.4  # of the tallest glyph: less is the bar of a seven or a four
APART = 0.5  # of the tallest glyph: more is between words, not between digits
NARROWEST, WIDEST = 0.75, 2.2  # of their height: how wide two digits are


@dataclass(frozen=True)
class Ink:
    """A crop as ink and ground: ``mask`` (h, w) bool, and the mean colour of the ink."""

    mask: np.ndarray
    colour: tuple[int, int, int]

    @property
    def stroke(self) -> float:
        """How thick the strokes are: ink pixels to those of them at its edge, 1 where no stroke is wider than two."""
        own = np.pad(_own_rows(self.mask), 1)
        inside = own[1:-1, 1:-1] & own[:-2, 1:-1] & own[2:, 1:-1] & own[1:-1, :-2] & own[1:-1, 2:]
        covered = int(own.sum())
        return covered / max(covered - int(inside.sum()), 1)

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


def raised_cents(image: np.ndarray, line: TextLine, start: int, end: int) -> int:
    """How many of these digits are whole units where the last ones are smaller and stand high, as cents do; else 0.

    ``start`` to ``end`` are the digits alone, at least three of them. The line's centres are too coarse for
    two type sizes in one line, so the glyphs are found by the empty columns between them.
    """
    count = end - start
    if count < 3 or len(line.centres) < end:
        return 0
    x0, x1 = span(line, start, end)
    step = (x1 - x0) / count
    found = ink(image, x0 - step / 2, line.y0, x1 + (step / 2 if end < len(line.centres) else 0), line.y1)
    if found is None:
        return 0
    own = _own_rows(found.mask)
    glyphs = _glyphs(own)
    tall = max((g.height for g in glyphs), default=0)
    if len(glyphs) < count and _ends_high(own):
        return count - 2  # digits that touch
    for i, before in enumerate(glyphs[:-1], 1):
        if before.height > FULL * tall and _cents_from(glyphs[i:], before, tall):
            # A digit of the cents may have been lost in reading, never one of the large ones.
            sign = line.centres[start] - max(
                0, x0 - step / 2
            )  # what ends before the first digit's middle is the sign
            whole = sum(g.right > sign and g.height > FULL * tall for g in glyphs[:i])
            return whole if whole == count - 1 else count - 2
    return 0


def _ends_high(mask: np.ndarray) -> bool:
    """Whether the last columns of a text, as many as two small digits take, reach down less far than the others."""
    columns = np.flatnonzero(mask.any(0))
    bottoms = np.array([np.flatnonzero(mask[:, c])[-1] for c in columns])
    ground = int(bottoms.max())
    tall = ground - int(np.flatnonzero(mask.any(1))[0]) + 1
    low = np.flatnonzero(bottoms >= ground - 2 * RAISED * tall)  # the bar of a four hangs a little above it
    tail = columns[low[-1] + 1 :]
    if len(tail) < 2:
        return False
    rows = np.flatnonzero(mask[:, tail[0] : tail[-1] + 1].any(1))
    height = int(rows[-1] - rows[0]) + 1
    return LOW * tall < height < SMALL * tall and NARROWEST < (tail[-1] - tail[0] + 1) / height < WIDEST


def _cents_from(glyphs: list["_Glyph"], before: "_Glyph", tall: int) -> bool:
    """Whether glyphs begin with two small digits that stand high behind a tall one, and no tall one follows them."""
    small: list[_Glyph] = []
    for glyph in glyphs:
        wide = bool(small) and glyph.right - small[0].left + 1 > WIDEST * small[0].height
        if wide or glyph.left - (small[-1] if small else before).right > APART * tall:
            break  # what stands beside the amount reaches into its box
        if glyph.height >= SMALL * tall or glyph.bottom >= before.bottom - RAISED * tall:
            return bool(small) and glyph.left - small[-1].right > APART / 2 * tall and _two_digits(small)
        small.append(glyph)
    return _two_digits(small)


def _two_digits(glyphs: list["_Glyph"]) -> bool:
    """Whether glyphs are as wide as two digits of their height; a comma or a sign is narrower."""
    return bool(glyphs) and glyphs[-1].right - glyphs[0].left + 1 > NARROWEST * glyphs[0].height


@dataclass(frozen=True)
class _Glyph:
    left: int
    right: int
    top: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1


def _own_rows(mask: np.ndarray) -> np.ndarray:
    """The rows of the text in the middle of a box; what stands above and below it reaches into the box."""
    inked = np.asarray(mask.any(1))
    middle = len(inked) // 2
    if not inked[middle]:
        return mask
    empty = np.flatnonzero(~inked)
    top = max((int(i) + 1 for i in empty if i < middle), default=0)
    bottom = min((int(i) for i in empty if i > middle), default=len(inked))
    return mask[top:bottom]


def _glyphs(mask: np.ndarray) -> list[_Glyph]:
    """What stands between empty columns, from left to right; slivers of a pixel are left out."""
    inked = np.flatnonzero(mask.any(0))
    if not len(inked):
        return []
    cuts = np.flatnonzero(np.diff(inked) > 1)
    found = []
    for first, last in zip([0, *(cuts + 1)], [*cuts, len(inked) - 1], strict=True):
        left, right = int(inked[first]), int(inked[last])
        rows = np.flatnonzero(mask[:, left : right + 1].any(1))
        found.append(_Glyph(left, right, int(rows[0]), int(rows[-1])))
    return [g for g in found if g.right > g.left]
