"""Reads a frame by what is new in it: lines that stood in an earlier frame, scrolled or not, are not read again."""

import dataclasses
import threading
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field

import numpy as np

from agents.screen_reader.changes import Change, Snapshot, change, meets, merged, rectangles
from agents.screen_reader.lines import Box, TextLine, in_order
from agents.screen_reader.ocr import Recognised, TextReader

KEPT_FRAMES = 8  # a shopper goes back to the page before more often than further
MOST_FRAMES = 16  # of all conversations together: each takes some 7 MB
MOST_CONVERSATIONS = 12
MARGIN = 2  # pixels around a line that must not have changed either: a letter added to it would touch them
CONTEXT = 12  # pixels around a changed region that the detector sees with it
TOO_MUCH = 0.75  # of the frame: reading all of it costs less than reading the rest in pieces
NEAR = 0.02


@dataclass(frozen=True)
class _Read:
    snapshot: Snapshot
    lines: list[TextLine]


@dataclass
class _Memory:
    """What is remembered of one conversation."""

    frames: deque[_Read] = field(default_factory=lambda: deque(maxlen=KEPT_FRAMES))
    lines: OrderedDict[bytes, Recognised] = field(default_factory=OrderedDict)
    """Recognised lines by the digest of their pixels."""
    used: float = field(default_factory=time.monotonic)


class IncrementalReader:
    """A :class:`TextReader` that remembers the last few frames and reads only what they did not show.

    It remembers them by conversation: nothing that was read for one is used for another. It may be shared between
    threads.
    """

    def __init__(self, reader: TextReader | None = None):
        self.reader = reader or TextReader()
        self._memories: OrderedDict[str, _Memory] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, image: np.ndarray) -> list[TextLine]:
        """Lines of an RGB image, (h, w, 3) uint8, from top to bottom."""
        return self.read_for("", image)

    def of(self, conversation: str) -> "ConversationReader":
        """The reader for the frames of one conversation."""
        return ConversationReader(self, conversation)

    def read_for(self, conversation: str, image: np.ndarray) -> list[TextLine]:
        """Lines of a conversation's RGB image, (h, w, 3) uint8, from top to bottom."""
        snapshot = Snapshot(image)
        with self._lock:
            memory = self._memory(conversation)
            self.reader.seen = memory.lines
            lines = self._read(snapshot, _nearest(snapshot, memory.frames))
            memory.frames.append(_Read(snapshot, lines))
            self._bound()
        return lines

    def forget(self, conversation: str) -> None:
        """Remember nothing of a conversation any more."""
        with self._lock:
            if (memory := self._memories.pop(conversation, None)) and self.reader.seen is memory.lines:
                self.reader.seen = OrderedDict()

    def forget_idle(self, seconds: float) -> None:
        """Remember nothing of conversations that had no frame for so long."""
        before = time.monotonic() - seconds
        for conversation in [c for c, m in list(self._memories.items()) if m.used < before]:
            self.forget(conversation)

    def _memory(self, conversation: str) -> _Memory:
        memory = self._memories.setdefault(conversation, _Memory())
        self._memories.move_to_end(conversation)
        memory.used = time.monotonic()
        return memory

    def _bound(self) -> None:
        """Keep at most ``MOST_FRAMES`` frames of at most ``MOST_CONVERSATIONS``: those used last."""
        while len(self._memories) > MOST_CONVERSATIONS:
            self._memories.popitem(last=False)
        oldest = iter(list(self._memories.values()))
        while sum(len(m.frames) for m in self._memories.values()) > MOST_FRAMES:
            memory = next(oldest)
            for _ in range(len(memory.frames) - 1):
                memory.frames.popleft()

    def _read(self, snapshot: Snapshot, base: _Read | None) -> list[TextLine]:
        changed = change(base.snapshot, snapshot) if base is not None else None
        if base is None or changed is None:
            return self.reader.read(snapshot.image)
        if not changed.unlike[0].any():
            return base.lines
        kept, broken = _carried(base.lines, changed)
        regions = _regions(changed.new, kept, broken)
        if sum(_area(r) for r in regions) > TOO_MUCH * changed.new.size:
            return self.reader.read(snapshot.image)
        lines = [line for line in kept if not any(meets(_box(line), r) for r in regions)]
        for region in regions:
            lines += self._read_region(snapshot.image, region)
        return in_order(lines)

    def _read_region(self, image: np.ndarray, region: Box) -> list[TextLine]:
        x0, y0, x1, y1 = region
        left, top = max(0, x0 - CONTEXT), max(0, y0 - CONTEXT)
        found = self.reader.read(image[top : y1 + CONTEXT, left : x1 + CONTEXT])
        moved = (_moved(line, left, top) for line in found)
        return [line for line in moved if x0 <= line.cx < x1 and y0 <= line.cy < y1]


