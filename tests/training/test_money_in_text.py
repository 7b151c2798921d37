import pytest

from training.page_reader.reader.brands import brand_named
from training.page_reader.reader.money_in_text import written_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("£12.99", [("12.99", "GBP")]),
        ("1.299,00 €", [("1299.00", "EUR")]),
        ("1.099,- €", [("1099", "EUR")]),
        ("¥12,800", [("12800", "JPY")]),
        ("US$1,234.50", [("1234.50", "USD")]),
        ("C $45.00", [("45.00", "CAD")]),
        ("$45.00 AUD", [("45.00", "AUD")]),
        ("150.00 $", [("150.00", "USD")]),
        ("₹1,29,900", [("129900", "INR")]),
        ("Rs. 499", [("499", "INR")]),
        ("R110.00", [("110.00", "ZAR")]),
        ("IDR 329,000,-", [("329000", "IDR")]),
        ("$450K", [("450000", "USD")]),
        ("AED 39", [("39", "AED")]),
        ("Was £34.00 now £25.99", [("34.00", "GBP"), ("25.99", "GBP")]),
        ("$12.99 - $15.99", [("12.99", "USD"), ("15.99", "USD")]),
        ("1,299.00", [("1299.00", None)]),
        ("899", [("899", None)]),
        ("no money here, 5 stars", []),
        ("Lamp, 40 W, 2.0 m cable, 100% cotton", []),
    ],
)
def test_amounts_and_numbers_that_may_be_one(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(str(w.money.amount), w.money.currency) for w in written_in(text)] == expected


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("by Justine Hats", "Justine Hats"),
        ("Brand: Ergon", "Ergon"),
        ("Visit the Ergon Store", "Ergon"),
        ("COMFORTVIEW", "COMFORTVIEW"),
        ("···", None),
    ],
)
def test_brands(text: str, brand: str | None) -> None:
    assert brand_named(text) == brand
