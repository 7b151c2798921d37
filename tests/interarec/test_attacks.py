"""The server under attack, over real sockets: bodies, connections, keys, pictures, and many at once."""

import asyncio
import base64
import io
import json
import socket
import struct
import time
import zlib
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image, ImageDraw
from pydantic import SecretStr

from interarec.app import TURN_FAILED
from interarec.server import bodies
from interarec.server.app import create_app
from interarec.server.connections import bounded_protocol
from interarec.server.keys import WRONG_KEYS
from interarec.server.uploads import Uploads
from interarec.settings import Settings
from storefront.server import running
from tools.workspace import Shop

MOST = 40
HEAD_SECONDS = 0.8


@pytest.fixture(scope="module")
def app(settings: Settings, shop: Shop) -> FastAPI:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bodies, "PATIENCE", 0.8)
        patch.setattr(bodies, "RATE", 2**20)
        made = create_app(settings.model_copy(update={"rate": "9000/minute"}), shop)
        made.build_middleware_stack()
        return made


@pytest.fixture(scope="module")
def server(app: FastAPI) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bodies, "PATIENCE", 0.8)
        with running(app, lifespan="on", http=bounded_protocol(MOST, HEAD_SECONDS)) as url:
            yield url


@pytest.fixture
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=60) as made:
        yield made


@pytest.fixture
def session(client: httpx.Client) -> str:
    return str(client.post("/v1/sessions").json()["session_id"])


JSON = {"content-type": "application/json"}
DEEP = b'{"message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
HOSTILE = {
    "nan": b'{"message": NaN}', "infinity": b'{"k": -Infinity}', "overflow": b'{"k": 1e999}',
    "surrogate": b'{"message": "a lamp \\ud800"}', "null byte": b'{"message": "a lamp \\u0000"}',
    "not utf-8": b'{"message": "\xff\xfe"}', "no json": b"{message}", "digits": b'{"k": ' + b"9" * 9000 + b"}",
    "deep": DEEP, "key": b'{"' + b"zq" * 20_000 + b'": 1}', "text": b'{"message": "' + b"zq" * 60_000 + b'"}',
    "keys": json.dumps({f"zq{i}": i for i in range(9000)}).encode(), "one key": b'{"zqzqzq": 1, "message": "hi"}',
    "list": b"[" + b"0," * 60_000 + b"0]", "large": b'{"message": "' + b"zq" * 2**20 + b'"}',
}  # fmt: skip


PATHS = ("chat", "chat/stream", "recommendations", "browse", "/v1/chat/completions")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_body_makes_the_server_fail_or_comes_back(client: httpx.Client, session: str, name: str) -> None:
    for path in PATHS:
        where = path if path.startswith("/") else f"/v1/sessions/{session}/{path}"
        answer = client.post(where, content=HOSTILE[name], headers=JSON)
        assert 400 <= answer.status_code < 500 and len(answer.content) < 400, answer.text[:400]
        told = answer.json()["error"]["message"] if path.startswith("/") else answer.json()["detail"]
        assert isinstance(told, str) and told.endswith(".") and "zq" not in told


def test_corrections_are_short(client: httpx.Client, session: str) -> None:
    summary = f"/v1/sessions/{session}/summary"
    long = client.patch(summary, json={"categories": {"Promotions": "x" * 5000}})
    assert long.status_code == 422 and "1000 characters" in long.json()["detail"]
    client.patch(summary, json={"categories": {"Promotions": "x" * 1000}})
    assert len(client.get(summary).content) < 3000


