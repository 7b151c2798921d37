"""Which texts are in a language that the maskers read."""

import re
from functools import cache, lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from agents.personal.terms import LANGUAGES, hits, normalised, unread_hits

LONGEST = 3000
FEWEST_LETTERS = 24
MARGIN = 1.5  # by which a language that is not read has to be the likelier one: a short English text is like a Danish one
ENOUGH_TERMS = 2
# Languages that shops are written in; among all that are known, a list of names is like some small one.
SHOPS = "bg ca cs da el et eu fi ga gl hr hu is lt lv mk mt nl no pl pt ro ru sk sl sq sr sv tr uk ar fa he hi ja ko th vi zh id ms"
_NOT_WORDS = re.compile(r"\S*[\d@]\S*")


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages({*LANGUAGES, *SHOPS.split()} & set(identifier.labels))
    return identifier


@lru_cache(256)
def is_read(text: str) -> bool:
    """Whether a page's text is in one of ``LANGUAGES``, as far as can be told; when in doubt it is not.

    >>> is_read("Vorname, Nachname, Straße und Hausnummer"), is_read("Voornaam, achternaam, straatnaam en huisnummer")
    (True, False)
    """
    text = _NOT_WORDS.sub(" ", text[:LONGEST])
    words = normalised(text)
    most = max(hits(language, words) for language in LANGUAGES)
    foreign = unread_hits(words)
    if foreign and foreign >= most:
        return False
    if most >= ENOUGH_TERMS:
        return True
    if sum(c.isalpha() for c in text) < FEWEST_LETTERS:
        return text.isascii() or most > 0  # a word or two tell of nobody
    chances = dict(_identifier().rank(text))
    best = max(chances.get(language, 0.0) for language in LANGUAGES)
    return bool(
        MARGIN * best >= max(chance for language, chance in chances.items() if language not in LANGUAGES)
    )
