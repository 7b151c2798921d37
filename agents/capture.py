"""The capture agent: takes screenshots of the visible part of a page at a set interval.

Personal fields are covered by opaque boxes in the same call that takes the picture, so that no picture
without them ever leaves the browser. A frame that cannot be masked is not taken.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from agents.frames import Frame, FrameStore
from catalog.errors import CaptureError, ConsentError, InputError

MIN_INTERVAL, MAX_INTERVAL = 0.1, 10.0
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
SHOT_TIMEOUT_MS = 5_000
MASK_COLOUR = "#101418"
PERSONAL_FIELDS = ", ".join(
    (
        "input[type=password]", "input[type=email]", "input[type=tel]", "[autocomplete^=cc-]",
        "[autocomplete*=name]", "[autocomplete*=address]", "[autocomplete*=postal]", "[autocomplete=email]",
        "[autocomplete=tel]", "input[name*=card i]", "input[name*=cvc i]", "input[name*=cvv i]",
        "input[name*=email i]", "input[name*=phone i]", "input[name*=address i]", "input[name*=postcode i]",
        "input[name*=zip i]", "input[name*=firstname i]", "input[name*=lastname i]", "input[name*=fullname i]",
        "[data-private]",
    )
)  # fmt: skip


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
    """Watches the visible page of a browser context and keeps every frame that differs from the one before."""

    def __init__(self, context: BrowserContext, store: FrameStore, consent: Consent, interval: float = 0.5):
        if not MIN_INTERVAL <= interval <= MAX_INTERVAL:
            raise InputError(f"The interval is {MIN_INTERVAL} to {MAX_INTERVAL} seconds, not {interval:g}.")
        self.context = context
        self.store = store
        self.consent = consent
        self.interval = interval
        self.frames: list[Frame] = []
        self.dropped = 0
        """Shots that showed nothing new."""
        self.paused = False
        self.on_frame: Callable[[Frame], None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._looked = 0.0
        """When the last shot that was completed began, on the monotonic clock."""

    async def __aenter__(self) -> "CaptureAgent":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

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
        while self._looked < now and time.monotonic() - now < timeout:
            await asyncio.sleep(0.02)

    async def shoot(self) -> Frame | None:
        """Take one frame of the visible page now; None when nothing is new or it may not be captured."""
        page = await self._visible_page()
        if page is None or not self.consent.covers(page.url):
            return None
        url, taken, began = page.url, time.time(), time.monotonic()
        # Playwright draws the masks inside the page and takes the picture in one go; when the page moves on
        # in between it raises, and the frame is dropped.
        fields = [frame.locator(PERSONAL_FIELDS) for frame in page.frames]
        picture = await page.screenshot(
            type="png", mask=fields, mask_color=MASK_COLOUR, timeout=SHOT_TIMEOUT_MS, caret="hide"
        )
        if page.url != url:
            return None
        self._looked = began
        frame = self.store.put(picture, url=url, taken=taken)
        if self.frames and self.frames[-1].digest == frame.digest:
            self.dropped += 1
            return None
        self.frames.append(frame)
        if self.on_frame is not None:
            self.on_frame(frame)
        return frame

    async def _visible_page(self) -> Page | None:
        for page in reversed(self.context.pages):
            if page.is_closed():
                continue
            with contextlib.suppress(PlaywrightError):
                if (
                    len(self.context.pages) == 1
                    or await page.evaluate("document.visibilityState") == "visible"
                ):
                    return page
        return None


async def open_page(context: BrowserContext, url: str, timeout_seconds: float = 15.0) -> Page:
    """Open a URL; CaptureError with what to do when the site does not answer."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise InputError(f"{url!r} is not a web address; it begins with http:// or https://.")
    page = await context.new_page()
    try:
        await page.goto(url, timeout=1000 * timeout_seconds, wait_until="domcontentloaded")
    except PlaywrightError as error:
        with contextlib.suppress(PlaywrightError):
            await page.close()
        raise CaptureError(
            f"{url} did not open within {timeout_seconds:g} s; check the address and the network."
        ) from error
    return page