def test_large_bodies_leave_the_others_alone(server: str) -> None:
    values = json.dumps({"messages": [{"role": "user", "content": "zq"}] * 400_000}).encode()
    picture = json.dumps({"messages": [{"role": "user", "content": "x" * 11_000_000}]}).encode()

    async def one(client: httpx.AsyncClient, body: bytes) -> int:
        return (await client.post("/v1/chat/completions", content=body, headers=JSON)).status_code

    async def all_at_once() -> tuple[list[int], float]:
        slowest = 0.0
        async with httpx.AsyncClient(base_url=server, timeout=60) as client:
            sent = asyncio.gather(*(one(client, body) for body in (values, values, picture, values)))
            while not sent.done():
                began = time.monotonic()
                await client.get("/healthz")
                slowest = max(slowest, time.monotonic() - began)
                await asyncio.sleep(0.02)
            return await sent, slowest

    statuses, slowest = asyncio.run(all_at_once())
    assert {s for s in statuses if s != 200} <= {400, 413} and statuses[0] >= 400
    assert slowest < 8, "one of these stalled everybody for 49 s"


def opened(url: str, *lines: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), timeout=20)
    made.sendall(b"\r\n".join(lines))
    return made


def until_closed(sockets: list[socket.socket]) -> list[bytes]:
    """What each connection was told before it was closed; a timeout where one stays open."""
    told = []
    for one in sockets:
        data = b""
        try:
            while piece := one.recv(65536):
                data += piece
        except ConnectionResetError:
            pass
        told.append(data)
        one.close()
    return told


def test_slow_connections_are_ended_and_an_address_has_a_bound(server: str, client: httpx.Client) -> None:
    client.get("/healthz")
    heads = [opened(server, b"POST /v1/sessions HTTP/1.1", b"host: x", b"x-slow: ") for _ in range(MOST + 20)]
    with httpx.Client(base_url=server) as late, pytest.raises(httpx.HTTPError):
        late.get("/healthz").raise_for_status()  # the bound holds for a newcomer of the same address
    told = until_closed(heads)
    assert sum(b"503 " in t[:16] for t in told) >= 20 - 2 and any(b"408 " in t[:16] for t in told)
    with httpx.Client(base_url=server) as late:
        assert late.get("/healthz").status_code == 200


def test_slow_bodies_are_refused_and_their_connections_ended(server: str) -> None:
    started = [b"POST /v1/sessions/x/chat HTTP/1.1", b"host: x", b"content-type: application/json"]
    slow = [
        opened(server, *started, b"content-length: 100", b"", b'{"me'),
        opened(server, *started, b"transfer-encoding: chunked", b"", b"5", b'{"mes', b""),
        opened(server, b"GET /healthz HTTP/1.1", b"host: x", b"content-length: 9", b"", b"1"),
        opened(server, b"GET /healthz HTTP/1.1", b"host: x", b"", b"G"),
        opened(server, b""),
    ]
    for _ in range(4):  # a byte now and then buys no more time
        time.sleep(0.3)
        for one in slow[:1]:
            one.sendall(b" ")
    told = until_closed(slow)
    assert all(b"408 " in t[:16] for t in told[:2]) and b"came too slowly" in told[0]
    assert b"200 OK" in told[3]


def test_a_turn_that_fails_is_told_and_the_conversation_goes_on(
    app: FastAPI, client: httpx.Client, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise ZeroDivisionError

    path = f"/v1/sessions/{session}/chat"
    assert client.post(path, json={"message": f"a lamp under £{'9' * 40}"}).status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr(app.state.desk.assistant.context.responder, "respond", fails)
        failed = client.post(path, json={"message": "a kettle"})
        assert failed.status_code == 500 and failed.json() == {"detail": TURN_FAILED}
        streamed = client.post(f"{path}/stream", json={"message": "a kettle"}).text
        assert TURN_FAILED in streamed
    messages = client.get(f"/v1/sessions/{session}/messages").json()["messages"]
    assert len(messages) == 2
    assert client.post(path, json={"message": "under £60"}).json()["products"]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def test_pictures_that_are_none_are_refused_wherever_they_are_sent(client: httpx.Client, session: str) -> None:
    head = struct.pack("!IIBBBBB", 9, 9, 1, 0, 0, 0, 0)
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(b" " * 2**24, 9))
    exploding = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + text + chunk(b"IEND", b"")
    tiff = io.BytesIO()
    Image.new("RGB", (64, 48)).save(tiff, "TIFF")
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"
    for picture in (exploding, tiff.getvalue(), postscript, b"GIF89a"):
        sent = client.post(
            f"/v1/sessions/{session}/frames", content=picture, headers={"content-type": "image/png"}
        )
        assert sent.status_code == 400 and "not an image" in sent.json()["detail"]
        url = "data:image/png;base64," + base64.b64encode(picture).decode()
        content = [{"type": "image_url", "image_url": {"url": url}}]
        asked = client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": content}]})
        assert asked.status_code == 400 and "not an image" in asked.json()["error"]["message"]


