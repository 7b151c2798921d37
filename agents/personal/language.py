"""Which texts are in a language that the maskers read."""

from functools import cache, lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from agents.personal.terms import LANGUAGES, hits, normalised, unread_hits

LONGEST = 3000
FEWEST_LETTERS = 24
SURE = 0.5
ENOUGH_TERMS = 2


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(256)
def is_read(text: str) -> bool:
    """Whether a page's text is in one of ``LANGUAGES``, as far as can be told; when in doubt it is not.

    >>> is_read("Vorname, Nachname, Straße und Hausnummer"), is_read("Voornaam, achternaam, straatnaam en huisnummer")
    (True, False)
    """
    text = text[:LONGEST]
    words = normalised(text)
    most = max(hits(language, words) for language in LANGUAGES)
    foreign = unread_hits(words)
    if foreign and foreign >= most:
        return False
    if most >= ENOUGH_TERMS:
        return True
    if sum(c.isalpha() for c in text) < FEWEST_LETTERS:
        return text.isascii() or most > 0  # a word or two tell of nobody
    language, probability = _identifier().classify(text)
    return language in LANGUAGES and probability >= SURE
