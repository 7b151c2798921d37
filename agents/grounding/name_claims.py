"""Names that no record has: brands, models, shops, people, addresses, codes."""

import re
from functools import cache

from spellchecker import SpellChecker

from agents.grounding.records import Known, stems
from agents.grounding.subjects import MARK, Sentence

# Capitals begin a sentence, a quotation, a list item, or what follows a colon or a dash.
OPENING = re.compile(r"(?:^|[.!?:;…)(\[\]*_\"“”'‘’•|/>#]|\s[-–—]\s|^\s*[-–—+]\s|[^\x00-\u024f\u2000-\u206f\u20a0-\u20bf])\W*$")
CAPITAL = re.compile(r"\b[A-Z][\w'’-]*")
ADDRESS = re.compile(r"\S+@\S+|@\w+|\bwww\.\S+|\bhttps?:\S+|\b[\w-]+\.(?:com|net|org|example|co|io|de|fr|shop|store)\b", re.I)
MIXED = re.compile(rf"(?<!{MARK})\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d-]{{3,}}\b")
PERMITTED = frozenset("i i'm i'd i've i'll ok okay usd gbp eur uk us english".split())


@cache
def _dictionary() -> SpellChecker:
    return SpellChecker()


def false_name(sentence: Sentence, known: Known) -> str | None:
    """A name or an address in the sentence that stands in no record, as a reason."""
    text = sentence.text
    if address := ADDRESS.search(text):
        if address.group().lower() not in known.said.lower():
            return f"{address.group()} is an address that no tool returned"
    if known.all_brands is not None:
        for brand in known.all_brands(text.lower()):
            # Only as a name: "Close" and "Next" are brands, "close to" and "next" are not.
            if brand.lower() not in known.brands and re.search(rf"\b{re.escape(brand)}\b", text) and not _plain(brand, text):
                return f"{brand} is not a brand in play"
    for match in CAPITAL.finditer(text):
        word = match.group().replace("’", "'").removesuffix("'s")
        opens = OPENING.search(text[: match.start()]) is not None
        if _unknown(word, opens, known):
            return f"{word} is a name that no record has"
    texts = " ".join([known.said, *(r.text for r in known.records.values())]).lower()
    for match in MIXED.finditer(text):
        word = match.group().lower()
        if not re.fullmatch(r"\d+(?:st|nd|rd|th|x|s|[a-z]{1,3})(?:-\w+)*", word) and word not in texts:
            return f"{match.group()} stands in no record"
    return None


def _plain(brand: str, text: str) -> bool:
    """Whether a brand that is a word of the language begins a sentence here, as any word does."""
    place = re.search(rf"\b{re.escape(brand)}\b", text)
    opens = place is not None and OPENING.search(text[: place.start()]) is not None
    return opens and " " not in brand and bool(_dictionary().known([brand.lower()]))


def _unknown(word: str, opens: bool, known: Known) -> bool:
    lower = word.lower()
    parts = [p for p in lower.split("'")[0].split("-") if len(p) > 1]
    if lower in PERMITTED or not parts or len(lower) < 2:
        return False
    if all(stem in known.words for stem in stems(" ".join(parts))) or lower in known.brands:
        return False
    if not opens:
        return True
    return not all(_dictionary().known([p]) or set(stems(p)) <= known.words for p in parts if p.isalpha())
