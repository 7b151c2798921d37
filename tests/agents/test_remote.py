"""The remote path over real HTTP: vision, planning and phrasing through langchain-openai."""

import asyncio
import base64
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont
from starlette.responses import HTMLResponse, JSONResponse, Response

from interarec.app import Assistant, TurnResult, assistant
from interarec.settings import Settings, load_settings
from tests.support.openai_server import call, openai_server, text
from tools.workspace import Shop


def talk(
    home: Path, url: str, shop: Shop, *requests: str, frames: list[bytes] | None = None, **more: Any
) -> list[TurnResult]:
    settings: Settings = load_settings(
        home=home, base_url=url, api_key="secret-key", timeout=3, retries=0, **more
    )

    async def run() -> list[TurnResult]:
        async with assistant(settings, shop) as helper:
            conversation = f"remote-{time.monotonic_ns()}"
            _show(helper, conversation, frames or [])
            return [await helper.turn(conversation, r) for r in requests]

    return asyncio.run(run())


def _show(helper: Assistant, conversation: str, frames: list[bytes]) -> None:
    helper.see(conversation, *[helper.context.frames.put(f) for f in frames])


def tools_called(body: dict[str, Any]) -> list[str]:
    return [
        m["name"] if "name" in m else m.get("tool_call_id", "")
        for m in body["messages"]
        if m["role"] == "tool"
    ]


def scripted(body: dict[str, Any]) -> Any:
    """A good model: search, rank, done; then a reply with handles."""
    if body.get("stream"):
        facts = json.loads(
            body["messages"][-1]["content"].split("Results (data):\n")[1].split("\n\nWrite")[0]
        )
        return text(
            "Here you go:\n" + "\n".join(f"{i}. [[{h}]] fits well." for i, h in enumerate(facts["show"], 1))
        )
    done = len(tools_called(body))
    return [
        call("set_wishes", {"query": "kettle"}),
        call("search_catalog", {}),
        call("rerank", {"k": 3}),
        text("DONE"),
    ][min(done, 3)]


def test_tool_loop_and_streamed_reply(home: Path, shop: Shop) -> None:
    with openai_server(scripted) as (url, server):
        result = talk(home, url, shop, "a kettle please")[0]
    assert [c["name"] for c in result.calls] == ["set_wishes", "search_catalog", "rerank"]
    assert len(result.products) == 3
    assert result.reply.startswith("Here you go:")
    for product in result.products:
        assert product["title"] in result.reply
    first = server.requests[0]
    assert {t["function"]["name"] for t in first["tools"]} >= {"search_catalog", "rerank", "optimize_bundle"}
    assert first["messages"][0]["role"] == "system"


def test_json_mode_for_weak_models(home: Path, shop: Shop) -> None:
    def weak(body: dict[str, Any]) -> Any:
        if body.get("stream"):
            return scripted(body)
        assert body["response_format"]["type"] == "json_schema" and "tools" not in body
        assert "The built-in planner suggests" in body["messages"][-1]["content"]
        own = [m for m in body["messages"] if m["role"] == "assistant" and "set_wishes" not in m["content"]]
        steps = [
            {"tool": "search_catalog", "arguments": {"query": "kettle"}},
            {"tool": "rerank", "arguments": {}},
            {"tool": "respond"},
        ]
        return text(json.dumps(steps[min(len(own), 2)]))

    with openai_server(weak) as (url, _):
        result = talk(home, url, shop, "a kettle please", planner_mode="json")[0]
    # What the message states is wished for, although the model did not say so.
    assert [c["name"] for c in result.calls] == ["set_wishes", "search_catalog", "rerank"] and result.products


