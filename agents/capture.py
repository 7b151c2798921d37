"""The capture agent: takes screenshots of the visible part of the page in front, at a set interval.

It follows the shopper over tabs and windows. What is personal is masked inside the browser (:mod:`agents.camera`);
a frame that cannot be masked is not taken. Sites that nobody agreed to and private windows are never captured.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from agents.camera import PAUSED, RECORDING, SHOT_TIMEOUT, Camera
from agents.frames import Frame, FrameStore
from agents.gateway import MARK
from catalog.errors import CaptureError, ConsentError, InputError

MIN_INTERVAL, MAX_INTERVAL = 0.1, 10.0
STATE_TIMEOUT = 1.0
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


class Consent:
    """Which sites may be captured: this machine's own, and those that the shopper agreed to."""

    def __init__(self, hosts: set[str] | None = None):
        self.hosts = {h.lower() for h in hosts or set()}

    def allow(self, url: str) -> None:
        """Remember that the shopper agreed to capture the site of a URL."""
        self.hosts.add((urlsplit(url).hostname or "").lower())

    def covers(self, url: str) -> bool:
        """Whether the page may be captured; pages that are no site (blank, extensions) never are."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if parts.scheme not in ("http", "https") or not host:
            return False
        return host in LOCAL_HOSTS or any(host == h or host.endswith(f".{h}") for h in self.hosts)

    def require(self, url: str) -> None:
        """ConsentError when the page may not be captured."""
        if not self.covers(url):
            host = urlsplit(url).hostname or url
            raise ConsentError(
                f"Nobody agreed to capture {host}; agree with --yes or add it to INTERAREC_ALLOW."
            )


class CaptureAgent:
    """Watches the page in front of a browser context and keeps every frame that differs from the one before.

    ``mark`` shows in the page that it is being captured. ``private`` says of a page whether its window is private.
    """

    def __init__(
        self, context: BrowserContext, store: FrameStore, consent: Consent, interval: float = 0.5,
        mark: bool = False, private: Callable[[Page], Awaitable[bool]] | None = None,
    ):  # fmt: skip
        if not MIN_INTERVAL <= interval <= MAX_INTERVAL:
            raise InputError(f"The interval is {MIN_INTERVAL} to {MAX_INTERVAL} seconds, not {interval:g}.")
        self.context = context
        self.store = store
        self.consent = consent
        self.interval = interval
        self.frames: list[Frame] = []
        self.dropped = 0
        """Ticks that showed nothing new."""
        self.unsure = 0
        """Pictures that were not taken because they could not be masked for certain."""
        self.paused = False
        self.on_frame: Callable[[Frame], None] | None = None
        self._mark = mark
        self._private = private
        self._cameras: dict[Page, Camera | None] = {}
        self._task: asyncio.Task[None] | None = None
        self._look_again = False
        self._looked = 0.0
        """When the last shot that was completed began, on the monotonic clock."""

    async def __aenter__(self) -> "CaptureAgent":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            # A page that hangs may keep the last picture waiting; what it gives is not wanted any more.
            await asyncio.wait({self._task}, timeout=SHOT_TIMEOUT)
        for camera in self._cameras.values():
            if camera is not None:
                await camera.close()

    async def pause(self) -> None:
        """Take no picture until :meth:`resume`."""
        self.paused = True
        await self._show_marks()

    async def resume(self) -> None:
        """Go on taking pictures."""
        self.paused = False
        await self._show_marks()

    async def _show_marks(self) -> None:
        for camera in self._cameras.values():
            if camera is not None and self._mark:
                with contextlib.suppress(PlaywrightError):
                    await camera.mark(PAUSED if self.paused else RECORDING)

    async def _run(self) -> None:
        due = time.monotonic()
        while True:
            if not self.paused:
                with contextlib.suppress(PlaywrightError):
                    await self.shoot()
            due = max(due + self.interval, time.monotonic())
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def looked(self, timeout: float = 10.0) -> None:
        """Wait until the page as it is now has been looked at; give up after ``timeout`` seconds.

        A replayed shopper stays this long, so that a busy machine drops frames late rather than pages.
        """
        now = time.monotonic()
        self._look_again = True
        while self._looked < now and time.monotonic() - now < timeout:
            await asyncio.sleep(0.02)

    async def shoot(self) -> Frame | None:
        """Take one frame of the visible page now; None when nothing is new or it may not be captured."""
        camera = await self._in_front()
        if camera is None:
            return None
        agreed = self.consent.covers(camera.page.url)
        if self._mark and camera.marked != agreed:
            await camera.mark(RECORDING if agreed else None)
        if not agreed:
            return None
        if camera.stands_still and camera.url == camera.page.url and not self._look_again:
            self.dropped += 1
            return None
        self._look_again = False
        taken, began = time.time(), time.monotonic()
        picture = await camera.take(self.consent.covers)
        if picture is None or self.paused:
            self.unsure += picture is None
            return None
        self._looked = began
        frame = self.store.put(picture, url=camera.url, taken=taken)
        changed = not self.frames or self.frames[-1].digest != frame.digest
        await camera.note_change(changed)
        if not changed:
            self.dropped += 1
            return None
        self.frames.append(frame)
        if self.on_frame is not None:
            self.on_frame(frame)
        return frame

    async def _in_front(self) -> Camera | None:
        """The camera on the page that the shopper looks at: visible, and with the focus if several are."""
        cameras = [c for p in self.context.pages if not p.is_closed() and (c := await self._camera(p))]
        if len(cameras) < 2:
            return cameras[0] if cameras else None
        visible: list[tuple[bool, Camera]] = []
        for camera in cameras:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(STATE_TIMEOUT):
                    seen, focused = await camera.state()
                if seen:
                    visible.append((focused, camera))
        return max(reversed(visible), key=lambda v: v[0], default=(False, None))[1]

    async def _camera(self, page: Page) -> Camera | None:
        """The page's camera; None for a page in a private window and one that does not answer."""
        if page in self._cameras:
            return self._cameras[page]
        if self._private is not None and await self._private(page):
            self._cameras[page] = None
            return None
        camera = Camera(page)
        self._cameras[page] = camera
        for event in ("close", "crash"):
            page.on(event, lambda _=None: self._cameras.pop(page, None))  # type: ignore[call-overload]
        return camera


async def open_page(context: BrowserContext, url: str, timeout_seconds: float = 15.0) -> Page:
    """Open a URL in a tab of its own; CaptureError with what to do when the site does not answer."""
    page = await context.new_page()
    try:
        await navigate(page, url, timeout_seconds)
    except BaseException:
        with contextlib.suppress(PlaywrightError):
            await page.close()
        raise
    return page


async def navigate(page: Page, url: str, timeout_seconds: float = 15.0) -> None:
    """Show a URL in a page; CaptureError with what to do when the site does not answer."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise InputError(f"{url!r} is not a web address; it begins with http:// or https://.")
    try:
        answer = await page.goto(url, timeout=1000 * timeout_seconds, wait_until="domcontentloaded")
        if answer is not None and MARK in answer.headers:
            raise PlaywrightError("the gateway answered, not the site")
    except PlaywrightError as error:
        raise CaptureError(
            f"{url} did not open within {timeout_seconds:g} s; check the address and the network."
        ) from error
