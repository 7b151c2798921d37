"""Tools of another MCP server: a real one, started by the real client over standard input and output."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from agents.external import load_external
from catalog.errors import InputError
from interarec.app import TurnResult, assistant
from interarec.settings import Settings
from tools.toolbox import TOOLS
from tools.workspace import Shop

SERVER = str(Path(__file__).parent.parent / "support" / "stock_server.py")


def written(path: Path, **change: Any) -> Path:
    server = {
        "command": sys.executable,
        "args": [SERVER],
        "tools": ["check_stock", "track_order"],
        "timeout": 8,
        **change,
    }
    path.write_text(json.dumps({"stock desk": server}))
    return path


def asked(settings: Settings, shop: Shop, *requests: str) -> list[TurnResult]:
    async def run() -> list[TurnResult]:
        async with assistant(settings, shop) as helper:
            return [await helper.turn("external", request) for request in requests]

    return asyncio.run(run())


def test_the_planner_uses_them_with_ids_from_the_state(
    settings: Settings, shop: Shop, tmp_path: Path
) -> None:
    connected = settings.model_copy(update={"home": tmp_path, "mcp_servers": written(tmp_path / "mcp.json")})
    _, stock, order = asked(
        connected,
        shop,
        "show me kettles",
        "is the first one in stock?",
        "track my order AB-1234, where is the parcel?",
    )
    called = {c["name"]: c for c in stock.calls}
    item = stock.products[0]["item_id"]
    assert called["check_stock"]["arguments"] == {"item_id": stock.products[0]["handle"]}
    assert f"stock desk says: “{item}: 12 in the nearest store" in stock.reply and "£4.50" in stock.reply
    assert "AB-1234 left the depot" in order.reply and order.products == []


def test_only_what_is_allowed_is_taken(tmp_path: Path) -> None:
    tools = asyncio.run(load_external(written(tmp_path / "mcp.json"), set(TOOLS)))
    assert set(tools.tools) == {"check_stock", "track_order"} and tools.problems == []
    ours = asyncio.run(load_external(written(tmp_path / "mcp.json"), {"check_stock"}))
    assert set(ours.tools) == {"track_order"}


def test_what_comes_back_is_data(tmp_path: Path) -> None:
    tools = asyncio.run(load_external(written(tmp_path / "mcp.json"), set(TOOLS)))
    result, failed = asyncio.run(tools.call("check_stock", {"item_id": "P1"}, {"P1": "S0002"}.get))
    assert not failed and "[[" not in result["text"] and "P9" not in result["text"]


def test_a_server_that_is_slow_or_not_there(tmp_path: Path) -> None:
    tools = asyncio.run(load_external(written(tmp_path / "mcp.json", timeout=3), set(TOOLS)))
    result, failed = asyncio.run(tools.call("track_order", {"order_number": "SLOW-1"}, lambda _: None))
    assert failed and "did not answer within 3 s" in result["error"]
    gone = asyncio.run(
        load_external(written(tmp_path / "mcp.json", command="/nowhere/server", timeout=2), set())
    )
    assert gone.tools == {} and "cannot be reached" in gone.problems[0]


@pytest.mark.parametrize(
    "content", ["not json", '{"a": {"tools": ["x"]}}', '{"a": {"url": "http://x", "tools": []}}']
)
def test_a_file_that_says_nothing_usable(content: str, tmp_path: Path) -> None:
    (tmp_path / "mcp.json").write_text(content)
    with pytest.raises(InputError):
        asyncio.run(load_external(tmp_path / "mcp.json", set()))
