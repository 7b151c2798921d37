"""Labels, headings and greetings that stand beside what is personal, in the languages that are read."""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import yaml

LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian"}
TERMS = ("secret", "birth", "person", "heading", "field")
LONGEST_TERM_TEXT = 160
SHORTEST_JOINED = 8  # letters: shorter ones are parts of other words
WORD_REST = 20  # letters of a compound beside the part that is a term
_SPLIT = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_WORD = re.compile(r"[\W_]+")


def normalised(text: str) -> str:
    """Words in small letters without accents and punctuation, as the terms are written.

    >>> normalised("Prénom / Straße: *"), normalised("cardNumber")
    ('prenom strasse', 'card number')
    """
    parts = _SPLIT.sub(" ", text).replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", parts).lower()
    return _NOT_WORD.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    loaded = yaml.safe_load(files("agents.personal").joinpath("terms.yaml").read_text(encoding="utf-8"))
    return {
        kind: {language: [_written(term) for term in terms] for language, terms in by.items()}
        for kind, by in loaded.items()
    }


def _written(term: str) -> str:
    return unicodedata.normalize("NFKD", term.replace("ß", "ss"))


@cache
def pattern(kind: str) -> re.Pattern[str]:
    """One pattern for all terms of a kind, whole words, the longest first."""
    return _alternation(
        sorted({t for terms in _table()[kind].values() for t in terms}, key=len, reverse=True)
    )


def besides(words: str) -> list[str]:
    """The words of normalised words that belong to no term and may not stand beside one in a label."""
    for kind in TERMS:
        words = pattern(kind).sub(" ", words)
    return [w for w in words.split() if w not in _fillers() and not w.isdigit() and len(w) > 1]


def is_filler(word: str) -> bool:
    """Whether a normalised word is one of those that labels consist of beside their terms."""
    return word in _fillers()


@cache
def _fillers() -> frozenset[str]:
    return frozenset(word for words in _table()["filler"].values() for word in words)


@cache
def _of_language(language: str) -> re.Pattern[str]:
    own = {t for kind in TERMS for t in _table()[kind][language]}
    others = {t for kind in TERMS for other in LANGUAGES if other != language for t in _table()[kind][other]}
    return _alternation(sorted(own - others, key=len, reverse=True))


def _alternation(terms: list[str]) -> re.Pattern[str]:
    parts = []
    for term in terms:
        plain = re.escape(term.strip("*"))
        before = rf"\w{{0,{WORD_REST}}}" if term.startswith("*") else ""
        after = rf"\w{{0,{WORD_REST}}}" if term.endswith("*") else ""
        # Languages written without spaces have no words to be whole.
        parts.append(
            plain if not plain.isascii() and ord(term[0]) > 0x2E80 else rf"\b{before}{plain}{after}\b"
        )
    return re.compile("|".join(parts))


@lru_cache(8192)
def found(kind: str, words: str) -> tuple[int, int] | None:
    """Where the first term of a kind stands in normalised words."""
    match = pattern(kind).search(words)
    return match.span() if match else None


@cache
def _joined(kind: str) -> re.Pattern[str]:
    terms = {t.replace(" ", "") for by in _table()[kind].values() for t in by if " " in t and "*" not in t}
    return re.compile(
        "|".join(sorted((t for t in terms if len(t) >= SHORTEST_JOINED), key=len, reverse=True))
    )


@lru_cache(8192)
def found_without_spaces(kind: str, words: str) -> bool:
    """Whether a term of several words is there whose spaces the reader of a picture lost: "motdepasse"."""
    joined = words.replace(" ", "")
    match = _joined(kind).search(joined)
    return match is not None and len(joined) - len(match.group()) <= WORD_REST


def hits(language: str, words: str) -> int:
    """How many different terms of one language alone are in normalised words."""
    return len(set(_of_language(language).findall(words)))


def unread_hits(words: str) -> int:
    """How many different terms of languages that are not read are in normalised words."""
    return len(set(pattern("unread").findall(words)))
