"""What in a text is personal: the patterns by which pages are masked, in the browser and from the pixels.

The patterns are kept to what Python and JavaScript read alike, so that both maskers use the same ones.
"""

import re
from collections.abc import Iterator

EMAIL = r"[A-Za-z0-9\u00c0-\u024f._%+-]+ ?@ ?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?:\. ?[A-Za-z]{2,}| (?:com|org|net|edu|co|io|uk|de|fr|eu)\b)"
CARD = r"(?:\d[ -]?){12,18}\d"
CARD_TAIL = r"(?:ending (?:in|with)|[*•xX·.]{3,}) ?\d{4}\b"
PHONE = (
    r"(?:\+\d{1,3}|\(0\d{2,5}\)|\(\d{3}\)|\b0\d{2,4})[ -.]{0,2}\(?\d{2,5}\)?(?:[ -.]?\d{2,5}){1,3}\b"
    r"|\b\d{3}[-.]\d{3}[-.]\d{4}\b"
)
POSTCODE = (
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]{2},? \d{5}(?:-\d{4})?\b|\b(?:D-)?\d{5} [A-Z][a-zäöüß]{2,}"
)
STREET = (
    r"\b\d{1,5}[A-Za-z]?,? (?:[A-Z][\w'.-]+ ){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Way|"
    r"Place|Pl|Boulevard|Blvd|Terrace|Square|Gardens|Crescent|Row|Hill|Park|Mews|Grove)\b\.?"
    r"|\b[A-ZÄÖÜ][\w-]+(?:straße|strasse|str\.|weg|platz|allee|gasse) \d{1,4}[a-z]?\b"
)
# A person is named here, or the lines below are where somebody lives.
PERSON = (
    r"(?:deliver(?:ing|y)? to|ship(?:ping|s)? to|send to|bill(?:ing|ed)? to|sold to|recipient\b|cardholder|"
    r"name on card|full name|your name|customer(?: name|:)|account holder|signed in as|logged in as|welcome back|"
    r"(?:shipping|delivery|billing|home|postal|your|default|primary) (?:address|details|contact)|payer)"
)
# What is asked for under such a label is nobody else's business.
SECRET = r"^\W*(?:\w+ ){0,3}(?:pass(?:word|code|phrase)|cvc|cvv|security code|sort code|account number|iban)\b.{0,16}$|^\W*(?:your |card )?pin(?: code| number)?\W*$"
# Beside a form's other labels stands what only matters where somebody is named as well.
LABEL = r"^\W*(?:post ?code|zip(?: code)?|town|city|town or city|street(?: address)?|address(?: line \d)?|e-?mail(?: address)?|phone(?: number)?|mobile|date of birth)\W*$"
GREETING = (
    r"^\W*(?:hello|hi|hey|dear|good (?:morning|afternoon|evening)|welcome back|thank you|thanks),? +"
    r"[A-Z][\w'-]+(?: [A-Z][\w'-]+)?(?:\W|$)"
)
FIELD = (
    r"card|cvc|cvv|iban|account.?n|sort.?code|e-?mail|phone|mobile|\btel|address|street|city|town|county|post.?code|postal|zip|"
    r"(?:first|last|full|given|family|card|user|holder|sur|middle).?name|^name$|birth|dob\b|\bssn|passport|login|otp|pass(?:word|code)|"
    r"\bpin\b|security|secret|recipient|company"
)

# The pixels may have lost a digit, so that the check fails: what is written as cards are is one.
_CARD_SHAPE = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{2,7}$|[3-6]\d{14,15}$")
_EMAIL, _CARD, _PHONE = re.compile(EMAIL), re.compile(CARD), re.compile(PHONE)
_TAIL, _GREETING = re.compile(CARD_TAIL, re.I), re.compile(GREETING, re.I)


def luhn(digits: str) -> bool:
    """Whether a number passes the check that card numbers pass (Luhn 1960).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def personal_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where a line of text states an e-mail address, a card, a telephone number or greets somebody by name.

    >>> [("mail me@example.org today")[a:b] for a, b in personal_spans("mail me@example.org today")]
    ['me@example.org']
    """
    for match in _EMAIL.finditer(text):
        if "@" in match.group():
            yield match.span()
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if 13 <= len(digits) <= 19 and (luhn(digits) or _CARD_SHAPE.match(match.group())):
            yield match.span()
    for pattern in (_PHONE, _TAIL, _GREETING):
        for match in pattern.finditer(text):
            if pattern is not _PHONE or 9 <= sum(c.isdigit() for c in match.group()) <= 15:
                yield match.span()


def card_across(above: str, below: str) -> tuple[int, int] | None:
    """A card number that goes on in the next line: where it begins in ``above`` and ends in ``below``."""
    first = re.search(r"(?:\d{4}[ -]?){1,3}$", above.rstrip())
    rest = re.match(r"(?:\d{2,4}[ -]?){1,3}", below)
    if not first or not rest:
        return None
    digits = re.sub(r"\D", "", first.group() + rest.group())
    return (first.start(), rest.end()) if 13 <= len(digits) <= 19 else None


def patterns() -> dict[str, str]:
    """The patterns by name, for the masker inside the browser."""
    return {
        "email": EMAIL, "card": CARD, "tail": CARD_TAIL, "phone": PHONE, "postcode": POSTCODE, "street": STREET,
        "person": PERSON, "greeting": GREETING, "field": FIELD,
    }  # fmt: skip
