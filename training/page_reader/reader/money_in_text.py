"""Amounts of money as shops write them: where in a line they stand, how much they are, in which currency."""

import re
from dataclasses import dataclass
from decimal import Decimal

from agents.screen_reader.amounts import RUN_ON
from catalog.money import CURRENCY_SIGNS, Money, bounded

CODES = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "S$": "SGD", "HK$": "HKD",
    "R$": "BRL", "R": "ZAR", "RP": "IDR", "RS": "INR", "RS.": "INR", "RM": "MYR", "KR": "SEK", "ZŁ": "PLN", "KČ": "CZK", "FT": "HUF",
    **{c: c for c in (
        "USD", "GBP", "EUR", "AUD", "CAD", "NZD", "SGD", "HKD", "AED", "INR", "MYR", "CHF", "SEK", "NOK", "DKK",
        "PLN", "JPY", "SAR", "ZAR", "PHP", "THB", "BRL", "KRW", "CNY", "TRY", "MXN", "IDR",
    )},
}  # fmt: skip
_SIGN = "[" + re.escape("".join(CURRENCY_SIGNS)) + "]"
_WORD = (
    r"(?:US ?\$|AU? ?\$|CA? ?\$|NZ ?\$|S\$|HK ?\$|R\$|USD|GBP|EUR|AUD|CAD|NZD|SGD|HKD|AED|INR|CHF|SEK|NOK|DKK|PLN|JPY|SAR|ZAR|PHP|THB"
    r"|BRL|KRW|CNY|TRY|MXN|MYR|IDR|RM|Rs\.?|Rp(?=[ \d])|R(?=\d))"
)
_NUMBER = (
    r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,2})?(?!\d)"  # 1,29,900: lakhs
    r"|\d{1,3}(?:,\d{3})+\d{2}(?!\d)"  # 1,37500: raised cents read into the number
    r"|\d{1,3}(?:[,. ’']\d{3})+(?:[.,](?:\d{1,2}|[-–—]{1,2}))?(?!\d)"
    r"|\d+[.,]\d{1,2}(?!\d)"
    r"|\d+(?:[.,][-–—]{1,2})?"
)
SIGNED = (
    rf"(?P<before>(?<![A-Za-z]){_WORD}|{_SIGN})\s?(?P<number>{_NUMBER})(?P<thousands>[KkM]\b)?"
    r"(?:\s?(?P<code>USD|AUD|CAD|GBP|EUR|NZD|SGD)\b)?"
)
AMOUNT = re.compile(
    rf"{SIGNED}|(?<![\d.,])(?P<number2>{_NUMBER})\s?"
    r"(?P<after>€|₺|₽|₹|zł|kč|ft\b|kr\b|(?:USD|GBP|EUR|AUD|CAD|AED|CHF|SEK|PLN|INR|JPY|SGD)\b|£|\$)(?!\d)",
    re.IGNORECASE,
)
# A number that may be an amount although no sign stands with it: with two decimals, or in groups of thousands.
BARE = re.compile(
    r"(?<![\w.,/:+-])(?:\d{1,3}(?:,\d{2,3})+(?:\.\d{2})?|\d{1,3}(?:\.\d{3})+(?:,\d{2})?|\d{1,6}[.,]\d{2})(?![\w%.,/:\"″'-])"
)
ALONE = re.compile(r"^\W{0,2}(\d{2,7})\W{0,2}$")
_TIMES = {"K": 1000, "M": 1000000}


@dataclass(frozen=True)
class Written:
    """An amount in a text: characters ``start`` to ``end``, and whether a sign or a code stands with it."""

    start: int
    end: int
    money: Money
    signed: bool


def parse_number(written: str) -> Decimal:
    """A number as shops write it, with either sign for decimals; at most ``money.MOST``.

    >>> [str(parse_number(w)) for w in ("1,234.56", "1.299,00", "4,95", "1,299", "12.5", "1,37500", "1,29,900")]
    ['1234.56', '1299.00', '4.95', '1299', '12.5', '1375.00', '129900']
    """
    compact = re.sub(r"[ ’']|[.,][-–—]+$", "", written)  # "1.099,-" is a whole number
    if RUN_ON.fullmatch(compact):
        return bounded(Decimal(f"{compact[:-2].replace(',', '')}.{compact[-2:]}"))
    decimals = re.search(r"[.,](\d{1,2})$", compact)
    whole = compact[: decimals.start()] if decimals else compact
    digits = re.sub(r"[.,]", "", whole) or "0"
    return bounded(Decimal(f"{digits}.{decimals.group(1)}") if decimals else Decimal(digits))


def written_in(text: str) -> list[Written]:
    """Every amount in a line, and every number that may be one without its sign, from left to right.

    >>> [str(w.money) for w in written_in("Was £34.00 Now £25.99")]
    ['£34.00', '£25.99']
    >>> [(str(w.money), w.signed) for w in written_in("1,299.00")]
    [('1,299.00', False)]
    >>> [str(w.money) for w in written_in("₹ 1,29,900")]
    ['₹129,900.00']
    """
    found = [_signed(match) for match in AMOUNT.finditer(text)]
    taken = {i for w in found for i in range(w.start, w.end)}
    bare = [m for m in BARE.finditer(text) if m.start() not in taken]
    alone = ALONE.match(text) if not found and not bare else None
    spans = [m.span() for m in bare] + ([alone.span(1)] if alone else [])
    found += [Written(a, b, Money(amount=parse_number(text[a:b])), signed=False) for a, b in spans]
    return sorted(found, key=lambda w: w.start)


def _signed(match: re.Match[str]) -> Written:
    number = match.group("number") or match.group("number2")
    amount = parse_number(number) * _TIMES.get((match.group("thousands") or "").upper(), 1)
    currency = currency_of(match.group("code") or match.group("before") or match.group("after"))
    return Written(match.start(), match.end(), Money(amount=amount, currency=currency), signed=True)


def currency_of(written: str) -> str | None:
    """The ISO code of a sign or a code as written: "C $" is "CAD"."""
    compact = written.upper().replace(" ", "")
    return CURRENCY_SIGNS.get(written) or CODES.get(compact)
