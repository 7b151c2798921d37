"""Comparisons: whether what is called the cheapest, the best rated or the lightest is that, and more so than another."""

import re
from collections.abc import Callable
from decimal import Decimal

from agents.grounding.quantities import Quantity
from agents.grounding.records import Known, Record, stems
from agents.grounding.subjects import PLAIN, Sentence, mentioned

Value = Callable[[Record], Decimal | None]


def _rating(record: Record) -> Decimal | None:
    return None if record.product.rating is None else Decimal(str(record.product.rating))


def _reviews(record: Record) -> Decimal | None:
    return None if record.product.review_count is None else Decimal(record.product.review_count)


def _measure(dimension: str, pick: Callable[[list[Decimal]], Decimal]) -> Value:
    def value(record: Record) -> Decimal | None:
        found: list[Quantity] = [m for m in record.figures if m.dimension == dimension]
        return pick([m.size for m in found]) if found else None

    return value


# What is said, what of a record decides, and whether the most or the least of it wins.
SUPERLATIVES: tuple[tuple[re.Pattern[str], Value, bool], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.I), value, most)
    for pattern, value, most in (
        (r"cheapest|lowest[- ]priced?|lowest price|least expensive|most affordable|least money", lambda r: r.price, False),
        (r"dearest|priciest|most expensive|highest[- ]priced?|highest price", lambda r: r.price, True),
        (r"(?:best|highest|top)[- ]rated|(?:best|highest|top) rating|scores? (?:the )?(?:highest|best)", _rating, True),
        (r"(?:worst|lowest)[- ]rated|(?:worst|lowest) rating", _rating, False),
        (r"most(?: \w+)? reviews|most[- ]reviewed", _reviews, True),
        (r"fewest reviews|least reviewed", _reviews, False),
        (r"lightest", _measure("weight", min), False),
        (r"heaviest", _measure("weight", max), True),
        (r"(?:biggest|largest|highest) (?:saving|discount|reduction)", lambda r: r.saving or Decimal(0), True),
    )
)  # fmt: skip
COMPARATIVES: tuple[tuple[re.Pattern[str], Value, bool], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.I), value, more)
    for pattern, value, more in (
        (r"cheaper|less expensive|more affordable|costs? less|lower priced?", lambda r: r.price, False),
        (r"dearer|pricier|more expensive|costs? more|higher priced?", lambda r: r.price, True),
        (r"(?:better|higher)[- ]rat(?:ed|ing)|(?:rated|scores?) (?:higher|better)", _rating, True),
        (r"(?:worse|lower)[- ]rat(?:ed|ing)|(?:rated|scores?) (?:lower|worse)", _rating, False),
        (r"more(?: \w+)? reviews", _reviews, True),
        (r"fewer(?: \w+)? reviews", _reviews, False),
        (r"lighter|weighs? less", _measure("weight", min), False),
        (r"heavier|weighs? more", _measure("weight", max), True),
        (r"(?:holds?|takes?) more|larger capacity", _measure("volume", max), True),
        (r"(?:lasts?|runs?|plays?) longer|longer (?:battery|playback|warranty)", _measure("time", max), True),
    )
)  # fmt: skip
FEWEST = 2


def false_superlative(sentence: Sentence, known: Known) -> str | None:
    """A superlative in the sentence that the records refute, as a reason."""
    if not sentence.definite or sentence.asks or sentence.denies:
        return None
    for pattern, value, most in SUPERLATIVES:
        match = pattern.search(sentence.text)
        first = [] if match is None else mentioned(sentence.text[: match.start()], known) or list(sentence.about)
        if len(first) != 1:
            continue
        named = known.records[first[0]]
        if match is None or re.search(r"\b(?:second|third|next|one of the)\W*$", sentence.text[: match.start()], re.I):
            continue
        own = value(named)
        rivals = [v for r in _pool(sentence.text[match.end() :], named, known) if (v := value(r)) is not None]
        if own is not None and len(rivals) >= FEWEST and own != (max(rivals) if most else min(rivals)):
            return f"“{match.group()}” is another product"
    return None


def false_comparative(sentence: Sentence, known: Known) -> str | None:
    """One product said to be cheaper, better rated or lighter than another where the records say otherwise, as a reason."""
    if sentence.asks or sentence.denies or not sentence.definite:
        return None
    for pattern, value, more in COMPARATIVES:
        match = pattern.search(sentence.text)
        than = None if match is None else re.search(r"\b(?:than|compared (?:to|with))\b", sentence.text[match.end() :], re.I)
        if match is None or than is None:
            continue
        one = mentioned(sentence.text[: match.start()], known) or list(sentence.earlier)
        other = mentioned(re.split(r"[,;]| but | and ", sentence.text[match.end() + than.end() :])[0], known)
        if len(one) == len(other) == 1 and one != other:
            a, b = value(known.records[one[0]]), value(known.records[other[0]])
            if a is not None and b is not None and (a <= b if more else a >= b):
                return f"“{match.group()}” is the other way round"
    return None


def _pool(after: str, named: Record, known: Known) -> list[Record]:
    """The products among which it is said to be first: those that have what follows the superlative."""
    everything = list(known.records.values())
    limits = {s for s in stems(re.split(r"[.,;:]| at | for ", after)[0]) if s not in PLAIN | {"rate", "review", "price", "them"}}
    telling = {s for s in limits if 0 < sum(s in r.affirmed for r in everything) < len(everything)}
    pool = [r for r in everything if telling <= r.affirmed]
    return pool if named in pool else [named]
