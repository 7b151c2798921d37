"""InteraRec for MCP clients: behind the gate over HTTP, one call after the other, and answered before it is ready."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from pydantic import SecretStr

from interarec.server.app import create_app
from interarec.settings import Settings
from storefront.server import running
from tools.toolbox import TOOLS
from tools.workspace import Shop

ROOT = Path(__file__).parent.parent.parent
INITIALIZE = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}  # fmt: skip
ACCEPT = {"accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def guarded(settings: Settings, shop: Shop) -> Iterator[str]:
    with_keys = settings.model_copy(update={"keys": SecretStr("alpha,beta,slow"), "rate": "60/minute"})
    with running(create_app(with_keys, shop), lifespan="on") as url:
        yield url


def connected(url: str, key: str, path: str = "/mcp") -> AbstractAsyncContextManager[ClientSession]:
    @asynccontextmanager
    async def connect() -> Any:
        async with (
            httpx.AsyncClient(headers={"authorization": f"Bearer {key}"}, timeout=60) as client,
            streamable_http_client(f"{url}{path}", http_client=client) as (read, write, *_),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            yield session

    return connect()


def text(result: Any) -> str:
    return str(result.content[0].text)


def test_mcp_passes_the_same_gate(guarded: str) -> None:
    with httpx.Client(base_url=guarded, headers=ACCEPT) as client:
        assert client.post("/mcp", json=INITIALIZE).status_code == 401
        wrong = client.post("/mcp/", json=INITIALIZE, headers={"authorization": "Bearer wrong"})
        assert wrong.status_code == 401 and "Authorization: Bearer KEY" in wrong.json()["detail"]
        key = {"authorization": "Bearer slow"}
        large = client.post("/mcp", json={**INITIALIZE, "x": "y" * 400_000}, headers=key)
        assert large.status_code == 413 and "KiB" in large.json()["detail"]
        deep = client.post("/mcp", content=b"[" * 4000 + b"]" * 4000, headers={**key, "content-type": "application/json"})
        assert deep.status_code == 400 and client.get("/mcp", headers=key).status_code == 405
        elsewhere = client.post("/mcp", json=INITIALIZE, headers={**key, "host": "assistant.example"})
        assert elsewhere.json()["result"]["serverInfo"]["name"] == "InteraRec"
        statuses = {client.post("/mcp", json=INITIALIZE, headers=key).status_code for _ in range(60)}
        assert statuses == {200, 429}


def test_without_keys_only_names_of_this_machine_and_of_the_settings_are_answered(
    settings: Settings, shop: Shop
) -> None:
    known = settings.model_copy(update={"origins": "https://shop.example"})
    with running(create_app(known, shop), lifespan="on") as url, httpx.Client(headers=ACCEPT) as client:
        for host, status in (("localhost:1", 200), ("shop.example", 200), ("evil.example", 421)):
            assert client.post(f"{url}/mcp", json=INITIALIZE, headers={"host": host}).status_code == status
        page = client.post(f"{url}/mcp", json=INITIALIZE, headers={"origin": "https://evil.example"})
        assert page.status_code == 403
    # A server that was opened to a network is reached by whatever name it has there.
    open_to_all = settings.model_copy(update={"host": "0.0.0.0"})
    with running(create_app(open_to_all, shop), lifespan="on") as url:
        any_host = httpx.post(f"{url}/mcp", json=INITIALIZE, headers={**ACCEPT, "host": "assistant.example"})
        assert any_host.status_code == 200


def test_all_tools_and_every_wish_of_calls_at_once(guarded: str) -> None:
    async def use() -> None:
        async with connected(guarded, "alpha") as mine, connected(guarded, "beta", "/mcp/") as theirs:
            tools = {t.name: t for t in (await mine.list_tools()).tools}
            assert set(tools) == {*TOOLS, "start_session", "chat"}
            assert tools["set_wishes"].inputSchema["required"] == ["session"]
            assert "max_price" in tools["set_wishes"].inputSchema["properties"]
            session = text(await mine.call_tool("start_session", {}))
            wishes = ({"query": "backpack"}, {"max_price": 40}, {"changes": {"brands": ["Kestrel"]}}, {"min_rating": 3})
            await asyncio.gather(*(mine.call_tool("set_wishes", {"session": session, **w}) for w in wishes))
            found = json.loads(text(await mine.call_tool("search_catalog", {"session": session, "k": 2})))
            assert {"backpack", "at most £40.00", "by Kestrel", "rated 3 or better"} <= set(found["wishes"])
            for client, name in ((theirs, session), (mine, "made-up"), (mine, f"x:{session}"), (theirs, f"../{session}")):
                for tool in ("chat", "search_catalog"):
                    refused = await client.call_tool(tool, {"session": name, "message": "a lamp"})
                    assert refused.isError and text(refused).startswith("There is no such session")
            assert (await mine.call_tool("chat", {"message": "a lamp"})).isError
            wrong = await mine.call_tool("set_wishes", {"session": session, "max_price": float("9" * 40)})
            assert wrong.isError and "max_price" in text(wrong)
            long = await mine.call_tool("chat", {"session": session, "message": "x" * 5000})
            assert long.isError and "too long" in text(long)
            with httpx.Client(base_url=guarded) as api:  # the same session, for the same key
                path = f"/v1/sessions/{session}/messages"
                answers = [api.get(path, headers={"authorization": f"Bearer {k}"}) for k in ("alpha", "beta")]
                assert [a.status_code for a in answers] == [200, 404]

    asyncio.run(use())


def test_a_new_home_answers_before_it_is_ready_on_standard_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "interarec.cli", "mcp", "--home", str(tmp_path)]
    began = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True
    )
    try:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(INITIALIZE) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        assert answer["result"]["serverInfo"]["name"] == "InteraRec" and not list(tmp_path.rglob("*.parquet"))
        assert time.monotonic() - began < 10, "two seconds, on a machine with nothing else to do"
    finally:
        process.kill()
        process.wait()


def test_a_new_home_answers_before_it_is_ready_over_http(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "interarec.cli", "serve", "--home", str(tmp_path), "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "INTERAREC_KEYS": "alpha"},
    )  # fmt: skip
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=ACCEPT, timeout=30) as client:
            for _ in range(600):
                try:
                    assert client.post("/mcp", json=INITIALIZE).status_code == 401
                    break
                except httpx.ConnectError:
                    time.sleep(0.05)
            answer = client.post("/mcp", json=INITIALIZE, headers={"authorization": "Bearer alpha"})
            assert answer.json()["result"]["serverInfo"]["name"] == "InteraRec"
            assert not list(tmp_path.rglob("*.parquet"))
            assert client.get("/healthz").status_code == 200 and client.get("/readyz").status_code == 503
            assert client.post("/v1/sessions").status_code == 401
    finally:
        process.kill()
        process.wait()
