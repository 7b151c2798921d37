"""What changed between two frames of the same size: how far the page scrolled, and which pixels are new."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from agents.screen_reader.lines import Box

# Columns of the page that vote apart on the scroll, so that a pane that stands still outvotes none
STRIPES = 4
MIN_VOTES = 12
LETTER_GAP = (25, 9)  # in pixels, across and down: new pixels closer than this belong together


@dataclass(frozen=True)
class Snapshot:
    """The pixels of a frame in the form in which frames are compared."""

    image: np.ndarray

    @cached_property
    def packed(self) -> np.ndarray:
        """Each pixel as one number, (h, w) uint32."""
        packed: np.ndarray = cv2.cvtColor(self.image, cv2.COLOR_RGB2RGBA).view(np.uint32)[:, :, 0]
        return packed

    @cached_property
    def rows(self) -> np.ndarray:
        """A hash of each row in each stripe, (h, STRIPES) uint64."""
        h, w = self.packed.shape
        # Odd numbers, so that no pixel's weight loses its low bits.
        weights = np.asarray(2 * np.random.default_rng(1).integers(1, 2**62, w, dtype=np.uint64) + 1)
        edges = np.linspace(0, w, STRIPES + 1).astype(int)
        hashed = [
            self.packed[:, a:b].astype(np.uint64) @ weights[a:b]
            for a, b in zip(edges, edges[1:], strict=False)
        ]
        return np.stack(hashed, axis=1) if w else np.zeros((h, STRIPES), np.uint64)


@dataclass(frozen=True)
class Change:
    """Where a frame differs from the one before it.

    ``scroll`` is the number of rows by which the page moved up; ``unlike`` maps each offset, 0 and ``scroll``, to
    the pixels, (h, w) bool, that differ from the earlier frame's at that offset.
    """

    scroll: int
    unlike: dict[int, np.ndarray]

    @cached_property
    def new(self) -> np.ndarray:
        """The pixels that the earlier frame has at no offset, (h, w) bool."""
        new: np.ndarray = np.logical_and.reduce(list(self.unlike.values()))
        return new


def change(before: Snapshot, after: Snapshot) -> Change | None:
    """How ``after`` differs from ``before``; None when their sizes differ."""
    if before.packed.shape != after.packed.shape:
        return None
    unlike = {0: before.packed != after.packed}
    scroll = _scroll(before.rows, after.rows) if unlike[0].any() else 0
    if scroll:
        unlike[scroll] = _unlike_at(before.packed, after.packed, scroll)
    return Change(scroll, unlike)


def _unlike_at(before: np.ndarray, after: np.ndarray, offset: int) -> np.ndarray:
    unlike = np.ones(after.shape, bool)
    if offset > 0:
        unlike[:-offset] = after[:-offset] != before[offset:]
    else:
        unlike[-offset:] = after[-offset:] != before[:offset]
    return unlike


def _scroll(before: np.ndarray, after: np.ndarray) -> int:
    """The offset that most rows of text agree on; blank and repeated rows have no vote."""
    votes: dict[int, int] = {}
    for stripe in range(before.shape[1]):
        old, old_at, old_times = np.unique(before[:, stripe], return_index=True, return_counts=True)
        new, new_at, new_times = np.unique(after[:, stripe], return_index=True, return_counts=True)
        _, i, j = np.intersect1d(old[old_times == 1], new[new_times == 1], return_indices=True)
        moved = old_at[old_times == 1][i] - new_at[new_times == 1][j]
        for offset, times in zip(*np.unique(moved[moved != 0], return_counts=True), strict=True):
            votes[int(offset)] = votes.get(int(offset), 0) + int(times)
    best = max(votes, key=lambda offset: votes[offset], default=0)
    return best if votes.get(best, 0) >= MIN_VOTES else 0


def rectangles(mask: np.ndarray) -> list[Box]:
    """Boxes (x0, y0, x1, y1) around the pixels of a mask, (h, w) bool, that lie near each other."""
    joined = cv2.dilate(mask.astype(np.uint8), np.ones((LETTER_GAP[1], LETTER_GAP[0]), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    return merged([(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:count]])


def merged(boxes: list[Box]) -> list[Box]:
    """Join rectangles that overlap, until none do."""
    done: list[Box] = []
    for box in sorted(boxes, key=lambda b: b[1]):
        while (other := next((d for d in done if meets(d, box)), None)) is not None:
            done.remove(other)
            box = (
                min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]),
            )  # fmt: skip
        done.append(box)
    return done


def meets(a: Box, b: Box) -> bool:
    """Whether two rectangles share a pixel."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
