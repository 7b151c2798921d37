"""Stars that are pictures: five alike in a row, read by how far they are filled."""

from itertools import combinations

import cv2
import numpy as np

from agents.screen_reader.blocks import Colour
from agents.screen_reader.lines import Box

COUNT = 5
VISIBLE = 16  # of 255: how far a star's ink, grey ones included, stands out from its ground
SIDES = (0.36, 1.5)  # of the type size: how large a star is
SQUARE = (0.72, 1.4)
BULK = (0.24, 0.74)  # how much of its box a star covers; the arms alone of an outlined one cover least
LIKE = 0.2  # how much the stars of a row may differ in size and distance
POINTED = 0.5  # of its width: how much of it the top of a star has at most
COLOURED = 60  # of 255: how far a filled star's ink stands out
GREY = (26, 120)  # below this saturation and above this brightness a star is an unrated one's
TOUCHING = (1.8, 6.2)  # times the height: how wide two to five stars are that touch
STAR_WIDTH = 1.06  # times the height
BOXED = 0.8  # how much of its box a star in a coloured square covers
SAME_INK = 0.45  # of the distance between ink and ground
GRID = 16
ERODED = 14  # pixels: the height from which on a star's inside is looked at without its outline
FULL = 0.8  # of its inside: a star filled further than that is a whole one
BODY = (0.4, 0.75)  # of a star's height: where its body is, without points and feet
HOLLOW_SMALL = 0.45  # of a small star's body the outline alone covers less
HOLLOW = 0.3  # and one filled less has nothing but its outline


def stars_in(image: np.ndarray, area: Box, size: int, ground: Colour | None = None) -> float | None:
    """The rating, 0.5 to 5 in tenths, that five stars show inside a box of an RGB image; None where there are none.

    ``size`` is the type size of the text beside them in pixels, ``ground`` the colour behind them where it is
    known. Five grey or hollow stars mean that nobody has rated yet: None.
    """
    h, w = image.shape[:2]
    x0, y0, x1, y1 = max(0, area[0]), max(0, area[1]), min(w, area[2]), min(h, area[3])
    if x1 - x0 < COUNT * SIDES[0] * size or y1 - y0 < SIDES[0] * size:
        return None
    crop = image[y0:y1, x0:x1].astype(np.int16)
    behind = np.median(crop.reshape(-1, 3), axis=0) if ground is None else np.array(ground)
    mask = np.abs(crop - behind).max(2) > VISIBLE
    row = _row(mask, size)
    return _filled(crop, behind, mask, row) if row is not None else None


def _row(mask: np.ndarray, size: int) -> list[Box] | None:
    """The boxes (x, y, w, h) of five stars beside each other."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    found: list[Box] = []
    for label in range(1, count):
        x, y, w, h, covered = (int(v) for v in stats[label])
        if not SIDES[0] * size <= h <= SIDES[1] * size:
            continue
        shape = labels[y : y + h, x : x + w] == label
        if SQUARE[0] <= w / h <= SQUARE[1] and _may_be_star(shape, covered / (w * h)):
            found.append((x, y, w, h))
        elif TOUCHING[0] <= w / h <= TOUCHING[1]:
            found += _pulled_apart(shape, x, y)
    found.sort()
    for run in zip(*(found[i:] for i in range(COUNT)), strict=False):
        if _alike(list(run)):
            return list(run)
    return None


def _pulled_apart(shape: np.ndarray, x: int, y: int) -> list[Box]:
    """The boxes of stars that touch each other, when most of them look like stars."""
    h, w = shape.shape
    count = round(w / (STAR_WIDTH * h))
    edges = [round(i * w / count) for i in range(count + 1)]
    cells = list(zip(edges, edges[1:], strict=False))
    like = sum(_is_star(_trimmed(shape[:, a:b])) for a, b in cells)
    return [(x + a, y, b - a, h) for a, b in cells] if like > len(cells) / 2 else []


def _may_be_star(shape: np.ndarray, bulk: float) -> bool:
    """A star, or a square with a star cut out of it."""
    if bulk < BOXED:
        return BULK[0] <= bulk <= BULK[1] and _is_star(shape)
    inner = ~shape[1:-1, 1:-1]
    return bool(inner.any()) and _is_star(_trimmed(inner))


def _trimmed(shape: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(shape.any(1)), np.flatnonzero(shape.any(0))
    return shape[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else shape


def _is_star(shape: np.ndarray) -> bool:
    """One point at the top, arms at two fifths of the height, two feet with a gap between them."""
    small = cv2.resize(shape.astype(np.float32), (GRID, GRID), interpolation=cv2.INTER_AREA) > 0.3
    outline = cv2.resize(shape.astype(np.uint8), (GRID, GRID), interpolation=cv2.INTER_NEAREST)
    top = np.flatnonzero(small[:3].any(0))
    arms = np.flatnonzero(small[5:8].any(0))
    feet = np.flatnonzero(outline[GRID - 2 :].any(0))
    if not len(top) or not len(arms) or not len(feet):
        return False
    pointed = len(top) <= POINTED * GRID and abs(top.mean() - (GRID - 1) / 2) < 2
    wide = arms[-1] - arms[0] >= 0.85 * (GRID - 1)
    apart = feet[-1] - feet[0] >= 0.35 * GRID and not outline[GRID - 2 :, GRID // 2 - 1 : GRID // 2 + 1].all()
    return bool(pointed and wide and apart)


def _alike(run: list[Box]) -> bool:
    size = float(np.mean([h for *_, h in run]))
    steps = np.diff([x for x, *_ in run])
    level = max(abs(a[1] - b[1]) for a, b in combinations(run, 2)) <= max(1.5, LIKE * size)
    same = max(abs(a[3] - b[3]) for a, b in combinations(run, 2)) <= max(1.5, LIKE * size)
    even = steps.max() - steps.min() <= max(2.0, LIKE * steps.mean())
    return bool(level and same and even and steps.max() < 2.2 * size)


def _filled(crop: np.ndarray, ground: np.ndarray, mask: np.ndarray, row: list[Box]) -> float | None:
    """Compare how much of each star's inside has the first one's ink: outlines do not count as filled."""
    x, y, w, h = row[0]
    large = h >= ERODED
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    if not large:  # erosion leaves but a few pixels, by chance: look at the body below the arms instead
        inner = mask.copy()
        for left, top, width, height in row:
            inner[top : top + round(BODY[0] * height), left : left + width] = False
            inner[top + round(BODY[1] * height) : top + height, left : left + width] = False
    inside = inner[y : y + h, x : x + w]
    if not inside.any():
        return None
    ink = np.median(crop[y : y + h, x : x + w][inside], axis=0)
    strength = float(np.abs(ink - ground).max())
    grey = ink.max() - ink.min() < GREY[0] and GREY[1] < ink.mean() < 255 - GREY[0]
    if strength < COLOURED or (grey and ground.mean() > ink.mean()):
        return None
    parts = []
    for x, y, _, _ in row:
        same = np.abs(crop[y : y + h, x : x + w] - ink).max(2) < SAME_INK * strength
        parts.append(float((same & inner[y : y + h, x : x + w]).sum()))
    if not max(parts):
        return None
    shares = np.array(parts) / max(parts)
    shares[shares > FULL] = 1.0
    shares[shares < (HOLLOW if large else HOLLOW_SMALL)] = 0.0
    return round(float(shares.sum()), 1) or None
