"""The protocols that the embedded and the remote models both fulfil."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from agents.frames import Frame
from agents.screen_reader.reading import PageReading
from tools.needs import BehaviorSummary, Category


@dataclass(frozen=True)
class FrameReading:
    """What was read off one frame; ``page`` is None when its picture is gone or could not be read."""

    frame: Frame
    page: PageReading | None
    categories: dict[Category, str] = field(default_factory=dict)
    """A vision model's own words for the eight categories over all frames so far; empty for the screen reader."""
    note: str | None = None
    """What the user should know, such as that the vision model failed and the screen reader stepped in."""
    seconds: float = 0.0
    tokens: int = 0
    """About what a vision model cost for this frame and those read with it."""


class PageReader(Protocol):
    """Reads frames; the summary so far tells a vision model what it need not repeat."""

    def read(self, frames: list[Frame], summary: BehaviorSummary) -> Iterable[FrameReading]:
        """What each frame says, in order."""
        ...

    def forget(self, owner: str) -> None:
        """Remember nothing of the conversation whose frames' digests begin with ``owner``."""
        ...

    def forget_idle(self, seconds: float) -> None:
        """Remember nothing of frames that are gone, nor of conversations that had none for so long."""
        ...


@dataclass(frozen=True)
class Brief:
    """What the responder may speak of: the request, what the tools returned this turn, and what was shown."""

    request: str
    calls: list[dict[str, Any]]
    """Tool calls of this turn: ``name``, ``arguments``, ``result``."""
    chosen: list[str]
    """Handles of the products to show, in order."""
    wishes: list[str]
    summary: dict[str, str]
    notes: list[str]
    conversation: list[tuple[str, str]]
    """Earlier turns as (role, text), the latest last."""
    understood: dict[str, Any] = field(default_factory=dict)
    seconds: float = 20.0
    """How long a remote writer may take."""


class Writer(Protocol):
    """Phrases a reply in which products stand as handles: ``[[P1]]``."""

    def write(self, brief: Brief) -> AsyncIterator[str]:
        """The reply, piece by piece."""
        ...