def test_a_small_model_that_forgets_the_topic_is_reminded(home: Path, shop: Shop) -> None:
    def forgetful(body: dict[str, Any]) -> Any:
        if body.get("stream"):
            return scripted(body)
        done = sum(1 for m in body["messages"] if str(m["content"]).startswith("Result (data)"))
        steps = [
            {"tool": "set_wishes", "arguments": {"max_price": 60}},
            {"tool": "search_catalog", "arguments": {}},
            {"tool": "rerank", "arguments": {}},
            {"tool": "respond"},
        ]
        return text(json.dumps(steps[min(done, 3)]))

    with openai_server(forgetful) as (url, _):
        result = talk(home, url, shop, "a kettle under 60 please", planner_mode="json")[0]
    assert result.calls[0]["arguments"]["query"] == "kettle"
    assert result.products and all("Kettle" in p["title"] for p in result.products)


def test_a_small_model_that_says_a_wish_twice_is_read_once(home: Path, shop: Shop) -> None:
    def doubling(body: dict[str, Any]) -> Any:
        if body.get("stream"):
            return scripted(body)
        done = sum(1 for m in body["messages"] if str(m["content"]).startswith("Result (data)"))
        own = {"must": ["hiking"], "brands": ["Kestrel"], "min_rating": 4, "max_price": None}
        steps = [
            {"tool": "set_wishes", "arguments": own},
            {"tool": "search_catalog", "arguments": {}},
            {"tool": "rerank", "arguments": {}},
            {"tool": "respond"},
        ]
        return text(json.dumps(steps[min(done, 3)]))

    with openai_server(doubling) as (url, _):
        result = talk(home, url, shop, "anything for hiking under 90", planner_mode="json")[0]
    # "hiking" is in mind already; nobody spoke of a brand or of stars.
    assert result.calls[0]["arguments"] == {"interest": "hiking", "max_price": 90.0}
    assert result.products


def test_a_small_model_is_not_asked_what_is_no_shopping(home: Path, shop: Shop) -> None:
    def knowing(body: dict[str, Any]) -> Any:
        return text("The capital of France is Paris.") if body.get("stream") else text('{"tool": "respond"}')

    with openai_server(knowing) as (url, _):
        result = talk(home, url, shop, "what is the capital of France?", planner_mode="json")[0]
    assert "outside" in result.reply and "Paris" not in result.reply


def test_a_model_that_finds_nothing_and_says_no_more_is_helped(home: Path, shop: Shop) -> None:
    def curt(body: dict[str, Any]) -> Any:
        if body.get("stream"):
            return text("Sorry, there is nothing.")
        done = len(tools_called(body))
        return [
            call("set_wishes", {"query": "kettle", "max_price": 5}), call("search_catalog", {}), text("DONE"),
        ][min(done, 2)]  # fmt: skip

    with openai_server(curt) as (url, _):
        result = talk(home, url, shop, "a kettle under 5 please")[0]
    assert result.reply.startswith("Sorry") and "with a higher price" in result.reply and not result.products


def hangs(_: dict[str, Any]) -> Any:
    time.sleep(4)
    return text("late")


@pytest.mark.parametrize(
    "behave",
    [
        lambda _: JSONResponse({"error": {"message": "slow down"}}, status_code=429),
        lambda _: JSONResponse({"error": {"message": "boom"}}, status_code=500),
        lambda _: HTMLResponse("<html>login</html>"),
        lambda _: call("search_catalog", '{"query": '),
        lambda _: call("no_such_tool", {}),
        lambda _: call("search_catalog", {"k": -5}),
        lambda _: call("search_catalog", {"query": "kettle"}),
        lambda _: text("I recommend the MegaBoil 9000 for £3.50!"),
        lambda _: text(""),
        lambda _: Response(b"", status_code=502),
        hangs,
    ],
    ids=["rate-limited", "500", "html", "malformed", "unknown tool", "bad arguments", "same call for ever", "prose", "empty", "502", "time-out"],
)  # fmt: skip
def test_a_misbehaving_model_ends_in_a_grounded_answer(home: Path, shop: Shop, behave: Any) -> None:
    with openai_server(behave) as (url, _):
        result = talk(home, url, shop, "show me kettles")[0]
    assert result.products, result.reply
    assert "MegaBoil" not in result.reply and "3.50" not in result.reply and "secret-key" not in result.reply
    assert all(p["item_id"] in shop.catalog for p in result.products)


