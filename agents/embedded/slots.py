"""Prices, ratings, counts and offers in a request, each taken out of the text as it is understood."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.money import bounded
from tools.measures import UNIT_NAMED

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "fifteen": 15, "twenty": 20, "twenty five": 25, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "a hundred": 100, "hundred": 100, "two hundred": 200, "a couple": 2,
}  # fmt: skip
_MONEY = r"(?:[£$€¥]\s?)?(\d{1,12}(?:[.,]\d{1,2})?)(?:\s?k\b)?\s?(?:pounds?|quid|gbp|dollars?|bucks|usd|euros?|eur|£|\$|€)?"
SIGNED = r"(?:[£$€¥]\s?(\d+(?:[.,]\d{1,2})?)|(\d+(?:[.,]\d{1,2})?)\s?(?:pounds?|quid|gbp|dollars?|bucks|usd|euros?|eur\b|£|\$|€))"
THINGS = r"(?!(?:upwards|downwards|pounds|dollars|bucks|euros|plus|less|thanks|tops|perhaps|always|this|was|has)\b)[a-z]{2,}s\b"
"""What is counted and is no money: "48 colours"."""
_NOT_UNIT = rf"(?![.,]?\d)(?!\s?(?:stars?|gb|tb|mah|w\b|watts?|cm|mm|m\b|inch|in\b(?!\s(?:total|all|sum))|pieces?|pcs|l\b|ml|kg|g\b|hours?|reviews?|items?|things?|products?|options?|years?|%|-?pack|{THINGS}))"
_NOT_LEAST = r"(?![a-z])(?!\s*(?:pounds?|quid|dollars?|bucks|euros?|£|\$|€)?\s*(?:upwards?|or (?:more|over|above|higher)|and (?:up|above|over)|\+|at least|minimum))"
RANGE = re.compile(rf"\b(?:between|from)?\s*{_MONEY}\s*(?:-|–|(?:up )?to|and)\s*{_MONEY}{_NOT_UNIT}")
BETWEEN = re.compile(rf"\bbetween\s+{_MONEY}\s*(?:-|–|to|and)\s*{_MONEY}")
BELOW = re.compile(
    rf"\b(?:under|below|sub|less than|cheaper than|no more than|not more than|(?:nothing|not|none|no) (?:over|above|more than|beyond)|not over|up to|at most|max(?:imum)?(?: of)?|cap(?: it| that| the price)? at|limit(?: it| that| the price)? to|within|beneath|lower than|not above|"
    rf"for less than|doesn'?t cost more than|(?:budget|limit)(?: (?:of|is|will be|would be))?:?|my budget is|i have|(?:and|but) (?:only )?have|i'?ve got|(?:my|the|our) (?:absolute |upper )?(?:max(?:imum)?|limit|ceiling)(?: price)? (?:is|would be|will be)|the most (?:that )?i(?:'d| would|'ll| will| can| could|'m willing to| am willing to| want to)? (?:pay|spend|go|afford|manage)(?: for (?:it|one|that))?(?: is| would be)?|i(?:'ve| have)? (?:can )?only(?: got| have| afford| spend)?|i can(?:not|'t)? afford|(?:my |the )?(?:wallet|purse|bank account) says|spend(?: (?:up to|exactly|about|around|roughly|only|just))?|can spend|keep it (?:under|below))\s*(?:about |around )?{_MONEY}{_NOT_UNIT}{_NOT_LEAST}"
)
BELOW_AFTER = re.compile(
    rf"{SIGNED}\s*(?:or less|or under|or below|max(?:imum)?|tops|at most|budget|or cheaper|is (?:all|what|the most|about all) (?:that )?i(?:'ve)? (?:have|got|can (?:do|spend|pay|afford|manage)|(?:want|am willing) to (?:pay|spend)|(?:would|'d) (?:pay|spend))|left this (?:week|month)|in total|altogether|all in|in all|total|is (?:my|the|our) (?:(?:absolute|upper) )?(?:limit|max(?:imum)?|budget|ceiling)|(?:for )?the lot|for (?:everything|all of (?:it|them)|them all))\b"
    r"|(?<![\d.,])(\d+(?:\.\d{1,2})?)\s*(?:max(?:imum)?|tops|budget|(?:max )?in total|altogether|all in|in all)\b"
)
ABOVE = re.compile(
    rf"\b(?:over|above|more than|at least|dearer than|higher than|exceeding|min(?:imum)?(?: of)?|upwards of|from|start(?:ing)? (?:at|from|with)|not under|no less than|not less than)\s*{_MONEY}{_NOT_UNIT}"
)
ABOVE_AFTER = re.compile(
    rf"{SIGNED}\s*(?:or more|or over|or higher|or dearer|and up|and above|upwards|at least|minimum|\+)"
)
AROUND = re.compile(
    rf"\b(?:around|about|roughly|approximately|circa|~|closer? to|nearer|(?:in|within|at|of) the)\s*(?:to )?{SIGNED}(?: (?:price )?range)?"
)
NEARER = re.compile(
    rf"\b(?:around|closer? to|nearer(?: to)?)\s+{_MONEY}{_NOT_UNIT}(?=\W*$|\s+a (?:month|week))"
)
BARE = re.compile(
    rf"^(?:ok(?:ay)?|say|make (?:it|that)|maybe|then|hmm+|well|actually|sorry|no|let'?s say|(?:go )?up to|raise (?:it|that) to|\W)*(?:{SIGNED}|([1-9]\d{{1,3}}))(?: (?:then|max|tops|instead|please|or so))?\W*$"
)
"""An amount and nothing else: "80 then"."""
LEAST_ALONE = 10
"""From which a range without a currency is taken for one of prices, where nothing follows: "25 to 60"."""
FOR_MONEY = re.compile(rf"\bfor\s+{SIGNED}")
RATING = re.compile(
    r"\b(?:at least|minimum(?: of)?|over|above|more than|with|rated(?: at least)?)?\s*(\d(?:[.,]\d)?)\s*\+?\s*(?:or more |or better |and up |plus )?stars?(?:\s*(?:or (?:more|better|higher)|and (?:up|above|over)|plus|\+|minimum))?"
    r"|\bratings?\s*(?:of|is|:)?\s*([1-5](?:[.,]\d)?)(?=\s*(?:or\b|and\b|\+|plus|stars?|at least|please|\W*$))(?:\s*(?:or (?:more|better|higher|above)|and up|\+|plus))?"
    r"|\bmin(?:imum)?\s+ratings?(?: of| is|:)?\s*([1-5](?:[.,]\d)?)(?!\d)"
    r"|\b(?:reviews?|ratings?)\s+(?:of |is |should be |must be |above |over |at least |better than |higher than |from |more than )+([1-5](?:[.,]\d)?)(?!\d)(?:\s*(?:or (?:more|better|higher|above)|and up|plus|\+))?"
    r"|\brated\s+(?:at least |over |above )?(\d(?:[.,]\d)?)(?:\s*(?:or (?:more|better|higher)|and up|\+))?"
)
WELL_RATED = re.compile(
    r"(?<!the )(?<!is )(?<!are )\b(?:well|highly|top|best)[- ](?:rated|reviewed)\b|\bgood (?:reviews?|ratings?)\b|\bgreat reviews?\b"
)
OF_FIVE = re.compile(
    r"\b(?:at least|over|above|more than|minimum(?: of)?|from) ([1-4](?:[.,]\d)?|5)(?![\d.,])(?! ?(?:pounds?|quid|dollars?|euros?))"
)
HALF = 50
DISCOUNT = re.compile(
    r"\b(?:(?:with|has|have|having|that are|reduced by|discounted by) )?(?:at least |over |more than |above |minimum |min )?(?P<least>[1-9]\d?) ?(?:%|per ?cent)(?: or more)?(?: (?:off|discount|reduction|reduced|cheaper than (?:rrp|list)))?(?! ?(?:cotton|wool|linen|silk|leather))(?!\w)"
    r"|\bhalf[- ]price(?:d)?\b"
)
ON_OFFER = re.compile(
    r"\b(?:on (?:offer|sale|promotion|special|discount)|discounted|(?:discounts?|reductions?|money off) on|reduced|in the sale|special offers?|with a discount|deals?\b|bargains?|promotions?|offers? only|marked down|(?:with |have |has |some )?money off|any(?: possible| big| good| other)? (?:discounts?|reductions?|money off)|do you (?:have|offer|give)(?: any| some)? discounts?|big discounts?)\b"
)
_SIZE = rf"(?P<size>\d[\d,.]*\s?-?(?:{UNIT_NAMED}))\b(?:\s(?:long|wide|tall|high|deep|thick|across)\b)?"
SIZES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "bigger_than",
        re.compile(rf"\b(?:over|above|more than|(?:bigg|larg|long|tall|wid|heavi|great)er than)\s+{_SIZE}"),
    ),
    (
        "smaller_than",
        re.compile(rf"\b(?:under|below|less than|(?:small|short|light|narrow|low)er than)\s+{_SIZE}"),
    ),
    (
        "min_size",
        re.compile(
            rf"\b(?:at least|min(?:imum)?(?: of)?|no(?:t)? less than|from)\s+{_SIZE}|{_SIZE.replace('size', 'after')}\s?(?:or (?:more|bigger|larger|longer|over|above)|and (?:up|over|above)\b|\+|plus\b|minimum\b|at least\b)"
        ),
    ),
    (
        "max_size",
        re.compile(
            rf"\b(?:at most|max(?:imum)?(?: of)?|no(?:t)? (?:more|bigger|larger|longer) than|up to)\s+{_SIZE}|{_SIZE.replace('size', 'after')}\s?(?:or (?:less|smaller|shorter|under)|max(?:imum)?\b|at most\b)"
        ),
    ),
)
"""Sizes that bound: "over 25 litres", "at least 1000 pieces", "28 cm or more"."""
SIZE_RANGE = re.compile(
    rf"\b(?:between |from )?(?P<low>\d[\d,.]*)\s?(?:-|–|to|and)\s?(?P<high>\d[\d,.]*)\s?-?(?P<unit>{UNIT_NAMED})\b"
)
COUNT = re.compile(
    r"\b(?:show|give|find|recommend|suggest|list|pick|get)(?: me)?(?: the| your)?(?: (?:top|best|only|just))?\s+(\d{1,2}|one|two|three|four|five|six|eight|ten)\b(?!\s?(?:%|stars?|(?:that|which|with|in|for|like|by|under|from)\b))"
    r"|\btop (\d{1,2}|three|five|ten)\b|\b(?:best|cheapest|dearest) (\d{1,2}|two|three|four|five|six|ten)\b|\b(\d{1,2}|two|three|four|five|six) (?:more )?(?:options|suggestions|ideas|recommendations|gifts|presents|choices)\b"
)
CHEAPER = re.compile(
    r"\b(?:cheaper|less expensive|lower[- ]priced?|more affordable|not so (?:expensive|dear|pricey)|less pricey|too (?:expensive|dear|pric(?:e?y|es?)|steep)|too much(?=\W*$|[,.!?]| (?:for|money|to (?:pay|spend))\b)|cost(?:s)? less|lower price|"
    r"bit cheaper|for less|more budget|budget (?:option|version|friendly)|save money|inexpensive)\b"
)
DEARER = re.compile(
    r"\b(?:dearer|more expensive|pricier|higher[- ]priced?|more premium|(?:little|bit|slightly) more money|more upmarket|fancier|more luxurious|(?:spen[dt]|pay|paid|stretch(?: to)?)(?: (?:a (?:bit|little)|slightly|some))? more|better quality|higher quality|(?:next|higher) price (?:level|class|bracket|tier)(?: up)?|higher[- ]end|too cheap|costlier)\b"
)
BIGGER = re.compile(
    r"(?<!\bor )\b(?:bigger|larger|roomier|holds? more|more room|more space|more capacity|higher capacity|(?<!no )(?<!any )longer|taller|wider|more storage|more (?:pages|sheets|pieces|litres|players|hours)|more powerful|too small|too short)\b"
)
SMALLER = re.compile(
    r"(?<!\bor )\b(?:smaller|shorter|more compact|narrower|less bulky|lighter|too big|too large|too long)\b"
)


@dataclass
class Slots:
    """What was found, as changes to the wishes, and the text that is left."""

    rest: str
    changes: dict[str, Any] = field(default_factory=dict)
    count: int | None = None
    budget: Decimal | None = None
    cheaper: bool = False
    dearer: bool = False
    bigger: bool = False
    smaller: bool = False


def number(written: str) -> Decimal:
    """A number in figures or words; at most ``money.MOST``."""
    if written in NUMBER_WORDS:
        return Decimal(NUMBER_WORDS[written])
    return bounded(Decimal(written.replace(",", ".")))


def figures(text: str) -> str:
    """Numbers as figures before their unit: "twenty pounds" becomes "20 pounds", "a pack of 12" "12 pack"."""
    text = re.sub(r"\ba (?=(?:pound|quid|dollar|euro)\b)", "1 ", text)
    text = re.sub(r"\ba fiver\b", "5 pounds", re.sub(r"\ba tenner\b", "10 pounds", text))
    text = re.sub(
        r"\b(?:packs?|box(?:es)?|sets?) of (\d{1,4})\b(?! (?:things|products|gifts|presents|items))",
        r"\1 pack",
        text,
    )
    for words in sorted(NUMBER_WORDS, key=len, reverse=True):
        text = re.sub(
            rf"\b{words}\b(?=\s(?:pounds?|quid|dollars?|bucks|euros?|stars?))|(?<=under )\b{words}\b|(?<=between ){words}\b|(?<=below ){words}\b",
            str(NUMBER_WORDS[words]), text,
        )  # fmt: skip
    return text


def find_slots(text: str) -> Slots:
    """Take prices, ratings, offers and counts out of a lower-case text.

    >>> find_slots("only techgear under £20 with at least 4 stars").changes
    {'min_rating': 4.0, 'max_price': Decimal('20')}
    """
    slots = Slots(figures(text))
    if match := DISCOUNT.search(slots.rest):
        slots.changes["min_discount"] = int(match.group("least") or HALF)
        _take(slots, match)
    _sizes(slots)
    _ratings(slots)
    _prices(slots)
    while match := ON_OFFER.search(slots.rest):
        negated = re.search(r"(?:not|no|don'?t|without)\b[^.,;]{0,12}$", slots.rest[: match.start()])
        slots.changes["on_offer"] = not negated
        _take(slots, match)
    if match := COUNT.search(slots.rest):
        slots.count = int(number(next(g for g in match.groups() if g)))
        slots.rest = slots.rest[: match.start()] + " show " + slots.rest[match.end() :]
    for name, pattern in (("cheaper", CHEAPER), ("dearer", DEARER), ("bigger", BIGGER), ("smaller", SMALLER)):
        if match := pattern.search(slots.rest):
            setattr(slots, name, True)
            _take(slots, match)
    return slots


def _sizes(slots: Slots) -> None:
    if both := SIZE_RANGE.search(slots.rest):
        low, high, unit = both.group("low", "high", "unit")
        slots.changes |= {"min_size": f"{low} {unit}", "max_size": f"{high} {unit}"}
        _take(slots, both)
        return
    for name, pattern in SIZES:
        if match := pattern.search(slots.rest):
            slots.changes[name] = (match.group("size") or match.groupdict().get("after") or "").strip()
            _take(slots, match)


def _ratings(slots: Slots) -> None:
    if match := RATING.search(slots.rest):
        slots.changes["min_rating"] = float(number(next(g for g in match.groups() if g)))
        if slots.changes["min_rating"] <= 5:
            _take(slots, match)
        else:
            del slots.changes["min_rating"]
    elif match := WELL_RATED.search(slots.rest):
        slots.changes["min_rating"] = 4.0
        _take(slots, match)
        if least := OF_FIVE.search(slots.rest):  # "highly rated, nothing below 4.5"
            slots.changes["min_rating"] = float(number(least.group(1)))
            _take(slots, least)


def _prices(slots: Slots) -> None:
    match = BETWEEN.search(slots.rest) or _money_range(slots.rest)
    if match:
        low, high = sorted((number(match.group(1)), number(match.group(2))))
        slots.changes |= {"min_price": low, "max_price": high}
        _take(slots, match)
        return
    for pattern, name in (
        (BELOW, "max_price"),
        (BELOW_AFTER, "max_price"),
        (ABOVE, "min_price"),
        (ABOVE_AFTER, "min_price"),
    ):
        if name not in slots.changes and (match := pattern.search(slots.rest)):
            slots.changes[name] = number(next(g for g in match.groups() if g))
            _take(slots, match)
    if not {"min_price", "max_price"} & slots.changes.keys():
        if match := AROUND.search(slots.rest):
            middle = number(next(g for g in match.groups() if g))
            slots.changes |= {
                "min_price": (middle * Decimal("0.75")).quantize(Decimal("0.01")),
                "max_price": bounded(middle * Decimal("1.25")).quantize(Decimal("0.01")),
            }
            _take(slots, match)
        elif match := NEARER.search(slots.rest):
            middle = number(match.group(1))
            slots.changes |= {
                "min_price": middle * Decimal("0.75"), "max_price": bounded(middle * Decimal("1.25")),
            }  # fmt: skip
            _take(slots, match)
        elif match := BARE.search(slots.rest) or FOR_MONEY.search(slots.rest):
            slots.changes["max_price"] = number(next(g for g in match.groups() if g))
            _take(slots, match)
    if "max_price" in slots.changes:
        slots.budget = slots.changes["max_price"]


def _money_range(text: str) -> re.Match[str] | None:
    match = RANGE.search(text)
    if match and (
        re.search(r"[£$€¥]|pounds|quid|dollars|euros", match.group())
        or match.group().strip().startswith(("between", "from"))
        or (re.match(r"\W*(?:please)?\W*$", text[match.end() :]) and number(match.group(2)) >= LEAST_ALONE)
    ):
        return match
    return None


def _take(slots: Slots, match: re.Match[str]) -> None:
    slots.rest = f"{slots.rest[: match.start()]} {slots.rest[match.end() :]}".strip()
