"""What something is for: for whom, for what they do or have, and how it is to be, by the way that it is said."""

import re
from collections.abc import Callable

from agents.embedded.plain_words import FILLER
from agents.embedded.request import Understood

PURPOSE = re.compile(r"\b(?:something|anything|things?|stuff|bits|ideas?)\b(?: \w+)? for (?P<what>.+)")
KEEPING = re.compile(
    r"\b(?:something|anything|things?|stuff|bits)\b(?: \w+)? (?:to|that (?:can|will|would)|which (?:can|will|would)) (?P<what>(?:keep|store|hold|put|carry|clean|cover|protect|tidy|organi[sz]e|sort|hang|display|decorate|fix|open|cut|wrap|warm|cool|light|charge|stop|help|brighten)\b .+?)(?=\s(?:when|while|if|because|so that|as)\b|[,.;!?]|$)"
)
"""What something is to do: "something to carry my laptop to work"."""
GIFT = re.compile(r"\b(?:gifts?|presents?|stocking[- ]fillers?|secret santa)\b")
OWN = re.compile(
    r"\bmy (?:\w+ )?[a-z]+ (?:is|are|looks|feels|gets?|keeps?) (?!broke|dead|old\b|worn|gone|lost|leak|crack|dying|done|not work|too (?:small|big|old))[^,.;!?]*"
)
"""What somebody has at home and says how it is: "my desk is a mess" wants no desk."""
OF_SOMEBODY = re.compile(
    r"\bfor (?:an? |my |our |some )?(?:\w+ )?[a-z]+ who(?:'s|'ve)? (?!likes?|loves?|enjoys?|wants?|needs?)[^,.;!?]*"
)
"""Who somebody is for whom something is sought: "for a couple who just moved in"."""
IS_LIKE = re.compile(
    r"\b(?:he|she|they)(?:'s|'re| is| are) (?!into\b|keen\b|mad\b|fond\b|interested\b|a fan\b|turning\b|getting\b|after\b|looking\b)[^,.;!?]*"
)
"""What somebody is like: "for my boss, he's fussy"."""


def of_ones_own(text: str) -> str:
    """The part of a message that describes what somebody has already, or who somebody is."""
    match = OWN.search(text) or OF_SOMEBODY.search(text) or IS_LIKE.search(text)
    return match.group() if match else ""


def done_with(word: str, text: str) -> bool:
    """Whether something is wanted for an activity; "she is turning six" tells of none."""
    if re.search(
        rf"\b{re.escape(word)} (?:stuff|things|items|bits|gear|supplies|equipment|accessories)\b", text
    ):
        return True  # "gardening stuff"
    before = r"\b(?:for|on|about|when|while|during|go|going|lik\w+|loves?|into|enjoys?|to)\b[^.,;]{0,30}\b"
    return re.search(before + re.escape(word), text) is not None


def qualifies(word: str, text: str) -> bool:
    """Whether a word says how something is to be: "something more educational"."""
    before = r"\b(?:something|anything|more|less|very|too|really|quite|bit|rather|as)\s+(?:an? )?(?:(?:bit|little|more|less|very|really) )?"
    return re.search(before + re.escape(word) + r"\b(?! \w)", text) is not None


def opens(word: str, aside: list[str], text: str) -> bool:
    """Whether a word opens what something is for: "mugs for a tea party"."""
    after = "|".join(map(re.escape, aside))
    return bool(aside) and bool(
        re.search(rf"\bfor (?:an?|the|my|our|his|her|their|some) {re.escape(word)} (?:{after})\b", text)
    )


def for_whom(word: str, found: Understood) -> bool:
    """Whether something is sought for whom a word names."""
    return re.search(rf"\bfor\b[^.,;]*\b{re.escape(word)}", found.text) is not None


def is_gift(found: Understood) -> bool:
    """Whether what is sought is to be given."""
    return GIFT.search(found.text) is not None or "recipient" in found.changes


def tells_occasion(words: list[str], found: Understood, knows: Callable[[str], bool]) -> bool:
    """Whether words that the shop does not know tell of a present's occasion: "end of term"."""
    return is_gift(found) and not any(knows(w) for w in words)


def as_said(words: list[str], text: str) -> str:
    """Words as the text has them: with what stands between them where that is filler, else with "and"."""
    said, place = "", 0
    for word in words:
        start = text.find(word, place)
        between = text[place:start] if said and start >= 0 else None
        if between is not None and all(w in FILLER for w in re.findall(r"[a-z']+", between)):
            said += between + word
        else:
            said += f" and {word}" if said else word
        place = start + len(word) if start >= 0 else place
    return said
