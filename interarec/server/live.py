"""Browsing from the chat: a browser of the server's own that the shopper steers, watched by the capture agent.

Each session has one window at most. It reaches public addresses and the sample shop only (:mod:`agents.gateway`),
opens and captures only sites that were allowed, and shows in the page that it is being captured.
"""

import asyncio
import contextlib
import hashlib
import time
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from fastapi import HTTPException
from playwright.async_api import Browser, BrowserContext, Page
from playwright.async_api import Error as PlaywrightError
from pydantic import Field

from agents.browser import browser
from agents.camera import SHOT_TIMEOUT
from agents.capture import LOCAL_HOSTS, CaptureAgent, Consent, open_page
from agents.frames import Frame
from agents.gateway import Gateway
from catalog.errors import ConsentError
from interarec.replay import VIEWPORT
from interarec.server.desk import ServerDesk
from interarec.server.shapes import Closed
from interarec.settings import Settings

MOST_WINDOWS = 4
IDLE_SECONDS = 600.0
INTERVAL = 1.0  # seconds between frames: reading a new page takes about as long on two cores
LOOK_SECONDS = 0.25
PATIENCE_SECONDS = 15.0  # without any picture; after that the page is given up
GONE = "The page does not answer; open it again."
KEYS = Literal["Enter", "Backspace", "Delete", "Tab", "Escape", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]  # fmt: skip


class Where(Closed):
    """A page to open; the sample shop where none is named."""

    url: str | None = Field(default=None, max_length=2000)


class Action(Closed):
    """One thing that the shopper does in the page; ``x`` and ``y`` are pixels of the view."""

    do: Literal["click", "scroll", "type", "key", "back", "open", "pause", "resume"]
    x: float = Field(default=0, ge=0, le=4000)
    y: float = Field(default=0, ge=0, le=4000)
    by: float = Field(default=0, ge=-4000, le=4000, description="pixels to scroll down")
    text: str = Field(default="", max_length=500)
    key: KEYS = "Enter"
    url: str = Field(default="", max_length=2000)


@dataclass
class Window:
    """One session's window."""

    context: BrowserContext
    capture: CaptureAgent
    used: float = field(default_factory=time.monotonic)
    frames: int = 0
    """Frames that were read so far."""
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    acting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """What the shopper does is done in the order in which it came."""

    @property
    def page(self) -> Page:
        """The page in front; 410 when every one was closed."""
        self.used = time.monotonic()
        pages = [p for p in self.context.pages if not p.is_closed()]
        if not pages:
            raise HTTPException(410, "The page is gone; open it again.")
        return pages[-1]