@pytest.mark.parametrize("loop", ["[[{h}]] fits well; ", "[[{h}]] fits well.\n"])
def test_a_writer_that_goes_round_in_circles_is_stopped(home: Path, shop: Shop, loop: str) -> None:
    def behave(body: dict[str, Any]) -> Any:
        if not body.get("stream"):
            return scripted(body)
        facts = json.loads(
            body["messages"][-1]["content"].split("Results (data):\n")[1].split("\n\nWrite")[0]
        )
        return text(loop.format(h=facts["show"][0]) * 200)

    with openai_server(behave) as (url, _):
        result = talk(home, url, shop, "a kettle please")[0]
    assert result.products and len(result.reply) < 1000
    assert result.reply.count("fits well") <= 1


def test_an_invented_product_and_price_are_taken_out(home: Path, shop: Shop) -> None:
    def liar(body: dict[str, Any]) -> Any:
        if not body.get("stream"):
            return scripted(body)
        return text("I love [[P1]]. It costs £1.23 today. Also see [[P999]]. [[P2]] and [[P3]] fit too.")

    with openai_server(liar) as (url, _):
        result = talk(home, url, shop, "a kettle")[0]
    assert "1.23" not in result.reply and "P999" not in result.reply
    assert len(result.removed) == 2 and len(result.products) == 3


def picture() -> bytes:
    image = Image.new("RGB", (700, 300), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(32)
    draw.text((40, 60), "Steel Kettle 1.7 L", fill="black", font=font)
    draw.text((40, 120), "$24.50", fill="black", font=font)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_vision_sends_pictures_and_its_prices_are_checked(home: Path, shop: Shop) -> None:
    seen: list[dict[str, Any]] = []

    def vision(body: dict[str, Any]) -> Any:
        content = body["messages"][-1]["content"]
        if isinstance(content, list):
            seen.append(body)
            return text(json.dumps({
                "product_characteristics": "electric kettles", "products": [
                    {"title": "Steel Kettle 1.7 L", "price": "24.50", "currency": "USD", "main": True},
                    {"title": "Copper Kettle", "price": "99.99", "currency": "USD"}],
            }))  # fmt: skip
        return scripted(body)

    with openai_server(vision) as (url, _):
        result = talk(home, url, shop, "what would you get?", frames=[picture()])[0]
    pictures = [c["image_url"]["url"] for c in seen[0]["messages"][-1]["content"] if c["type"] == "image_url"]
    assert base64.b64decode(pictures[0].split(",")[1])[:2] == b"\xff\xd8"
    assert any("Left out 1 prices" in note for note in result.notes)


def test_a_failing_vision_model_hands_over_to_the_screen_reader(home: Path, shop: Shop) -> None:
    def blind(body: dict[str, Any]) -> Any:
        if isinstance(body["messages"][-1]["content"], list):
            return JSONResponse({"error": {"message": "no vision here"}}, status_code=400)
        return scripted(body)

    with openai_server(blind) as (url, _):
        result = talk(home, url, shop, "what would you get?", frames=[picture()])[0]
    assert any("screen reader read the frames instead" in note for note in result.notes) and result.products


def test_a_used_up_vision_budget_hands_over_to_the_screen_reader(home: Path, shop: Shop) -> None:
    sent: list[bool] = []

    def vision(body: dict[str, Any]) -> Any:
        sent.append(isinstance(body["messages"][-1]["content"], list))
        return scripted(body)

    with openai_server(vision) as (url, _):
        result = talk(home, url, shop, "what would you get?", frames=[picture()], vision_budget=100)[0]
    assert any("budget is used up" in note for note in result.notes) and not any(sent) and result.products
