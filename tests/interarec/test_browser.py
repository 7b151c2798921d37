"""The web chat, the widget in a shop and the support console, clicked through in real Chromium."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright

from agents.browser import ARGUMENTS, find_browser
from interarec.app import Assistant, TurnResult
from interarec.server.app import create_app
from interarec.settings import Settings
from storefront.app import create_shop
from storefront.server import running
from tools.workspace import Shop


def free_port() -> int:
    """A port that nothing listens on: the assistant has to know the shop's origin before the shop is open."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def served(settings: Settings, shop: Shop) -> Iterator[tuple[FastAPI, str, str]]:
    """The assistant, its address, and that of a shop that includes it."""
    port = free_port()
    origins = f"http://127.0.0.1:{port}"
    app = create_app(settings.model_copy(update={"rate": "5000/minute", "origins": origins}), shop)
    with (
        running(app, lifespan="on") as helper,
        running(create_shop(shop.catalog, assistant=helper), port) as url,
    ):
        yield app, helper, url


@pytest.fixture
def places(served: tuple[FastAPI, str, str]) -> tuple[str, str]:
    """The addresses of the assistant and of the shop."""
    return served[1:]


@pytest.fixture
def assistant(served: tuple[FastAPI, str, str]) -> Assistant:
    found: Assistant = served[0].state.desk.assistant
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # The flag answers the browser's own consent dialog for this tab, as a visitor would.
    accept = "--auto-accept-this-tab-capture"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(), args=[*ARGUMENTS, "--no-sandbox", accept]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda e: errors.append(str(e)))
    yield page
    context.close()
    assert not errors


def ask(page: Page | FrameLocator, words: str) -> None:
    page.locator("#say").fill(words)
    page.locator("#say").press("Enter")
    expect(page.locator("#messages li.shopper").last).to_contain_text(words)
    expect(page.locator("#messages li.assistant").last).not_to_contain_text("…", timeout=20_000)


def test_the_chat_answers_refines_and_survives_a_reload(page: Page, places: tuple[str, str]) -> None:
    page.goto(f"{places[0]}/chat")
    expect(page.locator("#messages li")).to_have_count(1)
    ask(page, "desk lamps under £60")
    cards = page.locator("#messages li").last.locator(".card")
    expect(cards.first).to_be_visible()
    titles = cards.locator("b").all_inner_texts()
    cards.nth(1).get_by_role("button", name="Why").click()
    expect(page.locator("#messages li.assistant")).to_have_count(3, timeout=20_000)
    expect(page.locator("#messages li.assistant").last).to_contain_text(titles[1].removeprefix("2. "))
    page.locator("details summary").last.click()
    expect(page.locator("details code").last).to_contain_text("explain_recommendation")
    page.reload()
    expect(page.locator("#messages li.shopper")).to_have_count(2)
    page.on("dialog", lambda d: d.accept())
    page.locator("#restart").click()
    expect(page.locator("#messages li")).to_have_count(1)


