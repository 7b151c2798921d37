"""Watches what a window takes of this machine, and how long its page does not answer."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from agents.processes import BrowserProcesses

WATCH_SECONDS = 0.5
STUCK = "The page did not answer for {seconds:g} seconds and was closed; open another one."
TOO_MUCH = "The page needed more than {mebibytes} MiB of memory and was closed; open another one."


@dataclass(frozen=True)
class Limits:
    """What one window may take: bytes of memory for all that is open in it, and seconds."""

    memory: int = 1536 * 2**20
    patience: float = 15.0
    """How long a page may not answer at all."""
    question: float = 60.0
    """How long a page's question waits for the shopper."""
    action: float = 5.0
    """How long what the shopper does is waited for."""
    navigation: float = 15.0
    """How long a page that opens is waited for."""


async def watch(
    processes: BrowserProcesses, limits: Limits, in_front: Callable[[], Page | None], asking: Callable[[], bool]
) -> str:
    """Wait until a window takes more than it may; the sentence that says what it was.

    A page that is ``asking`` stands still by right, so it is not counted as one that does not answer.
    """
    answered, pulse = time.monotonic(), None
    try:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if await asyncio.to_thread(processes.memory, limits.memory) >= limits.memory:
                return TOO_MUCH.format(mebibytes=limits.memory // 2**20)
            page = in_front()
            if pulse is None and page is not None:
                pulse = asyncio.create_task(_pulse(page))
            if pulse is None or pulse.done() or asking():
                answered = time.monotonic()
                pulse = pulse if pulse is not None and not pulse.done() else None
            elif time.monotonic() - answered > limits.patience:
                return STUCK.format(seconds=limits.patience)
    finally:
        if pulse is not None:
            pulse.cancel()


async def _pulse(page: Page) -> Any:
    """Ends as soon as the page's scripts get a turn; a page that moves on or closes has answered too."""
    with contextlib.suppress(PlaywrightError):
        return await page.evaluate("0")
