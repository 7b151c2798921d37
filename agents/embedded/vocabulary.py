"""The words of one catalog: its brands, kinds and terms, found in what a shopper types, typos included."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA
from text_to_num import alpha2digit

from agents.embedded.plain_words import ATTRIBUTES, EVERYDAY, FILLER, SPOKEN
from agents.embedded.sayings import KINDS, SLOTS, Said, Sayings
from agents.embedded.slots import NUMBER_WORDS
from agents.embedded.stated_measures import DEVICE
from agents.embedded.word_classes import WordClasses
from catalog.encoder import Encoder
from catalog.lexical import WORD, stem
from catalog.products import Catalog
from tools.english import english_words, rare_words
from tools.filters import WishFilter
from tools.kinds import Kinds
from tools.synonyms import COLOURS, MATERIALS, UNMISTAKABLE, synonyms
from tools.synonyms import EVERYDAY as EVERYDAY_KINDS

LONG_WORD = 7
MIN_TYPO = 5  # shorter words are too near to other words to be corrected
TYPO_SCORE = 86
DESCRIBED = re.compile(r"\b[A-Z]+ (?:DESIGN|PATTERN|MOTIF)\b.*$", re.IGNORECASE)
MOST_UNKNOWN = 16  # words of one message that are looked up as typos
LONGEST_TYPO = 24  # letters
KNOWN_WORD = 3  # products that have a word, before a typo is taken for it
PLAIN = FILLER | SPOKEN | COLOURS | ATTRIBUTES | EVERYDAY_KINDS
_NAMES = "by|from|brand|made by|called"
CALLED = re.compile(rf"\b(?:{_NAMES})\s*$")
CALLED_OR_ONLY = re.compile(rf"\b(?:{_NAMES}|only)\s*$")
"""What stands before a brand's name."""
CALLED_AFTER = re.compile(r"\s+(?:brand\b|only\W*$)")
SINGLED_OUT = re.compile(
    r"\b(?:only|just|not|no|except|without|than|out|skip|hide|remove|exclude|prefer|like|love|want|avoid|favourite(?: brand| make)? is)\s*$"
)
OF_SOMEBODY = re.compile(r"\b(?:my|our|his|her|your|their|a|an|the|for|to|with)\s*$")
"""What stands before a word that is no brand there: "for my brother"."""
NEXT_NAMED = re.compile(r"\s*(?:,|&|/|\bor\b|\band\b|\bnor\b)\s*([^\s,;!?.]+)")
NAMED_BEFORE = re.compile(r"([^\s,;!?.]+)\s*(?:,|&|/|\bor|\band|\bnor|\bbut)\s*$")
RARE_BRAND = 0.05
"""Of the other products whose texts have the word: with fewer of its own, a brand is but a word."""


@dataclass(frozen=True)
class Found:
    """A name found in a text, with the characters it covers."""

    name: str
    start: int
    end: int