@dataclass(frozen=True)
class ConversationReader:
    """Reads the frames of one conversation with a reader that several share."""

    reader: IncrementalReader
    conversation: str

    def read(self, image: np.ndarray) -> list[TextLine]:
        """Lines of an RGB image, (h, w, 3) uint8, from top to bottom."""
        return self.reader.read_for(self.conversation, image)


def _nearest(snapshot: Snapshot, recent: deque[_Read]) -> _Read | None:
    """The earlier frame that shares most rows with this one; the latest of several."""
    best, most = None, NEAR
    rows = np.unique(snapshot.rows)
    for read in reversed(recent):
        if read.snapshot.image.shape != snapshot.image.shape:
            continue
        shared = len(np.intersect1d(rows, read.snapshot.rows)) / max(1, len(rows))
        if shared > most + NEAR:
            best, most = read, shared
    return best


def _carried(lines: list[TextLine], changed: Change) -> tuple[list[TextLine], list[Box]]:
    """The lines that still stand, at their new places; and the boxes of those that stand there only in part."""
    height, width = changed.new.shape
    kept: dict[Box, TextLine] = {}
    broken: list[Box] = []
    for offset, unlike in changed.unlike.items():
        for line in lines:
            x0, y0, x1, y1 = line.x0, line.y0 - offset, line.x1, line.y1 - offset
            if y1 <= 0 or y0 >= height:
                continue
            part = unlike[max(0, y0 - MARGIN) : y1 + MARGIN, max(0, x0 - MARGIN) : x1 + MARGIN]
            whole = y0 >= 0 and y1 <= height
            # A line at the edge may have been cut there; where the page moved, more of it may show.
            cut = offset != 0 and (line.y0 <= MARGIN or line.y1 >= height - MARGIN)
            if whole and not cut and not part.any():
                kept[(x0, y0, x1, y1)] = _moved(line, 0, -offset)
            elif part.mean() < 0.5:
                grow = y1 - y0 if cut else 0
                broken.append((x0, max(0, y0 - grow), min(width, x1), min(height, y1 + grow)))
    return list(kept.values()), broken


def _regions(new: np.ndarray, kept: list[TextLine], broken: list[Box]) -> list[Box]:
    """Boxs to read: around the new pixels and broken lines, and no line half inside."""
    mask = new.copy()
    boxes = {_box(line) for line in kept}
    for box in broken:
        if not any(meets(box, k) for k in boxes):
            mask[box[1] : box[3], box[0] : box[2]] = True
    height, width = mask.shape
    regions = rectangles(mask)
    while True:
        grown = [_widened(r, boxes, width, height) for r in regions]
        joined = merged(grown)
        if joined == regions:
            return regions
        regions = joined


def _widened(region: Box, lines: set[Box], width: int, height: int) -> Box:
    x0, y0, x1, y1 = region
    for line in lines:
        if meets(line, region):
            x0, y0, x1, y1 = min(x0, line[0]), min(y0, line[1]), max(x1, line[2]), max(y1, line[3])
    return max(0, x0), max(0, y0), min(width, x1), min(height, y1)


def _box(line: TextLine) -> Box:
    return line.x0, line.y0, line.x1, line.y1


def _area(region: Box) -> int:
    return (region[2] - region[0]) * (region[3] - region[1])


def _moved(line: TextLine, dx: int, dy: int) -> TextLine:
    if not dx and not dy:
        return line
    return dataclasses.replace(
        line, x0=line.x0 + dx, x1=line.x1 + dx, y0=line.y0 + dy, y1=line.y1 + dy,
        centres=tuple(c + dx for c in line.centres),
    )  # fmt: skip
