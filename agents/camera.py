"""A camera on one page: takes masked pictures of its viewport over the browser's own protocol (CDP).

What is personal is painted over inside the page before the picture is taken and given back after it; elements
cover themselves, so nothing can move from under its mask. When any step of that cannot be made sure of (the
page moved on, a script was stopped, the browser is busy), there is no picture.
"""

import asyncio
import base64
import contextlib
import json
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from agents.personal.language import is_read
from agents.personal.verdicts import Kind, judged

SHOT_TIMEOUT = 5.0
ROUNDS = 2  # texts in pieces are put together only once it is known what the pieces are
STILL_SECONDS = 2.0  # a page that reports no repaint is looked at this often all the same
TRIGGER = {"format": "jpeg", "quality": 20, "maxWidth": 160, "maxHeight": 120, "everyNthFrame": 1}
RESTLESS = 4  # pictures in a row that all differ
ECHOES = 4  # taking a picture rings the bell too, with looks that were seen before
PICTURE = {"format": "png", "optimizeForSpeed": True}
RECORDING, PAUSED = "● capturing", "❚❚ capture paused"


def masking_script() -> str:
    """The masker as an expression that installs it in a page."""
    source = files("agents").joinpath("masking.js").read_text(encoding="utf-8")
    return f"{source.strip()}({json.dumps({kind.name: kind.value for kind in Kind})})"


SCRIPT = masking_script()


def _judged(texts: list[str]) -> list[tuple[str, int]]:
    return [(text, judged(text).kinds.value) for text in texts]


