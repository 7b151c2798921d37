"""Numbers that are somebody's own: payment cards, bank accounts and telephones, found wherever they begin in a text."""

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban, luhn

REGIONS = ("GB", "US", "DE", "FR", "ES", "IT", "AT", "CH")
LONGEST_RUN = 60  # characters of a run of digits that is looked at as a telephone number
CARD_DIGITS = range(13, 20)
# First digits of the payment systems: https://en.wikipedia.org/wiki/Payment_card_number
CARD_FIRST = "23456"
Span = tuple[int, int]

_RUN = re.compile(r"(?<![\w.,])[+(]?\d(?:[ \u00a0.\-/()]{0,3}\d)+")
_BLOCKS = re.compile(r"(?<!\d)\d{4}([ \u00a0-]?)\d{4}\1\d{4}\1\d{2,7}(?!\d)")
_AMEX = re.compile(r"(?<!\d)3\d{3}([ \u00a0-]?)\d{6}\1\d{5}(?!\d)")
_TAIL = re.compile(
    r"(?:[*•∙·xX#.]{2,4}[ -]?){1,4}\d{4}\b|\b(?:ending (?:in|with)|endend auf|se terminant par|que termina en|che termina con) \d{4}\b"
)
_EXPIRY = re.compile(r"(?<![\d/])(?:0[1-9]|1[0-2]) ?[/.-] ?(?:20)?\d{2}(?![\d/])|(?<!\d)\d{3,4}(?!\d)")
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?=[ \u00a0]?[A-Z0-9])")
_IBAN = re.compile(r"[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30}")
_SEPARATED = re.compile(r"\d[ \u00a0.\-/()]+\d")
_PHONE_SHAPE = re.compile(r"\+\d|\(0\d|\(\d{3}\)|0\d")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$")


def cards(text: str) -> Iterator[Span]:
    """Where a text states a payment card's number, whatever digits stand beside it.

    >>> [text[a:b] for text in ["Visa 4111 1111 1111 1111 12/27", "1 4111-1111-1111-1111"] for a, b in cards(text)]
    ['4111 1111 1111 1111', '4111-1111-1111-1111']
    """
    yield from sorted(
        {*_written(text), *(w for run in _RUN.finditer(text) for w in _windows(text, *run.span()))}
    )


def _written(text: str) -> Iterator[Span]:
    for pattern in (_BLOCKS, _AMEX):  # written as cards are, so that a digit misread does not uncover it
        for match in pattern.finditer(text):
            digits = re.sub(r"\D", "", match.group())
            if digits[0] in CARD_FIRST and (match.group(1) or luhn.is_valid(digits)):
                yield match.span()


def _windows(text: str, start: int, end: int) -> Iterator[Span]:
    """Every stretch of a run of digits that is as long as a card's number and passes its check."""
    places = [i for i in range(start, end) if text[i].isdigit()]
    digits = "".join(text[i] for i in places)
    if len(digits) > 20 * CARD_DIGITS.stop:
        return
    for first in range(len(digits) - CARD_DIGITS.start + 1):
        if digits[first] not in CARD_FIRST or (
            first and places[first] == places[first - 1] + 1 and _whole(digits)
        ):
            continue
        for length in CARD_DIGITS:
            window = digits[first : first + length]
            if len(window) == length and _usual(window) and luhn.is_valid(window):
                yield places[first], places[first + length - 1] + 1
                break


def _whole(digits: str) -> bool:
    return len(digits) in (13, 14)  # an article number (EAN) has windows that pass by chance


def _usual(window: str) -> bool:
    """Whether a number is as long as the cards that begin like it."""
    lengths = {"3": (14, 15, 16), "4": (16, 13, 19), "5": (16,), "2": (16,), "6": (16, 17, 18, 19)}
    return len(window) in lengths.get(window[0], ())


def card_tails(text: str) -> Iterator[Span]:
    """Where a text states the last digits of a card: "•••• 1111", "ending in 1111"."""
    return (match.span() for match in _TAIL.finditer(text))


def beside_cards(text: str) -> Iterator[Span]:
    """What may be an expiry or a security code in a line that states a card."""
    return (match.span() for match in _EXPIRY.finditer(text))


def ibans(text: str) -> Iterator[Span]:
    """Where a text states an international bank account number.

    >>> [text[a:b] for text in ["to DE89 3704 0044 0532 0130 00 or"] for a, b in ibans(text)]
    ['DE89 3704 0044 0532 0130 00']
    """
    for start in _IBAN_START.finditer(text):
        match = _IBAN.match(text, start.start())
        if match:
            yield start.start(), _account_end(match.group()) + start.start()


def _account_end(written: str) -> int:
    """Where the account's number ends; all of it where a letter was misread, so that the check fails."""
    for end in range(len(written), 14, -1):
        if written[end - 1] not in " \u00a0" and iban.is_valid(written[:end]):
            return end
    return len(written)


def phones(text: str) -> Iterator[Span]:
    """Where a text states a telephone number.

    >>> [text[a:b] for text in ["ring 030 1234 5678 today"] for a, b in phones(text)]
    ['030 1234 5678']
    """
    for match in _RUN.finditer(text):
        run = match.group()
        count = sum(c.isdigit() for c in run)
        if 8 <= count <= 15 and len(run) <= LONGEST_RUN and not _DATE.match(run) and _is_phone(run, count):
            yield match.span()


@lru_cache(4096)
def _is_phone(run: str, count: int) -> bool:
    shaped = _PHONE_SHAPE.match(run) is not None
    if shaped and count >= 9 and (run[0] in "+(" or _SEPARATED.search(run)):
        return True
    if not shaped and not _SEPARATED.search(run):
        return False  # digits in one piece that no telephone number begins with: an article's number
    return any(_matches(run, region) for region in REGIONS)


def _matches(run: str, region: str) -> bool:
    leniency = Leniency.VALID if _PHONE_SHAPE.match(run) else Leniency.STRICT_GROUPING
    return any(
        phonenumbers.is_valid_number(found.number)
        for found in PhoneNumberMatcher(run, region, leniency=leniency, max_tries=4)
    )
