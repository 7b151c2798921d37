from decimal import Decimal
from typing import Any

import pytest

from agents.embedded.normal_forms import normal
from agents.embedded.slots import find_slots


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("I don't want to spend more than 200", {"max_price": Decimal(200)}),
        ("I'd rather not go over 30 quid", {"max_price": Decimal(30)}),
        ("it shouldn't cost more than fifty", {"max_price": Decimal(50)}),
        ("nothing below £20", {"min_price": Decimal(20)}),
        ("a flat below 300k", {"max_price": Decimal(300_000)}),
        ("kettles <£30", {"max_price": Decimal(30)}),
        ("present for my wife, 25 to 60", {"min_price": Decimal(25), "max_price": Decimal(60)}),
        ("a backpack under 50 waterproof", {"max_price": Decimal(50)}),
        ("mugs under 20 blue", {"max_price": Decimal(20)}),
        ("at least 48 colours", {}),
        ("at least four and a half stars", {"min_rating": 4.5}),
        ("highly rated, nothing below 4.5", {"min_rating": 4.5}),
        ("15 to 20 litres", {"min_size": "15 litres", "max_size": "20 litres"}),
    ],
)
def test_bounds_however_they_are_said(text: str, changes: dict[str, Any]) -> None:
    assert find_slots(normal(text)).changes == changes
