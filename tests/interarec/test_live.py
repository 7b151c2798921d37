"""Browsing from the chat: over HTTP, and clicked through in real Chromium."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psutil
import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from agents.browser import ARGUMENTS, find_browser
from interarec.server.app import create_app
from interarec.server.live import LiveDesk
from interarec.server.watchdog import Limits
from interarec.settings import Settings
from storefront.app import create_shop
from storefront.server import running
from tools.workspace import Shop

LIST = "<label>Size <select style='position:fixed;inset:0;width:300px;height:100px'><option>Choose<option>S<option>M<option disabled>L</select></label>"
SIZES = f"""<iframe style="position:fixed;left:50px;top:50px;width:400px;height:200px;border:9px solid" srcdoc="<div></div><script>
const root = document.querySelector('div').attachShadow({{mode: 'open'}}); root.innerHTML = `{LIST}`;
for (const name of ['input', 'change']) root.addEventListener(name, (event) => {{ const top = parent.location;
top.hash += `${{top.hash ? '-' : ''}}${{name}}-${{event.target.value}}`; }});</script>"></iframe>"""
AWKWARD = {
    "list": "<a href=item target=_blank style='display:block;height:300px'>an item in a new tab</a>",
    "item": "<h1>an item</h1>",
    "age": "<script>location.hash = `${confirm('Are you 18?')}-${prompt('Your name?', 'nobody')}`</script>",
    "form": "<script>onbeforeunload = () => 'stay'</script>",
    "sizes": SIZES,
    "font": "<style>@font-face{font-family:Slow;src:url(never)}body{font:40px Slow}</style><h1>letters</h1>",
    "busy": "<script>setTimeout(() => { for (const end = Date.now() + 2500; Date.now() < end;); location.hash = 'done'; }, 100)</script>",
    "hog": "<script>const held = []; setInterval(() => held.push(new Uint8Array(2 ** 25).fill(1)), 50)</script>",
    "spin": "<script>setTimeout(() => { for (;;); }, 200)</script>",
}


async def _awkward(request: Request) -> HTMLResponse:
    name = request.path_params["name"]
    if name == "never":
        await asyncio.sleep(60)
    return HTMLResponse(f"<body style='margin:0'>{AWKWARD.get(name, '')}")


@pytest.fixture(scope="module")
def places(settings: Settings, shop: Shop) -> Iterator[tuple[FastAPI, str]]:
    """The assistant and its address; the shop beside it has a few awkward pages."""
    fast = settings.model_copy(update={"rate": "5000/minute", "allow": "shop.example"})
    pages = Starlette(routes=[Route("/awkward/{name}", _awkward), Mount("/", create_shop(shop.catalog))])
    with running(pages) as shop_url:
        app = create_app(fast, shop, shop_url)
        with running(app, lifespan="on") as url:
            yield app, url


@pytest.fixture(scope="module")
def server(places: tuple[FastAPI, str]) -> str:
    return places[1]


@pytest.fixture
def live(places: tuple[FastAPI, str]) -> LiveDesk:
    found: LiveDesk = places[0].state.live
    return found


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


def opened(client: httpx.Client, session: str, page: str) -> dict[str, Any]:
    """Open one of the awkward pages in the session's window; how the window is then."""
    shop_url = client.get(f"{session}/browse").json()["url"].split("/awkward")[0].rstrip("/")
    act(client, session, do="open", url=f"{shop_url}/awkward/{page}")
    return state(client, session, lambda now: page in now["url"])


def act(client: httpx.Client, session: str, expected: int = 204, **action: Any) -> str:
    answer = client.post(f"{session}/browse/actions", json=action)
    assert answer.status_code == expected, answer.text
    return answer.text


def state(
    client: httpx.Client, session: str, until: Callable[[dict[str, Any]], object], seconds: float = 20
) -> dict[str, Any]:
    """The window, once it is as it should become."""
    end = time.monotonic() + seconds
    while True:
        now: dict[str, Any] = client.get(f"{session}/browse").json()
        if until(now):
            return now
        assert time.monotonic() < end, now
        time.sleep(0.1)


@pytest.fixture(scope="module")
def window(server: str) -> Iterator[str]:
    """A session with a window that these tests share, for starting a browser takes its time."""
    with httpx.Client(base_url=server, timeout=60) as client:
        session = f"/v1/sessions/{client.post('/v1/sessions').json()['session_id']}"
        client.post(f"{session}/browse", json={})
        yield session
        client.delete(session)


@pytest.fixture
def browsing(client: httpx.Client, window: str) -> str:
    """A session with a window open on the list of the awkward pages."""
    opened(client, window, "list")
    return window


def test_what_a_page_asks_is_asked_of_the_shopper(client: httpx.Client, browsing: str) -> None:
    session = browsing
    asked = opened(client, session, "age")["question"]
    assert (asked["kind"], asked["text"]) == ("confirm", "Are you 18?")
    assert "answer that first" in act(client, session, 409, do="click", x=10, y=10)
    act(client, session, do="answer", accept=True)
    asked = state(client, session, lambda now: now["question"] and now["question"]["kind"] == "prompt")
    assert asked["question"]["suggested"] == "nobody"
    act(client, session, do="answer", accept=True, text="Ilse")
    assert state(client, session, lambda now: "#" in now["url"])["url"].endswith("#true-Ilse")
    opened(client, session, "list")  # where Back leads: a page that asks nothing
    opened(client, session, "form")
    act(client, session, do="click", x=10, y=10)  # only a page that was touched may ask before it is left
    act(client, session, do="back")
    assert state(client, session, lambda now: now["question"])["question"]["kind"] == "beforeunload"
    act(client, session, do="answer", accept=True)
    assert state(client, session, lambda now: "form" not in now["url"])["question"] is None


