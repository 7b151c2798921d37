"""Finds a Chromium or Chrome on this machine and starts it."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

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
HELP = (
    "No usable Chromium or Chrome was found. Install one (Debian: apt install chromium) or run "
    "`playwright install chromium`, or name one with INTERAREC_BROWSER."
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


async def launch(playwright: Playwright, headless: bool = True, named: str | None = None) -> Browser:
    """Start a browser; CaptureError with what to do when that fails."""
    arguments = list(ARGUMENTS)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to run as root with its sandbox
    try:
        return await playwright.chromium.launch(
            executable_path=find_browser(named), headless=headless, args=arguments
        )
    except PlaywrightError as error:
        if not headless and "display" in str(error).lower():
            raise CaptureError(
                "There is no display to open a window on; use --headless with a script."
            ) from error
        raise CaptureError(HELP) from error


@asynccontextmanager
async def browser(headless: bool = True, named: str | None = None) -> AsyncIterator[Browser]:
    """A browser for as long as the block lasts."""
    async with async_playwright() as playwright:
        started = await launch(playwright, headless, named)
        try:
            yield started
        finally:
            try:
                await started.close()
            except PlaywrightError:
                pass  # it was closed or killed before