class Camera:
    """Takes masked pictures of one page; knows whether the page was repainted since the last one.

    A screencast at an eighth of the size serves as a bell: the browser sends a frame when it repaints and none
    when it does not, so a page that stands still costs nothing. Letters cannot be read in it, and it is not kept.
    """

    def __init__(self, page: Page):
        self.page = page
        self.url = ""
        self._session: CDPSession | None = None
        self._document: Document | None = None
        self._painted = True
        self._last = 0.0
        self._banner: str | None = None
        self._looks: deque[int] = deque(maxlen=ECHOES)
        self._unanswered: list[int] = []
        self._bell = False
        self._changes = 0
        self._form = False

    async def open(self) -> None:
        """Connect to the page; PlaywrightError when it is gone."""
        if self._session is not None:
            return
        session = await self.page.context.new_cdp_session(self.page)
        self._session = session
        session.on("Page.screencastFrame", self._on_screencast)
        session.on("Page.frameNavigated", lambda event: self._moved_on(event["frame"].get("parentId")))
        session.on("Runtime.executionContextsCleared", lambda _: self._moved_on(None))
        await session.send("Page.enable")
        await session.send("Runtime.enable")
        await self._set_bell(True)

    async def close(self) -> None:
        """Disconnect; the page is left as it was."""
        session, self._session = self._session, None
        if session is None:
            return
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self.mark(None)
                await session.send("Page.stopScreencast")
                await session.detach()

    def _moved_on(self, parent: str | None) -> None:
        if parent is None:
            self._document, self._painted = None, True

    def _on_screencast(self, event: dict[str, Any]) -> None:
        look = hash(event["data"])
        if look not in self._looks:
            self._painted = True
            self._looks.append(look)
        self._unanswered.append(event["sessionId"])
        if not self._painted:
            self._answer()

    async def _set_bell(self, on: bool) -> None:
        if self._session is not None and on != self._bell:
            self._bell = on
            if on:
                await self._session.send("Page.startScreencast", TRIGGER)
            else:
                self._unanswered.clear()
                await self._session.send("Page.stopScreencast")

    async def note_change(self, changed: bool) -> None:
        """Tell the camera whether its last picture showed anything new.

        While a page moves all the time the bell only costs (a third of a core), so it is silenced until the page
        stands still again.
        """
        self._changes = self._changes + 1 if changed else 0
        with contextlib.suppress(PlaywrightError):
            await self._set_bell(self._changes < RESTLESS)

    def _answer(self) -> None:
        """Let the browser send more; it waits for this, so an animation rings but a few times a picture."""
        while self._unanswered and self._session is not None:
            answer = {"sessionId": self._unanswered.pop()}
            task = asyncio.ensure_future(self._session.send("Page.screencastFrameAck", answer))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())

    @property
    def stands_still(self) -> bool:
        """Whether nothing was painted since the last picture, and that was not long ago."""
        return self._bell and not self._painted and time.monotonic() - self._last < STILL_SECONDS

    @property
    def marked(self) -> bool:
        """Whether the page shows that it is being captured."""
        return self._banner is not None

    async def state(self) -> tuple[bool, bool]:
        """Whether the page is visible, and whether its window has the focus."""
        visible, focused = await self._call("focused()")
        return bool(visible), bool(focused)

    async def mark(self, text: str | None) -> None:
        """Show in the page and its title that it is being captured (or that this is paused), or no more."""
        self._banner = text
        await self._call(f"banner({json.dumps(text)})")

    async def take(self, agreed: Callable[[str], bool]) -> bytes | None:
        """A PNG of the viewport with everything personal painted over, or None when that is not certain.

        ``agreed`` says of an address whether its page may be captured. It is asked about the address that the
        document itself tells in the moment when it is masked; that same document, still at that address, has to
        take the masks off again after the picture, else there is none.
        """
        try:
            async with asyncio.timeout(SHOT_TIMEOUT):
                return await self._take(agreed)
        except PlaywrightError:
            self._document = None  # it may be another by now, of which no word has come yet
            return None
        except (TimeoutError, ConnectionError):
            return None

    async def _take(self, agreed: Callable[[str], bool]) -> bytes | None:
        document = await self._ready()
        session = self._session
        assert session is not None
        self._painted = False
        shot = before = after = None
        masked, form = -1, False
        try:
            before, sure = await self._hide(document, agreed)
            if sure:
                shot = await session.send("Page.captureScreenshot", PICTURE)
        finally:
            # -1: the masks were gone when the picture was done, so it may show what they hid.
            if document == self._document:
                after, (masked, form) = await self._ask(document, "show()")
        self._last = time.monotonic()
        self._answer()
        # A form that came while the picture was taken may be in a language that is not read.
        late = form and not self._form
        if shot is None or late or masked < 0 or document != self._document or after != before:
            self._painted = True
            return None
        self.url = before
        return base64.b64decode(shot["data"])

    async def _hide(self, document: "Document", agreed: Callable[[str], bool]) -> tuple[str, bool]:
        """Hide what is personal; the document's address, and whether a picture may be taken of it."""
        address, seen = await self._ask(document, "hide([])")
        for _ in range(ROUNDS):  # what appears later stays hidden until the next picture
            if not (seen["visible"] and agreed(address) and seen["unknown"]):
                break
            verdicts = json.dumps(await asyncio.to_thread(_judged, seen["unknown"]))
            address, seen = await self._ask(document, f"hide({verdicts})")
        self._form = bool(seen["form"])
        read = not self._form or await asyncio.to_thread(is_read, seen["sample"])
        return address, bool(seen["visible"] and agreed(address) and read)

    async def _ready(self) -> "Document":
        """The document that the page shows now, with the masker in it."""
        await self.open()
        if self._document is None:
            self._document = await self._install()
        return self._document

    async def _call(self, expression: str) -> Any:
        return (await self._ask(await self._ready(), expression))[1]

    async def _ask(self, document: "Document", expression: str) -> tuple[str, Any]:
        """The document's own address, and what its masker gives; PlaywrightError from any other document."""
        sealed = f"globalThis.interarecSeal === {json.dumps(document.seal)}"
        return await self._evaluate(
            document.world, f"{sealed} ? [location.href, interarec.{expression}] : null"
        )

    async def _evaluate(self, world: int, expression: str) -> tuple[str, Any]:
        assert self._session is not None
        answer = await self._session.send(
            "Runtime.evaluate", {"expression": expression, "contextId": world, "returnByValue": True}
        )
        value = answer["result"].get("value")
        if "exceptionDetails" in answer or not value:
            raise PlaywrightError("the masker failed in the page, or the page moved on")
        address, result = value
        return address, result

    async def _install(self) -> "Document":
        assert self._session is not None
        tree = await self._session.send("Page.getFrameTree")
        frame = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "interarec"}
        world = (await self._session.send("Page.createIsolatedWorld", frame))["executionContextId"]
        # The number of a world is given again in another process; the seal is this document's alone.
        document = Document(world, secrets.token_hex(16))
        await self._evaluate(
            world, f"globalThis.interarecSeal = {json.dumps(document.seal)}, [location.href, {SCRIPT}]"
        )
        if self._banner is not None:
            await self._ask(document, f"banner({json.dumps(self._banner)})")
        return document


@dataclass(frozen=True)
class Document:
    """One document of a page: the world in it that its scripts cannot reach, and a seal that only that world knows."""

    world: int
    seal: str
