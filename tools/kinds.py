"""What kinds of thing a catalog sells, learnt from its titles: the noun that a title is about."""

import re
from collections import Counter
from functools import cached_property

import numpy as np

from catalog.lexical import stem
from catalog.products import Catalog, Product
from tools.english import english_words
from tools.mask_cache import MaskCache

# What follows these words, or a comma, bracket or dash, describes the thing rather than naming it.
TAIL = re.compile(
    r"\s*(?:[,(\[|/:]|\s[-–]\s|\b(?:with|for|in|by|from|and|w/|to|of|that|compatible|featuring)\b)",
    re.IGNORECASE,
)
_TURNS = r"(?:with|for|by|from|w/|to|of|that|compatible|featuring|includ\w+)\b"
APART = re.compile(
    rf"\s*(?:[,(\[|:]|\s[-–]\s|\b(?={_TURNS})|\bin\b)",
    re.IGNORECASE,
)
"""Where a title turns from what it names to what describes it, the last of a list being named as well."""
ASIDE = re.compile(rf"\s*{_TURNS}", re.IGNORECASE)
"""What is no name of the thing: what it is for, comes with or is made of."""
JOINED = re.compile(r"\s(?:and|&)\s|[/+]", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z][A-Za-z'-]{2,}")
PACKED = re.compile(
    r"\b(?:pack|set|box|pair|roll|bag|bottle)s? of \d*\s*|\b(?:pack|set|s)\s?/\s?\d+\s*", re.IGNORECASE
)
"""How many of it there are, which names nothing: "SET OF 6", "S/6"."""
NOT_KINDS = frozenset(
    "pack set black white blue red green pink grey gray large small medium mini size inch count piece oz new pcs "
    "ounce pound edition assorted multicolor silver gold purple yellow orange brown design style colour color ivory "
    "cream natural clear vintage retro".split()
)
ACCESSORIES = frozenset(
    "ink refill lead tab pocket ring filler converter cartridge insert cover case holder label divider clip part blade charger "
    "strap stand sleeve kit".split()
)
"""What belongs to the thing that is named before it: fountain pen ink is no pen."""
MIN_COUNT = 3
SAMPLE = 60_000


class Kinds:
    """The kinds of a catalog: stemmed nouns with how many titles each names."""

    def __init__(self, catalog: Catalog):
        self.catalog = catalog
        self._masks = MaskCache(len(catalog))

    @cached_property
    def counts(self) -> Counter[str]:
        """How many titles (of a sample) each noun is the head of."""
        step = max(1, len(self.catalog) // SAMPLE)
        heads = (head_noun(title) for title in self.catalog.titles[::step])
        counted = Counter(h for h in heads if h)
        for specifications in self.catalog.frame["specifications"].drop_nulls()[::step].to_list():
            for detail in specifications or []:
                if detail.startswith("Type: "):
                    counted[stem(detail.split()[-1].lower())] += 1
        return counted

    @cached_property
    def nouns(self) -> frozenset[str]:
        """The nouns that name a kind: the head of at least ``MIN_COUNT`` titles."""
        categories = (w for c in self.catalog.categories for w in re.findall(r"[a-z]{3,}", c.lower()))
        learnt = {noun for noun, count in self.counts.items() if count >= MIN_COUNT and noun not in NOT_KINDS}
        return frozenset(learnt | {stem(w) for w in categories if w not in ("and", "the", "for")})

    def commonest(self, count: int) -> list[str]:
        """The nouns that name the most titles."""
        return [noun for noun, _ in self.counts.most_common() if noun in self.nouns][:count]

    @cached_property
    def head_of_row(self) -> np.ndarray:
        """The head noun of each row, (n,) object array, "" where none was found."""
        stated = self.catalog.frame["specifications"].to_list()
        return np.array(
            [self.head(_stated(s) or title) for s, title in zip(stated, self.catalog.titles, strict=True)],
            object,
        )

    def about(self, noun: str) -> np.ndarray:
        """Rows whose titles are about a kind or name it before they describe it, (n,) bool."""
        return np.asarray((self.head_of_row == noun) | self.named(noun), bool)

    def named(self, *phrase: str) -> np.ndarray:
        """Rows whose titles name a kind before they describe it, (n,) bool: "MINI JIGSAW CIRCUS PARADE".

        A kind that another follows says what sort the other is: a cushion cover is no cushion. A phrase of several
        words counts in later parts of a title as well, unless these say what the thing is for or comes with.
        """
        return self._masks.get(phrase, lambda: self._named(phrase))

    def _named(self, phrase: tuple[str, ...]) -> np.ndarray:
        titles = self.catalog.frame["title"]
        rows = np.zeros(len(titles), bool)
        for row in np.flatnonzero(titles.str.contains(rf"(?i)\b{re.escape(phrase[-1])}").to_numpy()):
            parts = APART.split(PACKED.sub(" ", titles[int(row)]))
            own = [p for p in (parts if len(phrase) > 1 else parts[:1]) if not ASIDE.match(p)]
            listed = [piece for part in own for piece in JOINED.split(part)]
            rows[row] = any(self._names(phrase, [stem(w.lower()) for w in WORD.findall(p)]) for p in listed)
        return rows

    def _names(self, phrase: tuple[str, ...], words: list[str]) -> bool:
        size = len(phrase)
        ends = [i for i in range(size, len(words) + 1) if tuple(words[i - size : i]) == phrase]
        after = words[ends[-1] :] if ends else []
        return bool(ends) and not (set(after) & ACCESSORIES or set(after[:1]) & self._settled)

    @cached_property
    def _settled(self) -> frozenset[str]:
        """The words of the language that are often the head of the titles that have them: "cover", not "chocolate"."""
        step = max(1, len(self.catalog) // SAMPLE)
        used: Counter[str] = Counter()
        for title in self.catalog.titles[::step]:
            used.update({stem(w.lower()) for w in WORD.findall(APART.split(title, maxsplit=1)[0])})
        english = english_words()
        return frozenset(n for n in self.nouns if n in english and 3 * self.counts[n] >= used[n])

    @cached_property
    def heads(self) -> frozenset[str]:
        """Every noun that is the head of a row."""
        return frozenset(self.head_of_row.tolist())

    def head(self, text: str) -> str:
        """The noun that a title or a request is about: its last word that names a kind, or its head noun."""
        text = PACKED.sub(" ", text.strip())
        first = TAIL.split(text, maxsplit=1)[0] or text
        words = [stem(w.lower()) for w in WORD.findall(first)]
        return next((w for w in reversed(words) if w in self.nouns), None) or head_noun(text) or ""

    def of(self, product: Product) -> str:
        """The kind of a product: what its catalog says, or the head noun of its title."""
        for detail in product.specifications:
            if detail.startswith("Type: "):
                return detail.removeprefix("Type: ").lower()
        return head_noun(product.title) or (product.category or "").lower()


def _stated(specifications: list[str] | None) -> str | None:
    return next((s.removeprefix("Type: ") for s in specifications or [] if s.startswith("Type: ")), None)


def head_noun(title: str) -> str | None:
    """The stemmed noun that a title is about, or None.

    >>> head_noun("Mothca Phone Case for iPhone 14, Green"), head_noun("SET OF 3 CAKE TINS"), head_noun("S/4 CANDLE IN BOWL")
    ('case', 'tin', 'candle')
    """
    text = PACKED.sub(" ", title.strip())
    first = TAIL.split(text, maxsplit=1)[0] or text
    words = [stem(w.lower()) for w in WORD.findall(first)]
    named = [w for w in words if w not in NOT_KINDS]
    return named[-1] if named else None
