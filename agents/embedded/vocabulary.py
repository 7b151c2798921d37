"""The words of one catalog: its brands, kinds and terms, found in what a shopper types, typos included."""

import re
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from agents.embedded.sayings import Sayings
from agents.embedded.word_classes import WordClasses
from catalog.encoder import Encoder
from catalog.lexical import WORD, stem
from catalog.products import Catalog
from tools.filters import WishFilter
from tools.kinds import Kinds
from tools.synonyms import COLOURS, synonyms
from tools.synonyms import EVERYDAY as EVERYDAY_KINDS

MIN_TYPO = 5  # shorter words are too near to other words to be corrected
TYPO_SCORE = 86
ATTRIBUTES = frozenset(
    "waterproof wireless cordless leather silicone cotton linen wool woollen merino wooden bamboo ceramic glass metal steel brass "
    "plastic velvet knitted fleece organic vegan recycled foldable portable rechargeable dimmable ergonomic mechanical silent "
    "vintage retro modern striped floral dotted lined hooded insulated stainless aluminium magnetic adjustable compact slim "
    "lightweight heavy-duty non-stick bluetooth usb usb-c matte glossy soft padded rattan oak canvas running".split()
)
FILLER = frozenset(
    "a an the and or but of for to in on at by with from is are was were be been am do does did done have has had having get got i me my we our us you your they them it its "
    "this that these those there here what which who whom when where how why can could would should will shall may might must please just only really very quite so too also "
    "some any all every each either more most much many few little lot lots than then now today again still yet ok okay well hmm um oh yes yeah yep no nope not nah sure maybe perhaps instead "
    "want wants wanted need needs needed like likes looking look find show shows give see buy purchase recommend recommendation recommendations suggest suggestion suggestions search searching shop shopping prefer preferably fancy "
    "something anything nothing everything someone thing things stuff one ones item items product products option options choice choices idea ideas kind kinds sort sorts type types "
    "good nice great best better cool cute lovely beautiful pretty decent fine perfect suitable proper right ideal favourite favorite quality cheap cheaper expensive affordable inexpensive price prices priced cost costs budget money "
    "brand brands other others another else same different similar new latest first second third next last top show me let make made makes use using used go going put keep think know tell say help "
    "got don't dont doesn't doesnt isn't isnt i'm im i'd id i've ive it's its that's thats what's whats let's lets can't cant won't wont there's "
    "about around under over below above between less up down out off into per pounds pound quid dollars euros stars star rated rating ratings review reviews "
    "present presents gift gifts father dad mother mum mom wife husband partner friend son daughter brother sister kids child children colleague boss niece nephew old year "
    "don doesn did't please thanks thank hello hi hey actually rather bit bits little somewhat kinda maybe mind care matter matters important instead without except besides minus excluding exclude "
    "choose pick decide choosing picking deciding unsure certain help helps come comes coming include includes included sorry erm uh ugh wow haha lol whatever honestly basically literally kindly mate asap oops wait actually hold meant mean means "
    "cheapest dearest priciest popular bestselling seller sellers middle range theirs order ordered sort sorted list lists "
    "hiya heya she he her his him they likes loves like who month months monthly week weekly pls plz pleas total fits fit goes match matches matching available stock sell selling carry store online offer offers sale deal deals discount discounted bigger larger smaller biggest largest smallest size sizes colour color colours colors "
    "if had could would might suppose swap drop leave remove add total altogether together set bundle each outfit combination both two three four five six twenty thirty forty fifty hundred "
    "differ differs setup kit start over begin recently lately earlier before after while visit browsing looked viewed seen opened based given considering usual usually still going needs want's "
    "already soon later ever never always often also even fairly super extremely enough almost own such neither both though although however since because "
    "aged age ages as how's who's style styles looks seems sounds feels their his hers ours yours mine possible possibly wherever whenever skip anyway indeed certainly definitely possibly probably exactly roughly approximately particularly especially mainly mostly simply far away back "
    "run runs own work live alright wrong clue idea design designs looking looked bit "
    "lost broke turns turning turned birthday week weeks "
    "house-warming coming ideal ideally nicely properly useful handy bought buying paid pay spend spending afford willing".split()
)
# Brands that are also everyday words are taken as brands only where the sentence says so ("by Target").
EVERYDAY = frozenset(
    "the a an it one two me my any all for you other new only best good home office store generic unknown".split()
)