class LiveDesk:
    """The windows of all sessions, in one browser that starts with the first of them."""

    def __init__(self, desk: ServerDesk, settings: Settings, shop_url: str | None):
        self.desk = desk
        self.settings = settings
        self.shop_url = shop_url
        self.consent = Consent(settings.allowed_hosts)
        self._windows: dict[str, Window] = {}
        self._stack = contextlib.AsyncExitStack()
        self._browser: Browser | None = None
        self._starting = asyncio.Lock()
        self._idle: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def close_all(self) -> None:
        """Close every window and the browser."""
        if self._idle is not None:
            self._idle.cancel()
        for thread in list(self._windows):
            await self.close(thread)
        await self._stack.aclose()
        self._browser = None

    async def open(self, thread: str, where: Where) -> str:
        """Open a window on a page and begin to watch it; the page's address."""
        url = self._allowed(where.url)
        await self.close(thread)
        if len(self._windows) >= MOST_WINDOWS:
            raise HTTPException(429, "Too many people are browsing here at once; try again later.")
        context = await (await self._running()).new_context(viewport=VIEWPORT, accept_downloads=False)  # type: ignore[arg-type]
        try:
            page = await open_page(context, url)
        except BaseException:
            await context.close()
            raise
        context.on("page", _without_dialogs)
        _without_dialogs(page)
        capture = CaptureAgent(
            context,
            self.desk.assistant.context.frames.of(thread),
            self.consent,
            max(INTERVAL, self.settings.interval),
            mark=True,
        )
        window = Window(context, capture)
        capture.on_frame = lambda frame: self._seen(thread, window, frame)
        await capture.__aenter__()
        self._windows[thread] = window
        return page.url

    def _allowed(self, url: str | None) -> str:
        """The address to open; ConsentError for a site that nobody allowed."""
        url = url or self.shop_url
        if url is None:
            raise HTTPException(400, "Name the page to open; this server has no shop of its own.")
        if self.shop_url is not None and _origin(url) == _origin(self.shop_url):
            return url
        host = (urlsplit(url).hostname or "").lower()
        if not self.consent.covers(url) or (host in LOCAL_HOSTS and host not in self.settings.allowed_hosts):
            raise ConsentError(
                f"{host or url} is not on the list of sites that may be browsed here (INTERAREC_ALLOW)."
            )
        return url

    async def _running(self) -> Browser:
        async with self._starting:
            if self._browser is None or not self._browser.is_connected():
                await self._stack.aclose()
                own = {_place(self.shop_url)} if self.shop_url else set()
                gateway = await self._stack.enter_async_context(Gateway(own, self.settings.allowed_hosts))
                self._browser = await self._stack.enter_async_context(
                    browser(True, self.settings.browser, gateway.address)
                )
                self._idle = asyncio.create_task(self._close_idle())
            return self._browser

    async def _close_idle(self) -> None:
        while True:
            await asyncio.sleep(IDLE_SECONDS / 10)
            for thread, window in list(self._windows.items()):
                if time.monotonic() - window.used > IDLE_SECONDS:
                    await self.close(thread)

    def _seen(self, thread: str, window: Window, frame: Frame) -> None:
        async def read() -> None:
            self.desk.assistant.see(thread, frame)
            await self.desk.look(thread)
            window.frames += 1

        task = asyncio.create_task(read())
        window.tasks.add(task)
        task.add_done_callback(window.tasks.discard)

    def window(self, thread: str) -> Window:
        """The session's window; 404 where it has none."""
        if thread not in self._windows:
            raise HTTPException(404, "Nothing is open in this session; POST to its /browse first.")
        return self._windows[thread]

    async def view(self, thread: str, since: str, seconds: float) -> tuple[str, bytes] | None:
        """A picture (JPEG) of the page as the shopper sees it, with its digest; None when it did not change meanwhile.

        It goes to the shopper alone and is not kept.
        """
        window = self.window(thread)
        began = time.monotonic()
        until, answered = began + seconds, began
        while True:
            picture = await _picture(window.page)
            now = time.monotonic()
            if picture is not None:
                answered = now
                digest = hashlib.blake2b(picture, digest_size=8).hexdigest()
                if digest != since:
                    return digest, picture
            if now - answered > PATIENCE_SECONDS:
                raise HTTPException(410, GONE)
            if now >= until and answered == now:
                return None
            await asyncio.sleep(LOOK_SECONDS)

    async def act(self, thread: str, action: Action) -> None:
        """Do what the shopper did in the view."""
        window = self.window(thread)
        page = window.page
        if action.do == "open":
            url = self._allowed(action.url or None)
            with _gone():
                await page.goto(url, wait_until="domcontentloaded", timeout=15_000)
            return
        acts = {
            "click": lambda: page.mouse.click(action.x, action.y),
            "scroll": lambda: page.mouse.wheel(0, action.by),
            "type": lambda: page.keyboard.type(action.text),
            "key": lambda: page.keyboard.press(action.key),
            "back": lambda: page.go_back(timeout=15_000, wait_until="domcontentloaded"),
            "pause": window.capture.pause,
            "resume": window.capture.resume,
        }
        async with window.acting:
            with _gone():
                await acts[action.do]()

    def close_soon(self, thread: str) -> None:
        """Close the session's window without waiting for it: what was being read in it may be what asks for that."""
        if thread in self._windows:
            task = asyncio.create_task(self._end(thread))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _end(self, thread: str) -> None:
        await self.close(thread)
        await self.desk.assistant.drop(thread)  # what was captured until then

    async def close(self, thread: str) -> None:
        """Close the session's window, if it has one; what was seen in it stays with the session."""
        window = self._windows.pop(thread, None)
        if window is None:
            return
        await window.capture.__aexit__(None, None, None)
        with contextlib.suppress(PlaywrightError):
            await window.context.close()
        await asyncio.gather(*window.tasks, return_exceptions=True)


@contextlib.contextmanager
def _gone():  # type: ignore[no-untyped-def]
    """A page that crashed or does not answer is told as such."""
    try:
        yield
    except PlaywrightError as error:
        raise HTTPException(410, GONE) from error


async def _picture(page: Page) -> bytes | None:
    """The page as it looks now; None while the browser gives no picture, as happens when a page is just moving on."""
    try:
        return await page.screenshot(type="jpeg", quality=70, timeout=1000 * SHOT_TIMEOUT)
    except PlaywrightError:
        return None


def _without_dialogs(page: Page) -> None:
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.port or 80
