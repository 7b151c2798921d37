"""The OpenAI-compatible endpoint over real HTTP: whose conversation it is, and the protocol's smaller print."""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from PIL import Image

from interarec.server.app import create_app
from interarec.server.branches import chain
from interarec.server.openai_wire import ChatMessage, Completion
from interarec.settings import Settings, load_settings
from storefront.server import running
from tools.workspace import Shop

Messages = list[dict[str, Any]]


@pytest.fixture(scope="module")
def server(settings: Settings, shop: Shop) -> Iterator[str]:
    with running(create_app(settings.model_copy(update={"rate": "5000/minute"}), shop), lifespan="on") as url:
        yield url


@pytest.fixture
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=120) as made:
        yield made


def post(client: httpx.Client, messages: Messages, **more: Any) -> httpx.Response:
    return client.post("/v1/chat/completions", json={"messages": messages, **more})


def ask(client: httpx.Client, history: Messages, text: str, **more: Any) -> str:
    """Say something, and write both sides into the history."""
    history.append({"role": "user", "content": text})
    answer = post(client, history, **more)
    assert answer.status_code == 200, answer.text
    said = str(answer.json()["choices"][0]["message"]["content"])
    history.append({"role": "assistant", "content": said})
    return said


def test_two_chats_that_begin_alike_share_nothing_of_what_follows(client: httpx.Client) -> None:
    ann: Messages = []
    bob: Messages = []
    assert ask(client, ann, "I am looking for a phone case") == ask(client, bob, "I am looking for a phone case")
    alone = ask(client, [*ann], "what are my wishes so far?")
    assert "pink" in ask(client, bob, "only pink ones under £20").lower()
    told = ask(client, ann, "what are my wishes so far?")
    assert told == alone
    assert "pink" not in told.lower() and "20" not in told


def test_what_one_chat_showed_on_a_picture_is_not_seen_in_another(client: httpx.Client) -> None:
    """Two chats whose words are the same, one of them with a screenshot."""
    image = Image.new("RGB", (640, 400), "white")
    held = io.BytesIO()
    image.save(held, "PNG")
    url = "data:image/png;base64," + base64.b64encode(held.getvalue()).decode()
    words = "what have I looked at so far?"
    seen: Messages = [{"role": "user", "content": [{"type": "text", "text": words}, {"type": "image_url", "image_url": {"url": url}}]}]
    seen.append({"role": "assistant", "content": post(client, seen).json()["choices"][0]["message"]["content"]})
    plain: Messages = [{"role": "user", "content": words}]
    plain.append({"role": "assistant", "content": seen[-1]["content"]})
    digests = [chain([], [ChatMessage.model_validate(m) for m in h])[-1] for h in (seen, plain)]
    assert digests[0] != digests[1]


def test_an_answer_asked_for_again_begins_where_the_first_did(client: httpx.Client) -> None:
    chat: Messages = []
    ask(client, chat, "I am looking for headphones")
    again = {ask(client, list(chat), "something cheaper") for _ in range(3)}
    assert len(again) == 1


def test_an_edited_message_was_never_said(client: httpx.Client) -> None:
    chat: Messages = []
    ask(client, chat, "I am looking for a backpack")
    ask(client, list(chat), "in black, under £30")
    edited = ask(client, list(chat), "what is the dearest you have?")
    fresh: Messages = []
    ask(client, fresh, "I am  looking for a backpack")
    assert edited == ask(client, fresh, "what is the dearest you have?")


def test_a_chat_id_or_a_user_keeps_equal_histories_apart(client: httpx.Client) -> None:
    said = [ChatMessage(role="user", content="a lamp")]
    scopes = [Completion(messages=said, user=u, metadata=m).scope for u, m in ((None, None), ("ann", None), ("bob", None), (None, {"chat_id": "7"}))]
    assert len({chain(s, said)[-1] for s in scopes}) == 4
    history: Messages = []
    ask(client, history, "a lamp under £40", user="ann")
    assert "40" in ask(client, history, "what are my wishes so far?", user="ann")
    assert "40" in ask(client, list(history[:2]), "what are my wishes so far?", user="bob")  # replayed, not shared


def test_an_unknown_history_is_gone_through_from_its_first_message(client: httpx.Client) -> None:
    said: Messages = [{"role": "user", "content": "a kettle under £55"}, {"role": "assistant", "content": "(another server's answer)"}]
    for i in range(14):
        said += [{"role": "user", "content": f"thanks, {i} more minutes please"}, {"role": "assistant", "content": "ok"}]
    assert "55" in ask(client, said, "what are my wishes so far?")