def test_a_question_that_nobody_answers_is_dismissed_and_said(
    client: httpx.Client, browsing: str, live: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (window,) = live._windows.values()
    monkeypatch.setattr(window._dialogs, "seconds", 0.5)
    opened(client, browsing, "age")
    now = state(client, browsing, lambda now: "#" in now["url"])
    assert now["url"].endswith("#false-null") and "Nobody answered" in now["told"]


def test_a_native_list_is_shown_and_chosen_from(client: httpx.Client, browsing: str) -> None:
    opened(client, browsing, "sizes")
    time.sleep(0.3)
    act(client, browsing, do="click", x=120, y=120)  # it stands in a shadow root in a frame
    shown = state(client, browsing, lambda now: now["list"])["list"]
    assert [o["label"] for o in shown["options"]] == ["Choose", "S", "M", "L"] and shown["chosen"] == 0
    assert shown["options"][3]["disabled"] and shown["label"] == "Size"
    act(client, browsing, do="choose", option=2)
    assert state(client, browsing, lambda now: "#" in now["url"])["url"].endswith("#input-M-change-M")
    act(client, browsing, do="key", key="ArrowUp")
    assert state(client, browsing, lambda now: not now["url"].endswith("M"))["url"].endswith("change-S")
    act(client, browsing, do="key", key="Enter")
    assert state(client, browsing, lambda now: now["list"])["list"]["chosen"] == 1
    act(client, browsing, do="choose", option=3)
    assert "no such option" in state(client, browsing, lambda now: now["told"])["told"]


def test_back_leaves_a_tab_and_a_font_that_never_comes_leaves_a_picture(
    client: httpx.Client, browsing: str
) -> None:
    act(client, browsing, do="click", x=50, y=50)
    assert "item" in state(client, browsing, lambda now: "item" in now["url"])["url"]
    act(client, browsing, do="back")
    assert "list" in state(client, browsing, lambda now: "list" in now["url"])["url"]
    opened(client, browsing, "font")
    assert client.get(f"{browsing}/browse/view").status_code == 200


def test_a_page_that_is_busy_for_a_while_is_waited_for(client: httpx.Client, browsing: str) -> None:
    opened(client, browsing, "busy")
    since = ""
    while "#done" not in state(client, browsing, lambda now: now["url"])["url"]:
        view = client.get(f"{browsing}/browse/view", params={"since": since})
        assert view.status_code in (200, 204)
        since = view.headers.get("x-digest", since)
    assert client.get(f"{browsing}/browse/view").status_code == 200


@pytest.mark.parametrize(
    ("page", "limits", "told"),
    [
        ("hog", Limits(memory=700 * 2**20), "700 MiB of memory"),
        ("spin", Limits(patience=6.0, action=0.5), "did not answer for 6 seconds"),
    ],
)
def test_a_page_that_takes_too_much_is_ended_and_nothing_of_it_stays(
    client: httpx.Client, session: str, live: LiveDesk, page: str, limits: Limits, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    monkeypatch.setattr(live, "limits", limits)
    client.post(f"{session}/browse", json={})
    opened(client, session, page)
    answers, end = {204}, time.monotonic() + 60
    while answers.isdisjoint({410}):
        assert time.monotonic() < end
        answers.add(client.post(f"{session}/browse/actions", json={"do": "click", "x": 5, "y": 5}).status_code)
    assert page != "spin" or 504 in answers
    assert told in client.get(f"{session}/browse/view").json()["detail"]
    assert told in act(client, session, 410, do="click", x=5, y=5)
    client.delete(f"{session}/browse")
    ended = [p for p in psutil.Process().children(recursive=True) if p.pid not in before]
    assert not [p for p in ended if p.status() != psutil.STATUS_ZOMBIE]


def ask_and_choose(page: Page) -> None:
    """Answer a page's questions and choose from its native list, with the keyboard."""
    where = page.locator("#where")
    awkward = f"{where.input_value().split('/search')[0]}/awkward"
    where.fill(f"{awkward}/age")
    where.press("Enter")
    expect(page.locator("#asked-text")).to_have_text("Are you 18?", timeout=20_000)
    page.keyboard.press("Enter")
    expect(page.locator("#asked input")).to_have_value("nobody", timeout=20_000)
    page.keyboard.type(" Ilse")
    page.keyboard.press("Enter")
    expect(where).to_have_value(f"{awkward}/age#true-nobody%20Ilse", timeout=20_000)
    where.fill(f"{awkward}/sizes")
    where.press("Enter")
    expect(where).to_have_value(f"{awkward}/sizes", timeout=20_000)
    page.locator("#view").click(position={"x": 60, "y": 60})
    expect(page.locator("#asked-list option")).to_have_count(4, timeout=20_000)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(where).to_have_value(f"{awkward}/sizes#input-S-change-S", timeout=20_000)


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
        ask_and_choose(page)
        page.locator("#browse-pause").click()
        expect(page.locator("#browse-pause")).to_have_text("Go on", timeout=20_000)
        page.locator("#browse-close").click()
        expect(page.locator("#browse")).to_be_hidden()
        chromium.close()