def test_fifty_pictures_at_once_let_turns_go_first_and_the_queue_has_an_end(server: str) -> None:
    page = Image.new("RGB", (500, 200), "white")
    ImageDraw.Draw(page).text((20, 20), "Desk lamp £20.00", fill="black", font_size=24)
    out = io.BytesIO()
    page.save(out, "PNG")

    async def send(client: httpx.AsyncClient, session: str) -> httpx.Response:
        kind = {"content-type": "image/png"}
        return await client.post(f"/v1/sessions/{session}/frames", content=out.getvalue(), headers=kind)

    async def all_of_them() -> tuple[list[httpx.Response], bool]:
        limits = httpx.Limits(max_connections=MOST - 5)
        async with httpx.AsyncClient(base_url=server, timeout=120, limits=limits) as client:
            sessions = [(await client.post("/v1/sessions")).json()["session_id"] for _ in range(4)]
            one = asyncio.gather(*(send(client, sessions[i % 3]) for i in range(MOST - 8)))
            await asyncio.sleep(0.3)
            turn = await client.post(f"/v1/sessions/{sessions[3]}/chat", json={"message": "a lamp under £60"})
            before = not one.done()
            assert turn.status_code == 200 and turn.json()["products"]
            return await one, before

    answers, before = asyncio.run(all_of_them())
    statuses = [a.status_code for a in answers]
    assert set(statuses) <= {201, 429, 503} and statuses.count(201) >= 12
    refused = [a for a in answers if a.status_code != 201]
    assert refused and all(int(a.headers["retry-after"]) > 0 and a.json()["detail"] for a in refused)
    assert before, "the turn waited for every picture"


def test_a_picture_waits_for_turns_and_not_for_ever() -> None:
    async def order() -> list[str]:
        done: list[str] = []
        uploads = Uploads(at_once=1, most=3, longest_wait=0.2)

        async def upload(name: str) -> None:
            try:
                await uploads.read(name, lambda: done.append(name))
            except Exception as error:
                done.append(f"{name} {getattr(error, 'status_code', error)}")

        with uploads.turn():
            waiting = [asyncio.create_task(upload(str(i))) for i in range(5)]
            await asyncio.sleep(0.4)
            done.append("turn")
        await asyncio.gather(*waiting)
        return done

    assert asyncio.run(order()) == ["3 503", "4 503", "1 503", "2 503", "turn", "0"]


def test_wrong_keys_are_limited_and_right_ones_compared_in_full(settings: Settings, shop: Shop) -> None:
    guarded = settings.model_copy(update={"keys": SecretStr("alpha,beta"), "rate": "900/minute"})
    with running(create_app(guarded, shop), lifespan="on") as url, httpx.Client(base_url=url) as client:

        def tried(key: str) -> httpx.Response:
            return client.get("/v1/models", headers={"authorization": f"Bearer {key}"})

        assert tried("beta").status_code == 200 and tried("bet").status_code == 401
        assert all(client.get("/v1/models").status_code == 401 for _ in range(30))  # no key is no try
        statuses = [tried(f"key{i}").status_code for i in range(WRONG_KEYS.amount + 3)]
        assert statuses[0] == 401 and statuses[-1] == 429
        late = tried("alpha")  # what is tried now is not looked at
        assert late.status_code == 429 and int(late.headers["retry-after"]) > 0
        large = client.post("/v1/chat/completions", content=b"x" * 2**20, headers=JSON)
        assert large.status_code == 401
