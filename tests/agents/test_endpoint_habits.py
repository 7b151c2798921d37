"""A language model's endpoint with the habits that people report, over real HTTP: each turn ends well and in time."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response, StreamingResponse

from agents.circuit import Circuit
from agents.currencies import foreign_currency
from agents.reasoning import OPENS, ReasoningFilter, without_reasoning
from interarec.app import TurnResult, assistant
from interarec.doctor import endpoint_diagnosis
from interarec.settings import load_settings
from tests.support.openai_server import call, openai_server, text
from tools.workspace import Shop

SECRET = "margin of forty percent"
THOUGHT = f"<think>The shopper wants a backpack; do not mention our {SECRET}.</think>\n\n"
STEPS: list[tuple[str, dict[str, Any]]] = [("set_wishes", {"query": "backpack", "max_price": 70}), ("search_catalog", {}), ("rerank", {"k": 3})]
REPLY = "Here are my picks:\n1. [[P1]] as it fits.\n2. [[P2]] as it fits too."


def done(body: dict[str, Any]) -> int:
    return sum(m["role"] == "tool" for m in body["messages"])


def good(body: dict[str, Any]) -> Any:
    if body.get("tools"):
        return call(*STEPS[done(body)]) if done(body) < 3 else text("DONE")
    return text(REPLY)


def refusing(name: str, status: int) -> Callable[[dict[str, Any]], Any]:
    def behave(body: dict[str, Any]) -> Any:
        if name in body:
            return JSONResponse({"error": {"message": f"this server has no field {name}", "type": "invalid_request_error"}}, status)
        return good(body)

    return behave


def thinking(body: dict[str, Any]) -> Any:
    answer = good(body)
    return {**answer, "content": THOUGHT + (answer["content"] or "")}


def closing_only(body: dict[str, Any]) -> Any:
    answer = good(body)
    return answer if body.get("tools") else {**answer, "content": f"We plan {SECRET}.</think>" + (answer["content"] or "")}


def prefixed(body: dict[str, Any]) -> Any:
    return call(f"functions.{STEPS[done(body)][0]}", STEPS[done(body)][1]) if body.get("tools") and done(body) < 3 else good(body)


def as_strings(body: dict[str, Any]) -> Any:
    steps = [("set_wishes", {"query": "backpack", "max_price": "70"}), ("search_catalog", {"k": "5"}), ("rerank", {"k": "3"})]
    return call(*steps[done(body)]) if body.get("tools") and done(body) < 3 else good(body)


def cut_short(body: dict[str, Any]) -> Any:
    return call("set_wishes", '{"query": "backpack", "max_price": 70') if body.get("tools") and not done(body) else good(body)


def empty(body: dict[str, Any]) -> Any:
    return text("")


HABITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "good": good, "think": thinking, "closing tag alone": closing_only, "no max_completion_tokens": refusing("max_completion_tokens", 422), "no temperature": refusing("temperature", 400),
    "prefixed names": prefixed, "numbers as strings": as_strings, "arguments cut short": cut_short, "empty": empty,
}  # fmt: skip


def turn(url: str, shop: Shop, home: Path, message: str = "a backpack under 70", **given: Any) -> tuple[TurnResult, str]:
    """One turn, and all the text that was streamed in it."""

    async def run() -> tuple[TurnResult, str]:
        streamed: list[str] = []
        async with assistant(load_settings(home=home, base_url=url, **given), shop) as helper:
            result = await helper.turn("t", message, lambda e: streamed.append(e["text"]) if e["type"] == "token" else None)
            return result, "".join(streamed)

    return asyncio.run(run())


@pytest.mark.parametrize("habit", HABITS)
def test_each_habit_gives_a_good_turn(habit: str, shop: Shop, tmp_path: Path) -> None:
    with openai_server(HABITS[habit]) as (url, server):
        result, streamed = turn(url, shop, tmp_path)
    assert result.products and all(float(p["price"]) <= 70 for p in result.products)
    assert SECRET not in result.reply + streamed and "think" not in (result.reply + streamed).lower()
    if habit.startswith("no "):
        refused = habit.removeprefix("no ")
        assert sum(refused in r for r in server.requests) == 1  # asked for once, then left out


def dripping(body: dict[str, Any]) -> Response:
    async def drip() -> Any:
        for _ in range(200):
            yield b'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"a "}}]}\n\n'
            await asyncio.sleep(0.3)

    return StreamingResponse(drip(), media_type="text/event-stream")


async def hanging_forever() -> Any:
    await asyncio.sleep(60)
    yield b""


def test_an_endpoint_that_drips_costs_a_turn_no_more_than_its_budget(shop: Shop, tmp_path: Path) -> None:
    behave = lambda body: good(body) if body.get("tools") else dripping(body)  # noqa: E731
    with openai_server(behave) as (url, _):
        began = time.monotonic()
        result, _ = turn(url, shop, tmp_path, turn_seconds=5, first_token_seconds=3)
    assert time.monotonic() - began < 25  # with opening and closing of everything on a busy machine; the drip lasts a minute
    assert result.products and any("built-in" in n for n in result.notes)


def test_an_endpoint_that_hangs_is_left_alone_after_some_failures_and_tried_again(shop: Shop, tmp_path: Path) -> None:
    async def run() -> tuple[list[TurnResult], int]:
        with openai_server(lambda body: StreamingResponse(hanging_forever())) as (url, server):
            settings = load_settings(home=tmp_path, base_url=url, turn_seconds=2, first_token_seconds=1, retries=0)
            async with assistant(settings, shop) as helper:
                results = [await helper.turn("t", "a kettle") for _ in range(3)]
                asked = len(server.requests)
                results.append(await helper.turn("t", "a lamp"))
                assert len(server.requests) == asked  # the circuit is open
        return results, asked

    results, asked = asyncio.run(run())
    assert all(r.products for r in results) and 1 <= asked <= 4
    assert any("built-in" in n for n in results[-1].notes)


def test_a_wait_that_is_asked_for_is_bounded_by_the_turn(shop: Shop, tmp_path: Path) -> None:
    busy = lambda body: JSONResponse({"error": {"message": "slow down"}}, 429, {"retry-after": "20"})  # noqa: E731
    with openai_server(busy) as (url, _):
        began = time.monotonic()
        result, _ = turn(url, shop, tmp_path, turn_seconds=3)
    assert time.monotonic() - began < 19
    assert result.products


def test_a_circuit_opens_rests_and_lets_one_try() -> None:
    now = [0.0]
    circuit = Circuit(failures=2, rest=10, clock=lambda: now[0])
    circuit.failed("x")
    assert circuit.allow()
    circuit.failed("x")
    assert not circuit.allow() and circuit.open
    now[0] = 11
    assert [circuit.allow(), circuit.allow()] == [True, False]
    circuit.succeeded()
    assert circuit.allow() and not circuit.open


@pytest.mark.parametrize("opening", OPENS)
def test_reasoning_never_shows_however_it_is_cut(opening: str) -> None:
    whole = f"Sure. {opening} secret plan {OPENS[opening]}The lamp < 3 kg costs £5."
    for size in (1, 2, 3, 5, 7, 200):
        made = ReasoningFilter()
        shown = "".join(made.feed(whole[i : i + size]) for i in range(0, len(whole), size)) + made.end()
        assert "secret" not in shown and shown.endswith("The lamp < 3 kg costs £5.") and shown.startswith("Sure.")
    assert "secret" not in without_reasoning(f"{opening} secret plan")


@pytest.mark.parametrize("size", [1, 3, 7, 50, 400])
def test_reasoning_that_nothing_opened_never_shows_at_the_beginning(size: int) -> None:
    whole = "The secret plan is to be short.</think>The lamp costs £5.</think> It is blue."
    made = ReasoningFilter(held=100)
    shown = "".join(made.feed(whole[i : i + size]) for i in range(0, len(whole), size)) + made.end()
    assert shown == "The lamp costs £5. It is blue." and made.unopened
    plain = ReasoningFilter(held=100)
    assert plain.feed("A lamp.") + plain.end() == "A lamp." and not plain.unopened


def test_an_endpoint_that_never_opens_its_reasoning_is_known_after_its_first_answer(shop: Shop, tmp_path: Path) -> None:
    def behave(body: dict[str, Any]) -> Any:
        answer = good(body)
        long = f"We plan {SECRET}. " * (30 if "second" in json.dumps(body["messages"][-1]) else 3)
        return answer if body.get("tools") else {**answer, "content": long + "</think>" + (answer["content"] or "")}

    async def run(url: str) -> list[str]:
        streamed: list[str] = []
        async with assistant(load_settings(home=tmp_path, base_url=url), shop) as helper:
            for message in ("a backpack under 70", "the second one, a backpack under 70"):
                await helper.turn("t", message, lambda e: streamed.append(e["text"]) if e["type"] == "token" else None)
        return streamed

    with openai_server(behave) as (url, _):
        streamed = asyncio.run(run(url))
    assert streamed and SECRET not in "".join(streamed) and "think" not in "".join(streamed)


def test_reasoning_in_a_field_of_its_own_is_not_shown(shop: Shop, tmp_path: Path) -> None:
    def behave(body: dict[str, Any]) -> Any:
        return {**good(body), "reasoning_content": f"our {SECRET}", "reasoning": f"our {SECRET}"}

    with openai_server(behave) as (url, _):
        result, streamed = turn(url, shop, tmp_path)
    assert SECRET not in json.dumps([result.reply, streamed, result.notes])


@pytest.mark.parametrize(
    ("said", "own", "expected"),
    [
        ("a kettle under $50", "GBP", "USD"), ("under 50 euros please", "GBP", "EUR"), ("max €30", "USD", "EUR"), ("about 40 bucks", "GBP", "USD"), ("USD 40 at most", "GBP", "USD"),
        ("under £50", "GBP", None), ("a kettle under $50", "CAD", None), ("40 dollars", "AUD", None), ("a 5 pound dumbbell", "USD", None), ("under 50", "GBP", None), ("a 20 cm pan", "EUR", None),
        ("£40, that is $50", "GBP", None), ("size 40 eur", "GBP", "EUR"),
    ],
)  # fmt: skip
def test_an_amount_in_another_currency_is_told_from_the_shops_own(said: str, own: str, expected: str | None) -> None:
    assert foreign_currency(said, own) == expected


def test_dollars_are_not_taken_for_pounds(shop: Shop, tmp_path: Path) -> None:
    async def run() -> tuple[TurnResult, dict[str, Any]]:
        async with assistant(load_settings(home=tmp_path), shop) as helper:
            result = await helper.turn("t", "a kettle under $50")
            return result, await helper.state("t")

    result, state = asyncio.run(run())
    assert (state["wishes"] or {}).get("max_price") is None
    assert "British pounds" in result.reply and "US dollars" in result.reply
    assert state["wishes"]["query"] == "kettle"


def model_line(**given: Any) -> tuple[bool, str]:
    _, fine, words = endpoint_diagnosis(load_settings(**given))
    return fine, words


def test_the_doctor_reaches_a_local_endpoint_without_a_key_and_repeats_what_it_says(tmp_path: Path) -> None:
    with openai_server(refusing("temperature", 400)) as (url, _):
        fine, words = model_line(home=tmp_path, base_url=url)
    assert fine and "this server has no field temperature" in words
    broken = lambda body: JSONResponse({"error": {"message": "the model abc-key is not loaded"}}, 404)  # noqa: E731
    with openai_server(broken) as (url, _):
        fine, words = model_line(home=tmp_path, base_url=url, api_key="abc-key")
    assert not fine and "is not loaded" in words and "abc-key" not in words
