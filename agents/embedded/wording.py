"""What the words of a request say: the kind of thing, what it must be, and what it must not."""

import re

from agents.embedded import intents
from agents.embedded.request import Situation, Understood
from agents.embedded.vocabulary import ATTRIBUTES, FILLER, Vocabulary
from agents.embedded.word_classes import WordClass
from catalog.lexical import stem
from tools.synonyms import COLOURS

ONLY = re.compile(
    r"\b(?:only|just|solely|nothing but|exclusively|must be|stick (?:to|with)|has to be|have to be)\b"
)
NEGATION = re.compile(
    r"\b(?:not|no|without|except(?: for)?|excluding|exclude|anything but|other than|besides|don'?t (?:want|like|show(?: me)?)|do not (?:want|like)|hate|avoid|nothing (?:by|from|in|with)|no more|skip|leave out|rather not|minus)\s+(?:any(?:thing)?\s+|the\s+|by\s+|from\s+|made by\s+|in\s+|a\s+|an\s+|more\s+)*$"
)
PURPOSE = re.compile(
    r"\b(?:something|anything|what|things?|stuff|ideas?|got|have)\b.{0,30}\bfor (?P<what>.+)"
)
GIFT = re.compile(r"\b(?:gifts?|presents?|stocking[- ]fillers?|secret santa)\b")
DEVICE = re.compile(
    r"\b(iphone|galaxy|pixel|ipad|macbook|kindle|redmi|oneplus|xperia|moto)\s?([a-z]?\d{1,3}(?:\s?(?:pro max|pro|plus|mini|ultra|max|se))?)\b"
)
OF_TOPIC = re.compile(
    r"\b(?:ones?|it|them|any|some) (?:should |must )?(?:with|in|that (?:is|are|has|have)|having|has|have)\b"
)
SIZE = re.compile(r"\bsize (?:\d{1,2}(?:\.5)?|x{0,3}[sml])\b")
MEASURE = re.compile(
    r"\b(\d+(?:[.,]\d+)?)\s?-?(cm|mm|inch(?:es)?|m|met(?:re|er)s?|ml|lit(?:re|er)s?|l|kg|kilos?|g|oz|w|watts?|mah|gb|tb|pieces?|pcs|pages?|beds?|bds?|bedrooms?|baths?|ba|players?|pack)\b"
)


