"""What whoever runs it or builds on it relies on: settings without secrets, the doctor, the bound graph."""

import asyncio
import importlib
import json
import sys
from pathlib import Path

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import SecretStr

from catalog.errors import InputError
from catalog.store import StoredCatalog
from interarec.app import assistant
from interarec.doctor import diagnose
from interarec.serving import print_config, shown_settings
from interarec.settings import Settings, load_settings
from tools.workspace import Shop

ROOT = Path(__file__).parent.parent.parent


def test_secrets_are_never_shown(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    secret = settings.model_copy(
        update={
            "keys": SecretStr("s3cret"),
            "database_url": SecretStr("postgresql://u:s3cret@h/d"),
            "api_key": SecretStr("s3cret"),
        }
    )
    assert shown_settings(secret)["keys"] == shown_settings(secret)["database_url"] == "set"
    print_config(secret, as_json=False)
    print_config(secret, as_json=True)
    assert "s3cret" not in capsys.readouterr().out


def test_the_doctor_says_what_to_do(settings: Settings, stored: StoredCatalog) -> None:
    found = {name: (fine, words) for name, fine, words in diagnose(settings)}
    assert all(fine for fine, _ in found.values()), found
    ill = settings.model_copy(
        update={
            "base_url": "http://127.0.0.1:9/v1",
            "browser": "/bin/false",
            "catalog": "none",
            "database_url": SecretStr("postgresql://x@127.0.0.1:9/x"),
        }
    )
    told = {name: words for name, fine, words in diagnose(ill) if not fine}
    assert {"browser", "catalog", "model", "database"} == set(told)
    assert "INTERAREC_BROWSER" in told["browser"]
    assert "INTERAREC_BASE_URL" in told["model"] and "interarec import" in told["catalog"]


def test_the_graph_that_studio_opens_answers(
    settings: Settings, stored: StoredCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interarec import graph

    monkeypatch.setenv("INTERAREC_HOME", str(settings.home))
    named = json.loads((ROOT / "langgraph.json").read_text())["graphs"]["interarec"]
    path, _, function = named.partition(":")
    assert (ROOT / path).samefile(str(graph.__file__))
    # The platform calls it in its event loop, and ends a run that waits there for a file.
    opened = asyncio.run(getattr(importlib.import_module("interarec.graph"), function)())
    assert (
        "mug" in asyncio.run(opened.ainvoke({"messages": [("user", "mugs")]}))["messages"][-1].content.lower()
    )
    made = graph.assistant_graph("sample", InMemorySaver())
    asked = {"messages": [("user", "a kettle under £60")]}
    state = asyncio.run(made.ainvoke(asked, {"configurable": {"thread_id": "t"}}))
    assert "Kettle" in state["messages"][-1].content


def test_settings_from_a_file_give_way_to_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "shop.toml"
    path.write_text('interval = 2.5\nport = 9001\nkeys = "from-file"\n')
    monkeypatch.setenv("INTERAREC_CONFIG", str(path))
    monkeypatch.setenv("INTERAREC_PORT", "9002")
    loaded = load_settings(home=tmp_path)
    assert (loaded.interval, loaded.port, loaded.api_keys, loaded.home) == (
        2.5,
        9002,
        ["from-file"],
        tmp_path,
    )
    for content, said in (
        ("interval = ", "TOML"),
        ("intervall = 1", "no setting"),
        ("interval = 99", "INTERAREC_INTERVAL"),
    ):
        path.write_text(content)
        with pytest.raises(InputError, match=said):
            load_settings()
    path.unlink()
    with pytest.raises(InputError, match="INTERAREC_CONFIG"):
        load_settings()


def test_each_agent_and_tool_is_a_span(settings: Settings, shop: Shop, tmp_path: Path) -> None:
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exported = InMemorySpanExporter()
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    provider.add_span_processor(SimpleSpanProcessor(exported))

    async def run() -> None:
        async with assistant(settings.model_copy(update={"home": tmp_path}), shop) as helper:
            await helper.turn("traced", "a kettle under £60")

    asyncio.run(run())
    names = [s.name for s in exported.get_finished_spans()]
    assert {"agent capture", "agent plan", "agent respond", "tool search_catalog", "tool rerank"} <= set(
        names
    )
    assert "kettle" not in str([dict(s.attributes or {}) for s in exported.get_finished_spans()])


def test_a_real_client_talks_to_interarec_mcp_on_standard_input(
    settings: Settings, stored: StoredCatalog
) -> None:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    command = [sys.executable, "-m", "interarec.cli", "mcp", "--home", str(settings.home)]
    server = StdioServerParameters(command=command[0], args=command[1:], cwd=str(ROOT))

    async def talk() -> tuple[set[str], str]:
        async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            names = {t.name for t in (await session.list_tools()).tools}
            started = (await session.call_tool("start_session", {})).content[0].text  # type: ignore[union-attr]
            said = await session.call_tool("chat", {"session": started, "message": "a kettle under £60"})
            return names, said.content[0].text  # type: ignore[union-attr]

    names, said = asyncio.run(talk())
    assert {"chat", "search_catalog", "optimize_bundle", "list_options"} <= names
    assert "Kettle" in json.loads(said)["reply"]
