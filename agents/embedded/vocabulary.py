"""The words of one catalog: its brands, kinds and terms, found in what a shopper types, typos included."""

import re
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from catalog.lexical import WORD, stem
from catalog.products import Catalog
from tools.filters import WishFilter
from tools.kinds import Kinds

MIN_TYPO = 5  # shorter words are too near to other words to be corrected
TYPO_SCORE = 86
COLOURS = frozenset(
    "black white red green blue navy grey gray pink purple yellow orange brown beige cream ivory gold silver clear "
    "transparent turquoise teal mustard blush natural khaki burgundy maroon lilac lavender charcoal bronze copper".split()
)
ATTRIBUTES = frozenset(
    "waterproof wireless cordless leather silicone cotton linen wool woollen merino wooden bamboo ceramic glass metal steel brass "
    "plastic velvet knitted fleece organic vegan recycled foldable portable rechargeable dimmable ergonomic mechanical silent "
    "vintage retro modern striped floral dotted lined hooded insulated stainless aluminium magnetic adjustable compact slim "
    "lightweight heavy-duty non-stick bluetooth usb usb-c matte glossy soft padded rattan oak canvas running".split()
)
# Brands that are also everyday words are taken as brands only where the sentence says so ("by Target").
EVERYDAY = frozenset(
    "the a an it one two me my any all for you other new only best good home office store generic unknown".split()
)


@dataclass(frozen=True)
class Found:
    """A name found in a text, with the characters it covers."""

    name: str
    start: int
    end: int


class Vocabulary:
    """What can be recognised in a request about one catalog."""

    def __init__(self, catalog: Catalog, kinds: Kinds, wish_filter: WishFilter):
        self.catalog = catalog
        self.kinds = kinds
        self.filter = wish_filter

    @cached_property
    def _brands(self) -> dict[str, str]:
        return {b.lower(): b for b in self.catalog.brands if len(b) > 1}

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
                    if name in EVERYDAY or (name in self.kinds.nouns and " " not in name):
                        continue
                    found.append(Found(self._brands[name], word.start(), word.start() + len(name)))
                    break
            else:
                if near := self._near_brand(word.group().strip(".'\"")):
                    found.append(Found(near, word.start(), word.end()))
        return found

    def _near_brand(self, word: str) -> str | None:
        if len(word) < MIN_TYPO or self.knows(word) or len(self._brands) > 5000 or not word.isalpha():
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

    def knows(self, word: str) -> bool:
        """Whether the catalog uses a word."""
        return stem(word) in self.words

    def is_kind(self, word: str) -> bool:
        """Whether a word names a kind of product."""
        return stem(word) in self.kinds.nouns

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
        near = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=TYPO_SCORE - 6)
        return near[0] if near else word

    @cached_property
    def _by_initial(self) -> dict[str, list[str]]:
        out: dict[str, list[str]] = {}
        for word in sorted(self.kinds.nouns | COLOURS | ATTRIBUTES | self.words):
            if len(word) >= 4 and word.isalpha():
                out.setdefault(word[0], []).append(word)
        return out
