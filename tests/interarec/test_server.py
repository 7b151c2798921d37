"""The server over real HTTP: API, streaming, uploads, keys, the OpenAI client, an MCP client."""

import asyncio
import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import openai
import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from agents.browser import ARGUMENTS, find_browser
from interarec.server.app import create_app
from interarec.settings import Settings
from storefront.app import create_shop
from storefront.server import running
from tools.workspace import Shop


@pytest.fixture(scope="module")
def server(settings: Settings, shop: Shop) -> Iterator[str]:
    with running(create_app(settings.model_copy(update={"rate": "5000/minute"}), shop), lifespan="on") as url:
        yield url


@pytest.fixture
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=60) as made:
        yield made


@pytest.fixture
def session(client: httpx.Client) -> str:
    return str(client.post("/v1/sessions").json()["session_id"])


@pytest.fixture(scope="module")
def screenshot(shop: Shop) -> bytes:
    with running(create_shop(shop.catalog)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=[*ARGUMENTS, "--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{url}/product/S0007")
        picture = page.screenshot()
        browser.close()
    return picture


def test_a_conversation_over_http(client: httpx.Client, session: str) -> None:
    first = client.post(f"/v1/sessions/{session}/chat", json={"message": "desk lamps under £60"}).json()
    assert first["products"] and all(float(p["price"]) <= 60 for p in first["products"])
    assert "set_wishes" in [c["name"] for c in first["calls"]]
    with client.stream("POST", f"/v1/sessions/{session}/chat/stream", json={"message": "cheaper"}) as answer:
        events = [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: ")]
    assert [e["type"] for e in events][-1] == "done" and any(e["type"] == "tool" for e in events)
    assert "".join(e["text"] for e in events if e["type"] == "token").strip() == events[-1]["reply"].strip()
    told = client.get(f"/v1/sessions/{session}/messages").json()["messages"]
    assert [m["role"] for m in told] == ["shopper", "assistant"] * 2 and told[-1]["products"] == events[-1][
        "products"
    ]
    assert client.delete(f"/v1/sessions/{session}").status_code == 204
    assert client.get(f"/v1/sessions/{session}/messages").status_code == 404


def test_many_shoppers_at_once_get_their_own_answers(server: str) -> None:
    async def one(client: httpx.AsyncClient, number: int) -> None:
        session = (await client.post("/v1/sessions")).json()["session_id"]
        limit = 20 + 5 * number
        for message in (f"lamps under £{limit}", "something else"):
            answer = await client.post(f"/v1/sessions/{session}/chat", json={"message": message})
            assert answer.status_code == 200
            assert all(float(p["price"]) <= limit for p in answer.json()["products"])

    async def all_of_them() -> None:
        async with httpx.AsyncClient(base_url=server, timeout=120) as client:
            await asyncio.gather(*(one(client, number) for number in range(16)))

    asyncio.run(all_of_them())


def test_a_screenshot_becomes_summary_and_recommendations(
    client: httpx.Client, session: str, screenshot: bytes, shop: Shop
) -> None:
    sent = client.post(
        f"/v1/sessions/{session}/frames", content=screenshot, headers={"content-type": "image/png"}
    )
    digest = sent.json()["digest"]
    summary = client.get(f"/v1/sessions/{session}/summary").json()
    product = shop.catalog.get("S0007")
    assert (
        product.title in summary["categories"]["Product Characteristics"]
        and summary["frames"][0]["kind"] == "product"
    )
    assert client.get(f"/v1/sessions/{session}/frames/{digest}").headers["content-type"] == "image/png"
    products = client.post(f"/v1/sessions/{session}/recommendations", json={"k": 3}).json()["products"]
    assert len(products) == 3 and all(p["item_id"] in shop.catalog and p["reasons"] for p in products)
    corrected = client.patch(
        f"/v1/sessions/{session}/summary",
        json={"categories": {"Brand Preference": "", "Promotions": "only real ones"}},
    ).json()
    assert (
        corrected["categories"]["Brand Preference"] == "not available"
        and corrected["categories"]["Promotions"] == "only real ones"
    )
    assert client.delete(f"/v1/sessions/{session}/frames/{digest}").status_code == 204
    after = client.get(f"/v1/sessions/{session}/summary").json()
    assert not after["frames"] and not after["products"]
    assert client.get(f"/v1/sessions/{session}/frames/{digest}").status_code == 404


def test_what_cannot_be_used_is_told_in_a_sentence(client: httpx.Client, session: str) -> None:
    frames = f"/v1/sessions/{session}/frames"
    assert (
        "not an image"
        in client.post(frames, content=b"<svg/>", headers={"content-type": "image/png"}).json()["detail"]
    )
    assert client.post(frames, content=b"x", headers={"content-type": "text/html"}).status_code == 400
    large = client.post(frames, content=b"0" * (13 * 2**20), headers={"content-type": "image/png"})
    assert large.status_code == 413 and "MiB" in large.json()["detail"]
    assert client.post(f"/v1/sessions/{session}/chat", json={"message": ""}).status_code == 422
    assert client.post("/v1/sessions/none/chat", json={"message": "hi"}).status_code == 404


def test_pages_are_guarded(client: httpx.Client) -> None:
    for path in ("/chat", "/console", "/docs", "/healthz", "/openapi.json"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"], path
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("/readyz").json()["status"] == "ready"
    assert "interarec_requests_total" in client.get("/metrics").text


def test_keys_separate_tenants_and_rates_hold(settings: Settings, shop: Shop) -> None:
    from pydantic import SecretStr

    guarded = settings.model_copy(
        update={"keys": SecretStr("alpha,beta"), "rate": "8/minute", "origins": "https://shop.example"}
    )
    with (
        running(create_app(guarded, shop), lifespan="on") as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        assert client.post("/v1/sessions").status_code == 401
        alpha, beta = ({"authorization": f"Bearer {k}"} for k in ("alpha", "beta"))
        mine = client.post("/v1/sessions", headers=alpha).json()["session_id"]
        assert client.get(f"/v1/sessions/{mine}/messages", headers=alpha).status_code == 200
        assert client.get(f"/v1/sessions/{mine}/messages", headers=beta).status_code == 404
        statuses = [client.get("/v1/models", headers=alpha).status_code for _ in range(10)]
        assert statuses[0] == 200 and statuses[-1] == 429
        preflight = {"origin": "https://shop.example", "access-control-request-method": "POST"}
        assert (
            client.options("/v1/sessions", headers=preflight).headers["access-control-allow-origin"]
            == "https://shop.example"
        )
        other = client.options("/v1/sessions", headers={**preflight, "origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
        assert client.post("/mcp/").status_code == 401


def test_the_openai_client_talks_to_it_as_to_a_model(server: str, screenshot: bytes) -> None:
    client = openai.OpenAI(base_url=f"{server}/v1", api_key="none")
    assert [m.id for m in client.models.list()] == ["interarec"]
    said = [{"role": "user", "content": "a kettle under £60"}]
    first = client.chat.completions.create(model="interarec", messages=said).choices[0].message.content  # type: ignore[call-overload]
    said += [{"role": "assistant", "content": first}, {"role": "user", "content": "why the first one?"}]
    pieces = client.chat.completions.create(model="interarec", messages=said, stream=True)  # type: ignore[call-overload]
    why = "".join(p.choices[0].delta.content or "" for p in pieces)
    title = first.split("1. ")[1].split(" (£")[0]
    assert title.split(" by ")[0] in why
    picture = "data:image/png;base64," + base64.b64encode(screenshot).decode()
    content = [
        {"type": "text", "text": "what have I looked at?"},
        {"type": "image_url", "image_url": {"url": picture}},
    ]
    seen = client.chat.completions.create(model="interarec", messages=[{"role": "user", "content": content}])  # type: ignore[list-item]
    assert "opened 1" in str(seen.choices[0].message.content)
    with pytest.raises(openai.BadRequestError):
        away = [{"type": "image_url", "image_url": {"url": "http://169.254.169.254/latest"}}]
        client.chat.completions.create(model="interarec", messages=[{"role": "user", "content": away}])  # type: ignore[list-item]


def test_a_history_that_is_not_known_is_gone_through_again(server: str) -> None:
    said = [
        {"role": "user", "content": "phone cases for the iPhone 14"}, {"role": "assistant", "content": "(an answer of another server)"},
        {"role": "user", "content": "only TECHGEAR"},
    ]  # fmt: skip
    answer = httpx.post(f"{server}/v1/chat/completions", json={"messages": said}, timeout=60).json()
    text = answer["choices"][0]["message"]["content"]
    assert "iphone 14" in text.lower() and "TECHGEAR" in text


def test_an_mcp_client_uses_the_tools(server: str) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def use() -> None:
        async with (
            streamable_http_client(f"{server}/mcp/") as (read, write, *_),
            ClientSession(read, write) as client,
        ):
            await client.initialize()
            names = {t.name for t in (await client.list_tools()).tools}
            assert {"chat", "search_catalog", "optimize_bundle", "rerank"} <= names
            session = (await client.call_tool("start_session", {})).content[0].text  # type: ignore[union-attr]
            found = await client.call_tool("search_catalog", {"session": session, "query": "kettle"})
            assert "Kettle" in found.content[0].text  # type: ignore[union-attr]
            ranked = json.loads(
                (await client.call_tool("rerank", {"session": session, "k": 2})).content[0].text
            )  # type: ignore[union-attr]
            assert len(ranked["recommended"]) == 2
            told = await client.call_tool("chat", {"session": session, "message": "why the first one?"})
            assert "Kettle" in told.content[0].text  # type: ignore[union-attr]
            resource = await client.read_resource(f"summary://{session}")  # type: ignore[arg-type]
            assert "Lowest Price" in resource.contents[0].text  # type: ignore[union-attr]

    asyncio.run(use())


def test_personal_details_are_painted_over_before_they_are_stored(client: httpx.Client, session: str) -> None:
    picture = Image.new("RGB", (900, 300), "white")
    from PIL import ImageDraw, ImageFont

    ImageDraw.Draw(picture).text(
        (30, 100), "Contact: ann.smith@example.com", fill="black", font=ImageFont.load_default(28)
    )
    out = io.BytesIO()
    picture.save(out, "PNG")
    digest = client.post(
        f"/v1/sessions/{session}/frames", content=out.getvalue(), headers={"content-type": "image/png"}
    ).json()["digest"]
    stored = client.get(f"/v1/sessions/{session}/frames/{digest}").content
    kept = np.asarray(Image.open(io.BytesIO(stored)).convert("RGB"))[90:140, 160:480]
    assert (kept[14:40].max(2) < 60).mean() > 0.99


def test_the_schema_is_a_file_that_clients_can_use(client: httpx.Client, tmp_path: Path) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {
        "/v1/sessions",
        "/v1/sessions/{session}/chat/stream",
        "/v1/chat/completions",
        "/v1/models",
    } <= set(paths)


def test_nothing_that_the_schema_allows_makes_the_server_fail(server: str) -> None:
    import subprocess
    import sys
    from pathlib import Path as P

    command = [
        str(P(sys.executable).parent / "st"), "run", f"{server}/openapi.json", "--checks", "not_a_server_error",
        "--max-examples", "12", "--phases", "fuzzing", "--suppress-health-check", "all", "--generation-deterministic",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_a_quota_is_told_with_the_time_to_wait(settings: Settings, shop: Shop) -> None:
    bounded = settings.model_copy(update={"rate": "100/minute", "quota": "3/day"})
    with running(create_app(bounded, shop), lifespan="on") as url, httpx.Client(base_url=url) as client:
        answers = [client.post("/v1/sessions") for _ in range(4)]
    assert [a.status_code for a in answers] == [201, 201, 201, 429]
    assert "3 per 1 day" in answers[-1].text and 80_000 < int(answers[-1].headers["retry-after"]) <= 86_400
