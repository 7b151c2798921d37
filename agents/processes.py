"""The processes of a browser that we started: what memory they hold, and their end."""

import contextlib
import time
from dataclasses import dataclass

import psutil
from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError

from catalog.errors import CaptureError

GONE_SECONDS = 3.0


@dataclass(frozen=True)
class BrowserProcesses:
    """A browser's own process and all that it started: renderers, graphics, network."""

    root: psutil.Process

    def alive(self) -> list[psutil.Process]:
        """Those that run now, the browser's own first."""
        with contextlib.suppress(psutil.Error):
            return [p for p in (self.root, *self.root.children(recursive=True)) if _runs(p)]
        return []

    def memory(self, enough: int) -> int:
        """The bytes that they hold together; what they share is counted once, unless less than ``enough`` is held."""
        alive = self.alive()
        # Counting what is shared once costs some ten milliseconds a process, so it is done only when it matters.
        most = sum(_resident(p) for p in alive)
        return most if most < enough else sum(_proportional(p) for p in alive)


async def processes_of(browser: Browser) -> BrowserProcesses:
    """The processes of a browser that was started on this machine; CaptureError when it does not tell them."""
    try:
        session = await browser.new_browser_cdp_session()
        told = await session.send("SystemInfo.getProcessInfo")
        await session.detach()
        number = next(int(p["id"]) for p in told["processInfo"] if p["type"] == "browser")
        return BrowserProcesses(psutil.Process(number))
    except (PlaywrightError, psutil.Error, StopIteration) as error:
        raise CaptureError(
            "The browser stopped as soon as it had started; run `interarec doctor` to see why."
        ) from error


def kill(processes: list[psutil.Process]) -> None:
    """End them at once, and wait until they are gone; those that have ended are passed over."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    until = time.monotonic() + GONE_SECONDS
    # Not psutil.wait_procs: where nobody collects what has ended (a container without an init) it waits in vain.
    while any(_runs(p) for p in processes) and time.monotonic() < until:
        time.sleep(0.02)


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _resident(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def _proportional(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        held = process.memory_full_info()
        return int(getattr(held, "pss", held.uss))
    return _resident(process)
