"""Which titles are of a kind, whatever they end in."""

import pytest

from catalog.products import Product, catalog_of
from tools.kinds import Kinds

TITLES = (
    "MINI JIGSAW CIRCUS PARADE", "JIGSAW TREE WITH BIRDHOUSE", "BLUE CUSHION COVER WITH FLOWER", "RED CUSHION COVER",
    "WHITE CUSHION COVER", "FLOOR CUSHION ELEPHANT CARNIVAL", "SET/3 VANILLA SCENTED CANDLE IN BOX", "Paper and Credit Card Shredder",
    "Acme 450 - Stroke Style Fountain Pen - Green", "Ink for Fountain Pens, Blue", "Acme Fountain Pen Bottled Ink",
)  # fmt: skip


@pytest.fixture(scope="module")
def kinds() -> Kinds:
    products = [Product(item_id=str(i), title=title) for i, title in enumerate(TITLES)]
    return Kinds(catalog_of(products))


@pytest.mark.parametrize(
    ("phrase", "rows"),
    [
        (("jigsaw",), {0, 1}),
        (("cushion",), {5}),
        (("shredder",), {7}),
        (("fountain", "pen"), {8}),
    ],
)
def test_kinds_are_named_before_they_are_described(
    kinds: Kinds, phrase: tuple[str, ...], rows: set[int]
) -> None:
    assert set(kinds.named(*phrase).nonzero()[0].tolist()) == rows


def test_how_many_there_are_names_nothing(kinds: Kinds) -> None:
    assert kinds.head("SET/3 VANILLA SCENTED CANDLE IN BOX") == "candle"
