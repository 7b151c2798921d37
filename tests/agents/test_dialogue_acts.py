"""What is said to a shop assistant besides wishes: none of these sentences stands in ``sayings.yaml``."""

from decimal import Decimal
from typing import Any

import pytest
import yaml

from agents.embedded.intents import Intent
from agents.embedded.references import Shown
from agents.embedded.request import Situation
from agents.embedded.sayings import FILE
from agents.embedded.understanding import Understanding

SHOWN = [
    [
        Shown("P1", "Voltix Electric Kettle, 1.7 L", "Voltix", Decimal("24.99"), 4.2, 80),
        Shown("P2", "Brightwell Glass Kettle", "Brightwell", Decimal("39.99"), 4.6, 120),
    ]
]
TALK = {Intent.GREET, Intent.BYE, Intent.THANKS, Intent.PLEASED, Intent.WAITS, Intent.REMARK}


def situation(**more: Any) -> Situation:
    known = {"wishes": {"query": "kettle"}, "shown": SHOWN, "focus": None, "browsed": False, "turns": 2}
    return Situation(**{**known, **more})


REMARKS = [
    "these look rather nice", "ooh, pretty", "hmmm", "I am waiting for your answer", "is somebody there?", "wow, good price",
    "my wife is calling me", "no hurry at all", "hope you have a lovely evening", "thanks so much for all the help", "oh really",
    "I had no idea", "sounds great to me", "it's black friday", "my name is Sven", "...", "you were very quick",
]  # fmt: skip
ACTS = [
    ("I think I'll go with the second one", Intent.CART),
    ("right, I'm taking it", Intent.CART),
    ("how much is shipping to Sweden", Intent.SERVICE),
    ("can I pay with my visa card", Intent.SERVICE),
    ("could you show me a photo of it", Intent.PICTURE),
    ("can I get 10% off if I take two", Intent.HAGGLE),
]
WISHES = [
    ("I want to buy a toaster", {"query": "toaster"}),
    ("hi there! do you have any mugs?", {"query": "mugs"}),
    ("nah, too expensive", {"cheaper_than": "shown"}),
    ("ok cool, but under 30 please", {"max_price": Decimal(30)}),
    ("glass would be nice", {"must": ["glass"], "if_possible": True}),
    ("atleast 4 stars", {"min_rating": 4.0}),
    ("my budget would be 25", {"max_price": Decimal(25)}),
    ("I don't have any budget limit", {"clear": ["min_price", "max_price"]}),
]


@pytest.mark.parametrize("text", REMARKS)
def test_a_remark_is_no_search(understanding: Understanding, text: str) -> None:
    found = understanding.understand(text, situation())
    assert found.intent in TALK and not found.changes


@pytest.mark.parametrize(("text", "intent"), ACTS)
def test_what_needs_no_tool_is_recognised(understanding: Understanding, text: str, intent: Intent) -> None:
    found = understanding.understand(text, situation())
    assert (found.intent, found.changes) == (intent, {})


@pytest.mark.parametrize(("text", "changes"), WISHES)
def test_a_wish_is_no_remark(understanding: Understanding, text: str, changes: dict[str, Any]) -> None:
    assert understanding.understand(text, situation()).changes == changes


def test_a_purchase_for_somebody_is_no_purchase_yet(understanding: Understanding) -> None:
    found = understanding.understand("I'm buying it for my sister", situation())
    assert found.intent is not Intent.CART and found.changes["recipient"] == "sister"


def test_what_is_tested_was_not_trained_on() -> None:
    said = {str(t).lower() for g in yaml.safe_load(FILE.read_text(encoding="utf-8")) for t in g["said"]}
    assert not said & {t.lower() for t in [*REMARKS, *(t for t, _ in ACTS), *(t for t, _ in WISHES)]}
