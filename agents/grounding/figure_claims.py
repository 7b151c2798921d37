"""Claims in figures: prices, savings, sums, shares, ratings, counts and measures."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from agents.grounding.quantities import SIGNS, Quantity, backs, quantities_in
from agents.grounding.records import Known, Record, stems
from agents.grounding.subjects import PLAIN, Sentence
from agents.screen_reader.amounts import amounts_in

MOST_SUMMED = 7  # products of which sums are formed
MOST_PACKS = 6
LIMIT_WORDS = frozenset(
    "under below within over above your budget limit max maximum most than beyond past inside cap ceiling between around about "
    "roughly of from exceeds exceed the up to near nearly just at".split()
)
TOTAL = re.compile(r"\b(?:together|total|altogether|both|bundle|sum|in all|comes? (?:to|out)|makes?|set)\b", re.I)
AND = re.compile(r"\b(?:and|plus|with|add)\b|,|\+", re.I)
DIFFERENCE = re.compile(
    r"\b(?:cheaper|dearer|pricier|more|less|difference|differs?|extra|sav\w+|over|under|between|than|apart|separat\w+|below|above|on top)\b", re.I
)
BUDGET = re.compile(
    r"\b(?:left|leav\w+|spare|keep|remain\w*|room|short|to go|(?:under|below|over|above|within|inside|of|from|than|exceeds?)"
    r" (?:your|the|my|that|it|budget|limit|what)|(?:over|under|above|below)(?=\W*$|[,.;]))\b",
    re.I,
)
FUNCTION_WORDS = PLAIN | frozenset(
    stems(
        "is are was at by but so if as it you i too off that which while when would could will can has have had here there out up down "
        "per each also only just now still today against instead total more less fewer product item option thing result match"
    )
)
SEVERAL = re.compile(r"\b(?:two|three|four|five|six|[2-6]|packs?|each|pairs?|times)\b", re.I)
PRICE_WORDS = frozenset("costs cost priced price is at for pay only just".split())


def false_figure(sentence: Sentence, known: Known) -> str | None:
    """The first figure of a sentence that no record backs, as a reason; None when all are backed."""
    records = [known.records[h] for h in sentence.about]
    wider = list(known.records.values()) if sentence.compares or not sentence.definite else records
    for said in quantities_in(sentence.text):
        if said.kind == "money" and known.currency in SIGNS.values() and said.unit != known.currency:
            return f"{said.text} is in another currency than the shop's"
        if not any(backs(value, said) for value in _backing(said, sentence, wider, known)) and not _shoppers(said, known):
            return f"{said.text} is not a figure that the record states"
    return None


def unknown_amount(sentence: Sentence, known: Known) -> str | None:
    """An amount of money that is neither a product's nor returned by a tool nor said by the shopper, as a reason."""
    allowed = known.amounts | known.said_amounts
    for product in known.products.values():
        allowed |= {m.amount for m in (product.price, product.list_price) if m is not None}
    for amount in amounts_in(sentence.text):
        if amount.money.amount not in allowed and amount.money.amount.quantize(Decimal("0.01")) not in allowed:
            return f"{amount.money} is not an amount that a tool returned"
    return None


def _shoppers(said: Quantity, known: Known) -> bool:
    """Whether a figure is one that the shopper gave, spoken of as such."""
    given = [q for q in known.said_figures if q.value == said.value]
    if not given:
        return False
    if said.kind == "measure":
        return any(q.dimension == said.dimension for q in given)
    if said.kind == "percent":
        return any(q.kind == "percent" for q in given)
    if said.kind == "money":
        return bool(set(said.before) & LIMIT_WORDS) or not set(said.before[-1:]) & PRICE_WORDS
    return True


def _backing(said: Quantity, sentence: Sentence, records: list[Record], known: Known) -> Iterator[Decimal]:
    if said.kind in ("money", "bare"):
        yield from _amounts(sentence, records, known)
    if said.kind == "percent":
        yield from _shares(records, DIFFERENCE.search(sentence.text) is not None)
        yield from (m.value for r in records for m in r.figures if m.kind == "percent")
    if said.kind in ("stars", "bare"):
        yield from _with_differences([Decimal(str(r.product.rating)) for r in records if r.product.rating is not None])
        yield from (Decimal(5),) if said.kind == "stars" or said.before[-1:] == ("of",) else ()
    if said.kind in ("reviews", "bare"):
        yield from _with_sums([Decimal(r.product.review_count) for r in records if r.product.review_count is not None])
    if said.kind == "bare":
        yield from (Decimal(n) for n in range(len(known.products) + 1))
        yield from _stated_numbers(said, records)
    if said.kind == "measure":
        yield from _measures(said, records)


