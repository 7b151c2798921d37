"""Browsing from the chat: over HTTP, and clicked through in real Chromium."""

import asyncio
import time
from collections.abc import Iterator

import httpx
import pytest
from fastapi import HTTPException
from playwright.sync_api import expect, sync_playwright

from agents.browser import ARGUMENTS, browser, find_browser
from agents.capture import CaptureAgent, Consent
from interarec.app import assistant
from interarec.server.app import create_app
from interarec.server.desk import ServerDesk
from interarec.server.live import LiveDesk, Window
from interarec.settings import Settings
from storefront.app import create_shop
from storefront.server import running
from tools.workspace import Shop


@pytest.fixture(scope="module")
def server(settings: Settings, shop: Shop) -> Iterator[str]:
    fast = settings.model_copy(update={"rate": "5000/minute", "allow": "shop.example"})
    with (
        running(create_shop(shop.catalog)) as shop_url,
        running(create_app(fast, shop, shop_url), lifespan="on") as url,
    ):
        yield url


@pytest.fixture
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=60) as made:
        yield made


@pytest.fixture
def session(client: httpx.Client) -> Iterator[str]:
    made = str(client.post("/v1/sessions").json()["session_id"])
    yield f"/v1/sessions/{made}"
    client.delete(f"/v1/sessions/{made}")


def seen(client: httpx.Client, session: str, what: str, seconds: float = 30) -> str:
    """The summary's text once it says something."""
    until = time.monotonic() + seconds
    text = ""
    while what not in text and time.monotonic() < until:
        time.sleep(0.3)
        text = str(client.get(f"{session}/summary").json()["categories"])
    return text


def test_what_is_browsed_is_read_without_being_asked(client: httpx.Client, session: str) -> None:
    opened = client.post(f"{session}/browse", json={})
    assert opened.status_code == 201
    shop_url = opened.json()["url"]
    first = client.get(f"{session}/browse/view")
    assert first.status_code == 200 and first.content[:2] == b"\xff\xd8"
    assert (
        client.post(
            f"{session}/browse/actions", json={"do": "open", "url": f"{shop_url}product/S0007"}
        ).status_code
        == 204
    )
    assert "opened 1" in seen(client, session, "opened 1")
    later = client.get(f"{session}/browse/view", params={"since": first.headers["x-digest"]})
    assert later.status_code == 200 and int(later.headers["x-frames"]) >= 1
    assert client.post(f"{session}/recommendations", json={"k": 3}).json()["products"]
    assert client.delete(f"{session}/browse").status_code == 204
    assert client.get(f"{session}/browse/view").status_code == 404


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data", "https://elsewhere.example/", "file:///etc/passwd",
     "http://localhost/", "https://notshop.example/", "javascript:alert(1)"],
)  # fmt: skip
def test_only_allowed_sites_are_opened(client: httpx.Client, session: str, url: str) -> None:
    refused = client.post(f"{session}/browse", json={"url": url})
    assert refused.status_code == 400
    assert "INTERAREC_ALLOW" in refused.json()["detail"]


def test_an_allowed_site_that_does_not_answer_is_told_in_a_sentence(
    client: httpx.Client, session: str
) -> None:
    told = client.post(f"{session}/browse", json={"url": "http://shop.example/"})
    assert told.status_code == 400 and "did not open" in told.json()["detail"]


def test_another_session_has_no_part_in_it(client: httpx.Client, session: str) -> None:
    client.post(f"{session}/browse", json={})
    other = client.post("/v1/sessions").json()["session_id"]
    assert client.get(f"/v1/sessions/{other}/browse/view").status_code == 404
    assert client.post("/v1/sessions/none/browse", json={}).status_code == 404


# For longer than a picture may take.
BUSY = "setTimeout(() => { for (const end = Date.now() + 12000; Date.now() < end;); document.body.append('done'); }, 0)"


def test_a_page_that_gives_no_picture_for_a_while_is_waited_for(shop: Shop, settings: Settings) -> None:
    async def run() -> None:
        async with assistant(settings, shop) as helper, browser(True) as chromium:
            live = LiveDesk(ServerDesk(helper), settings, None)
            context = await chromium.new_context()
            page = await context.new_page()
            live._windows["t"] = Window(context, CaptureAgent(context, helper.context.frames, Consent()))
            first = await live.view("t", "", 1.0)
            assert first is not None
            await page.evaluate(BUSY)
            later = await live.view("t", first[0], 1.0)
            assert later is not None and later[0] != first[0]
            await page.close()
            with pytest.raises(HTTPException) as gone:
                await live.view("t", later[0], 1.0)
            assert gone.value.status_code == 410

    asyncio.run(run())


def test_the_chat_follows_what_is_browsed_in_it(server: str) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(), args=[*ARGUMENTS, "--no-sandbox"]
        )
        page = chromium.new_page(viewport={"width": 1400, "height": 900})
        page.goto(f"{server}/chat")
        expect(page.locator("#messages li")).to_have_count(1)
        page.locator("#browse-toggle").click()
        view = page.locator("#view[src^=blob]")
        expect(view).to_be_visible(timeout=30_000)
        page.locator("#panel-toggle").click()
        summary = page.locator("#summary dd").first
        box = view.bounding_box()
        assert box is not None
        scale = box["width"] / 1280
        page.mouse.click(
            box["x"] + 500 * scale, box["y"] + 58 * scale, click_count=3
        )  # the shop's search box
        page.keyboard.type("desk lamp")
        page.keyboard.press("Enter")
        expect(summary).to_contain_text("desk lamp", timeout=60_000)
        expect(page.locator("#live .card").first).to_contain_text("Lamp", timeout=20_000)
        page.locator("#browse-pause").click()
        expect(page.locator("#browse-pause")).to_have_text("Go on", timeout=20_000)
        page.locator("#browse-close").click()
        expect(page.locator("#browse")).to_be_hidden()
        chromium.close()
