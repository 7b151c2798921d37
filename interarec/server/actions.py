"""What goes over the wire when a shopper browses from the chat: what is done in a page, and what the page wants."""

from typing import Literal

from pydantic import BaseModel, Field

from interarec.server.shapes import Closed

LONGEST_TEXT = 500
MOST_OPTIONS = 500
KEYS = Literal["Enter", "Backspace", "Delete", "Tab", "Escape", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]  # fmt: skip


class Where(Closed):
    """A page to open; the sample shop where none is named."""

    url: str | None = Field(default=None, max_length=2000)


class Action(Closed):
    """One thing that the shopper does in the page; ``x`` and ``y`` are pixels of the view."""

    do: Literal["click", "scroll", "type", "key", "back", "open", "pause", "resume", "answer", "choose"]
    x: float = Field(default=0, ge=0, le=4000)
    y: float = Field(default=0, ge=0, le=4000)
    by: float = Field(default=0, ge=-4000, le=4000, description="pixels to scroll down")
    text: str = Field(
        default="", max_length=LONGEST_TEXT, description="what is typed, or the answer to a prompt"
    )
    key: KEYS = "Enter"
    url: str = Field(default="", max_length=2000)
    accept: bool = Field(default=False, description="whether the page's question is answered with OK")
    option: int | None = Field(
        default=None, ge=0, description="which option of the open list to choose; none closes it"
    )


class Question(BaseModel):
    """A dialog of the page, which waits for its answer."""

    kind: Literal["alert", "confirm", "prompt", "beforeunload"]
    site: str
    text: str
    suggested: str = ""
    """What a prompt suggests as its answer."""


class Option(BaseModel):
    """One row of a list."""

    label: str
    group: str = ""
    disabled: bool = False


class OpenList(BaseModel):
    """A native list of the page, open; browsers draw it outside the page, so no picture of the page shows it."""

    label: str
    options: list[Option]
    chosen: int = -1
    """Which option is chosen; -1 where none is."""


class Browsing(BaseModel):
    """The window as it is now, beside its picture."""

    url: str
    frames: int
    """Frames that were read so far."""
    paused: bool
    news: int
    """Grows whenever anything here but ``frames`` changes."""
    told: str = ""
    """What the shopper should know, in a sentence; mostly nothing."""
    question: Question | None = None
    list: OpenList | None = None
