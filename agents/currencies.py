"""Amounts that a shopper states in another currency than the shop's: they are never taken for the same number."""

import re
from functools import lru_cache
from typing import Any

from babel.numbers import get_currency_name, get_currency_symbol, list_currencies

MONEY_CHANGES = ("min_price", "max_price")
MONEY_ARGUMENTS = ("budget", "max_each")
WORDS = {
    "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "euro": "EUR", "euros": "EUR", "quid": "GBP", "sterling": "GBP", "rupee": "INR",
    "rupees": "INR", "yen": "JPY", "francs": "CHF", "zloty": "PLN", "kronor": "SEK",
}  # fmt: skip
"""What people call currencies in speech; "pounds" are left out, which are weights as well."""
SIGNS = "£$€₹¥₩₺₽₱฿₴₪₫"
_NUMBER = r"\d[\d.,]{0,14}\s?k?"
_BEFORE = re.compile(rf"(?P<sign>[{SIGNS}]|\b[A-Z]{{3}}(?=\s?\d))\s?{_NUMBER}")
_AFTER = re.compile(rf"{_NUMBER}\s?(?P<sign>[{SIGNS}]|[A-Za-z]{{3,8}}\b)")


def foreign_currency(text: str, own: str | None) -> str | None:
    """The currency of an amount in a message that is not the shop's ``own``; None where all amounts may be in that.

    >>> foreign_currency("a kettle under $50", "GBP"), foreign_currency("a kettle under $50", "AUD")
    ('USD', None)
    >>> foreign_currency("50 euros at most", "GBP"), foreign_currency("5 pounds of flour", "USD")
    ('EUR', None)
    """
    if own is None:
        return None
    stated = [_code(m.group("sign")) for pattern in (_BEFORE, _AFTER) for m in pattern.finditer(text)]
    named = [code for code in stated if code is not None]
    foreign = [code for code in named if code != own and get_currency_symbol(own, "en")[-1] != _sign(code)]
    return foreign[0] if foreign and own not in named else None


def _code(sign: str) -> str | None:
    if sign.lower() in WORDS:
        return WORDS[sign.lower()]
    return _of_signs().get(sign) or (sign.upper() if sign.upper() in _codes() and len(sign) == 3 else None)


def _sign(code: str) -> str:
    return str(get_currency_symbol(code, "en"))[-1]


@lru_cache(maxsize=1)
def _of_signs() -> dict[str, str]:
    return {str(get_currency_symbol(code, "en")): code for code in ("USD", "GBP", "EUR", "INR", "JPY", "KRW", "TRY", "RUB", "PHP", "THB", "UAH", "ILS", "VND")}


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(list_currencies("en"))


def without_money(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Calls without the bounds and budgets in them, which were stated in another currency."""
    out = []
    for call in calls:
        dropped = MONEY_CHANGES if call["name"] == "set_wishes" else MONEY_ARGUMENTS if call["name"] == "optimize_bundle" else ()
        arguments = {k: v for k, v in call["arguments"].items() if k not in dropped}
        if arguments or not call["arguments"]:
            out.append({**call, "arguments": arguments})
    return out


def currency_note(own: str, stated: str) -> str:
    """What the shopper is told of an amount in another currency."""
    sold, said = (get_currency_name(c, locale="en", count=2) for c in (own, stated))
    return f"This shop's prices are in {sold}, so I set no limit from an amount in {said}; tell me the limit in {sold} and I will keep to it."
