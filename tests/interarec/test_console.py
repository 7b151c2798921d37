"""What a terminal shows of titles, messages and pages is their text: neither markup nor codes are obeyed."""

import io

import pytest

from interarec.console import PlainConsole, product_table, styled

ODD = ["Kettle [/red] 3 L", "Laptop [refurbished]", "Mug :tada:", "Lamp \x1b[31mred\x1b[0m", "Desk \x07\x9b2J", "Pen [link=http://x]a[/link]"]


@pytest.mark.parametrize("title", ODD)
def test_titles_are_shown_as_they_are(title: str) -> None:
    shown = io.StringIO()
    console = PlainConsole(file=shown, width=200, force_terminal=False)
    console.print(f"1. {title} (£3)")
    console.print(styled(("interarec", "bold"), f"  {title}"))
    console.print(product_table([{"title": title, "price": 3.0, "currency": None, "reasons": [title]}], title))
    text = shown.getvalue()
    expected = "".join(c for c in title if c.isprintable())
    assert text.count(expected) >= 4
    assert not any(code in text for code in ("\x1b", "\x07", "\x9b"))


def test_a_price_without_a_currency_has_no_sign() -> None:
    shown = io.StringIO()
    PlainConsole(file=shown, width=200).print(product_table([{"title": "Kettle", "price": 3.0, "currency": None}], "found"))
    assert "3.00" in shown.getvalue()
    assert "£" not in shown.getvalue()
