"""What a message does that states no wish: it greets, likes what it sees, waits, buys, asks for delivery or a discount.

People talk to a shop assistant as to a person. Taken at its word, "ok, I'm waiting" would be a search for products
that wait. So each clause is sorted by what it does (a dialogue act) before its words are taken for wishes.
"""

import re

from agents.embedded import intents
from agents.embedded.intents import Intent
from agents.embedded.plain_words import ATTRIBUTES
from agents.embedded.references import HANDLE, NUMBERED, ORDINAL
from agents.embedded.request import GUESSED, Understood
from agents.embedded.sayings import LIKELY, SMALL_TALK
from agents.embedded.vocabulary import Vocabulary
from tools.synonyms import COLOURS, MATERIALS

ACTS = {
    "hello": Intent.GREET,
    "bye": Intent.BYE,
    "thanks": Intent.THANKS,
    "I like it": Intent.PLEASED,
    "are you there": Intent.WAITS,
    "I see": Intent.REMARK,
    "do you deliver": Intent.SERVICE,
    "show me a picture": Intent.PICTURE,
    "can I get a discount": Intent.HAGGLE,
    "put it in my basket": Intent.CART,
}
"""The plain requests of ``sayings.yaml`` that are answered without a tool."""
OF_THE_SHOP = (Intent.PICTURE, Intent.SERVICE)
"""Acts that ask for no kind of thing: "do you have a power bank here?" is none of them."""
LOOSE = (GUESSED | {"categories"}) - {"recipient"}
"""Wishes that the words of a remark may be taken for."""
# How probable an act must be to count for more than wishes that were guessed, a kind that was named, a fact that was stated.
OVER_GUESSES = 0.45
OVER_KINDS = 0.6
OVER_FACTS = 0.8
CERTAIN = 1.0
ASIDE = 0.6
"""The probability from which a clause is taken for small talk, beside others that are none."""
BREAK = re.compile(r"(?<=[^\d\s])[.!?…]+\s+|[,;]\s+|\n+|\s+(?=but\s)")
PUTS_RIGHT = re.compile(r"(?:(?:no|oh|wait|sorry|oops|actually|instead|or|and)\W*)+$")
"""What says that the next words take the place of others."""
BUYS = re.compile(
    r"\b(?:i(?:'ll| will|'d| would|'m going to| am going to| want to| decided? to)|let me|we(?:'ll| will))(?: just| then| also| like to| love to| rather)* "
    r"(?:go (?:for|with)|take|have|buy|choose|get|order|purchase|keep|st(?:ick|ay) with)(?: just)? (?:it|this|that|these|those|them|both|the)\b"
    r"|\bi(?:'m| am) (?:buying|taking|going (?:for|with))\b|\bi(?: still)? prefer the\b"
)
"""A purchase, where it points at what was shown; otherwise "I'll have the red ones" is a wish."""
SHIPPING = re.compile(
    r"\b(?:how (?:much|about|long|fast)|what(?:'s| is| are)?|and|is|are|which|any|some|free|fast\w*|express|standard|the|your)\b.{0,25}"
    r"\b(?:shipping|delivery|postage)\b(?! (?:label|box|bag|tape|envelope|scale)\w*)"
)
ASKING = re.compile(r"(?:do|does|is|are|can|could|will|would|how|what|when|where) ")
NO_WORDS = re.compile(r"[^a-z0-9£$€%]*")
OVERRIDDEN = {
    Intent.RECOMMEND, Intent.LIKE, Intent.UNCLEAR, Intent.OUT_OF_SCOPE, Intent.DETAILS, Intent.MORE, Intent.PICK,
}  # fmt: skip
"""What is understood where nothing says otherwise."""


