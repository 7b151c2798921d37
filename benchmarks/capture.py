"""What capture costs: the browser's mechanisms side by side at 10 Hz, on a page with animation and on one without.

python -m benchmarks.capture
"""

import argparse
import asyncio
import base64
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
from playwright.async_api import CDPSession, Page, async_playwright
from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from agents.browser import launch
from agents.capture import CaptureAgent, Consent
from agents.frames import FrameStore
from storefront.app import create_shop
from storefront.sample import sample_catalog
from storefront.server import running

INTERVAL = 0.1
MOVING = """<style>@keyframes m{to{transform:translateX(800px)}} #m{width:120px;height:120px;background:#c33;
animation:m 3s linear infinite alternate}</style><h1>Lamp £19.99</h1><div id=m></div><p>%s</p>""" % (
    "A desk lamp of oak and brass. " * 90
)


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """CPU time that these processes have used."""
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


async def ticking(shot: Callable[[], Awaitable[object]], seconds: float) -> list[float]:
    """Take pictures on a grid of 0.1 s; returns when each began."""
    began: list[float] = []
    due = time.monotonic()
    end = due + seconds
    while time.monotonic() < end:
        began.append(time.monotonic())
        await shot()
        due = max(due + INTERVAL, time.monotonic())
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    return began


async def ours(page: Page, seconds: float, folder: Path) -> list[float]:
    """The capture agent, masks and storing included."""
    began: list[float] = []
    agent = CaptureAgent(page.context, FrameStore(folder), Consent(), INTERVAL)
    shoot = agent.shoot

    async def timed() -> object:
        began.append(time.monotonic())
        return await shoot()

    agent.shoot = timed  # type: ignore[assignment]
    async with agent:
        await asyncio.sleep(seconds)
    return began


async def screencast(session: CDPSession, seconds: float) -> list[float]:
    """Full-size screencast frames, as the browser sends them (masks are not possible)."""
    began: list[float] = []

    def on_frame(event: dict[str, object]) -> None:
        began.append(time.monotonic())
        base64.b64decode(str(event["data"]))
        asyncio.ensure_future(session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]}))

    session.on("Page.screencastFrame", on_frame)
    await session.send("Page.startScreencast", {"format": "jpeg", "quality": 80, "everyNthFrame": 6})
    await asyncio.sleep(seconds)
    await session.send("Page.stopScreencast")
    return began


async def measure(url: str, seconds: float, table: Table, name: str, folder: Path) -> None:
    """Every mechanism on one page, each in a browser of its own."""
    mechanisms = ("interarec capture", "Playwright screenshot, PNG", "CDP screenshot, PNG for speed",
                  "CDP screenshot, JPEG 80", "CDP screencast, JPEG 80")  # fmt: skip
    for mechanism in mechanisms:
        async with async_playwright() as playwright:
            before = {p.pid for p in psutil.Process().children(recursive=True)}
            browser = await launch(playwright)
            page = await browser.new_page(viewport={"width": 1280, "height": 800})
            await page.goto(url)
            await asyncio.sleep(0.5)
            session = await page.context.new_cdp_session(page)
            family = [p for p in psutil.Process().children(recursive=True) if p.pid not in before]
            children, here = cpu_seconds(family), time.process_time()
            start = time.monotonic()
            if mechanism == mechanisms[0]:
                began = await ours(page, seconds, folder)
            elif mechanism == mechanisms[1]:
                began = await ticking(lambda page=page: page.screenshot(type="png"), seconds)  # type: ignore[misc]
            elif mechanism == mechanisms[4]:
                began = await screencast(session, seconds)
            else:
                how = {"format": "png", "optimizeForSpeed": True}
                if mechanism == mechanisms[3]:
                    how = {"format": "jpeg", "quality": 80}
                began = await ticking(
                    lambda s=session, h=how: s.send("Page.captureScreenshot", h),  # type: ignore[misc]
                    seconds,
                )
            wall = time.monotonic() - start
            browser_share = (cpu_seconds(family) - children) / wall
            own_share = (time.process_time() - here) / wall
            await browser.close()
        gaps = [1000 * (b - a) for a, b in zip(began, began[1:], strict=False)]
        within = f"{100 * sum(abs(g - 100) <= 10 for g in gaps) / len(gaps):.0f} %" if gaps else ""
        middle = f"{statistics.median(gaps):.0f}" if gaps else "no frame"
        table.add_row(name, mechanism, middle, within, f"{browser_share:.0%}", f"{own_share:.0%}")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each mechanism runs")
    given = parser.parse_args()

    def moving(_: Request) -> HTMLResponse:
        return HTMLResponse(MOVING)

    table = Table(title="Capture at 10 Hz, 1280 x 800; CPU as a share of one core")
    for column in ("page", "mechanism", "interval, median ms", "within 10 %", "browser", "own process"):
        table.add_column(column, justify="left" if column in ("page", "mechanism") else "right")
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Starlette(routes=[Route("/", moving)])) as url,
        running(create_shop(sample_catalog())) as shop,
    ):
        asyncio.run(measure(url, given.seconds, table, "animated", Path(folder)))
        asyncio.run(measure(f"{shop}/search?q=lamp", given.seconds, table, "still", Path(folder)))
    Console().print(table)


if __name__ == "__main__":
    main()
