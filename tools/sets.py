"""The tool that puts a set together: from the shopper's words to offers for the solver, and what changed."""

from decimal import Decimal
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from catalog.lexical import stem
from catalog.money import MOST, format_money
from tools.bundles import Bundle, BundleRequest, Offer, optimize_bundle
from tools.needs import Wishes
from tools.recommending import query_text
from tools.relevance import carried, relevant_rows
from tools.synonyms import COLOURS, MATERIALS
from tools.wishes import possible
from tools.workspace import NO_PRICES, Workspace

OFFERS_PER_PART = 60


class BundleArguments(BaseModel):
    """A set of products under a budget."""

    model_config = ConfigDict(extra="forbid")

    parts: list[str] = Field(
        default_factory=list,
        max_length=8,
        description="one product for each, e.g. ['desk', 'chair', 'chair']",
    )
    size: int | None = Field(
        default=None, ge=1, le=12, description="how many products, when parts are not named"
    )
    theme: str | None = Field(
        default=None, max_length=120, description="what the set is for, when parts are not named"
    )
    budget: float | None = Field(default=None, ge=0, le=float(MOST), description="for all of them together")
    max_each: float | None = Field(
        default=None, ge=0, le=float(MOST), description="the most that one of them may cost"
    )
    include: list[str] = Field(default_factory=list, description="handles that must be in the set")
    keep: list[str] = Field(
        default_factory=list, description="handles that stay in the set where the other wishes allow it"
    )
    exclude: list[str] = Field(default_factory=list, description="handles that must not be in the set")
    cheaper_part: str | None = Field(
        default=None, description="a handle: what takes its place must cost less"
    )
    distinct_brands: bool = Field(default=False, description="no two of the same brand")
    same_brand: bool = Field(default=False, description="all of one brand")


def bundle(workspace: Workspace, arguments: BundleArguments) -> dict[str, Any]:
    """Choose a set with the solver; say what is in the way when there is none."""
    priced = workspace.shop.catalog.priced
    budget = arguments.budget if priced else None
    request = BundleRequest(
        parts=arguments.parts,
        size=arguments.size,
        budget=None if budget is None else Decimal(str(round(budget, 2))),
        include=workspace.items(arguments.include),
        exclude=workspace.items(arguments.exclude),
        distinct_brands=arguments.distinct_brands,
        same_brand=arguments.same_brand,
    )
    if not arguments.parts:
        if arguments.theme and (parts := _kinds_of_theme(workspace, arguments.theme, arguments.size or 3)):
            request.parts, request.size = parts, None
        elif not arguments.size:
            request.parts = _kinds_in_play(workspace)
            request.size = None if request.parts else 3
    offers = _offers(workspace, request, arguments)
    if arguments.cheaper_part:
        offers = _cheaper(workspace, offers, workspace.items([arguments.cheaper_part])[0], request.include)
    bundle = _solved(offers, request, workspace.items(arguments.keep))
    workspace.bundle = bundle
    workspace.chosen = bundle.item_ids if bundle.feasible else []
    note = {"note": NO_PRICES} if arguments.budget is not None and not priced else {}
    return note | _told(workspace, bundle, request, priced)


def _told(workspace: Workspace, bundle: Bundle, request: BundleRequest, priced: bool) -> dict[str, Any]:
    """The set, what it costs and how it differs from the one before; or what is in the way."""
    currency = workspace.shop.catalog.currency
    result: dict[str, Any] = {"feasible": bundle.feasible, "optimal": bundle.optimal}
    if bundle.conflict:
        result["conflict"] = bundle.conflict
    if bundle.cheapest_total is not None:
        result["cheapest_total"] = format_money(bundle.cheapest_total, currency)
    if not bundle.feasible:
        return result
    result["items"] = bundle.item_ids
    if lacking := _lacking(workspace, request.parts):
        result["lacking"] = lacking
    if bundle.item_ids and (changed := _difference(workspace, bundle.item_ids, bundle.total)):
        result["difference"] = changed
    if bundle.item_ids and request.budget is not None:
        result["left"] = format_money(request.budget - bundle.total, currency)
    if bundle.item_ids:
        result["total"] = format_money(bundle.total, currency) if priced else None
        result["products"] = [
            {**workspace.card(i), "part": part} for i, part in zip(bundle.item_ids, bundle.parts, strict=True)
        ]
    return result


def _solved(offers: list[Offer], request: BundleRequest, keep: list[str]) -> Bundle:
    """The best set with what is to be kept, else the best without."""
    offered = {o.product.item_id for o in offers}
    kept = request.model_copy(update={"include": [*request.include, *(i for i in keep if i in offered)]})
    with_kept = optimize_bundle(offers, kept)
    return with_kept if with_kept.feasible or not keep else optimize_bundle(offers, request)


def _cheaper(workspace: Workspace, offers: list[Offer], item: str, kept: list[str]) -> list[Offer]:
    """The offers that cost less than an item, and those that stay in the set."""
    price = workspace.product(item).price
    if price is None:
        return offers
    return [
        o
        for o in offers
        if o.product.item_id in kept or (o.product.price and o.product.price.amount < price.amount)
    ]


