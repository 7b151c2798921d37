"""What the nodes work with: the shop, the agents, and the limits of a turn. None of it is stored."""

import threading
from collections import defaultdict
from dataclasses import dataclass, field

from agents.embedded.vocabulary import Vocabulary
from agents.external import ExternalTools
from agents.frames import Frame, FrameStore, owner_of
from agents.planner import Planner
from agents.redaction import Redactor
from agents.responder import Responder
from agents.screen_reader.incremental import IncrementalReader
from agents.summarizer import Summarizer
from tools.workspace import Shop


class FrameQueue:
    """Frames that wait to be read, by conversation; capture puts them in from any thread."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Frame]] = defaultdict(list)
        self._lock = threading.Lock()

    def put(self, conversation: str, *frames: Frame) -> None:
        """Add frames in the order in which they were taken."""
        with self._lock:
            self._waiting[conversation].extend(frames)

    def drain(self, conversation: str) -> list[Frame]:
        """Take all that wait."""
        with self._lock:
            return self._waiting.pop(conversation, [])

    def conversations(self) -> list[str]:
        """The conversations whose frames wait."""
        with self._lock:
            return list(self._waiting)


@dataclass
class ShoppingContext:
    """The dependencies of the graph's nodes."""

    shop: Shop
    frames: FrameStore
    redactor: Redactor
    """Stores frames that come from outside a browser."""
    summarizer: Summarizer
    planner: Planner
    responder: Responder
    vocabulary: Vocabulary
    external: ExternalTools = field(default_factory=lambda: ExternalTools({}))
    """Tools of other MCP servers."""
    queue: FrameQueue = field(default_factory=FrameQueue)
    turn_seconds: float = 20.0
    """How long a remote model may take for all of a turn's planning and phrasing; then the embedded one steps in."""
    max_rounds: int = 6
    """How often the planner may call tools in one turn."""

    def redactor_of(self, conversation: str) -> Redactor:
        """Stores a conversation's frames that come from outside a browser."""
        reader = self.redactor.reader
        if isinstance(reader, IncrementalReader):
            reader = reader.of(owner_of(conversation))
        return Redactor(self.frames.of(conversation), reader)

    def forget(self, conversation: str) -> int:
        """Delete the frames of a conversation, and all that is held in memory of it; returns how many frames."""
        waiting = {f.digest for f in self.queue.drain(conversation)}
        count = self.frames.of(conversation).delete_conversation()
        for digest in waiting:
            count += self.frames.has(digest)
            self.frames.delete(digest)
        self.summarizer.reader.forget(owner_of(conversation))
        return count
