"""Simulated shoppers: their checks come from the catalog's records, and the assistant serves them."""

import asyncio

import pytest

from catalog.errors import InputError
from catalog.products import Catalog
from evaluation.conversation import ConversationReport, run_scripts
from evaluation.goals import Goal, fits
from evaluation.simulated import SEVERAL, Simulation
from interarec.app import assistant
from interarec.settings import Settings
from storefront.sample import sample_catalog
from tools.workspace import Shop


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return sample_catalog()


def test_a_seed_gives_the_same_shoppers_every_time(catalog: Catalog) -> None:
    once, again = (Simulation(catalog, "sample", seed=5).scripts(12) for _ in range(2))
    assert once == again != Simulation(catalog, "sample", seed=6).scripts(12)
    assert [s.held_aside for s in once[:3]] == [False, False, True]


def test_shoppers_ask_for_nothing_that_the_catalog_has_not(catalog: Catalog) -> None:
    for script in Simulation(catalog, "sample", seed=1).scripts(60):
        for turn in script.turns:
            if turn.count is None or turn.count[0] != 1 or "title" not in turn.all or turn.tools:
                continue
            held = {
                k: v
                for k, v in turn.all.items()
                if k not in ("text", "title", "not_text", "cheaper_than_before")
            }
            words = tuple(turn.all.get("text", ()))
            goal = Goal(kind=turn.all["title"], words=words, not_word=turn.all.get("not_text"), **held)
            assert turn.count[1] == 1 or sum(fits(p, goal) for p in catalog) >= SEVERAL


def test_goals_are_checked_against_records(catalog: Catalog) -> None:
    green = [p for p in catalog if fits(p, Goal(kind="kettle", words=("green",), max_price=60))]
    assert green and all("Green" in p.title and p.price and p.price.amount <= 60 for p in green)
    assert not any(
        p.brand == "Brightwell" for p in catalog if fits(p, Goal("kettle", not_brand="Brightwell"))
    )


def test_a_shop_without_phrasings_is_told_so(catalog: Catalog) -> None:
    with pytest.raises(InputError, match="only"):
        Simulation(catalog, "somebody's shop")


def test_the_assistant_serves_simulated_shoppers(settings: Settings, shop: Shop) -> None:
    async def serve() -> ConversationReport:
        async with assistant(settings, shop) as helper:

            async def ask(conversation: str, request: str) -> dict[str, object]:
                result = await helper.turn(conversation, request)
                return {"reply": result.reply, "products": result.products, "calls": result.calls}

            scripts = Simulation(shop.catalog, "sample", seed=71).scripts(30)
            return await run_scripts(scripts, shop.catalog, ask)

    report = asyncio.run(serve())
    assert report.all.grounded == 1.0
    assert report.all.resolved >= 0.95, report.failures