def test_more_than_400_messages(client: httpx.Client) -> None:
    said: Messages = [{"role": "user", "content": "a kettle under £55"}, {"role": "assistant", "content": "x"}]
    said += [{"role": "system", "content": "be brief"}] * 420
    assert "55" in ask(client, said, "what are my wishes so far?")


def test_usage_is_told_in_streams_and_without(server: str) -> None:
    client = openai.OpenAI(base_url=f"{server}/v1", api_key="none", max_retries=0)
    said: Any = [{"role": "user", "content": "a kettle under £60"}]
    usage = client.chat.completions.create(model="interarec", messages=said).usage
    assert usage is not None and usage.prompt_tokens > 0 and usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    chunks = list(client.chat.completions.create(model="interarec", messages=said, stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].usage == usage and not chunks[-1].choices
    plain = list(client.chat.completions.create(model="interarec", messages=said, stream=True))
    assert all(c.usage is None for c in plain)
    assert client.models.retrieve("interarec").id == "interarec"
    with pytest.raises(openai.NotFoundError, match="no model of that name"):
        client.models.retrieve("gpt-9")


def test_errors_stand_under_error(client: httpx.Client, shop: Shop, tmp_path: Path) -> None:
    bad = [
        post(client, []), post(client, [{"role": "assistant", "content": "x"}]), client.post("/v1/chat/completions", content=b"{"), client.get("/v1/models/x"),
        client.post("/v1/chat/completions", content=b"x" * 14 * 2**20, headers={"content-type": "application/json"}),
    ]  # fmt: skip
    assert [r.status_code for r in bad] == [400, 400, 400, 404, 413]
    with running(create_app(load_settings(home=tmp_path, keys="abc"), shop), lifespan="on") as url:
        bad.append(httpx.get(f"{url}/v1/models"))
    assert bad[-1].status_code == 401
    for answer in bad:
        told = answer.json()["error"]
        assert told["message"] and told["type"] and told["code"] == answer.status_code
    assert "detail" in client.post("/v1/sessions/x/chat", json={}).json()  # our own API keeps its form


def test_parts_of_unknown_kind_are_passed_over_with_a_word(client: httpx.Client) -> None:
    parts = [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}, {"type": "text", "text": "a kettle"}]
    answer = post(client, [{"role": "user", "content": parts}]).json()["choices"][0]["message"]["content"]
    assert "kettle" in answer.lower() and "input_audio" in answer


JOB = "### Job:\n{job}\n### Answer with JSON only:\n{shape}\n### The conversation so far:\n<chat>\nUSER: I am looking for a black backpack\nASSISTANT: My 4 picks ...\n</chat>"


@pytest.mark.parametrize(
    ("job", "shape", "key"),
    [
        ("Name this conversation.", '{"title": "..."}', "title"), ("Give labels.", '{"tags": ["..."]}', "tags"),
        ("What could be asked next?", '{"follow_ups": ["..."]}', "follow_ups"),
    ],
)  # fmt: skip
def test_a_clients_own_requests_are_answered_in_its_form_and_not_kept(client: httpx.Client, job: str, shape: str, key: str) -> None:
    before = kept_conversations(client)
    answer = post(client, [{"role": "user", "content": JOB.format(job=job, shape=shape)}]).json()
    told = json.loads(answer["choices"][0]["message"]["content"])
    assert told[key] and "picks" not in str(told[key])
    assert kept_conversations(client) == before


def test_a_title_without_json(client: httpx.Client) -> None:
    asked = "Please write a title of five words for:\n||>User:\na blue desk lamp\n||>Response:\nMy 3 picks"
    told = post(client, [{"role": "user", "content": asked}]).json()["choices"][0]["message"]["content"]
    assert len(told) < 60 and "\n" not in told


def test_an_answer_whose_client_went_away_is_heard_when_it_comes_back(client: httpx.Client) -> None:
    said: Messages = [{"role": "user", "content": "three gifts that differ under £60"}]
    turns = turns_taken(client)
    with client.stream("POST", "/v1/chat/completions", json={"messages": said, "stream": True}) as stream:
        next(stream.iter_lines())
    answer = post(client, said).json()["choices"][0]["message"]["content"]
    assert "£" in answer
    assert turns_taken(client) == turns + 1


def turns_taken(client: httpx.Client) -> int:
    lines = client.get("/metrics").text.splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith("interarec_turn_seconds_count"))))


def kept_conversations(client: httpx.Client) -> int:
    """Turns taken stand for conversations: a request that is no turn keeps none."""
    return turns_taken(client)
