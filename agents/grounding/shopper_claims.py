"""Claims about what the shopper said, wants or is: only the shopper's own words back them."""

import re

from agents.grounding.property_claims import property_words
from agents.grounding.quantities import quantities_in
from agents.grounding.records import WORD, Known, stems
from agents.grounding.subjects import Sentence

SAYING = re.compile(
    r"\b(?:you(?:'ve| have|’ve)? (?:also |just |already )?(?:said|mentioned|asked|told|wanted|specified|stated|requested|described)"
    r"|your (?:request|wish|requirement|preference)|as you (?:like|prefer|want))\b(?P<what>[^.;:!?–—(]*)",
    re.I,
)


def false_about_shopper(sentence: Sentence, known: Known) -> str | None:
    """Something that the shopper is said to have said and has not, as a reason."""
    match = SAYING.search(sentence.text)
    if match is None or sentence.asks or sentence.denies or known.encode is None:
        return None
    said = {q.value for q in known.said_figures}
    if wrong := next((q for q in quantities_in(match["what"]) if q.kind != "bare" and q.value not in said), None):
        return f"the shopper did not say {wrong.text}"
    words = [w.lower() for w in WORD.findall(match["what"]) if len(w) > 2 and not set(stems(w)) <= known.said_words]
    if not words:
        return None
    model = property_words()
    for word, score in zip(words, model.scores(known.encode(words)), strict=True):
        if score >= model.threshold_elsewhere:
            return f"the shopper did not say “{word}”"
    return None