def _amounts(sentence: Sentence, records: list[Record], known: Known) -> Iterator[Decimal]:
    """Prices and savings; and differences, sums and what is left of a budget, where the sentence speaks of such."""
    everything = list(known.records.values())[:MOST_SUMMED]
    prices = [r.price for r in records if r.price is not None]
    others = [r.price for r in everything if r.price is not None]
    for record in records:
        yield from (a for a in (record.price, record.list_price, record.saving) if a is not None)
        yield from (m.value for m in record.figures if m.kind == "money")
    sums: set[Decimal] = set()
    if summed := _summed(sentence, known):
        sums = {sum(some, Decimal(0)) for n in range(2, len(summed) + 1) for some in combinations(summed, n)} | known.amounts
        yield from sums
    if SEVERAL.search(sentence.thread):
        yield from (price * packs for price in prices for packs in range(2, MOST_PACKS + 1))
    if DIFFERENCE.search(sentence.text):
        earlier = [p for h in sentence.earlier if (p := known.records[h].price) is not None]
        against = [*prices, *earlier] if len({*sentence.about, *sentence.earlier}) > 1 and sentence.definite else others
        yield from (abs(a - b) for a in (*prices, *earlier, sum(prices, Decimal(0)), *known.amounts) for b in (*against, *known.amounts))
    if BUDGET.search(sentence.text):
        limits = [q.value for q in known.said_figures if q.kind in ("money", "bare")]
        yield from (abs(limit - cost) for limit in limits for cost in (*prices, *sums, *known.amounts))


def _summed(sentence: Sentence, known: Known) -> list[Decimal]:
    """Prices of which a sentence may give a sum: of all products where it says so, else of those that it touches on."""
    if TOTAL.search(sentence.thread):
        chosen = list(known.records.values())
    elif AND.search(sentence.text):
        spoken = set(stems(sentence.text)) - PLAIN
        chosen = [r for h, r in known.records.items() if h in sentence.about and sentence.definite or spoken & r.name]
    else:
        chosen = []
    return [r.price for r in chosen[:MOST_SUMMED] if r.price is not None]


def _shares(records: list[Record], compared: bool) -> Iterator[Decimal]:
    """Reductions in per cent, and by how much one price is below another."""
    for record in records:
        if record.saving and record.list_price:
            yield 100 * record.saving / record.list_price
    prices = [r.price for r in records if r.price] if compared else []
    for low, high in combinations(sorted(prices), 2):
        yield from (100 * (high - low) / high, 100 * (high - low) / low)


def _with_differences(values: list[Decimal]) -> Iterator[Decimal]:
    yield from values
    yield from (abs(a - b) for a, b in combinations(values, 2))


def _with_sums(values: list[Decimal]) -> Iterator[Decimal]:
    yield from _with_differences(values)
    if len(values) > 1:
        yield sum(values, Decimal(0))


def _stated_numbers(said: Quantity, records: list[Record]) -> Iterator[Decimal]:
    """Numbers in the records' texts; one with another thing counted behind it is another number."""
    counted = [s for s in stems(said.unit) if s not in FUNCTION_WORDS]
    for record in records:
        for stated in record.figures:
            other = [s for s in stems(stated.unit) if s not in FUNCTION_WORDS]
            if not counted or not other or counted == other or not record.words.isdisjoint(counted):
                yield stated.value


def _measures(said: Quantity, records: list[Record]) -> Iterator[Decimal]:
    """What the records' texts state in the same kind of unit, and differences between two of them."""
    alike = [[m.size for m in r.figures if m.dimension == said.dimension] for r in records]
    yield from (value for values in alike for value in values)
    for one, other in combinations(alike, 2):
        yield from (abs(a - b) for a in one for b in other)
