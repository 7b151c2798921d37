"""The pictures on a page, found by plain image processing: what stands in boxes and is no text."""

import cv2
import numpy as np

from agents.screen_reader.lines import Box, TextLine

CELL = 8  # pixels: the page is looked at in squares of this size
TEXTURE = 7.0  # of 255: how much the brightness of a square varies where a picture is
UNLIKE = 26  # of 255: how far a plain square's colour is from the page's own
SMALLEST = 5  # cells a side
MOST = 48


def pictures_on(image: np.ndarray, lines: list[TextLine]) -> list[Box]:
    """Boxes of the pictures in an RGB image, (h, w, 3) uint8, the largest first; at most ``MOST``."""
    h, w = image.shape[0] // CELL, image.shape[1] // CELL
    if min(h, w) < SMALLEST:
        return []
    cut = image[: h * CELL, : w * CELL]
    colours = cv2.resize(cut, (w, h), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY).reshape(h, CELL, w, CELL).astype(np.float32)
    texture = grey.std(axis=(1, 3))
    page = _ground(colours)
    mask = ((texture > TEXTURE) | (np.abs(colours.astype(np.int16) - page).max(2) > UNLIKE)).astype(np.uint8)
    for line in lines:
        mask[line.y0 // CELL : -(-line.y1 // CELL), line.x0 // CELL : -(-line.x1 // CELL)] = 0
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    boxes = [
        (int(x) * CELL, int(y) * CELL, int(x + bw) * CELL, int(y + bh) * CELL)
        for x, y, bw, bh, _ in stats[1:count]
        if min(bw, bh) >= SMALLEST
    ]
    return sorted(boxes, key=lambda b: -(b[2] - b[0]) * (b[3] - b[1]))[:MOST]


def _ground(colours: np.ndarray) -> np.ndarray:
    """The colour that most of the page has."""
    coarse = (colours.reshape(-1, 3) >> 4).astype(np.int32)
    keys = coarse[:, 0] * 256 + coarse[:, 1] * 16 + coarse[:, 2]
    most = np.bincount(keys).argmax()
    return np.asarray(np.median(colours.reshape(-1, 3)[keys == most], axis=0).astype(np.int16))
