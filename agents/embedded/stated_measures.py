"""Sizes, devices and counts of parts that a request states, each taken out of the text as it is understood."""

import re

from agents.embedded.request import Situation
from agents.embedded.slots import number
from catalog.lexical import stem

DEVICE = re.compile(
    r"\b(iphone|galaxy|pixel|ipad|macbook|kindle|redmi|oneplus|xperia|moto)\s?([a-z]?\d{1,3}(?:\s?(?:pro max|pro|plus|mini|ultra|max|se))?)\b"
)
SIZE = re.compile(r"\bsize (?:\d{1,2}(?:\.5)?|x{0,3}[sml])\b")
AREA = re.compile(r"\b\d+(?:[.,]\d+)? x \d+(?:[.,]\d+)?(?: ?(?:cm|mm|m|inch(?:es)?))?\b")
MEASURE = re.compile(
    r"\b(\d+(?:[.,]\d+)?)\s?-?(cm|mm|inch(?:es)?|ft|foot|feet|m|met(?:re|er)s?|ml|lit(?:re|er)s?|l|kg|kilos?|lbs?|g|oz|w|watts?|mah|gb|tb|pieces?|pcs|pages?|sheets?|h|hrs?|hours?|beds?|bds?|bedrooms?|baths?|ba|players?|pack)\b"
    r"(?:\s(?:long|wide|tall|high|deep|thick|across|in (?:length|width|height|diameter)))?"
)
RULED_OUT = re.compile(r"\b(?:no|not|without|nothing|except|avoid)\s+(?:the |an? |any |in )*$")
COUNTED = re.compile(
    r"\b(?:with|has|have|having|got) (\d{1,2}|two|three|four|five|six|eight) ([a-z]{3,})\b(?! (?:off|stars?))"
)
"""So many parts: "with two ports"."""
COUNTED_ALONE = re.compile(
    r"\s*(?:and |with |ok(?:ay)? )*(\d{1,2}) (?!(?:more|of|for|to|or|and|options?|ideas?|items?|things?|products?|stars?|others?|please|gifts?|presents?|suggestions?)\b)([a-z]{4,})\W*$"
)
"""The same, as all that is said: "2 handsets"."""
IN_SET = re.compile(r"\b(?:ones|one|any|them|sold|come|available) in (?:an? )?(set|box|pack)(?:s|es)?\b")
MODEL = re.compile(r"\b(?:for|the|an?|my) (\d{1,2})\b(?!\s*(?:one|ones|of|or|and|[a-z]*pack|year|£|\$|€))")
"""The model alone, of a device that was named before: "for the 14"."""


def take_devices(rest: str, situation: Situation) -> tuple[list[str], str]:
    """The devices that a text names ("iphone 14"), and the text without them."""
    devices = [f"{match.group(1)} {match.group(2)}".strip() for match in DEVICE.finditer(rest)]
    rest = DEVICE.sub(" ", rest)
    if not devices and (other := _other_model(rest, situation)):
        return [other], MODEL.sub(" ", rest)
    return devices, rest


def take_measures(rest: str) -> tuple[list[str], list[str], str]:
    """The sizes and counts that a text states and those that it rules out, as products state them, and the rest of it.

    >>> take_measures("a cable 2 metres long with two ports, no 3 pack")[:2]
    (['2 metres', '2 port'], ['3 pack'])
    """
    must: list[str] = []
    without: list[str] = []
    for pattern in (AREA, MEASURE, SIZE):
        for match in pattern.finditer(rest):
            (without if RULED_OUT.search(rest[: match.start()]) else must).append(_stated(match))
        rest = pattern.sub(" ", rest)
    must += [f"{number(match.group(1))} {stem(match.group(2))}" for match in COUNTED.finditer(rest)]
    rest = COUNTED.sub(" with ", rest)
    if alone := COUNTED_ALONE.match(rest):
        must.append(f"{alone.group(1)} {stem(alone.group(2))}")
        rest = ""
    must += [match.group(1) for match in IN_SET.finditer(rest)]
    return must, without, IN_SET.sub(" ", rest)


def _stated(match: re.Match[str]) -> str:
    """A size as products state it: "2 metres", of "2 metres long"."""
    return " ".join(match.groups()) if match.re is MEASURE else match.group()


def _other_model(text: str, situation: Situation) -> str | None:
    """The device of the standing wishes with the number that a message gives; None where there is neither."""
    model = MODEL.search(text)
    had = next((t for t in situation.wishes.get("must") or [] if DEVICE.fullmatch(t)), None)
    return re.sub(r"\d+", model.group(1), had, count=1) if model and had else None
