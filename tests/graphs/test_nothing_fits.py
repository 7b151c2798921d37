"""When nothing fits, or a model never mends its calls, nothing unrelated is offered."""

import asyncio
from pathlib import Path
from typing import Any

from interarec.app import TurnResult, assistant
from interarec.settings import load_settings
from tests.support.openai_server import call, openai_server, text
from tools.needs import Wishes
from tools.toolbox import run_tool
from tools.workspace import Shop, Workspace

BROWSED = ["S0007", "S0011", "S0012"]


def turn(shop: Shop, home: Path, steps: list[tuple[str, dict[str, Any]]], reply: str) -> TurnResult:
    """A turn of a shopper who browsed, with a model that makes these calls, one after the other, and then replies."""

    def behave(body: dict[str, Any]) -> Any:
        made = sum(m["role"] == "tool" for m in body["messages"])
        if body.get("tools"):
            return call(*steps[made]) if made < len(steps) else text("DONE")
        return text(reply)

    async def run(url: str) -> TurnResult:
        async with assistant(load_settings(home=home, base_url=url), shop) as helper:
            await helper.update("t", {"session": BROWSED})
            return await helper.turn("t", "a unicycle please")

    with openai_server(behave) as (url, _):
        return asyncio.run(run(url))


def test_next_items_keep_to_what_was_searched_for(workspace: Workspace) -> None:
    workspace.session = BROWSED
    assert run_tool(workspace, "predict_next_items", {}).result["predicted"] > 0
    run_tool(workspace, "search_catalog", {"query": "unicycle"})
    assert run_tool(workspace, "predict_next_items", {}).result["predicted"] == 0


def test_next_items_that_were_predicted_before_the_search_are_not_ranked_with_it(workspace: Workspace) -> None:
    workspace.session = BROWSED
    run_tool(workspace, "predict_next_items", {})
    assert workspace.candidates
    run_tool(workspace, "search_catalog", {"query": "unicycle"})
    run_tool(workspace, "rerank", {})
    assert workspace.chosen == []


def test_a_model_that_searches_in_vain_and_predicts_offers_nothing(shop: Shop, tmp_path: Path) -> None:
    steps: list[tuple[str, dict[str, Any]]] = [("search_catalog", {"query": "unicycle"}), ("predict_next_items", {}), ("rerank", {"k": 3})]
    result = turn(shop, tmp_path, steps, "Here are my picks:\n1. [[P1]] as it fits.")
    assert result.products == [] and "as it fits" not in result.reply


def test_a_model_that_never_mends_its_search_offers_nothing_unrelated(shop: Shop, tmp_path: Path) -> None:
    steps: list[tuple[str, dict[str, Any]]] = [("set_wishes", {"query": "unicycle"}), *[("search_catalog", {"k": "many"})] * 2, ("predict_next_items", {}), ("rerank", {"k": 3})]
    assert turn(shop, tmp_path, steps, "Here are my picks:\n1. [[P1]] as it fits.").products == []


def test_a_call_that_failed_leaves_nothing_behind(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "lamp"})
    run_tool(workspace, "search_catalog", {})
    before = workspace.kept()
    for name, arguments in [("optimize_bundle", {"parts": ["lamp"], "budget": -1}), ("rerank", {"like": "P999"}), ("set_wishes", {"max_price": "cheap"})]:
        assert run_tool(workspace, name, arguments).failed
        assert workspace.kept() == before
    assert isinstance(workspace.wishes, Wishes)
