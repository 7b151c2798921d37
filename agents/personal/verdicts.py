"""What a text of a page says of a person: the verdict that the maskers of the browser and of the pixels share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag
from functools import lru_cache

from agents.personal import numbers
from agents.personal.emails import emails, is_a_shops
from agents.personal.terms import (
    LONGEST_TERM_TEXT,
    besides,
    found,
    found_without_spaces,
    is_filler,
    normalised,
    unread_hits,
)

Span = tuple[int, int]
LONGEST_TEXT = 2000  # characters of a text that are looked at; what is longer is taken for personal
EXTRA_WORDS = 5  # of a label beside its term: "Choose a password (required)"
EXTRA_WORDS_FIELD = 4


class Kind(IntFlag):
    """What a text is; the browser's masker knows these by their numbers."""

    NOTHING = 0
    PERSONAL = 1
    """It states something personal itself."""
    HEADING = 2
    """A person's name or address follows it."""
    LABEL = 4
    """Something personal stands beside or below it."""
    FIELD = 8
    """The same, where the page is about a person."""
    PLACE = 16
    """It looks like a part of an address."""
    UNREAD = 32
    """It is a form's word of a language that is not read."""
    OWN = 64
    """It states what no shop states of itself: an e-mail address, a card, an account."""
    SECRET = 128
    """A label of payment or of a password."""
    LOOSE = 256
    """Its terms stand among other words: the name of a field may be written so, a label on a page is not."""


@dataclass(frozen=True)
class Verdict:
    """Kinds of a text, and where in it something personal is stated."""

    kinds: Kind
    spans: tuple[Span, ...] = ()

    @property
    def of_a_page(self) -> Kind:
        """The kinds of the text where it stands on a page: "phone case" is no label."""
        return self.kinds & ~WORDED if self.kinds & Kind.LOOSE else self.kinds


WORDED = Kind.HEADING | Kind.LABEL | Kind.FIELD | Kind.SECRET


_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’-]{1,20}"
_GREETED = re.compile(rf"{_NAME}(?: {_NAME}){{0,2}} ?(?:[!.,?]|$)")
_GREETED_LAST = re.compile(rf", ?{_NAME}(?: {_NAME}){{0,2}} ?(?:[!.?]|$)")
_CALLED = re.compile(rf"^{_NAME}(?: {_NAME})?, ")
_PLACE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]{2},? \d{5}(?:-\d{4})?\b|\b(?:[A-Z]{1,2}-)?\d{4,5},? [A-ZÀ-Þ][\w'’-]{1,30}"
    r"|\b\d{1,5}[A-Za-z]?,? (?:[\w'.-]{1,20} ){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Way|Place|Pl|"
    r"Boulevard|Blvd|Terrace|Square|Gardens|Crescent|Row|Hill|Park|Mews|Grove)\b"
    r"|\b\w{2,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer) \d{1,4} ?[a-z]?\b"
    r"|\b\d{0,4}(?: ?(?:bis|ter))?,? ?(?:rue|avenue|boulevard|chemin|impasse|allée|place|quai) [\w'’ -]{2,40}"
    r"|(?i:\b(?:calle|c/|avenida|avda\.?|plaza|paseo|pasaje|cuesta|ronda|via|viale|piazza|corso|vicolo|largo|strada|borgo|contrada|rotonda|"
    r"stretto|canale|incrocio|vico|glorieta|callejón|acceso|alameda|urbanización|cañada|camino|vial|rambla)) (?!a\b)[\w'’ºª. -]{2,40}"
)
_END_OF_LABEL = re.compile(r"[:：]\s*|\s+[-–—]\s+|\t")
_DIGITS = re.compile(r"\d")
_DOTS = re.compile(r"[•●∙*]{5,}")


@lru_cache(8192)
def judged(text: str) -> Verdict:
    """The verdict of one text: a text node of a page, or a line of a picture.

    >>> judged("Card number *").kinds.name, judged("Oak desk lamp 24.99").kinds.name
    ('LABEL|SECRET', 'NOTHING')
    >>> [("Password: hunter2")[a:b] for a, b in judged("Password: hunter2").spans]
    ['hunter2']
    """
    if len(text) > LONGEST_TEXT:
        pieces = [
            judged(text[i : i + LONGEST_TEXT])
            for i in range(0, min(len(text), 10 * LONGEST_TEXT), LONGEST_TEXT)
        ]
        personal = len(text) > 10 * LONGEST_TEXT or any(piece.spans for piece in pieces)
        return Verdict(Kind.PERSONAL if personal else Kind.NOTHING, ((0, len(text)),) if personal else ())
    spans, own = _stated(text)
    kinds, beside = _worded(text)
    spans += beside
    if spans:
        kinds |= Kind.PERSONAL
    if own:
        kinds |= Kind.OWN
    if _PLACE.search(text):
        kinds |= Kind.PLACE
    return Verdict(kinds, tuple(spans))