class Wording:
    """Sorts words with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary

    def sort(self, rest: str, found: Understood, situation: Situation) -> None:
        """Sort the words that are left into the kind of thing, attributes it must have, and ones it must not."""
        vocabulary = self.vocabulary
        must: list[str] = []
        without: list[str] = []
        words: list[str] = []
        devices = [f"{match.group(1)} {match.group(2)}".strip() for match in DEVICE.finditer(rest)]
        rest = DEVICE.sub(" ", rest)
        for pattern in (MEASURE, SIZE):
            must += [match.group(0) for match in pattern.finditer(rest)]
            rest = pattern.sub(" ", rest)
        for match in re.finditer(r"[a-z][a-z0-9'-]+|\d+[a-z]+\b", rest):
            word = match.group().strip("'-")
            if word in ("set", "sets") and words and rest[: match.start()].rstrip().endswith(words[-1]):
                words.append("set")  # "a tea set" is a kind of thing, "a set" is not
                continue
            if word in FILLER or len(word) < 2:
                continue
            word = vocabulary.shops_word(vocabulary.corrected(word))
            if word in FILLER:
                continue
            negated = NEGATION.search(rest[: match.start()])
            attribute = word in COLOURS or word in ATTRIBUTES
            if negated:
                without.append(word)
            elif attribute and not (vocabulary.is_kind(word) and not must):
                must.append(word)
            else:
                words.append(word)
        must = _alternatives(must, rest)
        words = self._things(words, found, situation)
        found.words = words
        self._topic(words, must, found, situation)
        must += [
            d
            for d in devices
            if self._made_for_devices(d, found.changes.get("query") or situation.wishes.get("query"))
        ]
        if must:
            found.changes["must"] = [*must, *found.changes.get("must", [])]
        if without:
            found.changes["exclude_terms"] = without

    def _things(self, words: list[str], found: Understood, situation: Situation) -> list[str]:
        """The words that say what is wanted; those that say for whom, when, where or how are wishes of another sort."""
        vocabulary = self.vocabulary
        gift = GIFT.search(found.text) is not None or "recipient" in found.changes
        kinds = [w for w in words if vocabulary.is_kind(w)]
        topic = kinds or [w for w in (situation.wishes.get("query") or "").split() if vocabulary.is_kind(w)]
        things: list[str] = []
        aside: list[str] = []
        for word in words:
            others = [k for k in kinds if k != word]
            stated = (word in kinds and self._is_wanted(word, others)) or (
                vocabulary.knows(word) and (not topic or self._distinguishes(word, topic))
            )
            if stated and not (gift and not kinds and vocabulary.classes.names_no_thing(word)):
                things.append(word)
                continue
            sort = vocabulary.classes.of(word)
            purpose = (
                not kinds
                and not vocabulary.knows(word)
                and (spot := PURPOSE.search(found.text))
                and word in spot.group("what")
            )
            if sort is WordClass.THING and purpose:
                aside.append(word)  # "something for rainy days"
            elif sort is WordClass.THING:
                things.append(word)
            elif sort is WordClass.PERSON:
                if re.search(rf"\bfor\b[^.,;]*\b{re.escape(word)}", found.text):
                    found.changes.setdefault("recipient", word)
            elif sort is not WordClass.UNIT and not (gift and sort is WordClass.OCCASION):
                aside.append(word)
        if aside and not found.handles:  # of a product that is pointed at, they ask
            found.changes["interest"] = _as_said(aside, found.text)
        return things

    def _is_wanted(self, kind: str, others: list[str]) -> bool:
        """Whether a kind is what is wanted; a place beside another kind ("a chair for working from home") is not."""
        return (
            not others
            or not self.vocabulary.classes.names_no_thing(kind)
            or self._distinguishes(kind, others)
        )

    def _topic(self, words: list[str], must: list[str], found: Understood, situation: Situation) -> None:
        """A new kind of thing becomes the topic; other words refine the one there is."""
        vocabulary, topic = self.vocabulary, situation.wishes.get("query") or ""
        if words and not must and (category := vocabulary.category(words)) is not None:
            found.changes |= {
                "categories": [category],
                "clear": [*found.changes.get("clear", []), "query", "must"],
            }
            return
        kinds = [w for w in words if vocabulary.is_kind(w)]
        if kinds and topic and ONLY.search(found.text):
            must += words  # "only glass", while looking at candle holders
            return
        if words and topic and not found.handles and OF_TOPIC.search(found.text):
            must += _alternatives(_phrases(words, found.text), found.text)  # "one with dots or spots"
            return
        same_topic = bool(topic) and all(stem(w) in {stem(t) for t in topic.split()} for w in kinds)
        if kinds and not (same_topic and situation.shown):
            found.changes["query"] = self._joined(words, found.text)
        elif words and (topic or situation.shown) and not kinds and not found.handles:
            refining = [w for w in words if vocabulary.knows(w)]
            if intents.SHOPPING.search(found.text) and not any(vocabulary.knows(w) for w in words):
                found.changes["query"] = " ".join(words)
            elif refining and self._describes(refining, topic):
                must += _phrases(refining, found.text)
            elif refining:
                found.changes["query"] = " ".join(refining)
        elif words and same_topic:
            refining = [w for w in words if w not in kinds and vocabulary.knows(w)]
            if (
                refining
                and not kinds
                and intents.SHOPPING.search(found.text)
                and not self._describes(refining, topic)
            ):
                found.changes["query"], found.handles = " ".join(refining), []  # "a throw that goes with it"
            else:
                must += refining
        elif words and not situation.shown and not found.handles:
            found.changes["query"] = " ".join(words)

    def _made_for_devices(self, device: str, topic: str | None) -> bool:
        """Whether products of a kind say which devices they fit; for the others a device is no condition."""
        kinds = [w for w in (topic or "").split() if self.vocabulary.is_kind(w)]
        return not kinds or self._distinguishes(device.split()[0], kinds)

    def _distinguishes(self, word: str, kinds: list[str]) -> bool:
        """Whether a word sets products of a kind apart (so that all shown must have it)."""
        if not self.vocabulary.knows(word):
            return False
        mask = self.vocabulary.filter.term(word)
        for kind in kinds:
            mask = mask & self.vocabulary.filter.term(kind)
        return bool(mask.any())

    def _joined(self, words: list[str], text: str) -> str:
        """The words as a query; two kinds with "and" or "or" between them stay two."""
        out = [words[0]]
        for before, word in zip(words, words[1:], strict=False):
            apart = re.search(rf"{re.escape(before)}\w*\W+(?:and|or|&)\W+(?:\w+\W+)?{re.escape(word)}", text)
            both = self.vocabulary.is_kind(before) and (self.vocabulary.is_kind(word) or word.endswith("s"))
            # What something is for is not what it is: "labels for a printer".
            purpose = re.search(rf"{re.escape(before)}\w*\W+for\W+(?:\w+\W+){{0,3}}{re.escape(word)}", text)
            out += ["or", word] if apart and both else ["for", word] if purpose else [word]
        return " ".join(out)

    def _describes(self, words: list[str], topic: str) -> bool:
        mask = self.vocabulary.filter.term(words[0])
        kinds = [w for w in topic.split() if self.vocabulary.is_kind(w)]
        for word in [*words[1:], *(kinds or topic.split())]:
            mask = mask & self.vocabulary.filter.term(word)
        return bool(mask.any())


def _as_said(words: list[str], text: str) -> str:
    """Words as the text has them: with what stands between them where that is filler, else with "and"."""
    said, place = "", 0
    for word in words:
        start = text.find(word, place)
        between = text[place:start] if said and start >= 0 else None
        if between is not None and all(w in FILLER for w in re.findall(r"[a-z']+", between)):
            said += between + word
        else:
            said += f" and {word}" if said else word
        place = start + len(word) if start >= 0 else place
    return said


def _phrases(words: list[str], text: str) -> list[str]:
    """Words that stand right beside each other are one wish: "noise cancelling"."""
    out: list[str] = []
    for word in words:
        if out and re.search(rf"\b{re.escape(out[-1])} {re.escape(word)}\b", text):
            out[-1] = f"{out[-1]} {word}"
        else:
            out.append(word)
    return out


def _alternatives(must: list[str], text: str) -> list[str]:
    """Attributes with "or" between them are one wish: "wool or cotton"."""
    out: list[str] = []
    for term in must:
        if out and re.search(rf"{re.escape(out[-1].split(' or ')[-1])}\s+or\s+{re.escape(term)}", text):
            out[-1] = f"{out[-1]} or {term}"
        else:
            out.append(term)
    return out
