"""Figures beyond any price, and turns that fail: the conversation goes on from where it was."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from agents.grounding.check import ground
from agents.grounding.records import Known
from agents.screen_reader.amounts import amounts_in
from catalog.errors import InputError, TurnError
from catalog.money import MOST, money
from catalog.products import Product, catalog_of
from graphs.state import ShoppingState
from interarec.app import Assistant, assistant
from interarec.settings import Settings
from tools.needs import Wishes
from tools.toolbox import run_tool
from tools.workspace import Shop, Workspace

HUGE = ("9" * 40, "9" * 400, f"{'8' * 14}.{'8' * 40}")
SAID = (
    "a kettle under £{}", "a kettle around £{}", "mugs between £{0} and £{0}1", "a set of a mug and a lamp under £{}",
    "a gift for £{} each", "a backpack of at least {} litres", "a pack of {}",
)  # fmt: skip


def test_figures_beyond_any_price_leave_a_conversation_that_goes_on(
    settings: Settings, shop: Shop, tmp_path: Path
) -> None:
    async def talk() -> None:
        async with assistant(settings.model_copy(update={"home": tmp_path}), shop) as helper:
            for number, said in enumerate(SAID):
                for message in (said.format(HUGE[number % 3]), "in green", said.format(HUGE[(number + 1) % 3])):
                    result = await helper.turn(f"t{number}", message)
                    assert result.reply and "Bad arguments" not in result.reply, message
                # What goes over the wire is JSON, which has no infinity.
                json.dumps((await helper.state(f"t{number}"))["wishes"], allow_nan=False)

    asyncio.run(talk())


BAD = (float("inf"), float("nan"), -5, 1e13, "9" * 40, "Infinity", "NaN", "-0.01", "1e999", 10**40)


@pytest.mark.parametrize("amount", BAD, ids=lambda a: str(a)[:9])
def test_tools_take_no_amount_out_of_range(workspace: Workspace, amount: float | str) -> None:
    before = workspace.wishes.model_copy(deep=True)
    for tool, name in (
        ("set_wishes", "min_price"), ("set_wishes", "max_price"), ("optimize_bundle", "budget"),
        ("optimize_bundle", "max_each"),
    ):  # fmt: skip
        run = run_tool(workspace, tool, {name: amount, **({"size": 2} if tool == "optimize_bundle" else {})})
        assert run.failed and len(run.result["error"]) < 300, run.result
    assert workspace.wishes == before
    assert money(amount, "GBP") is None


def test_tools_take_no_more_than_a_call_can_mean(workspace: Workspace) -> None:
    for arguments in (
        {"query": "x" * 5000}, {"must": ["y"] * 500}, {f"k{i}": i for i in range(500)}, {"z" * 3000: 1},
        {"query": "\ud800"}, {"must": [[[[[[["deep"]]]]]]]},
    ):  # fmt: skip
        run = run_tool(workspace, "set_wishes", arguments)
        assert run.failed and len(run.result["error"]) <= 1000


def test_prices_beyond_the_range_are_no_prices() -> None:
    titles = [Product(item_id=str(i), title=f"Lamp {i}") for i in range(4)]
    catalog = catalog_of(titles)
    frame = catalog.frame.with_columns(price=np.array([5.0, 1e300, np.inf, -1.0]))
    known = type(catalog)(frame, "odd")
    assert known.prices[0] == 5.0 and np.isnan(known.prices[1:]).all()
    assert [p.price is not None for p in map(known.get, "0123")] == [True, False, False, False]
    page = amounts_in(f"Lamp £{'7' * 50} now £{'9' * 60}.99")
    assert page and all(a.money.amount <= MOST and str(a.money) for a in page)
    told = ground(f"It costs £{'7' * 40}. It is nice.", Known(products={}))
    assert told.text.strip() == "It is nice." and told.removed


def test_a_turn_that_fails_leaves_the_conversation_as_it_was(
    settings: Settings, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> ShoppingState:
        raise ZeroDivisionError

    async def talk(helper: Assistant) -> None:
        answers = helper.context.responder.respond
        for conversation in ("new", "old"):
            if conversation == "old":
                await helper.turn(conversation, "a kettle under £60")
            before = await helper.state(conversation)
            monkeypatch.setattr(helper.context.responder, "respond", fails)  # after the wishes were changed
            with pytest.raises(TurnError, match="what we had so far stands"):
                await helper.turn(conversation, "a lamp under £1")
            monkeypatch.setattr(helper.context.responder, "respond", answers)
            with pytest.raises(InputError, match="too long"):
                await helper.turn(conversation, "x" * 4001)
            assert await helper.state(conversation) == before
            assert Decimal((await helper.turn(conversation, "mugs under £20")).products[0]["price"]) <= 20
            assert (await helper.state(conversation))["turns"] == before.get("turns", 0) + 1

    async def run() -> None:
        async with assistant(settings.model_copy(update={"home": tmp_path}), shop) as helper:
            await talk(helper)

    asyncio.run(run())


def test_what_is_stored_of_wishes_has_an_end(workspace: Workspace) -> None:
    for call in range(4):
        run_tool(workspace, "set_wishes", {"exclude_terms": [f"{call}-{i} " + "x" * 900 for i in range(90)]})
        workspace.wishes = Wishes.model_validate(workspace.wishes.model_dump(mode="json"))
    assert len(workspace.wishes.exclude_terms) == 60 and max(map(len, workspace.wishes.exclude_terms)) == 300
    assert workspace.wishes.exclude_terms[-1].startswith("3-89 ")
