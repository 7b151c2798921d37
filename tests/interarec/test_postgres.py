"""Conversations in PostgreSQL, shared by several server processes; a killed server loses no answered turn."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from catalog.errors import InputError
from interarec.app import assistant
from interarec.server.app import create_app
from interarec.settings import Settings
from storefront.server import running
from tests.support.postgres import binaries, postgres
from tools.workspace import Shop


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if binaries() is None:
        pytest.skip("needs PostgreSQL (apt-get install postgresql)")
    with postgres(tmp_path_factory.mktemp("postgres")) as url:
        yield url


def test_two_servers_share_a_conversation(settings: Settings, shop: Shop, database: str) -> None:
    shared = settings.model_copy(update={"database_url": SecretStr(database)})
    with (
        running(create_app(shared, shop), lifespan="on") as one,
        running(create_app(shared, shop), lifespan="on") as two,
    ):
        session = httpx.post(f"{one}/v1/sessions").json()["session_id"]
        first = httpx.post(
            f"{one}/v1/sessions/{session}/chat", json={"message": "kettles"}, timeout=60
        ).json()
        told = httpx.post(
            f"{two}/v1/sessions/{session}/chat", json={"message": "why the second?"}, timeout=60
        ).json()
    assert told["products"][0]["item_id"] == first["products"][1]["item_id"]


def test_a_database_that_cannot_be_reached_is_told(settings: Settings, shop: Shop) -> None:
    away = settings.model_copy(update={"database_url": SecretStr("postgresql://nobody@127.0.0.1:9/none")})

    async def hold() -> None:
        async with assistant(away, shop):
            pass

    with pytest.raises(InputError, match="cannot be reached"):
        asyncio.run(hold())


@contextmanager
def server_process(home: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "interarec.cli", "serve", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ}
    ) as process:
        for _ in range(300):
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield process
        process.kill()


def test_a_killed_server_loses_no_answered_turn(stored: object, home: Path) -> None:
    port = 8944
    base = f"http://127.0.0.1:{port}/v1/sessions"
    with server_process(home, port) as process:
        session = httpx.post(base, timeout=30).json()["session_id"]
        first = httpx.post(f"{base}/{session}/chat", json={"message": "kettles"}, timeout=60).json()
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    with server_process(home, port):
        messages = httpx.get(f"{base}/{session}/messages", timeout=30).json()["messages"]
    assert [m["role"] for m in messages] == ["shopper", "assistant"] and messages[1]["text"] == first["reply"]
