import pytest

from agents.screen_reader.amounts import Role, amounts_in
from agents.screen_reader.facts import promotion_in, rating_in, specifications_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("£12.99", [("12.99", "GBP", Role.PRICE)]),
        ("1.299,00 €", [("1299.00", "EUR", Role.PRICE)]),
        ("¥12,800", [("12800", "JPY", Role.PRICE)]),
        ("US$1,234.50", [("1234.50", "USD", Role.PRICE)]),
        ("AED 39", [("39", "AED", Role.PRICE)]),
        ("Was £34.00", [("34.00", "GBP", Role.LIST)]),
        ("RRP £20", [("20", "GBP", Role.LIST)]),
        ("Save £5.00", [("5.00", "GBP", Role.SAVING)]),
        ("£10 off", [("10", "GBP", Role.SAVING)]),
        ("Delivery £3.95", [("3.95", "GBP", Role.DELIVERY)]),
        ("Free shipping over $50", [("50", "USD", Role.THRESHOLD)]),
        ("or 4 interest-free payments of $12.25", [("12.25", "USD", Role.INSTALMENT)]),
        ("£1.20 per 100g", [("1.20", "GBP", Role.UNIT)]),
        ("£1,250 pcm", [("1250", "GBP", Role.RENT)]),
        ("Subtotal £88.10", [("88.10", "GBP", Role.TOTAL)]),
        ("$12.99 - $15.99", [("12.99", "USD", Role.PRICE), ("15.99", "USD", Role.OTHER)]),
        ("no money here, 5 stars", []),
    ],
)
def test_roles(text: str, expected: list[tuple[str, str, Role]]) -> None:
    assert [(str(a.money.amount), a.money.currency, a.role) for a in amounts_in(text)] == expected


def test_a_label_to_the_left_counts() -> None:
    assert amounts_in("$45.00", "Retail Price:")[0].role is Role.LIST


@pytest.mark.parametrize(("text", "score", "count"), [
    ("4.5 out of 5", 4.5, None), ("4.5 (1,234)", 4.5, 1234), ("★★★★★ 4.1 (27)", 4.1, 27), ("128 reviews", None, 128),
    ("Rated 4.8/5 by 2.3k", 4.8, None), ("2024", None, None), ("£4.50", None, None), ("Size 4.5", None, None),
])  # fmt: skip
def test_ratings(text: str, score: float | None, count: int | None) -> None:
    assert (rating_in(text).score, rating_in(text).count) == (score, count)


def test_promotions_and_specifications() -> None:
    assert promotion_in("Save 20%") and promotion_in("Deal of the day") and promotion_in("3 for 2")
    assert promotion_in("Wholesale enquiries") is None and promotion_in("Free delivery on orders") is None
    assert specifications_in("Colour: pink, Material: leather") == ["Colour: pink", "Material: leather"]
    assert specifications_in("20,000 mAh, 2 m cable") == ["20000 mAh", "2 m"]
