"""Capture in real life: tabs, pop-ups, crashes, pauses, an attached browser and its private windows."""

import asyncio
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Error as PlaywrightError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from agents.browser import ARGUMENTS, attached, browser, find_browser, private_windows
from agents.capture import CaptureAgent, Consent, open_page
from agents.frames import FrameStore
from catalog.errors import CaptureError
from storefront.server import running

POPUP = "<button onclick=\"window.open('/popup','p','width=500,height=400')\">open</button>"
DIALOG = "<button onclick=\"alert('hi');document.body.append('after')\">ask</button>"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    def page(request: Request) -> HTMLResponse:
        name = request.path_params["name"]
        return HTMLResponse(f"<title>{name}</title><h1>{name}</h1>{POPUP}{DIALOG}")

    with running(Starlette(routes=[Route("/{name}", page)])) as url:
        yield url


def seen(agent: CaptureAgent) -> list[str]:
    return [f.url.rsplit("/", 1)[1] for f in agent.frames]


async def until_seen(agent: CaptureAgent, name: str) -> None:
    """A window that has just opened may not answer at the first tick."""
    for _ in range(50):
        await agent.looked()
        if name in seen(agent):
            return


def test_tabs_popups_dialogs_and_a_crash_are_followed(site: str, tmp_path: Path) -> None:
    async def run() -> CaptureAgent:
        async with browser() as chromium:
            context = await chromium.new_context(viewport={"width": 600, "height": 400})
            first = await open_page(context, f"{site}/first")
            async with CaptureAgent(context, FrameStore(tmp_path), Consent(), 0.1) as agent:
                await agent.looked()
                second = await open_page(context, f"{site}/second")
                await second.bring_to_front()
                await agent.looked()
                async with context.expect_page() as opened:
                    await second.get_by_text("open", exact=True).click()
                await (await opened.value).wait_for_load_state()
                await until_seen(agent, "popup")
                await (await opened.value).close()
                await second.get_by_text("ask").click()
                await agent.looked()
                with pytest.raises(PlaywrightError):
                    await second.goto("chrome://crash", timeout=3000)
                await second.close()
                await first.bring_to_front()
                await first.goto(f"{site}/last")
                await agent.looked()
            return agent

    agent = asyncio.run(run())
    names = seen(agent)
    assert names[0] == "first" and "second" in names and "popup" in names and names[-1] == "last"


def test_a_pause_takes_nothing_and_the_mark_says_so(site: str, tmp_path: Path) -> None:
    async def run() -> list[str]:
        titles = []
        async with browser() as chromium:
            page = await open_page(await chromium.new_context(), f"{site}/first")
            async with CaptureAgent(page.context, FrameStore(tmp_path), Consent(), 0.1, mark=True) as agent:
                await agent.looked()
                titles.append(await page.title())
                await agent.pause()
                titles.append(await page.title())
                await page.goto(f"{site}/secret")
                await asyncio.sleep(0.5)
                assert "secret" not in seen(agent)
                await page.goto(f"{site}/third")
                await agent.resume()
                await agent.looked()
                titles.append(await page.title())
                assert seen(agent)[-1] == "third"
            titles.append(await page.title())
        return titles

    titles = asyncio.run(run())
    assert titles == ["● capturing · first", "❚❚ capture paused · first", "● capturing · third", "third"]


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def test_an_attached_browser_is_watched_but_no_private_context(site: str, tmp_path: Path) -> None:
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [find_browser() or "chromium", "--headless", "--no-sandbox", *ARGUMENTS,
                   f"--remote-debugging-port={port}", f"--user-data-dir={profile}", f"{site}/public"]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            names = asyncio.run(watch_attached(f"http://127.0.0.1:{port}", site, tmp_path))
            assert process.poll() is None, "the shopper's own browser was closed"
        finally:
            process.kill()
            process.wait()
    assert names[0] == "public" and names[-1] == "more" and "private" not in names


async def watch_attached(endpoint: str, site: str, folder: Path) -> list[str]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{endpoint}/json/version", timeout=1).read()
            break
        except OSError:
            await asyncio.sleep(0.1)
    async with attached(endpoint) as chromium:
        context = chromium.contexts[0]
        private = private_windows(chromium)
        async with CaptureAgent(context, FrameStore(folder), Consent(), 0.1, private=private) as agent:
            await agent.looked()
            session = await chromium.new_browser_cdp_session()
            hidden = (await session.send("Target.createBrowserContext"))["browserContextId"]
            await session.send("Target.createTarget", {"url": f"{site}/private", "browserContextId": hidden})
            await asyncio.sleep(1.0)
            page = await open_page(context, f"{site}/more")
            await page.bring_to_front()
            await until_seen(agent, "more")
            return seen(agent)


def test_no_browser_to_attach_to_is_one_sentence() -> None:
    async def run() -> None:
        async with attached("http://127.0.0.1:9"):
            pass

    with pytest.raises(CaptureError, match="remote-debugging-port"):
        asyncio.run(run())