def test_a_reload_in_the_middle_of_an_answer_shows_question_and_answer(
    page: Page, places: tuple[str, str], assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_answer, answered = threading.Event(), threading.Event(), assistant.turn

    async def slow(*given: Any) -> TurnResult:
        asked.set()
        await asyncio.to_thread(may_answer.wait, 60)
        return await answered(*given)

    monkeypatch.setattr(assistant, "turn", slow)
    page.goto(f"{places[0]}/chat")
    expect(page.locator("#messages li")).to_have_count(1)
    page.locator("#say").fill("desk lamps under £60")
    page.locator("#say").press("Enter")
    assert asked.wait(20)
    page.reload()
    expect(page.locator("#messages li.shopper")).to_have_text(["desk lamps under £60"])
    expect(page.locator("#messages li.assistant")).to_have_text(["…"])
    may_answer.set()
    expect(page.locator("#messages li.assistant .card").first).to_be_visible(timeout=20_000)
    for _ in range(2):
        expect(page.locator("#messages li.shopper")).to_have_text(["desk lamps under £60"])
        expect(page.locator("#messages li.assistant")).to_have_count(1)
        page.reload()


def test_a_screenshot_is_seen_corrected_and_deleted(
    page: Page, places: tuple[str, str], tmp_path: Path
) -> None:
    page.goto(f"{places[1]}/product/S0007")
    shot = tmp_path / "page.png"
    page.screenshot(path=shot)
    page.goto(f"{places[0]}/chat")
    expect(page.locator("#messages li")).to_have_count(1)
    page.set_input_files("#file", shot)
    expect(page.locator("#frames figure")).to_have_count(1, timeout=30_000)
    expect(page.locator("#live .card").first).to_be_visible(timeout=20_000)
    brand = page.locator("#summary dd").nth(3)
    expect(brand).to_contain_text("opened 1 of 1")
    brand.get_by_role("button", name="Correct Brand Preference").click()
    page.locator("#summary textarea").fill("any brand will do")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#summary dd").nth(3)).to_contain_text("any brand will do")
    page.get_by_role("button", name="Delete this screenshot").click()
    expect(page.locator("#frames figure")).to_have_count(0)


def test_the_widget_sees_the_shop_when_the_visitor_agrees_and_fills_the_basket(
    page: Page, places: tuple[str, str]
) -> None:
    page.goto(f"{places[1]}/product/S0007")
    page.get_by_role("button", name="Ask the assistant").click()
    chat = page.frame_locator("iframe[title='Shopping assistant']")
    expect(chat.locator("#messages li")).to_have_count(1, timeout=20_000)
    chat.get_by_role("button", name="Share screen").click()
    expect(chat.locator("#watching")).to_contain_text("I see what you share", timeout=20_000)
    expect(chat.locator("#live .card").first).to_be_visible(timeout=40_000)
    ask(chat, "a kettle under £80")
    chat.locator("#messages li").last.get_by_role("button", name="Add to basket").first.click()
    page.wait_for_url("**/cart")
    expect(page.locator("table.cart")).to_contain_text("Kettle")


def test_the_console_shows_the_customers_session_beside_the_co_pilot(
    page: Page, places: tuple[str, str]
) -> None:
    page.goto(f"{places[0]}/console")
    copilot = page.frame_locator("#copilot")
    ask(copilot, "three gifts that differ under £60")
    expect(copilot.locator("#messages li").last.locator(".card")).to_have_count(3)
    page.get_by_role("button", name="Use in reply").first.click()
    assert page.locator("#answer").input_value()


def test_an_address_does_not_put_a_visitor_into_somebody_elses_session(
    page: Page, places: tuple[str, str]
) -> None:
    theirs = httpx.post(f"{places[0]}/v1/sessions").json()["session_id"]
    query, fragment = f"session={theirs}", f"#session={theirs}"
    for link in (f"/chat?{query}{fragment}", f"/chat?embed=1&{query}{fragment}"):
        page.goto(f"{places[0]}{link}")
        ask(page, "a kettle under £80")
    # Nor does a site that may embed the chat, by a frame of its own.
    page.goto(places[1])
    source = f"{places[0]}/chat?embed=1&host={places[1]}&{query}{fragment}"
    page.evaluate("src => document.body.append(Object.assign(document.createElement('iframe'), {src, id: 'own'}))", source)
    ask(page.frame_locator("#own"), "a lamp")
    assert httpx.get(f"{places[0]}/v1/sessions/{theirs}/messages").json()["messages"] == []


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_their_width_and_name_their_controls(
    page: Page, places: tuple[str, str], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for path in ("/chat", "/console"):
        page.goto(f"{places[0]}{path}")
        page.wait_for_timeout(600)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
        nameless = page.evaluate(
            "[...document.querySelectorAll('button,input,textarea,iframe')].filter(e => e.offsetParent !== null && "
            "!(e.innerText || e.ariaLabel || e.title || e.labels?.length || e.placeholder)).length"
        )
        assert nameless == 0