def personal_spans(text: str) -> Iterator[Span]:
    """Where a text states an e-mail address, a card, an account, a telephone number, or somebody's name in a greeting."""
    yield from _stated(text)[0]


def _stated(text: str) -> tuple[list[Span], bool]:
    """Spans of what is personal by its form, and whether it is more than a shop says of itself."""
    spans: list[Span] = []
    own = False
    for span in emails(text):
        spans.append(span)
        own = own or not is_a_shops(text[slice(*span)])
    if _DIGITS.search(text):
        cards = [*numbers.cards(text), *numbers.card_tails(text)]
        accounts = list(numbers.ibans(text))
        own = own or bool(cards or accounts)
        spans += [*cards, *accounts, *numbers.phones(text)]
        if cards:
            spans += numbers.beside_cards(text)
    if spans and (called := _CALLED.match(text)):
        spans.append(called.span())
    if _DOTS.search(text):
        own = True
    return spans + _greetings(text), own


def _greetings(text: str) -> list[Span]:
    head = text[:LONGEST_TERM_TEXT]
    words = normalised(head)
    place = found("greeting", words)
    if place is None or place[0] > 0:
        return []
    said = len(words[: place[1]].split())
    rest = _after_words(head, said)
    match = _GREETED.match(head, rest) or _GREETED_LAST.search(head, max(rest - 2, 0))
    return [(0, match.end())] if match else []


def _after_words(text: str, count: int) -> int:
    """Where a text goes on after so many words and what separates them from the next."""
    end = 0
    for match in re.finditer(r"[^\W_]+", text):
        if count == 0:
            return match.start()
        count -= 1
        end = match.end()
    return end


def _worded(text: str) -> tuple[Kind, list[Span]]:
    """Kinds by the words of a text, and the span of a value that follows its label in the same text."""
    colon = _END_OF_LABEL.search(text)
    if colon and colon.end() < len(text.rstrip()):
        label = _label(text[: colon.start()])
        if label & (Kind.LABEL | Kind.HEADING | Kind.FIELD) and not label & Kind.LOOSE:
            value = (colon.end(), len(text))
            if label & (Kind.LABEL | Kind.HEADING):
                return label, [value]
            return label, []
    return _label(text), _headed(text)


def _headed(text: str) -> list[Span]:
    """What follows a heading in the same text: "Deliver to Jo Bloggs"."""
    words = normalised(text[:LONGEST_TERM_TEXT])
    place = found("heading", words)
    before = re.findall(r"[^\W_]+", text)[: len(words[: place[0]].split())] if place else []
    if place is None or not all(w.islower() for w in before[1:]) or not all(is_filler(w.lower()) for w in before[:1]):
        return []
    rest = _after_words(text, len(words[: place[1]].split()))
    following = text[rest:]
    names = rest and rest < len(text) and (following[:1].isupper() or _DIGITS.search(following[:1]))
    return [(rest, len(text))] if names else []


def _label(text: str) -> Kind:
    if len(text) > LONGEST_TERM_TEXT:
        return Kind.NOTHING
    words = normalised(text)
    count = len(words.split())
    kinds = Kind.NOTHING
    for name, kind, extra in (
        ("secret", Kind.LABEL | Kind.SECRET, EXTRA_WORDS), ("birth", Kind.LABEL, EXTRA_WORDS), ("person", Kind.LABEL, EXTRA_WORDS_FIELD),
        ("heading", Kind.HEADING, EXTRA_WORDS), ("field", Kind.FIELD, EXTRA_WORDS_FIELD),
    ):  # fmt: skip
        place = found(name, words)
        if place is not None and count - len(words[slice(*place)].split()) <= extra:
            kinds |= kind
        elif place is None and count <= extra and found_without_spaces(name, words):
            kinds |= kind
    if kinds and besides(words):
        kinds |= Kind.LOOSE
    if unread_hits(words):
        kinds |= Kind.UNREAD
    return kinds
