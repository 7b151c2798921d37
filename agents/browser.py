"""Finds a Chromium or Chrome on this machine and starts it."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from agents.processes import BrowserProcesses, kill, processes_of
from catalog.errors import CaptureError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Chromium looks up its maker's hosts at every start; a shopper's browser session here does not need them.
ARGUMENTS = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-quic", "--disable-gpu", "--force-color-profile=srgb",
)  # fmt: skip
# What is not HTTP does not go by a proxy of its own accord. WebRTC: no packets but through the proxy (the switch has
# had two names). Names: none is looked up here, the proxy does that; ".local" ones would be asked for by multicast
# whatever the rule says, so they stand for a reserved address that nothing answers at.
BEHIND_PROXY = (
    "--webrtc-ip-handling-policy=disable_non_proxied_udp", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP *.local 240.0.0.1,MAP * ~NOTFOUND,EXCLUDE 127.0.0.1",
)  # fmt: skip
CLOSE_SECONDS = 5.0
HELP = (
    "No usable Chromium or Chrome was found. Install one (Debian: apt install chromium) or run "
    "`playwright install chromium`, or name one with INTERAREC_BROWSER."
)
DRIVER_HELP = (
    "Playwright's driver does not start here; run `playwright --version` to see what it lacks (on a small Debian: "
    "apt install libatomic1)."
)


def find_browser(named: str | None = None) -> str | None:
    """The path of a browser: the one named, the system's, or None to leave it to Playwright's own."""
    if named:
        if not Path(named).exists():
            raise CaptureError(f"There is no browser at {named}; check INTERAREC_BROWSER.")
        return named
    for name in NAMES:
        if found := shutil.which(name):
            return found
    return next((path for path in MAC if Path(path).exists()), None)


async def launch(
    playwright: Playwright, headless: bool = True, named: str | None = None, proxy: str | None = None
) -> Browser:
    """Start a browser; CaptureError with what to do when that fails.

    ``proxy`` is the address, on this machine, that all its connections go through, those to this machine too; what
    cannot go through it does not leave the browser.
    """
    arguments = [*ARGUMENTS, *(BEHIND_PROXY if proxy else ())]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to run as root with its sandbox
    try:
        return await playwright.chromium.launch(
            executable_path=find_browser(named),
            headless=headless,
            args=arguments,
            proxy={"server": proxy, "bypass": "<-loopback>"} if proxy else None,
        )
    except PlaywrightError as error:
        if not headless and "display" in str(error).lower():
            raise CaptureError(
                "There is no display to open a window on; use --headless with a script."
            ) from error
        raise CaptureError(HELP) from error


@asynccontextmanager
async def browser(
    headless: bool = True, named: str | None = None, proxy: str | None = None
) -> AsyncIterator[Browser]:
    """A browser for as long as the block lasts; what does not close when it is told to is killed."""
    try:
        playwright = await async_playwright().start()
    except Exception as error:  # Playwright raises a bare one when its driver does not run
        raise CaptureError(DRIVER_HELP) from error
    try:
        started = await launch(playwright, headless, named, proxy)
        processes = await processes_of(started)
        try:
            yield started
        finally:
            await end(started, processes)
    finally:
        await _within(playwright.stop())


async def end(started: Browser, processes: BrowserProcesses) -> None:
    """Close a browser; those of its processes that do not end when they are told to are killed."""
    alive = await asyncio.to_thread(processes.alive)
    await _within(started.close())
    await asyncio.to_thread(kill, alive)


async def _within(closing: Awaitable[None]) -> None:
    """Wait for something to close, for so long; it may have been closed or killed before."""
    with contextlib.suppress(PlaywrightError, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await closing


ATTACH_HELP = (
    "No browser answers at {endpoint}; start yours with --remote-debugging-port=9222 and a --user-data-dir of its "
    "own, and pass --attach http://127.0.0.1:9222."
)


@asynccontextmanager
async def attached(endpoint: str) -> AsyncIterator[Browser]:
    """A browser that runs already, over its debugging port; it stays open when the block ends."""
    async with async_playwright() as playwright:
        try:
            found = await playwright.chromium.connect_over_cdp(endpoint, timeout=10_000)
        except PlaywrightError as error:
            raise CaptureError(ATTACH_HELP.format(endpoint=endpoint)) from error
        try:
            yield found
        finally:
            try:
                await found.close()  # disconnects, no more
            except PlaywrightError:
                pass


def private_windows(browser: Browser) -> Callable[[Page], Awaitable[bool]]:
    """Tells of a page of an attached browser whether its window is private; when it cannot be told, it is."""

    async def private(page: Page) -> bool:
        try:
            session = await browser.new_browser_cdp_session()
            own = await page.context.new_cdp_session(page)
            target = (await own.send("Target.getTargetInfo"))["targetInfo"]
            usual = (await session.send("Target.getBrowserContexts")).get("defaultBrowserContextId")
            await own.detach()
            await session.detach()
        except PlaywrightError:
            return True
        return usual is None or target.get("browserContextId") != usual

    return private
