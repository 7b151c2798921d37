"""Amounts of money in a line of text, and what each of them is: a price, or money that is no price."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from catalog.money import CURRENCY_SIGNS, Money, bounded


class Role(StrEnum):
    """What an amount of money on a page is."""

    PRICE = "price"
    LIST = "list price"
    SAVING = "saving"
    DELIVERY = "delivery"
    INSTALMENT = "instalment"
    RENT = "rent"
    UNIT = "unit price"
    THRESHOLD = "threshold"
    FILTER = "filter"
    TOTAL = "total"
    OTHER = "other"


@dataclass(frozen=True)
class Amount:
    """An amount with its place in the line: ``start`` and ``end`` are character positions."""

    money: Money
    role: Role
    start: int
    end: int
    low_of_range: bool = False
    from_price: bool = False


HOMES = 1000  # an amount from which on "and more" is said of homes
WORDS = {
    "USD": "USD", "US$": "USD", "GBP": "GBP", "EUR": "EUR", "AUD": "AUD", "A$": "AUD", "AU$": "AUD",
    "CAD": "CAD", "CA$": "CAD", "C$": "CAD", "NZD": "NZD", "NZ$": "NZD", "SGD": "SGD", "S$": "SGD",
    "HKD": "HKD", "HK$": "HKD", "AED": "AED", "INR": "INR", "RS": "INR", "RS.": "INR", "RM": "MYR",
    "MYR": "MYR", "CHF": "CHF", "SEK": "SEK", "NOK": "NOK", "DKK": "DKK", "PLN": "PLN", "JPY": "JPY",
    "SAR": "SAR", "ZAR": "ZAR", "PHP": "PHP", "THB": "THB", "KR": "SEK", "ZŁ": "PLN",
}  # fmt: skip
_SIGN = "[" + re.escape("".join(CURRENCY_SIGNS)) + "]"
_WORD = r"(?:US\$|AU?\$|CA?\$|NZ\$|S\$|HK\$|USD|GBP|EUR|AUD|CAD|NZD|SGD|HKD|AED|INR|CHF|SEK|NOK|DKK|PLN|JPY|SAR|ZAR|PHP|THB|MYR|RM|Rs\.?)"
_NUMBER = r"\d{1,3}(?:\.\d{3})*,[-–—]{1,2}|\d{1,3}(?:,\d{3})+\d{2}(?!\d)|\d{1,3}(?:[,. ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
SIGNED = (
    rf"(?P<before>(?<![A-Za-z]){_WORD}|(?<![A-Za-z]){_SIGN})\s?(?P<number>{_NUMBER})"
    r"(?:\s?(?P<code>USD|AUD|CAD|GBP|EUR|NZD|SGD)\b)?"
)
AMOUNT = re.compile(
    rf"{SIGNED}|(?<![\d.,])(?P<number2>{_NUMBER})\s?"
    r"(?P<after>€|₺|₽|zł|kr\b|USD\b|GBP\b|EUR\b|AUD\b|CAD\b|AED\b|CHF\b|£)(?!\d)",
    re.IGNORECASE,
)
BARE = re.compile(r"^\W{0,2}(?P<number>\d{1,3}(?:,\d{3})*\.\d{2})$")

# Raised cents that were read as if they belonged to the last three digits: "1,37500".
RUN_ON = re.compile(r"\d{1,3}(?:,\d{3})+\d{2}")

# What stands right before and right after an amount tells what it is. The first rule of which all matches wins.
_INSTALMENT_BEFORE = (
    r"(?:payments?|instal?lments?) of(?: (?:only|just))?$|\b\d+ ?[x×]$|^\W*[x×]$|\bpay(?:ing)?(?: just| only)?$|"
    r"(?:klarna|afterpay|affirm|clearpay|zip|laybuy|sezzle|quadpay|latitude|paypal).{0,30}$"
)
RULES: tuple[tuple[Role, str, str], ...] = (
    (Role.INSTALMENT, _INSTALMENT_BEFORE, ""),
    (Role.INSTALMENT, r"monthly estimate|est\.? (?:monthly|payment)|estimated payment|finance from|mortgage", ""),
    (Role.INSTALMENT, "", r"^ ?(?:/|per|a) ?(?:mo\b|month|week|wk\b).{0,40}(?:affirm|klarna|afterpay|apr|for \d+|with|interest)"),
    (Role.INSTALMENT, "", r"^ ?(?:/|per|pro) ?(?:mo\b|month|monat|mois).{0,6}(?:\(?\d+ ?mo|[x×] ?\d+)"),
    (Role.INSTALMENT, r"(?:^|\s)(?:or|oder|ou)(?: from| ab)?\W*$", r"^ ?(?:/|per|pro) ?(?:mo\b|month|monat|mois)"),
    (Role.INSTALMENT, "", r"^.{0,24}(?:interest[- ]free|0% apr|with (?:affirm|klarna|afterpay|clearpay|sezzle|zip|shop ?pay|zzounds))"),
    (Role.INSTALMENT, r"\b\d+ (?:interest|easy|equal|weekly|monthly|fortnightly)", ""),
    (Role.RENT, "", r"^\+? ?(?:/ ?mo\b|/ ?month|/ ?monat|per month|pcm|p/m|a month|pw\b|per week|/ ?wk)"),
    (Role.UNIT, "", r"^ ?(?:/|per|an?\b) ?(?:\d+ ?)?(?:g|kg|ml|l|lt|litre|liter|oz|ounce|fl oz|lb|m|m2|sq ?ft|ft|cm|count|ct|sheet|unit|item|piece|wash|tablet|100)\b"),
    (Role.UNIT, "", r"^ ?[/l|I]{0,2}(?:kg|itres?|litres?|ltr|100 ?(?:g|ml))\b"),  # its slash may be misread, or lost
    (Role.UNIT, r"unit price\W*$", ""),
    (Role.SAVING, r"(?:save|saving|savings|you save|discount|off|cashback|rebate|instant|get|extra|reduced by|receive|value of|credit)(?: up to)?\W{0,3}$", ""),
    (Role.SAVING, r"(?:^|\s)[-−–] ?$", ""),
    (Role.SAVING, "", r"^ ?(?:(?:of|in) savings|special offer|of accessories|in accessories)"),
    (Role.SAVING, "", r"^\+? ?(?:off\b|discount|cash ?back|saving|rebate|credit|coupon|voucher|gift card)"),
    (Role.DELIVERY, r"(?:delivery|shipping|postage|p&p|versand(?:kosten)?|lieferung|livraison|freight|ship(?:s|ped)? (?:for|from)|handling|click & collect)\W{0,4}(?:from|is|for|cost|fee|:)?\W{0,3}$", ""),
    (Role.DELIVERY, "", r"^\W{0,2}(?:delivery|shipping|postage|freight|p&p|flat rate|express)"),
    (Role.THRESHOLD, r"(?:over|above|orders? (?:of|over|above)|spend(?: over)?|minimum|min\.?|more than|purchases? (?:of|over)|on all orders|exceeding|when you spend|at least|up to|worth)\W{0,3}$", ""),
    (Role.THRESHOLD, "", r"^\+|^ ?(?:or more|and over|& over|(?:and|&) above|and up|& up|minimum|purchase)\b"),
    (Role.FILTER, r"(?:^|\b)(?:under|below|less than|up to|any price|(?:price )?range|(?:min|max)(?:imum|\.)?(?: price)?)\W{0,2}$", ""),
    (Role.LIST, r"(?:\bwas|after (?:the )?(?:sale|event|offer)|rrp|r\.r\.p\.?|msrp|m\.s\.r\.p\.?|\blist(?: price)?|retail(?: price)?|reg(?:ular)?\.?(?: price)?|original(?:ly)?(?: price)?|compare(?:d)? at|typical(?: price)?|previous(?:ly)?(?: price)?|uvp|statt|unverb\. preisempf\.|prix conseillé|old price|be price|usual(?:ly)?(?: price)?|before|\bvalued? at|\bvalue)\W{0,4}$", ""),
    (Role.LIST, "", r"^ ?(?:rrp|msrp|retail|list price|value\b)"),
    (Role.TOTAL, r"(?:sub ?total|\btotal|balance|amount due|estimated tax|tax|vat|bag|cart|basket|checkout)\W{0,4}$", ""),
    (Role.OTHER, r"(?:subscribe|autoship|auto-?delivery|repeat delivery|subscription)\b.{0,24}$", ""),
    (Role.OTHER, r"(?:warranty|protection|insurance|gift ?wrap|gift ?card|points?|earn|deposit|donat\w*|fee|bid|care plan|add(?:-| )?on|\+|sold for|(?:used|refurb\w*)\W*(?:\(\d+\)\W*)?from|(?:used|refurb\w*) (?:& new )?(?:\(\d+\) )?from|budget|loan|down(?: payment)?)\W{0,3}$", ""),
    (Role.OTHER, "", r"^ ?incl(?:\.|uding|udes)? .{0,12}(?:protection|fees?)\b"),
    (Role.OTHER, "", r"^\W{0,3}\d+\+? (?:u.ed|new|refurb\w*|offers?|sellers?|other)\b"),
    (Role.OTHER, "", r"^.{0,12}(?:warranty|protection plan|insurance|gift ?card|points\b|reward|deposit|down payment|subscription fee)"),
)  # fmt: skip
_COMPILED = tuple(
    (
        role,
        re.compile(before, re.IGNORECASE) if before else None,
        re.compile(after, re.IGNORECASE) if after else None,
    )
    for role, before, after in RULES
)
_AS_LOW_AS = re.compile(r"as low as\W*$", re.IGNORECASE)  # financing; homes are let "from" so much a month
_RANGE = re.compile(r"^\s?(?:-|–|—|to|~)\s?$")
_FROM = re.compile(r"(?:from|starting (?:at|from)|as low as|starts at)\W{0,2}$", re.IGNORECASE)


def parse_number(written: str) -> Decimal:
    """A number as shops write it, with either sign for decimals; at most ``money.MOST``.

    >>> [str(parse_number(w)) for w in ("1,234.56", "1.299,00", "4,95", "1,299", "12.5", "1,37500")]
    ['1234.56', '1299.00', '4.95', '1299', '12.5', '1375.00']
    """
    compact = re.sub(r"[ ]|,[-–—]+$", "", written)  # "1.099,-" is a whole number
    if RUN_ON.fullmatch(compact):
        return bounded(Decimal(f"{compact[:-2].replace(',', '')}.{compact[-2:]}"))
    decimals = re.search(r"[.,](\d{1,2})$", compact)
    whole = compact[: decimals.start()] if decimals else compact
    digits = re.sub(r"[.,]", "", whole)
    return bounded(Decimal(f"{digits}.{decimals.group(1)}") if decimals else Decimal(digits))


def amounts_in(text: str, label: str = "") -> list[Amount]:
    """Every amount of money in a line, with its role; ``label`` is what stands to the left in the same row.

    >>> [(str(a.money), a.role.value) for a in amounts_in("Was £34.00 Now £25.99")]
    [('£34.00', 'list price'), ('£25.99', 'price')]
    >>> [a.role.value for a in amounts_in("or 4 interest-free payments of $12.25")]
    ['instalment']
    """
    found: list[Amount] = []
    end_of_last = 0
    for match in AMOUNT.finditer(text):
        number = match.group("number") or match.group("number2")
        currency = _currency(match.group("code") or match.group("before") or match.group("after"))
        before = text[end_of_last : match.start()]
        if not before.strip() and not found:
            before = f"{label} "
        role = _role(before, text[match.end() :])
        amount = Amount(
            Money(amount=parse_number(number), currency=currency), role, match.start(), match.end(),
            from_price=bool(_FROM.search(before)),
        )  # fmt: skip
        found.append(amount)
        end_of_last = match.end()
    return _ranges([_open_ended(a, text) if len(found) == 1 else a for a in found], text)


def _open_ended(amount: Amount, text: str) -> Amount:
    """What a building's homes cost at least, "$329,000+", is a price; the bound of a filter is small or has words beside it."""
    alone = re.fullmatch(r"\W*\d[\d,]*\+\W*", text.strip())
    if amount.role is Role.THRESHOLD and alone and amount.money.amount >= HOMES:
        return replace(amount, role=Role.PRICE, from_price=True)
    return amount


