"""With keys set, the web chat and the console ask for one, and keep it out of every address."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from agents.browser import ARGUMENTS, find_browser
from interarec.server.app import create_app
from interarec.settings import load_settings
from storefront.server import running
from tools.workspace import Shop

KEY = "open-sesame-7"


@pytest.fixture(scope="module")
def server(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = load_settings(home=Path(tmp_path_factory.mktemp("keyed")), keys=KEY)
    with running(create_app(settings, shop), lifespan="on") as url:
        yield url


@pytest.fixture(scope="module")
def page(server: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=[*ARGUMENTS, "--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_the_chat_asks_for_a_key_tells_a_wrong_one_and_goes_on_with_a_right_one(server: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto(f"{server}/chat")
    expect(page.locator("#key")).to_be_visible(timeout=20_000)
    page.fill("#key", "guessed")
    page.press("#key", "Enter")
    expect(page.get_by_role("alert").filter(has_text="not valid")).to_be_visible(timeout=20_000)
    page.fill("#key", KEY)
    page.press("#key", "Enter")
    expect(page.locator("#key")).to_have_count(0)
    page.fill("#say", "a kettle under £60")
    page.press("#say", "Enter")
    expect(page.locator("article.card, .card").first).to_be_visible(timeout=40_000)
    page.goto(f"{server}/console")
    expect(page.locator("#summary")).to_be_visible(timeout=20_000)
    expect(page.locator("#key")).to_have_count(0)  # this tab has it
    assert not any(KEY in url or "guessed" in url for url in asked)


def test_a_key_of_the_page_that_embeds_the_chat_is_never_sent_as_an_address(server: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.context.clear_cookies()
    page.goto(f"{server}/chat?embed=1#key={KEY}")
    expect(page.locator("#say")).to_be_enabled(timeout=20_000)
    assert KEY not in page.url
    assert not any(KEY in url for url in asked)
