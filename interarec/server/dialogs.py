"""The dialogs of pages (alert, confirm, prompt, leaving a page): shown to the shopper, and answered by them."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Dialog
from playwright.async_api import Error as PlaywrightError

from interarec.server.actions import LONGEST_TEXT, Question


class Dialogs:
    """The questions of a context's pages, one after the other.

    A page stands still while it asks. One that nobody answers within ``seconds`` is dismissed, and ``on_dismissed``
    is told which; ``on_change`` is called whenever another question is in front.
    """

    def __init__(
        self,
        context: BrowserContext,
        seconds: float,
        on_change: Callable[[], None],
        on_dismissed: Callable[[Question], None],
    ):
        self.seconds = seconds
        self._on_change = on_change
        self._on_dismissed = on_dismissed
        self._waiting: dict[Dialog, asyncio.Task[None]] = {}
        context.on("dialog", self._ask)
        context.on("page", lambda page: page.on("close", self._forget))

    @property
    def question(self) -> Question | None:
        """The question in front."""
        return next((_question(d) for d in self._waiting), None)

    async def answer(self, accept: bool, text: str = "") -> None:
        """Answer the question in front; nothing where there is none any more."""
        if self._waiting:
            await self._settle(next(iter(self._waiting)), accept, text)

    def close(self) -> None:
        """Wait for no answer any more."""
        for waiting in self._waiting.values():
            waiting.cancel()
        self._waiting.clear()

    def _ask(self, dialog: Dialog) -> None:
        self._waiting[dialog] = asyncio.create_task(self._give_up(dialog))
        self._on_change()

    def _forget(self, page: Any) -> None:
        for dialog in [d for d in self._waiting if d.page is page]:
            self._waiting.pop(dialog).cancel()
        self._on_change()

    async def _give_up(self, dialog: Dialog) -> None:
        await asyncio.sleep(self.seconds)
        self._on_dismissed(_question(dialog))
        await self._settle(dialog, False, "")

    async def _settle(self, dialog: Dialog, accept: bool, text: str) -> None:
        waiting = self._waiting.pop(dialog, None)
        if waiting is not None and waiting is not asyncio.current_task():
            waiting.cancel()
        self._on_change()
        with contextlib.suppress(PlaywrightError):  # the page has gone on without an answer
            if accept:
                await dialog.accept(text if dialog.type == "prompt" else None)
            else:
                await dialog.dismiss()


def _question(dialog: Dialog) -> Question:
    kind = cast(Any, dialog.type)
    text = dialog.message if kind != "beforeunload" else "Leave this page? What was entered in it may be lost."
    site = urlsplit(dialog.page.url).hostname if dialog.page else None
    return Question(
        kind=kind, site=site or "", text=text[:LONGEST_TEXT], suggested=dialog.default_value[:LONGEST_TEXT]
    )