def _difference(workspace: Workspace, items: list[str], total: Decimal) -> str | None:
    """How a set differs from the one before it, products as handles; None when there was none."""
    before = workspace.last_bundle
    if not before or not before.get("items"):
        return None
    old = workspace.shop.catalog.known(before["items"])
    gone, new = [i for i in old if i not in items], [i for i in items if i not in old]
    if not gone and not new:
        return "That is the same set as before: nothing better fits."
    paid = sum((p.price.amount for i in old if (p := workspace.product(i)).price), Decimal(0))
    said = []
    if new:
        said.append("new is " + " and ".join(f"[[{workspace.handles.of(i)}]]" for i in new))
    if len(gone) > len(new):
        said.append(f"{len(gone) - len(new)} fewer")
    apart = format_money(abs(total - paid), workspace.shop.catalog.currency)
    costs = f" It costs {apart} {'more' if total >= paid else 'less'}." if total or paid else ""
    return f"Against the set before, {'; '.join(said)}.{costs}"


def _kinds_in_play(workspace: Workspace) -> list[str]:
    """The kinds of what was opened, else seen, else shown: what "one of each kind" means; five at most."""
    opened = [p.item_id for p in workspace.summary.products if p.item_id and p.opened]
    seen = opened or [p.item_id for p in workspace.summary.products if p.item_id] or workspace.last_shown()
    kinds = [workspace.shop.kinds.of(workspace.product(i)) for i in workspace.shop.catalog.known(seen)]
    return list(dict.fromkeys(k for k in kinds if k))[:5]


def _kinds_of_theme(workspace: Workspace, theme: str, size: int) -> list[str]:
    """The kinds that make up "a desk set-up": the one that is named, and those of its department nearest to it."""
    shop = workspace.shop
    head = shop.kinds.head(theme)
    of_row = shop.catalog.category_of_row
    department = of_row == next((c.lower() for c in shop.catalog.categories if stem(c.lower()) == head), None)
    named = department if department.any() else relevant_rows(workspace, theme)
    if head not in shop.kinds.nouns or named.all():
        return []
    rows = named | np.isin(of_row, list(set(of_row[named]) - {""}))
    kinds: dict[str, None] = {}
    first = shop.retriever.search(theme, 5, named)
    around = shop.retriever.search(f"{theme} accessories", 200, rows)
    for candidate in [*first, *around]:
        kinds.setdefault(shop.kinds.of(workspace.product(candidate.item_id)))
    return list(kinds)[:size]


def _meeting(workspace: Workspace, wishes: Wishes, part: str) -> np.ndarray:
    """The rows that meet the standing wishes; a brand or an offer that no product of this kind has is let go."""
    shop = workspace.shop
    kind = relevant_rows(workspace, part) if part else np.ones(len(shop.catalog), bool)
    relaxed: tuple[dict[str, Any], ...] = ({}, {"brands": []}, {"brands": [], "on_offer": False})
    for less in relaxed:
        allowed = shop.filter.allowed(wishes.model_copy(update=less))
        if (allowed & kind).any():
            return allowed
    return shop.filter.allowed(wishes)


def _lacking(workspace: Workspace, parts: list[str]) -> list[str]:
    """The colours and materials that were wished and that nothing of a part has: "blue plates"."""
    wished = _own_words(workspace, workspace.wishes.must, "")
    had = {part: _own_words(workspace, wished, part) for part in dict.fromkeys(parts)}
    return [f"{t} {part}" for part, own in had.items() for t in wished if t not in (*own, *part.split())]


def _own_words(workspace: Workspace, must: list[str], part: str) -> list[str]:
    if not part:  # of a set around a theme only what anything may have is a wish: a colour, a material
        return [t for t in must if set(t.lower().split(" or ")) <= COLOURS | MATERIALS]
    kind = relevant_rows(workspace, part)
    return [t for t in must if (kind & workspace.shop.filter.term(t)).any()]


def _offers(workspace: Workspace, request: BundleRequest, arguments: BundleArguments) -> list[Offer]:
    shop, theme = workspace.shop, arguments.theme
    each = None if arguments.max_each is None else Decimal(str(arguments.max_each))
    standing, _ = possible(workspace, workspace.wishes)
    wishes = standing.model_copy(update={"query": None, "max_price": each, "min_price": None})
    offers = []
    for part in dict.fromkeys(request.parts or [""]):
        # Words that described the last topic ("wireless") say nothing of kinds that have no such thing.
        kept = _own_words(workspace, wishes.must, part)
        allowed = _meeting(workspace, wishes.model_copy(update={"must": kept}), part)
        query = part or theme or query_text(workspace, None)
        # No offer for what the shop has not: a phone holder is no candle holder. The solver says what is missing.
        if not all(carried(workspace, word) for word in part.split()):
            continue
        rows = allowed & relevant_rows(workspace, part) if part else allowed
        found = shop.retriever.search(query, OFFERS_PER_PART if part else 200, rows)
        ranked = shop.reranker.rerank(found, workspace.summary, workspace.wishes, len(found))
        for r in ranked:
            product = workspace.product(r.item_id)
            offers.append(
                Offer(product=product, fit=max(r.score, 0.0), part=part, kind=shop.kinds.of(product))
            )
    held = {o.product.item_id for o in offers}
    for item in request.include:
        if item not in held:
            product = workspace.product(item)
            offers.append(
                Offer(product=product, fit=1.0, part=shop.kinds.of(product), kind=shop.kinds.of(product))
            )
    return offers
