"""What a reply may say: the products, the amounts and the words that this conversation has records of."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from agents.grounding.property_claims import WordVectors
from agents.grounding.records import Known
from agents.models import Brief
from agents.screen_reader.amounts import amounts_in
from catalog.encoder import Encoder
from graphs.context import ShoppingContext
from graphs.state import ShoppingState
from graphs.views import withheld
from tools.needs import BehaviorSummary
from tools.workspace import Workspace

SUMS = ("total", "left", "together", "cheapest_total", "difference")
OF_A_CARD = frozenset("handle title brand price offer category image rating item_id".split())
"""What a tool repeats of a product's record; the record itself says whose it is."""


def known_of(state: ShoppingState, brief: Brief, desk: Workspace, context: ShoppingContext) -> Known:
    """What the records of this turn and of the conversation back."""
    products = {h: desk.product(i) for h, i in desk.handles.item_of.items() if i in context.shop.catalog}

    def brands_of(text: str) -> list[str]:
        return [b.name for b in context.vocabulary.brands_in(text.lower())]

    results = [c["result"] for c in brief.calls]
    return Known(
        products=products,
        amounts={a.money.amount for r in results for key in SUMS for a in amounts_in(str(r.get(key, "")))},
        brands=_brands_in_play(state, desk.summary, brief, [p.brand for p in products.values()], brands_of),
        withheld=withheld(state, brief, desk),
        all_brands=brands_of,
        said=" . ".join(_said(brief)),
        encode=_vectors(context.shop.retriever.encoder),
    )


@lru_cache(maxsize=2)
def _vectors(encoder: Encoder) -> WordVectors:
    return WordVectors(encoder.encode)


def _said(brief: Brief) -> Iterator[str]:
    """The shopper's words, the wishes, what was seen, the notes, and what the tools said beside the records."""
    yield brief.request
    yield from (text for role, text in brief.conversation if role == "shopper")
    yield from (*brief.wishes, *brief.summary.values(), *brief.notes)
    for call in brief.calls:
        yield from _texts(call["result"])


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        card = "handle" in told
        yield from (text for key, value in told.items() if not (card and key in OF_A_CARD) for text in _texts(value))
    elif isinstance(told, list | tuple):
        yield from (text for value in told for text in _texts(value))
    elif isinstance(told, str | int | float | Decimal) and not isinstance(told, bool):
        yield str(told)


def _brands_in_play(
    state: ShoppingState,
    summary: BehaviorSummary,
    brief: Brief,
    of_products: list[str | None],
    brands_of: Callable[[str], list[str]],
) -> set[str]:
    """The brands that a reply may name: wished, seen, listed, those of the products, and what their descriptions name."""
    wishes = state.get("wishes") or {}
    named = [*summary.brands, *wishes.get("brands", []), *wishes.get("exclude_brands", []), *of_products]
    words = {w.lower() for text in (*brief.wishes, *summary.queries) for w in text.split()}
    results = [c["result"] for c in brief.calls]
    named += [o["name"] for r in results for o in r.get("options") or []]
    described = [str(p.get("description") or "") for r in results for p in r.get("products") or []]
    wished = [*wishes.get("must", []), *wishes.get("exclude_terms", []), wishes.get("query") or ""]
    named += [brand for text in (*described, *wished) for brand in brands_of(text)]
    return {b.lower() for b in named if b} | words
