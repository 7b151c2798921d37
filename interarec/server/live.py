"""Browsing from the chat: a browser of the server's own that the shopper steers, watched by the capture agent.

Each session has one window at most. It reaches public addresses and the sample shop only (:mod:`agents.gateway`),
opens and captures only sites that were allowed, and shows in the page that it is being captured.
"""

import asyncio
import time
from urllib.parse import urlsplit

from fastapi import HTTPException

from agents.capture import LOCAL_HOSTS, CaptureAgent, Consent
from agents.frames import Frame
from agents.gateway import Gateway
from catalog.errors import ConsentError
from interarec.server.actions import Action, Browsing, Where
from interarec.server.desk import ServerDesk
from interarec.server.watchdog import Limits
from interarec.server.window import Window
from interarec.settings import Settings

MOST_WINDOWS = 4
IDLE_SECONDS = 600.0
INTERVAL = 1.0  # seconds between frames: reading a new page takes about as long on two cores


class LiveDesk:
    """The windows of all sessions."""

    def __init__(
        self, desk: ServerDesk, settings: Settings, shop_url: str | None, limits: Limits | None = None
    ):
        self.desk = desk
        self.settings = settings
        self.shop_url = shop_url
        self.limits = limits or Limits()
        self.consent = Consent(settings.allowed_hosts)
        self._windows: dict[str, Window] = {}
        self._opening = 0
        self._idle: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def close_all(self) -> None:
        """Close every window."""
        if self._idle is not None:
            self._idle.cancel()
        await asyncio.gather(*(self.close(thread) for thread in list(self._windows)))

    async def open(self, thread: str, where: Where) -> str:
        """Open a window on a page and begin to watch it; the page's address."""
        url = self._allowed(where.url)
        await self.close(thread)
        if sum(not w.ended for w in self._windows.values()) + self._opening >= MOST_WINDOWS:
            raise HTTPException(429, "Too many people are browsing here at once; try again later.")
        self._opening += 1
        try:
            window = await self._opened(thread, url)
        finally:
            self._opening -= 1
        # Another may have been opened meanwhile, or the session deleted.
        before, self._windows[thread] = self._windows.get(thread), window
        if before is not None:
            await before.close()
        try:
            await self.desk.state(thread)
        except HTTPException:
            await self.close(thread)
            raise
        self._idle = self._idle or asyncio.create_task(self._close_idle())
        return window.state.url

    async def _opened(self, thread: str, url: str) -> Window:
        own = {_place(self.shop_url)} if self.shop_url else set()
        gateway = Gateway(own, self.settings.allowed_hosts)
        window = await Window.open(gateway, self.settings.browser, self.limits)
        try:
            await window.go(url)
            frames, interval = self.desk.assistant.context.frames.of(thread), max(INTERVAL, self.settings.interval)
            capture = CaptureAgent(window.context, frames, self.consent, interval, mark=True)
            capture.on_frame = lambda frame: self._seen(thread, window, frame)
            await window.watched_by(capture)
        except BaseException:
            await window.close()
            raise
        return window

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
        window.readings.add(task)
        task.add_done_callback(window.readings.discard)

    def window(self, thread: str) -> Window:
        """The session's window; 404 where it has none."""
        if thread not in self._windows:
            raise HTTPException(404, "Nothing is open in this session; POST to its /browse first.")
        return self._windows[thread]

    def state(self, thread: str) -> Browsing:
        """The session's window as it is now."""
        return self.window(thread).state

    async def view(
        self, thread: str, since: str, news: int | None, seconds: float
    ) -> tuple[str, bytes] | None:
        """A picture (JPEG) of the page as the shopper sees it, with its digest; None when it did not change meanwhile."""
        return await self.window(thread).view(since, news, seconds)

    async def act(self, thread: str, action: Action) -> None:
        """Do what the shopper did in the view."""
        window = self.window(thread)
        if action.do == "open":
            await window.go(self._allowed(action.url or None))
        else:
            await window.act(action)

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
        if window is not None:
            await window.close()


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.port or 80
