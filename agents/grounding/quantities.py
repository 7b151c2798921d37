"""Figures in a sentence, in digits and in words, with their units and with how exact they claim to be."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from text_to_num import alpha2digit

from agents.screen_reader.amounts import parse_number

SIGNS = {"£": "GBP", "$": "USD", "€": "EUR"}
MONEY = {
    "pound": "GBP", "pounds": "GBP", "quid": "GBP", "gbp": "GBP", "£": "GBP", "tenner": "GBP", "fiver": "GBP",
    "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "usd": "USD", "$": "USD",
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "€": "EUR",
}  # fmt: skip
NOTES = {"tenner": 10, "fiver": 5}
STARS = frozenset("star stars".split())
REVIEWS = frozenset("review reviews rating ratings customer customers buyer buyers people shopper shoppers reviewer reviewers user users opinion opinions vote votes owners".split())
# A unit and its size in the first of its kind: lengths in mm, weights in g, volumes in ml, times in minutes, power in W.
UNITS: dict[str, tuple[str, Decimal]] = {
    name: (kind, Decimal(size))
    for kind, sizes in {
        "length": {"mm millimetre millimetres millimeter millimeters": "1", "cm centimetre centimetres centimeter centimeters": "10",
                   "m metre metres meter meters": "1000", 'inch inches in " ″': "25.4", "ft foot feet": "304.8", "km": "1000000"},
        "weight": {"g gram grams gramme grammes": "1", "kg kilo kilos kilogram kilograms": "1000",
                   "oz ounce ounces": "28.35", "lb lbs": "453.6"},
        "volume": {"ml millilitre millilitres milliliter milliliters": "1", "cl": "10", "l litre litres liter liters": "1000"},
        "time": {"min mins minute minutes": "1", "h hr hrs hour hours": "60", "day days": "1440", "week weeks": "10080",
                 "month months": "43800", "y yr yrs year years": "525600", "s sec secs second seconds": "0.0166667"},
        "power": {"w watt watts": "1", "kw kilowatt kilowatts": "1000"},
        "voltage": {"v volt volts": "1"},
        "charge": {"mah": "1", "ah": "1000"},
        "data": {"gb": "1", "tb": "1000"},
    }.items()
    for names, size in sizes.items()
    for name in names.split()
}  # fmt: skip
NEAR = frozenset("close barely about around roughly nearly almost approximately circa some near ~ ca".split())
ABOVE = frozenset("over above more than exceeding beyond least upwards plus".split())
BELOW = frozenset("under below less fewer within shy".split())
FRACTIONS = {"half": Decimal(50), "third": Decimal("33.3"), "quarter": Decimal(25), "fifth": Decimal(20), "tenth": Decimal(10)}
FIGURE = re.compile(
    r"(?<![A-Za-z\d.,-])(?P<sign>[£$€])?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)(?P<k>k\b)?"
    r"(?:[\s-]?(?P<unit>[£$€%\"″]|[A-Za-z]+))?"
)
HEAD_OF_LIST = re.compile(r"^\s*\d{1,2}[.)]\s")
REACH = 3  # words before a figure that may say how exact it is


@dataclass(frozen=True)
class Quantity:
    """A figure: what ``kind`` it is (money, percent, stars, reviews, measure, bare), its value and unit.

    ``bound``: "" for exact, "~" about, ">" more than, "<" less than.
    """

    kind: str
    value: Decimal
    unit: str = ""
    bound: str = ""
    text: str = ""
    before: tuple[str, ...] = ()
    """The words right before it, lower-case, the last one last."""

    @property
    def size(self) -> Decimal:
        """The value of a measure in the first unit of its kind."""
        return self.value * UNITS[self.unit][1] if self.unit in UNITS else self.value

    @property
    def dimension(self) -> str:
        """The kind of a measure's unit, such as ``length``."""
        return UNITS[self.unit][0] if self.unit in UNITS else ""


