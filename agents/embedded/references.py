"""What "the second one", "that one" or "the cheapest of those" point back to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from agents.embedded.plain_words import FILLER

ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4,
    "sixth": 5, "6th": 5, "seventh": 6, "7th": 6, "eighth": 7, "8th": 7,
}  # fmt: skip
COUNTS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}
_ORDINAL = "|".join(ORDINALS)
FIRST_N = re.compile(r"\b(?:the )?(first|top|last) (two|three|four|2|3|4)\b")
MOST_N = re.compile(
    r"\b(?:the )?(?:(?P<n>two|three|four|[2-4]) )?(?P<most>cheapest|least expensive|dearest|most expensive|priciest|best[- ]rated|highest[- ]rated|top[- ]rated)(?: (?P<n2>two|three|four|[2-4]))?\b"
)
NTH_MOST = re.compile(
    r"\b(?:the )?(?P<n>second|third|fourth|2nd|3rd|4th)[- ](?P<most>cheapest|least expensive|dearest|most expensive|priciest|best[- ]rated|highest[- ]rated|top[- ]rated)(?: one)?\b(?P<n2>)"
)
ORDINAL = re.compile(rf"\b(?:the )?({_ORDINAL})\b(?! (?:time|of all|aid))(?: (?:one|product|item|option))?")
NUMBERED = re.compile(
    r"(?:\b(?:numbers?|no\.?|options?|items?|products?) ?|#)(\d)\b(?![- ]?pack)(?:,? (?:and|or|&|with|vs\.?|to) #?(\d)\b(?! ?(?:pounds|stars?)))?"
)
HANDLE = re.compile(r"\bp(\d{1,3})\b")
LAST = re.compile(
    r"\b(?:the )?(?:last|final) (?:one|product|item|option)\b|\bthe last\b(?! (?:time|two|three))"
)
CHEAPEST = re.compile(
    r"\b(?:the )?(?:cheapest|least expensive|lowest[- ]priced?)(?: one| of (?:those|these|them|the \w+))?\b"
)
DEAREST = re.compile(
    r"\b(?:the )?(?:most expensive|dearest|priciest)(?: one| of (?:those|these|them|the \w+))?\b"
)
BEST = re.compile(
    r"\b(?:the )?(?:(?:best|highest|top)[- ](?:rated|reviewed)|(?:best|highest) (?:reviews?|ratings?|stars)|most stars|rated (?:the )?(?:highest|best))(?: one| of (?:those|these|them|the \w+))?\b"
)
MOST_REVIEWED = re.compile(
    r"\b(?:the )?(?:most (?:reviews?|ratings|reviewed|popular)|bestsell\w+)(?: one)?\b"
)
LARGEST = re.compile(
    r"\b(?:the )?(?:biggest|largest|longest|tallest|widest|roomiest|(?:most|highest|greatest|biggest|largest) (?:capacity|storage|pieces|pages|sheets|litres|hours|players|bedrooms)|most powerful|highest (?:power|wattage))\b(?: one)?"
)
STRONGEST = re.compile(r"\b(?:the )?(?:fastest|quickest|strongest|brightest)\b(?: one)?")
"""What a number of watts tells."""
SMALLEST = re.compile(r"\b(?:the )?(?:smallest|shortest|narrowest|most compact)\b(?: one)?")
FROM_BEFORE = re.compile(
    r"\b(?:from|of|on) (?:before|earlier|the (?:previous|earlier|last but one) (?:list|ones|results))\b"
)
THAT = re.compile(
    r"\b(?:that|this) (?:one|product|item)\b|(?<!-)\bit\b|\bthat\b(?!'s (?!it\b)| (?:is|are|has|have|was|cost|fits?|goes|match|work|can|i|you|differ)| [a-z]{3,}s (?:to|on|in|with|at|the|my|your|well|like)\b)|\bthis\b(?! (?:is|brand))"
)
THOSE = re.compile(
    r"\bthe (?:two|2)\b(?! \w)|\b(?:of|between) the (?:two|2)\b|\b(?:they|those|these|them|all of them|both|each of them|the ones)\b"
)
THE_ONE = re.compile(r"\bthe ([a-z][a-z-]{2,}) one\b")
TWO = re.compile(r"\bboth\b|\bthe (?:two|2)\b|\b(?:those|these) (?:two|2)\b")
BEFORE = re.compile(
    r"\b(?:the one|the ones|that one|those) (?:from )?(?:before|earlier|previously|you showed (?:me )?(?:before|earlier|first))\b|\bearlier one\b|\bprevious (?:one|ones)\b"
)


@dataclass(frozen=True)
class Shown:
    """A product that was shown, by its handle, with what references need."""

    handle: str
    title: str
    brand: str | None
    price: Decimal | None
    rating: float | None
    reviews: int | None = None
    sizes: dict[str, float] = field(default_factory=dict)
    """The stated sizes by dimension, as :mod:`tools.measures` gives them."""


@dataclass(frozen=True)
class Reference:
    """The handles that a text points to, and the text without the pointing words."""

    handles: list[str]
    rest: str
    plural: bool = False


def resolve(
    text: str, shown: list[list[Shown]], focus: str | None, spoken_of: Sequence[str] = ()
) -> Reference:
    """Resolve references in a lower-case text against what was shown, the latest last.

    ``focus`` is the handle of the product last spoken of alone, ``spoken_of`` those since the last list.
    """
    last = shown[-1] if shown else []
    handles: list[str] = []
    rest = text
    for named in list(HANDLE.finditer(text)):
        handles.append(f"P{named.group(1)}")
        rest = rest.replace(named.group(), " ", 1)
    if match := BEFORE.search(rest):
        earlier = shown[-2] if len(shown) > 1 else last
        handles += [
            s.handle
            for s in (earlier if "ones" in match.group() or "those" in match.group() else earlier[:1])
        ]
        rest = _without(rest, match)
    if match := FIRST_N.search(rest):
        count = COUNTS[match.group(2)]
        listed = next((turn for turn in reversed(shown) if len(turn) >= count), last)
        part = listed[-count:] if match.group(1) == "last" else listed[:count]
        handles += [s.handle for s in part]
        rest = _without(rest, match)
    if (match := NTH_MOST.search(rest)) and (ranked := so_many(match, last)):
        handles += ranked[-1:]
        rest = _without(rest, match)
    places = [ORDINALS[match.group(1)] for match in ORDINAL.finditer(rest)]
    rest = ORDINAL.sub(" ", rest)
    places += [int(n) - 1 for match in NUMBERED.finditer(rest) for n in match.groups() if n]
    rest = NUMBERED.sub(" ", rest)
    # "The third" of a list of one is the third of the list before.
    if len(shown) > 1 and FROM_BEFORE.search(text):
        shown = shown[:-1]
    listed = next((turn for turn in reversed(shown) if len(turn) > max(places, default=0)), last)
    handles += [listed[place].handle for place in places if 0 <= place < len(listed)]
    handles += _superlative(
        rest, last if len(last) > 1 else next((t for t in reversed(shown) if len(t) > 1), last)
    )
    rest = BEST.sub(" ", DEAREST.sub(" ", CHEAPEST.sub(" ", rest))) if handles else rest
    if last and (match := LAST.search(rest)):
        handles.append(last[-1].handle)
        rest = _without(rest, match)
    plural = False
    if not handles and last and THOSE.search(rest):
        handles, plural = [s.handle for s in last], True
        if TWO.search(rest):
            handles = list(spoken_of[-2:]) if len(spoken_of) > 1 else handles[:2]
        rest = THOSE.sub(" ", rest)
    if not handles and (one := _the_one(rest, last)):
        return Reference([one], THE_ONE.sub(" ", THAT.sub(" ", rest)))
    if not handles and last and THAT.search(rest):
        handles.append(focus if focus is not None else last[0].handle)
        rest = THAT.sub(" ", rest, count=1)
    return Reference(list(dict.fromkeys(handles)), rest, plural)


def _the_one(text: str, last: list[Shown]) -> str | None:
    """The one product shown whose title has the word of "the navy one"; None where none or several have."""
    match = THE_ONE.search(text)
    if match is None or len(last) < 2:
        return None
    word = re.compile(rf"\b{re.escape(match.group(1))}\b")
    having = [s.handle for s in last if word.search(s.title.lower())]
    return having[0] if len(having) == 1 else None


def _superlative(text: str, last: list[Shown]) -> list[str]:
    """The cheapest, dearest, best rated or largest of a list, each that a text names."""
    priced = [s for s in last if s.price is not None]
    rated = [s for s in last if s.rating is not None]
    counted = [s for s in last if s.reviews is not None]
    named: list[Shown] = []
    if priced and CHEAPEST.search(text):
        named.append(min(priced, key=lambda s: s.price or Decimal(0)))
    if priced and DEAREST.search(text):
        named.append(max(priced, key=lambda s: s.price or Decimal(0)))
    if counted and MOST_REVIEWED.search(text):
        named.append(max(counted, key=lambda s: s.reviews or 0))
    elif rated and BEST.search(text):
        named.append(max(rated, key=lambda s: s.rating or 0.0))
    return [s.handle for s in named] or _by_size(text, last)


def names_extreme(text: str) -> bool:
    """Whether a text names the cheapest, the best rated, the largest or another extreme."""
    return any(p.search(text) for p in (CHEAPEST, DEAREST, BEST, MOST_REVIEWED, LARGEST, SMALLEST, STRONGEST))


def so_many(match: re.Match[str], last: list[Shown]) -> list[str]:
    """So many of a list, the cheapest, dearest or best rated of it: "the two cheapest"."""
    number, most = match.group("n") or match.group("n2") or "", match.group("most")
    count = COUNTS.get(number) or (ORDINALS[number] + 1 if number in ORDINALS else 0)
    if not 0 < count <= len(last):
        return []
    if "rated" in most:
        rated = sorted((s for s in last if s.rating is not None), key=lambda s: -(s.rating or 0.0))
        return [s.handle for s in rated[:count]]
    priced = sorted((s for s in last if s.price is not None), key=lambda s: s.price or Decimal(0))
    chosen = priced[:count] if most in ("cheapest", "least expensive") else priced[::-1][:count]
    return [s.handle for s in chosen]


def _by_size(text: str, last: list[Shown]) -> list[str]:
    """The largest or smallest product of a list whose titles all state a size of one dimension."""
    strong = STRONGEST.search(text)
    large, small = LARGEST.search(text) or strong, SMALLEST.search(text)
    stated = [s.sizes for s in last]
    shared = set.intersection(*map(set, stated)) if stated else set()
    shared &= {"power"} if strong else shared
    if large and (named := {dimension for dimension in shared if dimension in large.group()}):
        shared = named
    if (not large and not small) or not shared or len(last) < 2:
        return []
    dimension = min(shared)
    pick = max if large else min
    return [last[stated.index(pick(stated, key=lambda sizes: sizes[dimension]))].handle]


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def by_description(text: str, last: list[Shown]) -> list[str]:
    """Shown products that a text names by brand or by words of their titles that set them apart.

    >>> a = Shown("P1", "Ceramic Table Lamp", None, None, None); b = Shown("P2", "Brass Table Lamp", None, None, None)
    >>> by_description("why the brass lamp?", [a, b])
    ['P2']
    """
    words = set(re.findall(r"[a-z0-9]{3,}", text)) - FILLER
    own = [set(re.findall(r"[a-z0-9]{3,}", f"{s.title} {s.brand or ''}".lower())) for s in last]
    common = set.intersection(*own) if own else set()
    hits = [(len((w - common) & words), s.handle) for w, s in zip(own, last, strict=True)]
    best = max((h for h, _ in hits), default=0)
    named = [handle for h, handle in hits if h == best and best > 0]
    return named if 0 < len(named) < max(len(last), 2) else []
