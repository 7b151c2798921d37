"""What whoever runs it or builds on it relies on: settings without secrets, the doctor, the bound graph."""

import asyncio
import importlib
import json
from pathlib import Path

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import SecretStr

from catalog.store import StoredCatalog
from interarec.serving import diagnose, print_config, shown_settings
from interarec.settings import Settings

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
            "catalog": "none",
            "database_url": SecretStr("postgresql://x@127.0.0.1:9/x"),
        }
    )
    told = {name: words for name, fine, words in diagnose(ill) if not fine}
    assert {"catalog", "model", "database"} == set(told)
    assert "INTERAREC_BASE_URL" in told["model"] and "interarec import" in told["catalog"]


def test_the_graph_that_studio_opens_answers(
    settings: Settings, stored: StoredCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interarec import graph

    monkeypatch.setenv("INTERAREC_HOME", str(settings.home))
    named = json.loads((ROOT / "langgraph.json").read_text())["graphs"]["interarec"]
    path, _, function = named.partition(":")
    assert (ROOT / path).samefile(str(graph.__file__)) and callable(
        getattr(importlib.import_module("interarec.graph"), function)
    )
    made = graph.assistant_graph("sample", InMemorySaver())
    asked = {"messages": [("user", "a kettle under £60")]}
    state = asyncio.run(made.ainvoke(asked, {"configurable": {"thread_id": "t"}}))
    assert "Kettle" in state["messages"][-1].content