SPOKEN = frozenset(
    "cheaper cheapest dearer expensive compare comparison difference between under below above around reviews rating stars "
    "second third first fourth another something anything instead without except undo together budget present gift gifts "
    "waterproof wireless offer discount reduced similar recommend suggestion please thanks looking colour color bigger smaller".split()
)


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
        self.english = encoder.words
        """Words of the language, which are no typos."""
        self.sayings = Sayings(encoder)
        self.classes = WordClasses(encoder)

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
                    spoken = name in FILLER and not re.search(
                        r"\b(?:by|from|brand)\s*$", text[: word.start()]
                    )
                    alone = text.strip(" .!?") == name
                    kind = name in self.kinds.nouns and " " not in name and not alone
                    placed = len(name) < MIN_TYPO and re.search(r"\b(?:at|to|in)\s*$", text[: word.start()])
                    if name in EVERYDAY or spoken or kind or placed:
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

    def together(self, words: list[str]) -> int:
        """How many products have all these words; 0 when the catalog does not know the first."""
        if not words or not self.knows(words[0]):
            return 0
        mask = self.filter.term(words[0])
        for word in words[1:]:
            mask = mask & self.filter.term(word)
        return int(mask.sum())

    def headed(self, kind: str) -> int:
        """How many products a kind is the head noun of."""
        return int((self.kinds.head_of_row == stem(kind)).sum())

    def category(self, words: list[str]) -> str | None:
        """The catalog's category that these words name, all of it; None where there is none."""
        return self._category_words.get(frozenset(stem(w) for w in words))

    @cached_property
    def _category_words(self) -> dict[frozenset[str], str]:
        named = (
            (frozenset(stem(w) for w in re.findall(r"[a-z]+", c.lower()) if w not in FILLER), c)
            for c in self.catalog.categories
        )
        return {words: name for words, name in named if words}

    def knows(self, word: str) -> bool:
        """Whether the catalog uses a word."""
        return stem(word) in self.words

    def is_kind(self, word: str) -> bool:
        """Whether a word names a kind of product."""
        return stem(word) in self.kinds.nouns

    def kinds_in(self, topic: str | None) -> list[str]:
        """The words of a topic that name a kind of product."""
        return [w for w in (topic or "").split() if self.is_kind(w)]

    def shops_word(self, word: str) -> str:
        """The shop's own word for a kind that a shopper calls otherwise ("rucksack"), or the word itself."""
        if self.is_kind(word) or self.knows(word):
            return word
        return next((s for s in synonyms(word) if s in self.kinds.nouns), word)

    def spelled(self, text: str) -> str:
        """A lower-case text with typos put right: words that neither the language nor the shop has."""
        return re.sub(r"[a-z]{4,}", lambda m: self._spelled(m.group()), text)

    def _spelled(self, word: str) -> str:
        plain = word in FILLER or word in COLOURS or word in ATTRIBUTES or stem(word) in EVERYDAY_KINDS
        if plain or word in self.english or self.knows(word):
            return word
        lowered = self._brands
        if any(word in name.split() for name in lowered):
            return word
        choices = self._spellings.get(word[0], [])
        near = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=TYPO_SCORE - 3)
        brand = self._near_brand(word)
        if near is None or (brand is not None and fuzz.ratio(word, brand.lower()) > near[1]):
            return word
        return str(near[0])

    @cached_property
    def _spellings(self) -> dict[str, list[str]]:
        """By initial: words that shoppers use and words of the shop, with their plurals."""
        out: dict[str, list[str]] = {}
        kinds = self.kinds.nouns | EVERYDAY_KINDS
        for word in sorted(
            FILLER | SPOKEN | COLOURS | ATTRIBUTES | kinds | {f"{k}s" for k in kinds} | self.words
        ):
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
