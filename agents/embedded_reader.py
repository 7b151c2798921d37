"""The embedded page reader: the screen reader over the frame store."""

import time
from collections.abc import Iterator

from agents.frames import Frame, FrameStore
from agents.models import FrameReading
from agents.screen_reader.page import PageInterpreter
from tools.needs import BehaviorSummary


class EmbeddedReader:
    """Reads frames from their pixels on this machine."""

    def __init__(self, store: FrameStore, interpreter: PageInterpreter | None = None):
        self.store = store
        self.interpreter = interpreter or PageInterpreter()

    def read(self, frames: list[Frame], summary: BehaviorSummary) -> Iterator[FrameReading]:
        """What each frame says; a frame whose picture is gone is told as such."""
        for frame in frames:
            began = time.perf_counter()
            pixels = self.store.pixels(frame.digest)
            if pixels is None:
                yield FrameReading(frame, None, note="A frame had expired before it was read.")
                continue
            page = self.interpreter.read(pixels)
            yield FrameReading(frame, page, seconds=time.perf_counter() - began)
