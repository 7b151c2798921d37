"""The words of the English language: what is one of them is no slip of the pen."""

from functools import lru_cache

from spellchecker import SpellChecker


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """160,000 words, as pyspellchecker lists them.

    >>> "squeaky" in english_words(), "keybord" in english_words()
    (True, False)
    """
    return frozenset(_frequencies())


@lru_cache(maxsize=1)
def rare_words() -> frozenset[str]:
    """Those that are hardly ever written: "cheeper" is likelier a slip of the pen.

    >>> "cheeper" in rare_words(), "cheaper" in rare_words()
    (True, False)
    """
    frequencies = _frequencies()
    least = min(frequencies.values())
    return frozenset(word for word, frequency in frequencies.items() if frequency == least)


@lru_cache(maxsize=1)
def _frequencies() -> dict[str, int]:
    return dict(SpellChecker(language="en").word_frequency.dictionary)
