"""Acts that no pattern is written for, told by their meaning."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from agents.embedded.intents import Intent
from agents.embedded.references import Shown
from agents.embedded.request import Situation
from agents.embedded.sayings import Sayings
from agents.embedded.understanding import Understanding
from catalog.encoder import Encoder
from tools.workspace import Shop

TITLES = (
    "Mothca Bike Phone Holder, Black",
    "Voltix Desk Phone Holder, Grey",
    "Voltix Car Vent Phone Holder, Black",
)


@pytest.fixture
def situation() -> Situation:
    shown = [Shown(f"P{i}", t, t.split()[0], Decimal(8 + i), 4.0) for i, t in enumerate(TITLES, 1)]
    return Situation(wishes={"query": "phone holder"}, shown=[shown], focus=None, browsed=False, turns=1)


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ("please keep Mothca away from me", {"exclude_brands": ["Mothca"]}),
        ("I'd sooner have anything than Mothca", {"exclude_brands": ["Mothca"]}),
        ("Mothca broke on me twice", {"exclude_brands": ["Mothca"]}),
        ("black really isn't for me", {"exclude_terms": ["black"]}),
        ("anything else than Mothca", {"exclude_brands": ["Mothca"]}),
        ("grey is a colour I dislike", {"exclude_terms": ["grey"]}),
        ("forget what I said about the colour", {"clear": ["must"], "must": []}),
        ("I refuse to pay more than £12", {"max_price": Decimal(12)}),
        ("no less than £5 and no more than £12", {"min_price": Decimal(5), "max_price": Decimal(12)}),
        ("filter out everything over £12", {"max_price": Decimal(12)}),
        ("I'd spend 12 pounds upwards", {"min_price": Decimal(12)}),
        ("from £0.50 upwards", {"min_price": Decimal("0.50")}),
    ],
)
def test_wishes(
    understanding: Understanding, situation: Situation, said: str, changes: dict[str, object]
) -> None:
    found = understanding.understand(said, situation)
    assert (found.intent, found.changes) == (Intent.RECOMMEND, changes)


@pytest.mark.parametrize(
    ("said", "intent", "handles"),
    [
        ("what's your reasoning for number 2?", Intent.WHY, ["P2"]),
        ("1 vs 2", Intent.COMPARE, ["P1", "P2"]),
        ("what would the second one set me back?", Intent.DETAILS, ["P2"]),
        ("help me find a nice phone holder", Intent.RECOMMEND, []),
        ("which team will win the league?", Intent.OUT_OF_SCOPE, []),
        ("how many planets are there?", Intent.OUT_OF_SCOPE, []),
        ("do you have a power bank here?", Intent.RECOMMEND, []),
    ],
)
def test_acts(
    understanding: Understanding, situation: Situation, said: str, intent: Intent, handles: list[str]
) -> None:
    found = understanding.understand(said, situation)
    assert (found.intent, found.handles) == (intent, handles)


def test_the_sorter_is_kept_and_fitted_again_when_what_was_kept_is_broken(shop: Shop, tmp_path: Path) -> None:
    encoder = Encoder(tmp_path)
    first = Sayings(encoder, ["lamp"]).said("how come it's there")
    (kept,) = encoder.cache.glob("sayings-*.npz")
    with np.load(kept) as weights:
        assert set(weights) == {"classes", "weights", "bias"}
    assert Sayings(encoder, ["lamp"]).said("how come it's there") == first
    kept.write_bytes(b"no archive")
    again = Sayings(encoder, ["lamp"]).said("how come it's there")
    assert again.meant == first.meant and abs(again.chance - first.chance) < 0.01
