"""Boxes on a picture that texts are typed into, whatever the language of what stands beside them."""

import cv2
import numpy as np

from agents.screen_reader.lines import Box

LOWEST, HIGHEST, NARROWEST = 20, 72, 3.0  # pixels, pixels, times its height
FULL = 0.88  # of its bounding box: a drawn rectangle, its corners rounded or not
NEAR = 6  # pixels: the outer and the inner edge of one border


def entry_boxes(image: np.ndarray) -> list[Box]:
    """Rectangles of one line's height in an RGB image, (h, w, 3) uint8: fields, and buttons like them."""
    edges = cv2.dilate(cv2.Canny(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 25, 75), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found: list[Box] = []
    for contour in contours:
        x, y, w, h = cv2.boundingRect(contour)
        if LOWEST <= h <= HIGHEST and w >= NARROWEST * h and cv2.contourArea(contour) >= FULL * w * h:
            box = (x, y, x + w, y + h)
            if not any(max(abs(a - b) for a, b in zip(box, other, strict=True)) <= NEAR for other in found):
                found.append(box)
    return found


def stacked(boxes: list[Box]) -> list[Box]:
    """Those of the boxes that stand in a column with another of the same left edge and height, as a form's fields do."""
    return [
        box for box in boxes
        if any(
            abs(box[0] - o[0]) <= NEAR and abs((box[3] - box[1]) - (o[3] - o[1])) <= NEAR and abs(box[1] - o[1]) > box[3] - box[1]
            for o in boxes
        )
    ]  # fmt: skip
