"""The words of the English language: what is one of them is no slip of the pen."""

from functools import lru_cache

from spellchecker import SpellChecker


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """160,000 words, as pyspellchecker lists them.

    >>> "squeaky" in english_words(), "keybord" in english_words()
    (True, False)
    """
    return frozenset(SpellChecker(language="en").word_frequency.dictionary)