def quantities_in(text: str) -> list[Quantity]:
    """The figures of a sentence.

    >>> [(q.kind, str(q.value), q.unit) for q in quantities_in("It costs thirty pounds and weighs 2.1 kg.")]
    [('money', '30', 'GBP'), ('measure', '2.1', 'kg')]
    """
    text = HEAD_OF_LIST.sub("", text)
    for half, figure in (("half a kilo", "0.5 kg"), ("half an hour", "0.5 hours"), ("half a litre", "0.5 l")):
        text = text.replace(half, figure)
    for note, worth in NOTES.items():
        text = re.sub(rf"\b(?:a |another )?{note}\b", f"{worth} {note}", text)
    text = alpha2digit(text, "en")
    text = re.sub(r"(\d) (euros?|pounds?|dollars?) (\d\d)\b(?![.,]?\d)", r"\1.\3 \2", text)
    found: list[Quantity] = []
    for match in FIGURE.finditer(text):
        before = tuple(re.findall(r"[a-z~']+", text[: match.start()].lower())[-REACH:])
        found.append(_quantity(match, before, text[match.end() : match.end() + 12].lower()))
    return [*_with_shared_units(found), *_fractions(text)]


def _with_shared_units(found: list[Quantity]) -> list[Quantity]:
    """Figures that share the unit of the next one: "48 x 33 cm", "from 16 to 24 mm"."""
    out = list(found)
    for place in range(len(out) - 2, -1, -1):
        here, after = out[place], out[place + 1]
        if here.kind == "bare" and here.unit in ("x", "by", "to", "and", "or") and after.kind in ("measure", "money"):
            out[place] = replace(here, kind=after.kind, unit=after.unit)
    return out


def _quantity(match: re.Match[str], before: tuple[str, ...], after: str) -> Quantity:
    value = parse_number(match["number"]) * (1000 if match["k"] else 1)
    unit = (match["unit"] or "").lower()
    bound = _bound(before)
    written = match.group().strip()
    if match["sign"] or unit in MONEY:
        currency = SIGNS.get(match["sign"] or "") or MONEY[unit]
        return Quantity("money", value, currency, bound, written, before)
    if unit in ("%", "percent") or (unit == "per" and "cent" in after):
        return Quantity("percent", value, "%", bound, written, before)
    for kind, names in (("stars", STARS), ("reviews", REVIEWS)):
        if unit in names:
            return Quantity(kind, value, unit, bound, written, before)
    if unit in UNITS and not (unit == "in" and not re.match(r"\W|$", after.strip() or "")):
        return Quantity("measure", value, unit, bound, written, before)
    return Quantity("bare", value, unit, bound, written, before)


def _bound(before: tuple[str, ...]) -> str:
    for words, sign in ((NEAR, "~"), (ABOVE, ">"), (BELOW, "<")):
        if words & set(before[-2:]):
            return sign
    return ""


def _fractions(text: str) -> list[Quantity]:
    """Fractions of a price: "a quarter off", "you save a third", "half price"."""
    words = re.findall(r"[a-z']+", text.lower())
    about = {"off", "save", "saving", "reduced", "price", "discount", "cheaper", "reduction", "less", "cut", "down"}
    found = []
    for place, (first, word) in enumerate(pairwise(words), start=1):
        near = set(words[max(0, place - 4) : place + 4])
        if word in FRACTIONS and (first in ("a", "one") or word == "half") and near & about and "than" not in near:
            bound = "~" if first in ("a", "one") or near & NEAR else ""
            found.append(Quantity("percent", FRACTIONS[word], "%", bound, word, tuple(words[max(0, place - REACH) : place])))
    return found


def backs(value: Decimal, said: Quantity) -> bool:
    """Whether a value from a record backs a figure as exactly as it claims to be."""
    claimed = said.size if said.kind == "measure" else said.value
    if said.bound == ">":
        return claimed <= value <= claimed * Decimal("1.5") or value == claimed
    if said.bound == "<":
        return claimed * Decimal("0.75") <= value <= claimed
    if said.bound == "~":
        return abs(value - claimed) <= max(abs(claimed) * Decimal("0.1"), Decimal("0.5"))
    slack = {"percent": Decimal(1), "measure": abs(claimed) * Decimal("0.005")}.get(said.kind, Decimal("0.004"))
    return abs(value - claimed) <= slack
