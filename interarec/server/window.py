"""One session's window on the web: a browser of its own behind a gateway of its own, watched by the capture agent."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Coroutine
from typing import Any

from fastapi import HTTPException
from playwright.async_api import Browser, BrowserContext, Frame, Page
from playwright.async_api import Error as PlaywrightError

from agents.browser import browser, end
from agents.camera import SHOT_TIMEOUT
from agents.capture import CaptureAgent, navigate
from agents.gateway import Gateway
from agents.processes import BrowserProcesses, processes_of
from interarec.replay import VIEWPORT
from interarec.server.actions import Action, Browsing, Question
from interarec.server.controls import Controls
from interarec.server.dialogs import Dialogs
from interarec.server.picture import Eye
from interarec.server.watchdog import Limits, watch

LOOK_SECONDS = 0.25
MOST_TABS = 6
GONE = "The page is gone; open it again."
CRASHED = "The page crashed; open it again, or another one."
BUSY = "The page is busy and did not take that; wait a moment, or open another page."
ANSWER_FIRST = "The page asks something; answer that first."
DISMISSED = "The page asked “{text}”. Nobody answered for {seconds:g} seconds, so the answer was no."
MANY_TABS = f"The page wants more than {MOST_TABS} tabs; the last one was closed."


class Window:
    """A browser with the pages of one session; once it has ``ended`` it only tells why."""

    def __init__(
        self, started: Browser, context: BrowserContext, processes: BrowserProcesses, limits: Limits
    ):
        self.context = context
        self.limits = limits
        self.used = time.monotonic()
        self.capture: CaptureAgent | None = None
        self.frames = 0
        """Frames that were read so far."""
        self.readings: set[asyncio.Task[None]] = set()
        self.ended = ""
        """Why there is nothing here any more, in a sentence."""
        self.news = 0
        self.stack = contextlib.AsyncExitStack()
        self._browser = started
        self._processes = processes
        self._eye = Eye()
        self._controls = Controls(self._eye, self._note)
        self._changed = asyncio.Event()
        self._held = asyncio.Event()
        """Set while a page asks something, or once the window has ended: nothing else can be done."""
        self._acting = asyncio.Lock()
        """What the shopper does is done in the order in which it came."""
        self._doing: set[asyncio.Task[Any]] = set()
        self._ending: asyncio.Task[None] | None = None
        self._dialogs = Dialogs(context, limits.question, self._note, self._dismissed)
        context.on("page", self._new_tab)

    @classmethod
    async def open(cls, gateway: Gateway, path: str | None, limits: Limits) -> "Window":
        """Start a browser that reaches what the gateway lets it reach; it shows nothing yet."""
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(gateway)
            started = await stack.enter_async_context(browser(True, path, gateway.address))
            options: dict[str, Any] = {"viewport": VIEWPORT, "accept_downloads": False}
            context = await started.new_context(**options, service_workers="block")
            window = cls(started, context, await processes_of(started), limits)
            started.on("disconnected", lambda _: window.end(CRASHED))
            window._start(window._watch())
            window.stack = stack.pop_all()
        return window

    async def go(self, url: str) -> None:
        """Show a page; CaptureError when it does not open in time. A question of the page's is not waited for."""
        async with self._acting:
            while self._dialogs.question is not None:
                await self._dialogs.answer(False)
            page = self._front() or await self.context.new_page()
            await self._settled(navigate(page, url, self.limits.navigation), self.limits.navigation + 1)

    async def watched_by(self, capture: CaptureAgent) -> None:
        """Begin to capture what is shown."""
        self.capture = await self.stack.enter_async_context(capture)

    def end(self, reason: str) -> None:
        """End the browser with all its processes; from now on the window tells ``reason``."""
        if not self.ended:
            self.ended = reason
            self._note()
            self._ending = asyncio.create_task(self._release())

    async def close(self) -> None:
        """End the window; what was read in it stays with the session."""
        self.end(GONE)
        if self._ending is not None:
            await asyncio.shield(self._ending)
        await asyncio.gather(*self.readings, return_exceptions=True)

    async def _release(self) -> None:
        self._dialogs.close()
        # Before the capture ends, which would wait for a page that may not answer.
        await end(self._browser, self._processes)
        for task in self._doing:
            task.cancel()
        await self.stack.aclose()

    async def _watch(self) -> None:
        self.end(await watch(self._processes, self.limits, self._front, lambda: self._dialogs.question is not None))

    @property
    def state(self) -> Browsing:
        """The window as it is now; 410 when it has ended."""
        page, capture = self.page, self.capture
        return Browsing(
            url=page.url, frames=self.frames, paused=capture is not None and capture.paused, news=self.news,
            told=self._controls.told, question=self._dialogs.question, list=self._controls.list,
        )  # fmt: skip

    @property
    def page(self) -> Page:
        """The page in front; 410 when there is none any more."""
        self.used = time.monotonic()
        page = self._front()
        if self.ended or page is None:
            raise HTTPException(410, self.ended or GONE)
        return page

    def _front(self) -> Page | None:
        return next((p for p in reversed(self.context.pages) if not p.is_closed()), None)

    async def view(self, since: str, news: int | None, seconds: float) -> tuple[str, bytes] | None:
        """A picture of the page as the shopper sees it, with its digest; None when it did not change meanwhile.

        It goes to the shopper alone and is not kept. None also as soon as there is more ``news`` than was known.
        """
        until = time.monotonic() + seconds
        while True:
            page, left = self.page, until - time.monotonic()
            asked = self._dialogs.question is not None  # a page that asks is not painted
            picture = None if asked else await self._eye.picture(page, max(1.0, min(left, SHOT_TIMEOUT)))
            if picture is not None:
                digest = hashlib.blake2b(picture, digest_size=8).hexdigest()
                if digest != since:
                    return digest, picture
            if time.monotonic() >= until or (news is not None and news != self.news):
                return None
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), LOOK_SECONDS)

    async def act(self, action: Action) -> None:
        """Do what the shopper did in the view: 410 when the page is gone, 409 while it asks, 504 when it is busy."""
        page = self.page
        if action.do == "answer":
            await self._dialogs.answer(action.accept, action.text)
            return
        if action.do in ("pause", "resume"):
            await self._pause(action.do == "pause")
            return
        seconds = self.limits.navigation if action.do == "back" else self.limits.action
        async with self._acting:
            if self._dialogs.question is not None:
                raise HTTPException(409, ANSWER_FIRST)
            try:
                await self._settled(self._controls.act(page, action), seconds)
            except PlaywrightError as error:
                _ = self.page  # 410 when that is why
                raise HTTPException(504, BUSY) from error

    async def _pause(self, on: bool) -> None:
        if self.capture is not None:
            # The mark in the page may come late; what counts is that nothing is captured from now on.
            self._start(self.capture.pause() if on else self.capture.resume())
            await asyncio.sleep(0)
        self._note()

    async def _settled(self, doing: Coroutine[Any, Any, Any], seconds: float) -> None:
        """Wait until something is done; not while the page asks, for what was begun goes on after the answer."""
        task, held = self._start(doing), asyncio.create_task(self._held.wait())
        done, _ = await asyncio.wait({task, held}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        held.cancel()
        if self.ended:
            raise HTTPException(410, self.ended)
        if task in done:
            task.result()
        elif held not in done:
            task.cancel()
            raise HTTPException(504, BUSY)

    def _start(self, doing: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task = asyncio.create_task(doing)
        self._doing.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: "asyncio.Task[Any]") -> None:
        self._doing.discard(task)
        if not task.cancelled():
            task.exception()  # told where it was waited for

    def _new_tab(self, page: Page) -> None:
        page.on("crash", lambda _: self.end(CRASHED))
        page.on("close", lambda _: self._note())
        page.on("framenavigated", self._moved_on)
        if len(self.context.pages) > MOST_TABS:
            self._controls.tell(MANY_TABS)
            self._start(page.close())
        self._note()

    def _moved_on(self, frame: Frame) -> None:
        if frame.parent_frame is None:
            self._controls.shut_list()
            self._note()

    def _dismissed(self, question: Question) -> None:
        self._controls.tell(DISMISSED.format(text=question.text, seconds=self.limits.question))

    def _note(self) -> None:
        """Something changed that the shopper should see."""
        self.news += 1
        self._changed.set()
        if self.ended or self._dialogs.question is not None:
            self._held.set()
        else:
            self._held.clear()