def _ranges(found: list[Amount], text: str) -> list[Amount]:
    """Two prices with a dash between them are one price range."""
    for first, second in zip(found, found[1:], strict=False):
        if _RANGE.match(text[first.end : second.start]) and first.money.amount < second.money.amount:
            position = found.index(first)
            found[position] = replace(first, low_of_range=True, role=Role.PRICE)
            found[position + 1] = replace(second, role=Role.OTHER)
    return found


def _role(before: str, after: str) -> Role:
    before = before.rstrip()
    for role, pattern_before, pattern_after in _COMPILED:
        if pattern_before is not None and not pattern_before.search(before):
            continue
        if pattern_after is not None and not pattern_after.search(after):
            continue
        return Role.INSTALMENT if role is Role.RENT and _AS_LOW_AS.search(before) else role
    return Role.PRICE


def _currency(written: str) -> str | None:
    return CURRENCY_SIGNS.get(written) or WORDS.get(written.upper().rstrip(".")) or WORDS.get(written.upper())


def bare_amount(text: str, currency: str | None) -> Amount | None:
    """A number with two decimals that stands alone, as when the currency sign was lost.

    >>> str(bare_amount("1,299.00", "INR").money)
    '₹1,299.00'
    """
    match = BARE.match(text.strip())
    if match is None or currency is None:
        return None
    money = Money(amount=parse_number(match.group("number")), currency=currency)
    return Amount(money, Role.PRICE, match.start("number"), match.end("number"))
