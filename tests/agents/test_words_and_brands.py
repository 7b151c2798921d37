"""A catalog as marketplaces have them: brands that are also words, sizes in other units, no departments."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from agents.embedded.intents import Intent
from agents.embedded.references import Shown
from agents.embedded.request import Situation
from agents.embedded.understanding import Understanding
from agents.embedded.vocabulary import Vocabulary
from catalog.products import Catalog
from tools.filters import WishFilter
from tools.kinds import Kinds
from tools.needs import Wishes
from tools.workspace import Shop

ROWS = [
    ("Phone", "Phone Case for iPhone 14, Green"), ("Goodon", "iPhone 14 Phone Case, Black"), ("JOTO", "Waterproof Phone Pouch, Blue"),
    ("Apple", "Apple Wireless Headphones, White"), ("Mpow", "Wireless Headphones for Apple iPhone, Black"),
    ("Bluedio", "Wireless Headphones, Blue"), ("Blue", "USB Microphone, Blue"), ("Otium", "Phone Charger for Apple iPhone, Blue"),
    ("Anker", "Anker USB-C Cable 6.6ft, Black"), ("UGREEN", "USB-C Cable 1 m, Grey"), ("Anker", "Anker 2 Port Phone Charger, White"),
    ("UGREEN", "USB-C Cable 200 cm, Grey"), ("DYMO", "DYMO Label Maker"), ("Brother", "Label Maker with Bluetooth"),
    ("Brother", "Label Maker, USB"), ("Dapper", "Squeaky Dog Toy, 3 Pack"), ("Dapper", "Rope Dog Toy"), ("Moleskin", "Dotted Notebook"),
]  # fmt: skip


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    brands, titles = zip(*ROWS, strict=True)
    ids, prices = [f"i{n}" for n in range(len(ROWS))], [float(10 + n) for n in range(len(ROWS))]
    return Catalog(
        pl.DataFrame({"item_id": ids, "title": titles, "brand": brands, "price": prices}), "marketplace"
    )


@pytest.fixture(scope="module")
def understanding(catalog: Catalog, shop: Shop) -> Understanding:
    return Understanding(Vocabulary(catalog, Kinds(catalog), WishFilter(catalog), shop.retriever.encoder))


def situation(**more: Any) -> Situation:
    return Situation(**{"wishes": {}, "shown": [], "focus": None, "browsed": False, "turns": 1, **more})


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("i need a phone case for my iphone 14", {"query": "phone case", "must": ["iphone 14"]}),
        ("wireless headphones in blue", {"query": "headphones", "must": ["wireless", "blue"]}),
        ("headphones, only apple", {"query": "headphones", "brands": ["Apple"]}),
        ("a cable by anker", {"query": "cable", "brands": ["Anker"]}),
        ("anker cable", {"query": "cable", "brands": ["Anker"]}),
        ("a label maker, not dymo", {"query": "label maker", "exclude_brands": ["DYMO"]}),
        ("a usb-c cable, 2 metres long", {"query": "cable", "must": ["2 metres", "usb-c"]}),
        ("a phone charger with two ports", {"query": "phone charger", "must": ["2 port"]}),
        ("dog toys that don't squeak", {"query": "dog toys", "exclude_terms": ["squeak"]}),
        ("headphones, sub 25 quid", {"query": "headphones", "max_price": Decimal(25)}),
    ],
)
def test_a_word_is_a_brand_only_where_it_is_said_so(
    understanding: Understanding, text: str, changes: dict[str, Any]
) -> None:
    assert understanding.understand(text, situation()).changes == changes


def test_a_length_is_found_in_another_unit(catalog: Catalog) -> None:
    rows = WishFilter(catalog).allowed(Wishes(query="cable", must=["2 metres"]))
    assert {catalog.titles[r] for r in rows.nonzero()[0]} == {
        "Anker USB-C Cable 6.6ft, Black",
        "USB-C Cable 200 cm, Grey",
    }


def test_what_is_ruled_out_is_ruled_out_in_its_other_forms(catalog: Catalog) -> None:
    rows = WishFilter(catalog).allowed(Wishes(exclude_terms=["squeak"]))
    assert not any("Squeaky" in catalog.titles[r] for r in rows.nonzero()[0])
    assert WishFilter(catalog).term("dots").sum() == 1  # "Dotted"


SHOWN = [
    [Shown(f"P{n}", title, brand, Decimal(10 + n), None) for n, (brand, title) in enumerate(ROWS[3:6], 1)]
]


@pytest.mark.parametrize(
    ("text", "intent", "handles"),
    [
        ("the cheapest of those", Intent.DETAILS, ["P1"]),
        ("what's the difference between those two", Intent.COMPARE, ["P3", "P1"]),
        ("which is the nicest?", Intent.PICK, ["P1", "P2", "P3"]),
        ("which one is the toughest?", Intent.DETAILS, ["P1", "P2", "P3"]),
        ("10 of the first, how much", Intent.DETAILS, ["P1"]),
    ],
)
def test_what_was_spoken_of(
    understanding: Understanding, text: str, intent: Intent, handles: list[str]
) -> None:
    found = understanding.understand(
        text, situation(shown=SHOWN, wishes={"query": "headphones"}, spoken_of=["P3", "P1"])
    )
    assert (found.intent, found.handles) == (intent, handles)


@pytest.mark.parametrize(
    "text", ["do you price match?", "do you have gift cards", "when will it arrive if i order today"]
)
def test_what_the_shop_does_is_not_what_it_sells(understanding: Understanding, text: str) -> None:
    assert understanding.understand(text, situation(turns=0)).intent is Intent.SERVICE


def test_another_attribute_would_do_as_well(understanding: Understanding) -> None:
    found = understanding.understand(
        "or usb", situation(wishes={"query": "label maker", "must": ["bluetooth"]}, shown=SHOWN)
    )
    assert found.changes == {"clear": ["must"], "must": ["bluetooth or usb"]}


def test_whose_day_it_is_and_what_one_has_are_not_wanted(understanding: Understanding) -> None:
    assert understanding.understand("my niece turns 5 next week", situation()).changes == {
        "recipient": "5-year-old niece"
    }
    found = understanding.understand("my dog is bored, have you got anything to keep him busy", situation())
    assert "query" not in found.changes


def test_two_words_that_the_shop_writes_as_one(
    understanding: Understanding, catalog: Catalog, shop: Shop
) -> None:
    rows = pl.DataFrame(
        {"item_id": ["a", "b", "c"], "title": ["DOORMAT ROSE", "DOORMAT STRIPES", "DOORMAT HEARTS"]}
    )
    mats = Catalog(rows, "mats")
    vocabulary = Vocabulary(mats, Kinds(mats), WishFilter(mats), shop.retriever.encoder)
    assert vocabulary.spelled("a door mat with stripes") == "a doormat with stripes"
    assert understanding.vocabulary.spelled("a phone case") == "a phone case"


@pytest.mark.parametrize(
    ("text", "wishes", "changes"),
    [
        ("no wait, white", {"query": "headphones", "must": ["blue"]}, {"clear": ["must"], "must": ["white"]}),
        ("label makers", {"query": "labels"}, {"query": "label makers"}),
        (
            "in any colour but blue",
            {"query": "headphones"},
            {"exclude_terms": ["blue"], "clear": ["must"], "must": []},
        ),
    ],
)
def test_what_is_put_right_or_narrowed(
    understanding: Understanding, text: str, wishes: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert understanding.understand(text, situation(shown=SHOWN, wishes=wishes)).changes == changes
