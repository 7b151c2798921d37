"""The currency of a page: its amounts' signs and codes, and for dollars the country that the page tells of."""

import re
from collections import Counter

from training.page_reader.reader.nodes import Node

COUNTRIES = {
    "AUD": re.compile(r"\.com\.au\b|\bAUD\b|^\W*(?:\w+ (?:to )?)?australia\W*$", re.IGNORECASE),
    "CAD": re.compile(r"\w\.ca\b|\bCAD\b|^\W*(?:\w+ (?:to )?)?canada\W*$", re.IGNORECASE),
    "NZD": re.compile(r"\.co\.nz\b|\bNZD\b|^\W*(?:\w+ (?:to )?)?new zealand\W*$", re.IGNORECASE),
    "SGD": re.compile(r"\.com\.sg\b|\bSGD\b|^\W*(?:\w+ (?:to )?)?singapore\W*$", re.IGNORECASE),
    "HKD": re.compile(r"\.com\.hk\b|\bHKD\b|^\W*(?:\w+ (?:to )?)?hong kong\W*$", re.IGNORECASE),
}


def page_currency(nodes: list[Node]) -> str | None:
    """The currency that most amounts of a page are in; None where no sign tells it.

    "$" alone is the dollar of the country that the page names, and that of the United States otherwise.
    """
    counted = Counter(n.money.currency for n in nodes if n.money is not None and n.money.currency)
    if not counted:
        return None
    most = counted.most_common(1)[0][0]
    if most != "USD":
        return most
    named = [c for c in counted if c in COUNTRIES]
    if named:
        return named[0]
    return next((code for code, told in COUNTRIES.items() if any(told.search(n.text) for n in nodes)), "USD")
