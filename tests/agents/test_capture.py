"""Capture in real Chromium: personal fields masked, consent kept, unchanged frames dropped."""

import asyncio
import io
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from agents.browser import browser
from agents.capture import CaptureAgent, Consent, open_page
from agents.frames import FrameStore
from catalog.errors import CaptureError, ConsentError, InputError
from storefront.server import running

FORM = """<body style="margin:0;background:#fff;font:40px monospace">
<input type=email value="me@example.org" style="position:absolute;left:20px;top:20px;width:500px;height:60px">
<input type=password value="hunter2" style="position:absolute;left:20px;top:120px;width:500px;height:60px">
<input autocomplete="cc-number" value="4111111111111111" style="position:absolute;left:20px;top:220px;width:500px;height:60px">
<p style="position:absolute;left:20px;top:320px">Lamp 19.99</p></body>"""


def page_of(html: str) -> Starlette:
    return Starlette(routes=[Route("/", lambda _: HTMLResponse(html))])


def test_personal_fields_are_opaque_boxes(tmp_path: Path) -> None:
    async def run() -> list[bytes]:
        store = FrameStore(tmp_path)
        with running(page_of(FORM)) as url:
            async with browser() as chromium:
                context = await chromium.new_context(viewport={"width": 800, "height": 500})
                await open_page(context, url)
                async with CaptureAgent(context, store, Consent(), 0.2) as agent:
                    await asyncio.sleep(1.5)
                assert len(agent.frames) == 1 and agent.dropped >= 2
                return [p for f in agent.frames if (p := store.picture(f.digest))]

    picture = asyncio.run(run())[0]
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("L"))
    for top in (20, 120, 220):
        field = pixels[top + 5 : top + 55, 25:515]
        assert field.max() < 60, "the field shows through its mask"
    assert pixels[320:400].min() < 100 and pixels[320:400].max() == 255


def test_a_site_without_consent_is_not_captured(tmp_path: Path) -> None:
    consent = Consent({"shop.example"})
    assert consent.covers("https://www.shop.example/x") and not consent.covers("https://evilshop.example/")
    assert not consent.covers("chrome://settings") and not consent.covers("about:blank")
    with pytest.raises(ConsentError, match="Nobody agreed"):
        consent.require("https://other.example")


RED, BLUE = (220, 30, 30), (30, 30, 220)


class LeavingConsent(Consent):
    """As soon as its page was found to be agreed to, the shopper leaves it for another site."""

    def __init__(self) -> None:
        super().__init__()
        self.stay = threading.Event()
        self.wait = 0.0

    def covers(self, url: str) -> bool:
        agreed = super().covers(url)
        if agreed and self.stay.is_set():
            self.stay.clear()
            time.sleep(self.wait)  # nobody here hears of it, as on a busy machine
        return agreed


LEAVING = """<h1></h1><script>document.querySelector('h1').textContent = Math.random();
(async () => { await fetch('/leave'); location = 'OTHER'; })()</script>"""


def test_a_page_that_takes_an_agreed_ones_place_is_not_captured(tmp_path: Path) -> None:
    consent = LeavingConsent()

    def agreed_page(request: Request) -> HTMLResponse:
        other = str(request.url).replace("127.0.0.1", "b.localhost").replace("agreed", "other")
        return HTMLResponse(f"<body style='background:rgb{RED}'>{LEAVING.replace('OTHER', other)}")

    async def leave(_: Request) -> HTMLResponse:
        while consent.stay.is_set():
            await asyncio.sleep(0.001)
        return HTMLResponse("")

    async def other_page(_: Request) -> HTMLResponse:
        return HTMLResponse(f"<body style='background:rgb{BLUE}'><h1>{time.time()}</h1>")

    async def run() -> list[str]:
        routes = [Route("/agreed", agreed_page), Route("/other", other_page), Route("/leave", leave)]
        with running(Starlette(routes=routes)) as url:
            async with browser() as chromium:
                page = await (await chromium.new_context(viewport={"width": 300, "height": 200})).new_page()
                agent = CaptureAgent(page.context, store, consent, 0.1)
                for wait in (0.3, 0, 0.02, 0.3, 0, 0.05):
                    consent.wait = wait
                    consent.stay.set()
                    await page.goto(f"{url}/agreed")
                    await agent.shoot()
                    await page.wait_for_url("**/other")
                    await agent.shoot()
                consent.stay.set()
                await page.goto(f"{url}/agreed")
                agent.consent = Consent()  # it stays there
                await agent.shoot()
                consent.stay.clear()
        return [kind(store.picture(f.digest)) for f in agent.frames]

    def kind(picture: bytes | None) -> str:
        pixel = np.asarray(Image.open(io.BytesIO(picture or b"")).convert("RGB"))[150, 150]
        return {RED: "agreed", BLUE: "other"}[tuple(int(v) for v in pixel)]

    store = FrameStore(tmp_path)
    kinds = asyncio.run(run())
    assert "agreed" in kinds, "nothing was captured at all"
    assert "other" not in kinds


def test_a_dead_url_is_one_sentence() -> None:
    async def run() -> None:
        async with browser() as chromium:
            await open_page(await chromium.new_context(), "http://127.0.0.1:9/", 5)

    with pytest.raises(CaptureError, match="did not open"):
        asyncio.run(run())


def test_a_missing_browser_and_a_bad_interval(tmp_path: Path) -> None:
    async def run() -> None:
        async with browser(named="/no/such/browser"):
            pass

    with pytest.raises(CaptureError, match="INTERAREC_BROWSER"):
        asyncio.run(run())
    with pytest.raises(InputError, match="0.1 to 10"):
        CaptureAgent(None, FrameStore(tmp_path), Consent(), 30)  # type: ignore[arg-type]


def test_a_killed_browser_keeps_what_was_captured(tmp_path: Path) -> None:
    async def run() -> int:
        store = FrameStore(tmp_path)
        with running(page_of("<h1>one</h1>")) as url:
            async with browser() as chromium:
                context = await chromium.new_context()
                await open_page(context, url)
                async with CaptureAgent(context, store, Consent(), 0.1) as agent:
                    await asyncio.sleep(0.8)
                    await chromium.close()
                    await asyncio.sleep(0.4)
                return len(agent.frames)

    assert asyncio.run(run()) == 1


def test_frames_expire_and_are_deleted(tmp_path: Path) -> None:
    store = FrameStore(tmp_path, keep_seconds=-1)
    buffer = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(buffer, "PNG")
    frame = store.put(buffer.getvalue())
    assert (frame.width, frame.height) == (20, 10) and store.pixels(frame.digest) is not None
    assert store.sweep() == 1 and store.pixels(frame.digest) is None
    with pytest.raises(InputError, match="not an image"):
        store.put(b"plain text")