class Vocabulary:
    """What can be recognised in a request about one catalog."""

    def __init__(self, catalog: Catalog, kinds: Kinds, wish_filter: WishFilter, encoder: Encoder):
        self.catalog = catalog
        self.kinds = kinds
        self.filter = wish_filter
        self.english = encoder.words | english_words()
        """Words of the language, which are no typos."""
        self.sayings = Sayings(encoder, kinds.commonest(KINDS))
        self.classes = WordClasses(encoder)
        # Kept with this object: a cache of the class would keep catalogs that are no longer served.
        self.said = lru_cache(maxsize=512)(self._said)
        # Kept with this object: a cache of the class would keep catalogs that are no longer served.
        self._own_share = lru_cache(maxsize=2048)(self._own_share_of)

    @cached_property
    def _brands(self) -> dict[str, str]:
        return {b.lower(): b for b in self.catalog.brands if len(b) > 1}

    @cached_property
    def numbered_brands(self) -> dict[str, str]:
        """The brands that have a number among their words, as requests write it: "5 star"."""
        written = {
            name: alpha2digit(name, "en") for name in self._brands if set(name.split()) & NUMBER_WORDS.keys()
        }
        return {digits: self._brands[name] for name, digits in written.items() if digits != name}

    @cached_property
    def _brand_starts(self) -> dict[str, list[str]]:
        starts: dict[str, list[str]] = {}
        for lowered in self._brands:
            starts.setdefault(lowered.split()[0], []).append(lowered)
        return {first: sorted(names, key=len, reverse=True) for first, names in starts.items()}

    def brands_in(self, text: str) -> list[Found]:
        """Brands named in a lower-case text, the longest first where they overlap; near misses count."""
        found: list[Found] = []
        for word in re.finditer(r"[^\s,;!?]+", text):
            if found and word.start() < found[-1].end:
                continue
            for name in self._brand_starts.get(word.group().strip(".'\""), []):
                if text.startswith(name, word.start()) and not text[word.start() + len(name) :][:1].isalnum():
                    if not self._said_as_brand(name, text, word.start()):
                        continue
                    found.append(Found(self._brands[name], word.start(), word.start() + len(name)))
                    break
            else:
                near = self._near_brand(word.group().strip(".'\""))
                if near and self._own_share(near.lower()) >= 1:
                    found.append(Found(near, word.start(), word.end()))
        return found

    def _said_as_brand(self, name: str, text: str, start: int) -> bool:
        """Whether a brand's name is meant as one: "by Target", and not the word that it also is."""
        before, after = text[:start], text[start + len(name) :]
        alone = text.strip(" .!?") == name
        kind = name in self.kinds.nouns and name in self.english and " " not in name and not alone
        placed = len(name) < MIN_TYPO and re.search(r"\b(?:at|to|in)\s*$", before)
        if name in EVERYDAY or placed:
            return False
        if self._beside_brand(before, after):
            return True
        if CALLED_AFTER.match(after):
            return self._own_share(name) >= RARE_BRAND
        if CALLED.search(before):
            return not kind and not (name in FILLER and re.match(r"\s+[a-z]", after))  # "from what you saw"
        share = self._own_share(name)
        singled_out = name not in COLOURS | ATTRIBUTES and SINGLED_OUT.search(before) is not None
        if kind:
            return (singled_out or name not in self.english) and share >= 1
        around = re.findall(r"[a-z']+", f"{before} {after}")
        if name in FILLER and (OF_SOMEBODY.search(before) or any(w not in FILLER for w in around)):
            return False  # "just Brother please" names a brand, "brother" in a sentence does not
        return share >= 1 or (singled_out and share >= RARE_BRAND)

    def _beside_brand(self, before: str, after: str) -> bool:
        """Whether a name is listed with one that can only be a brand: "brother or dymo"."""
        listed = (NEXT_NAMED.match(after), NAMED_BEFORE.search(before))
        names = [m.group(1) for m in listed if m]
        return any(n in self._brands and n not in self.english and n not in FILLER for n in names)

    def _own_share_of(self, name: str) -> float:
        """A brand's products for each product of others whose text has its name; names of several words are no words."""
        if " " in name or "-" in name:
            return float("inf")
        own = self.filter.brand(name)
        others = int((self.filter.term(name) & ~own).sum())
        return int(own.sum()) / others if others else float("inf")

    def _near_brand(self, word: str) -> str | None:
        plain = self.knows(word) or word in self.english
        if len(word) < MIN_TYPO or plain or len(self._brands) > 5000 or not word.isalpha():
            return None
        near = process.extractOne(word, self._brands.keys(), scorer=fuzz.ratio, score_cutoff=TYPO_SCORE)
        return self._brands[near[0]] if near else None

    @cached_property
    def words(self) -> frozenset[str]:
        """Every stemmed word of the catalog's titles, brands and specifications."""
        step = max(1, len(self.catalog) // 60_000)
        return frozenset(
            stem(w) for text in self.catalog.search_text[::step] for w in WORD.findall(text.lower())
        )

    def _said(self, text: str) -> Said:
        """What a lower-case message comes nearest to, whatever brand it names."""
        for brand in reversed(self.brands_in(text)):
            text = text[: brand.start] + SLOTS["brand"] + text[brand.end :]
        return self.sayings.said(text)

    def together(self, words: list[str]) -> int:
        """How many products have all these words or phrases; 0 when the catalog does not know the first."""
        if not words or not any(self.knows(w) for w in words[0].split()):
            return 0
        mask = self.filter.term(words[0])
        for word in words[1:]:
            mask = mask & self.filter.term(word)
        return int(mask.sum())

    def about(self, kind: str, *words: str) -> int:
        """How many products whose titles have some words are of a kind, whatever their titles end in."""
        rows = self.kinds.about(self.kinds.head(kind))
        for word in words:
            rows = rows & self.filter.titled(word)
        return int(rows.sum())

    def headed(self, kind: str, *words: str) -> int:
        """How many products a kind is the head noun of, of those that have some words."""
        rows = self.kinds.head_of_row == self.kinds.head(kind)
        for word in words:
            rows = rows & self.filter.term(word)
        return int(rows.sum())

    def kind_of(self, title: str) -> str:
        """The kind of thing that a title is about, with the word that tells kinds apart: "table lamp".

        The catalog's titles decide which words go together.
        """
        title = self._undescribed(title)
        words, head = re.findall(r"[a-z][a-z-]+", title.lower()), self.kinds.head(title)
        place = max((i for i, w in enumerate(words) if stem(w) == head), default=0)
        before = words[place - 1] if place else ""
        plain = before in COLOURS | ATTRIBUTES | FILLER | MATERIALS or stem(before) == head
        together = not plain and bool(before) and self.together([before, head]) >= KNOWN_WORD
        return f"{before} {words[place]}" if together else (words[place] if words else head)

    def _undescribed(self, title: str) -> str:
        """A title up to the colour or pattern that follows what it is: "FRYING PAN", of "FRYING PAN BLUE POLKADOT"."""
        core = DESCRIBED.sub("", title)
        for colour in re.finditer(rf"\b(?:{'|'.join(sorted(COLOURS))})\b", core.lower()):
            before = core[: colour.start()]
            if any(self.is_kind(w) and w in self.english for w in re.findall(r"[a-z]{3,}", before.lower())):
                return before
        return core

    def kind_wished(self, title: str, topic: str | None) -> dict[str, Any]:
        """Wishes for what a title names, where it is not of the topic already: its kind and the device it is for."""
        words = {stem(w) for w in re.findall(r"[a-z-]+", title.lower())}
        if topic and any(self.kinds.head(part) in words for part in re.split(r"\b(?:or|and)\b", topic)):
            return {}
        device = DEVICE.search(title.lower())
        return {"query": self.kind_of(title), **({"must": [device.group()]} if device else {})}

    def category(self, words: list[str]) -> str | None:
        """The catalog's category that these words name, all of it; None where there is none."""
        return self._category_words.get(frozenset(stem(w) for w in words))

    @cached_property
    def _category_words(self) -> dict[frozenset[str], str]:
        named = (
            (frozenset(stem(w) for w in re.findall(r"[a-z]+", c.lower()) if w not in FILLER), c)
            for c in sorted(self.catalog.categories, key=len, reverse=True)  # "Home" before "Homes for sale"
        )
        return {words: name for words, name in named if words}

    def knows(self, word: str) -> bool:
        """Whether the catalog uses a word."""
        return stem(word) in self.words or ("-" in word and bool(self.filter.term(word).any()))

    def is_kind(self, word: str) -> bool:
        """Whether a word names a kind of product."""
        noun = stem(word)
        return noun in self.kinds.nouns or (noun in UNMISTAKABLE and noun in self.words)

    def kinds_in(self, topic: str | None) -> list[str]:
        """The words of a topic that name a kind of product."""
        return [w for w in (topic or "").split() if self.is_kind(w)]

    def shops_word(self, word: str) -> str:
        """The shop's own word for a kind that a shopper calls otherwise ("rucksack"), or the word itself."""
        if self.is_kind(word) or self.knows(word):
            return word
        return next((s for s in synonyms(word) if s in self.kinds.nouns), word)

    def spelled(self, text: str) -> str:
        """A lower-case text with typos put right: words that neither the language nor the shop has.

        A text of which most words are unknown is no slip of the pen: after the first few it stays as it is.
        """
        left = MOST_UNKNOWN

        def righted(match: re.Match[str]) -> str:
            nonlocal left
            word = match.group()
            if word not in self.english and not self.knows(word):
                left -= 1
            return self._spelled(word) if left >= 0 and len(word) <= LONGEST_TYPO else word

        text = re.sub(r"(?<!\d)[a-z]{4,}(?!\d)", righted, text)
        return re.sub(
            r"\b([a-z]{3,}) (?=([a-z]{3,}))", lambda m: self._compound(m.group(1), m.group(2)), text
        )

    def _compound(self, first: str, second: str) -> str:
        """Two words, or without the space where the shop writes them as one: "door mat"."""
        plain = first in FILLER or second in FILLER
        own = self.together([first + second]) >= KNOWN_WORD
        joined = not plain and own and not self.together([first, second])
        return first if joined else f"{first} "

    def _spelled(self, word: str) -> str:
        plain = word in FILLER or word in COLOURS or word in ATTRIBUTES or stem(word) in EVERYDAY_KINDS
        if plain or self.knows(word):
            return word
        if word in self.english:
            slip = _slip(word) if word in rare_words() else None
            return slip[0] if slip else word
        lowered = self._brands
        if any(word in name.split() for name in lowered):
            return word
        choices = self._spellings.get(word[0], [])
        near = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=TYPO_SCORE - 3)
        near = near or _slip(word)
        brand = self._near_brand(word)
        if near is None or (brand is not None and fuzz.ratio(word, brand.lower()) > near[1]):
            return word
        # Two letters away from a word that only this shop has is no slip of the pen.
        rare = near[0] not in self.english and near[0] not in PLAIN
        if rare and self.together([near[0]]) < KNOWN_WORD:
            return word
        if rare and OSA.distance(word, near[0]) > 1:
            return word
        return str(near[0])

    @cached_property
    def _spellings(self) -> dict[str, list[str]]:
        """By initial: words that shoppers use and words of the shop, with their plurals."""
        out: dict[str, list[str]] = {}
        kinds = self.kinds.nouns | EVERYDAY_KINDS
        for word in sorted(PLAIN | kinds | {f"{k}s" for k in kinds} | self.words):
            if len(word) >= 4 and word.isalpha():
                out.setdefault(word[0], []).append(word)
        return out

    def corrected(self, word: str) -> str:
        """The catalog's word that a typo stands for, or the word itself."""
        if (
            len(word) < MIN_TYPO
            or not word.isalpha()
            or self.knows(word)
            or word in COLOURS
            or word in ATTRIBUTES
        ):
            return word
        choices = self._by_initial.get(word[0], [])
        if word in self.english:  # no typo; but who wants to charge something wants a charger
            return next((c for c in choices if c.startswith(word) and self.is_kind(c)), word)
        near = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=TYPO_SCORE - 6)
        return near[0] if near else word

    @cached_property
    def _by_initial(self) -> dict[str, list[str]]:
        out: dict[str, list[str]] = {}
        for word in sorted(self.kinds.nouns | COLOURS | ATTRIBUTES | self.words):
            if len(word) >= 4 and word.isalpha():
                out.setdefault(word[0], []).append(word)
        return out


def _slip(word: str) -> tuple[str, float, int] | None:
    """The plain word that a slip of the pen has made of: two letters exchanged, one left out or too many, or of a
    long word two letters wrong.
    """
    for known in sorted(w for w in PLAIN if w[:1] == word[:1] and len(w) >= MIN_TYPO - 1):
        if abs(len(known) - len(word)) > 1:
            continue
        distance = OSA.distance(word, known, score_cutoff=2)
        exchanged = sorted(word) == sorted(known) or len(word) != len(known) or len(word) >= LONG_WORD
        if (distance == 1 and exchanged) or (
            distance == 2 and len(word) >= LONG_WORD and len(known) == len(word)
        ):
            return known, TYPO_SCORE, 0
    return None
