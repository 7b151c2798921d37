"""A person's visit, captured: in a window that we open, or in a browser that runs already."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

from playwright.async_api import Browser, BrowserContext, Page

from agents.browser import attached, browser, private_windows
from agents.capture import CaptureAgent, Consent, open_page
from agents.frames import Frame, FrameStore
from catalog.errors import CaptureError
from interarec.replay import VIEWPORT

KEYS = "p and Enter pauses and goes on, q and Enter ends"


@dataclass(frozen=True)
class Visit:
    """How a visit is captured. ``attach`` is the debugging address of a browser that runs already."""

    url: str
    interval: float
    browser_path: str | None = None
    seconds: float | None = None
    headless: bool = False
    attach: str | None = None


async def capture_person(
    visit: Visit, store: FrameStore, consent: Consent,
    on_frame: Callable[[Frame], None] | None = None, on_pause: Callable[[bool], None] | None = None,
) -> list[Frame]:  # fmt: skip
    """Watch until the last window is closed, after ``seconds``, at q, or on cancellation; returns the frames."""
    async with _opened(visit) as (running, context):
        over = asyncio.Event()
        running.on("disconnected", lambda _: over.set())
        _watch_windows(context, over)
        private = private_windows(running) if visit.attach else None
        async with CaptureAgent(
            context, store, consent, visit.interval, mark=not visit.headless, private=private
        ) as capture:
            capture.on_frame = on_frame
            with _keys(capture, over, on_pause):
                try:
                    await asyncio.wait_for(over.wait(), visit.seconds)
                except (TimeoutError, asyncio.CancelledError):
                    pass
        return capture.frames


@contextlib.asynccontextmanager
async def _opened(visit: Visit) -> AsyncIterator[tuple[Browser, BrowserContext]]:
    if visit.attach:
        async with attached(visit.attach) as running:
            if not running.contexts:
                raise CaptureError("The browser has no window to watch; open one and try again.")
            yield running, running.contexts[0]
        return
    async with browser(visit.headless, visit.browser_path) as running:
        size = {"viewport": VIEWPORT} if visit.headless else {"no_viewport": True}
        context = await running.new_context(**size)
        await open_page(context, visit.url)
        yield running, context


def _watch_windows(context: BrowserContext, over: asyncio.Event) -> None:
    context.on("close", lambda _: over.set())

    def gone(_: Page) -> None:
        if not [p for p in context.pages if not p.is_closed()]:
            over.set()

    def watch(page: Page) -> None:
        page.on("close", gone)
        # With a listener, Playwright leaves dialogs to the person in front of the window.
        page.on("dialog", lambda _: None)

    for page in context.pages:
        watch(page)
    context.on("page", watch)


@contextlib.contextmanager
def _keys(
    capture: CaptureAgent, over: asyncio.Event, on_pause: Callable[[bool], None] | None
) -> Iterator[None]:
    """On a terminal: p pauses and resumes, q ends."""
    if not sys.stdin.isatty():
        yield
        return
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()

    def pressed() -> None:
        key = sys.stdin.readline().strip().lower()
        if key == "q":
            over.set()
        elif key == "p":
            task = loop.create_task(capture.resume() if capture.paused else capture.pause())
            tasks.add(task)
            task.add_done_callback(lambda _: on_pause(capture.paused) if on_pause else None)

    loop.add_reader(sys.stdin, pressed)
    try:
        yield
    finally:
        loop.remove_reader(sys.stdin)