class DialogueActs:
    """Recognises them with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary

    def content(self, text: str) -> str:
        """A lower-case message without the small talk that it begins or ends with; all of it where it is nothing else.

        "hi! do you have kettles?" is a question for kettles, "nah, they look ugly" a dislike.
        """
        spans = _clauses(text)
        if len(spans) < 2:
            return text
        named = self.vocabulary.brands_in(text)
        aside = [
            not any(start <= b.start < end for b in named) and self._is_aside(text[start:end])
            for start, end in spans
        ]
        first, last = 0, len(spans)
        while first < last and aside[first]:
            first += 1
        while last > first + 1 and aside[last - 1]:
            last -= 1
        return text if first == last else text[spans[first][0] : spans[last - 1][1]]

    def _is_aside(self, clause: str) -> bool:
        if PUTS_RIGHT.match(clause) or self._names_something(clause):
            return False
        whole = intents.whole_message(clause)
        if whole is not None:
            return whole is not Intent.HELP
        said = self.vocabulary.said(clause)
        return said.meant in SMALL_TALK and said.chance >= ASIDE

    def _names_something(self, clause: str) -> bool:
        """Whether a clause has an amount, points at a product, or names a brand, a colour or a kind."""
        words = re.findall(r"[a-z'-]+", clause)
        return bool(
            re.search(r"\d", clause)
            or any(p.search(clause) for p in (HANDLE, ORDINAL, NUMBERED))
            or COLOURS & set(words)
            or any(self.vocabulary.is_kind(w) for w in words)
            or self.vocabulary.brands_in(clause)
        )

    def of(self, text: str, understood: Understood, sure: bool, topic: str | None) -> Understood | None:
        """The message as what it does, when that is likelier than the wishes that its words were taken for."""
        if NO_WORDS.fullmatch(text):
            return Understood(Intent.REMARK, text)
        guessed = understood.intent in OVERRIDDEN and not understood.changes.keys() - LOOSE
        if BUYS.search(text) and understood.handles and (guessed or understood.intent is Intent.GOES_WITH):
            return Understood(Intent.CART, text)
        if SHIPPING.search(text) and (understood.intent is Intent.RECOMMEND or understood.aspect == "price"):
            return Understood(Intent.SERVICE, text)
        told = sure and understood.intent is Intent.OUT_OF_SCOPE
        if told or understood.intent not in OVERRIDDEN or understood.aspect or understood.order:
            return None
        said = self.vocabulary.said(text)
        act = ACTS.get(said.meant)
        of_kinds = any(self.vocabulary.is_kind(w) for w in understood.words)
        if act is None or (act in OF_THE_SHOP and of_kinds):
            return None
        if said.chance < self._least(understood, topic):
            return None
        return Understood(act, text)

    def _least(self, understood: Understood, topic: str | None) -> float:
        """How probable an act must be to count for more than what its words were taken for."""
        changes = understood.changes
        if changes.keys() & {"brands", "exclude_brands"} or set(changes.get("exclude_terms", [])) & COLOURS:
            return CERTAIN
        bounds = changes.keys() - LOOSE - ({"clear"} if "categories" in changes else set())
        told = {w for term in changes.get("must", []) for w in term.split()}
        stated = told & (COLOURS | MATERIALS | ATTRIBUTES)
        unwanted = {w for term in changes.get("exclude_terms", []) for w in term.split()}
        names = {w for w in unwanted if w not in self.vocabulary.english or self.vocabulary.is_kind(w)}
        kinds = self.vocabulary.kinds_in(topic)
        fits = (
            bool(changes.get("must") and kinds) and self.vocabulary.together([*changes["must"], *kinds]) > 0
        )
        if fits or bounds or stated or names or understood.intent is Intent.LIKE:
            return OVER_FACTS
        if any(self.vocabulary.is_kind(w) for w in understood.words):
            asks = "?" in understood.text or ASKING.match(understood.text)
            return OVER_KINDS if asks else OVER_FACTS
        known = changes or understood.handles or understood.intent is Intent.MORE
        return OVER_GUESSES if known else LIKELY


def _clauses(text: str) -> list[tuple[int, int]]:
    """The clauses of a message as (start, end).

    >>> [t[slice(*s)] for t in ["hi! any kettles? thanks"] for s in _clauses(t)]
    ['hi!', 'any kettles?', 'thanks']
    """
    cuts = [m.end() for m in BREAK.finditer(text)]
    edges = zip([0, *cuts], [*cuts, len(text)], strict=True)
    return [(a, a + len(text[a:b].rstrip())) for a, b in edges if text[a:b].strip()]
