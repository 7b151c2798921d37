"""The embedded page reader: the screen reader over the frame store."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator

from agents.frames import HALF, Frame, FrameStore
from agents.models import FrameReading
from agents.redaction import encoded, find_personal, painted
from agents.screen_reader.page import PageInterpreter, interpret
from agents.screen_reader.reading import PageReading
from catalog.errors import UnreadLanguage
from tools.needs import BehaviorSummary

KEPT_READINGS = 64


class EmbeddedReader:
    """Reads frames from their pixels on this machine; safe to share between threads.

    What it remembers is kept by conversation, since a frame's digest begins with that of its conversation.
    """

    def __init__(self, store: FrameStore, interpreter: PageInterpreter | None = None):
        self.store = store
        self.interpreter = interpreter or PageInterpreter()
        self._lock = threading.Lock()
        self._read: OrderedDict[str, PageReading] = OrderedDict()

    def read(self, frames: list[Frame], summary: BehaviorSummary) -> Iterator[FrameReading]:
        """What each frame says; a frame whose picture is gone is told as such."""
        for frame in frames:
            began = time.perf_counter()
            try:
                page = self._page(frame.digest)
            except UnreadLanguage as error:
                yield FrameReading(frame, None, note=str(error))
                continue
            if page is None:
                yield FrameReading(frame, None, note="A frame had expired before it was read.")
                continue
            yield FrameReading(frame, page, seconds=time.perf_counter() - began)

    def forget(self, owner: str) -> None:
        """Remember nothing of the conversation whose frames' digests begin with ``owner``."""
        with self._lock:
            for digest in [d for d in self._read if d.startswith(owner)]:
                del self._read[digest]
        self.interpreter.forget(owner)

    def forget_idle(self, seconds: float) -> None:
        """Remember nothing of frames that are gone, nor of conversations that had none for so long."""
        with self._lock:
            for digest in [d for d in self._read if not self.store.has(d)]:
                del self._read[digest]
        self.interpreter.forget_idle(seconds)

    def _page(self, digest: str) -> PageReading | None:
        with self._lock:
            if not self.store.has(digest):
                self._read.pop(digest, None)
                return None
            if digest in self._read:
                self._read.move_to_end(digest)
                return self._read[digest].model_copy(deep=True)
            pixels = self.store.pixels(digest)
            if pixels is None:
                return None
            lines = self.interpreter.reader_of(digest[:HALF]).read(pixels)
            try:
                personal = find_personal(lines, pixels)
            except UnreadLanguage:
                self.store.delete(digest)
                raise
            if personal.boxes:
                # The browser masks what its DOM tells; this is for what only the pixels show.
                self.store.replace(digest, encoded(painted(pixels, personal.boxes)))
            page = interpret(pixels, personal.lines)
            self._read[digest] = page
            if len(self._read) > KEPT_READINGS:
                self._read.popitem(last=False)
            return page.model_copy(deep=True)
