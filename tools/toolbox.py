"""The tools by name: their arguments, their schemas for function calling, and how a call is run."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.errors import InteraRecError, ToolInputError
from catalog.lexical import terms
from catalog.money import format_money
from tools.bundles import BundleRequest, Offer, optimize_bundle
from tools.comparison import compare
from tools.needs import NOT_AVAILABLE, Candidate, Category, Recommendation
from tools.validation import validate_session
from tools.wishes import WishChanges, change_wishes, relaxations, relevant_rows
from tools.workspace import Workspace

SHOW = 4
MAX_SHOW = 12
OFFERS_PER_PART = 60
NEAR_ENOUGH = 0.4  # cosine: below it, what was found is no substitute for what was asked


class NoArguments(BaseModel):
    """Takes no arguments."""

    model_config = ConfigDict(extra="forbid")


class SearchArguments(BaseModel):
    """What to look for; the standing wishes are applied by themselves."""

    model_config = ConfigDict(extra="forbid")

    query: str | None = Field(
        default=None, max_length=300, description="words; leave out to search by the wishes and what was seen"
    )
    k: int = Field(default=60, ge=1, le=200)


class PredictArguments(BaseModel):
    """How many next items to predict."""

    model_config = ConfigDict(extra="forbid")

    k: int = Field(default=60, ge=1, le=200)


class RerankArguments(BaseModel):
    """How many to recommend, and whether to leave out what was shown before."""

    model_config = ConfigDict(extra="forbid")

    k: int = Field(default=SHOW, ge=1, le=MAX_SHOW)
    fresh: bool = Field(default=False, description="leave out products shown in earlier turns")
    like: str | None = Field(default=None, description="a handle: prefer products like this one")


class HandleArguments(BaseModel):
    """Products by their handles."""

    model_config = ConfigDict(extra="forbid")

    handles: list[str] = Field(
        min_length=1, max_length=8, description="handles such as P1, from earlier results"
    )


class DetailArguments(BaseModel):
    """Products by their handles, or one by its title."""

    model_config = ConfigDict(extra="forbid")

    handles: list[str] = Field(default_factory=list, max_length=8, description="handles such as P1")
    title: str | None = Field(default=None, max_length=400, description="a title that the shopper wrote out")


class CompareArguments(BaseModel):
    """Two or more products by their handles."""

    model_config = ConfigDict(extra="forbid")

    handles: list[str] = Field(min_length=2, max_length=6)


class BundleArguments(BaseModel):
    """A set of products under a budget."""

    model_config = ConfigDict(extra="forbid")

    parts: list[str] = Field(
        default_factory=list, max_length=8, description="one product for each, e.g. ['desk', 'chair']"
    )
    size: int | None = Field(
        default=None, ge=1, le=12, description="how many products, when parts are not named"
    )
    theme: str | None = Field(
        default=None, max_length=120, description="what the set is for, when parts are not named"
    )
    budget: float | None = Field(default=None, ge=0)
    include: list[str] = Field(default_factory=list, description="handles that must be in the set")
    exclude: list[str] = Field(default_factory=list, description="handles that must not be in the set")


@dataclass(frozen=True)
class Tool:
    """A tool: what it is called, what it does, what it takes, and its function."""

    name: str
    description: str
    arguments: type[BaseModel]
    run: Callable[[Workspace, Any], dict[str, Any]]

    def schema(self) -> dict[str, Any]:
        """The tool as OpenAI-style function calling wants it."""
        parameters = self.arguments.model_json_schema()
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": parameters},
        }


@dataclass(frozen=True)
class ToolRun:
    """One call that was made: its result, whether it failed, and how long it took."""

    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]
    failed: bool
    milliseconds: float


def run_tool(workspace: Workspace, name: str, arguments: dict[str, Any]) -> ToolRun:
    """Validate the arguments and run a tool; what is wrong with a call becomes its result, never an exception."""
    began = time.perf_counter()
    failed = True
    try:
        tool = TOOLS.get(name)
        if tool is None:
            raise ToolInputError(f"There is no tool {name!r}; the tools are {', '.join(TOOLS)}.")
        result = tool.run(workspace, tool.arguments.model_validate(arguments))
        failed = False
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(p) for p in first["loc"]) or "arguments"
        result = {"error": f"Bad arguments for {name}: {place}: {first['msg']}"}
    except InteraRecError as error:
        result = {"error": str(error)}
    return ToolRun(name, arguments, result, failed, round(1000 * (time.perf_counter() - began), 2))


def _summarize(workspace: Workspace, _: NoArguments) -> dict[str, Any]:
    summary = workspace.summary
    known = {c.value: v for c, v in summary.categories.items() if v != NOT_AVAILABLE}
    opened = [p for p in summary.products if p.opened]
    workspace.chosen = [p.item_id for p in opened if p.item_id and p.item_id in workspace.shop.catalog][:6]
    return {
        "summary": known or NOT_AVAILABLE,
        "searched_for": summary.queries,
        "opened": [workspace.card(i) for i in workspace.chosen],
        "frames_read": summary.frames_read,
    }


def _validate(workspace: Workspace, _: NoArguments) -> dict[str, Any]:
    found = validate_session(workspace.session, workspace.summary, workspace.shop.catalog)
    workspace.session = found.session_items
    return {
        "known_items": len(found.session_items),
        "unknown_items": len(found.unknown_items),
        "unknown_brands": found.unknown_brands,
        "drop": found.drop,
    }


def _search(workspace: Workspace, arguments: SearchArguments) -> dict[str, Any]:
    shop, wishes = workspace.shop, workspace.wishes
    wanted = arguments.query or wishes.query
    allowed = shop.filter.allowed(wishes)
    exact = allowed & relevant_rows(workspace, wanted)
    if not wanted:
        # Nothing was named: what the shopper searched for is the topic, as long as something of it is left.
        implied = allowed & relevant_rows(
            workspace, workspace.summary.queries[-1] if workspace.summary.queries else None
        )
        exact = implied if implied.any() else exact
    query = _query_text(workspace, arguments.query)
    found = shop.retriever.search(query, arguments.k, exact if exact.any() else np.zeros_like(allowed))
    workspace.candidates = [c for c in workspace.candidates if c.source != "retrieval"] + found
    result: dict[str, Any] = {
        "query": query,
        "wishes": wishes.sentences(shop.catalog.currency),
        "found": int(exact.sum()),
    }
    if wanted and found and (lacking := _lacking_words(workspace, wanted, found)):
        result["inexact"] = lacking
    carried = not wanted or _carried(workspace, wanted)
    if not carried:
        result["not_carried"] = wanted
        found = [c for c in found if c.parts.get("meaning", 0) >= NEAR_ENOUGH]
        workspace.candidates = [c for c in workspace.candidates if c.source != "retrieval"] + found
    if not found:
        result["relax"] = relaxations(workspace)[:3]
    result["products"] = [workspace.card(c.item_id) for c in found[:8]]
    return result


def _lacking_words(workspace: Workspace, query: str, found: list[Candidate]) -> str | None:
    """Words of a request that not one of the products found has; None when some product has them all."""
    if re.search(r"\b(?:or|and)\b|,|&", query):
        return None
    rows = [workspace.shop.catalog.row(c.item_id) for c in found]
    held = {w: workspace.shop.filter.term(w)[rows] for w in terms(query)}
    if not held or np.logical_and.reduce(list(held.values())).any():
        return None
    lacking = [w for w, has in held.items() if not has.any()]
    return " ".join(lacking) or query


def _carried(workspace: Workspace, query: str) -> bool:
    """Whether the catalog has the words of a request at all."""
    words = [w for w in terms(query) if not w.isdigit()]
    return not words or any(workspace.shop.filter.term(w).any() for w in words)


def _query_text(workspace: Workspace, asked: str | None) -> str:
    wishes, summary = workspace.wishes, workspace.summary
    parts = [asked or wishes.query or "", *wishes.must]
    if not (asked or wishes.query):
        parts += summary.queries[-2:]
        if not summary.queries:
            parts += [p.title for p in summary.products if p.opened][-2:]
    if not any(parts):
        known = [p.title for p in summary.products][:2]
        parts = known or [*wishes.categories, *wishes.brands]
    return " ".join(p for p in parts if p) or "popular products"


def _predict(workspace: Workspace, arguments: PredictArguments) -> dict[str, Any]:
    shop = workspace.shop
    workspace.candidates = [c for c in workspace.candidates if c.source != "next-item"]
    if shop.next_item is None:
        return {
            "predicted": 0,
            "note": shop.next_item_problem or "there is no next-item model for this catalog",
        }
    scores = shop.next_item.scores(workspace.session)
    if scores is None:
        return {"predicted": 0, "note": "the model knows no item of this visit"}
    allowed = shop.filter.allowed(workspace.wishes)
    queries = workspace.summary.queries
    topic = allowed & relevant_rows(workspace, workspace.wishes.query or (queries[-1] if queries else None))
    allowed = topic if topic.any() or workspace.wishes.query else allowed
    for item in workspace.session:
        allowed[shop.catalog.row(item)] = False
    masked = np.where(allowed & np.isfinite(scores), scores, -np.inf)
    best = np.argsort(-masked, kind="stable")[: arguments.k]
    best = best[np.isfinite(masked[best])]
    if not len(best):
        return {"predicted": 0, "note": "no predicted item satisfies the wishes"}
    exponent = np.exp(masked[best] - masked[best[0]])
    found = [
        Candidate(item_id=shop.catalog.item_ids[int(r)], score=float(e), source="next-item")
        for r, e in zip(best, exponent, strict=True)
    ]
    workspace.candidates += found
    return {
        "model": shop.next_item.name,
        "session_items": len(workspace.session),
        "predicted": len(found),
        "products": [workspace.card(c.item_id) for c in found[:5]],
    }


def _rerank(workspace: Workspace, arguments: RerankArguments) -> dict[str, Any]:
    candidates = workspace.candidates
    before = {i for shown in workspace.shown for i in shown}
    if arguments.fresh:
        candidates = [c for c in candidates if c.item_id not in before] or []
    if arguments.like is not None:
        candidates = _like(workspace, arguments.like)
    # Whatever the candidates were gathered for, what is shown satisfies the wishes as they stand now.
    allowed = workspace.shop.filter.allowed(workspace.wishes)
    candidates = [c for c in candidates if allowed[workspace.shop.catalog.row(c.item_id)]]
    chosen = workspace.shop.reranker.rerank(candidates, workspace.summary, workspace.wishes, arguments.k)
    workspace.recommendations = chosen
    workspace.chosen = [r.item_id for r in chosen]
    return {
        "compared_with": {c.value: v for c, v in workspace.summary.categories.items() if v != NOT_AVAILABLE},
        "candidates": len({c.item_id for c in candidates}),
        "recommended": [
            {**workspace.card(r.item_id), "reasons": r.reasons, "score": r.score, "parts": r.parts}
            for r in chosen
        ],
    }


def _like(workspace: Workspace, handle: str) -> list[Candidate]:
    item = _items(workspace, [handle])[0]
    allowed = workspace.shop.filter.allowed(workspace.wishes)
    allowed[workspace.shop.catalog.row(item)] = False
    return workspace.shop.retriever.search(workspace.product(item).title, 40, allowed)


def _details(workspace: Workspace, arguments: DetailArguments) -> dict[str, Any]:
    items = _items(workspace, arguments.handles)
    if arguments.title:
        link = workspace.shop.linker.link(arguments.title)
        items = [*items, link.item_id] if link is not None else items
    if not items:
        raise ToolInputError(
            "No product of this shop has that title." if arguments.title else "Give handles or a title."
        )
    workspace.chosen = items
    described = []
    for item in items:
        product = workspace.product(item)
        seen = next((p for p in workspace.summary.products if p.item_id == item), None)
        card: dict[str, Any] = workspace.card(item)
        if product.description:
            card["description"] = product.description[:400]
        if seen is not None:
            card["seen_on_page"] = {"opened": seen.opened, "specifications": seen.specifications[:8]}
        described.append(card)
    return {"products": described}


def _compare(workspace: Workspace, arguments: CompareArguments) -> dict[str, Any]:
    items = list(dict.fromkeys(_items(workspace, arguments.handles)))
    if len(items) < 2:
        raise ToolInputError("A comparison needs two different products.")
    workspace.comparison = compare([workspace.product(i) for i in items])
    workspace.chosen = items
    table = workspace.comparison
    return {
        "products": [workspace.card(i) for i in items],
        "differ": table.differing,
        "same": table.shared,
        "cheapest": workspace.handles.of(table.cheapest) if table.cheapest else None,
        "best_rated": workspace.handles.of(table.best_rated) if table.best_rated else None,
    }


def _explain(workspace: Workspace, arguments: HandleArguments) -> dict[str, Any]:
    items = _items(workspace, arguments.handles)
    explained = []
    for item in items:
        again = next((r for r in workspace.recommendations if r.item_id == item), None)
        if again is None:
            again = _scored(workspace, item)
        explained.append({**workspace.card(item), "reasons": again.reasons, "parts": again.parts})
    workspace.chosen = items
    summary = workspace.summary.categories
    return {
        "products": explained,
        "what_was_seen": {
            c.value: summary[c]
            for c in (Category.CHARACTERISTICS, Category.BRAND)
            if summary[c] != NOT_AVAILABLE
        },
        "wishes": workspace.wishes.sentences(workspace.shop.catalog.currency),
    }


def _scored(workspace: Workspace, item: str) -> Recommendation:
    """Score one item as the re-ranker would among the present candidates."""
    pool = [*workspace.candidates, Candidate(item_id=item, score=0.0, source="details")]
    ranked = workspace.shop.reranker.rerank(pool, workspace.summary, workspace.wishes, len(pool))
    return next(r for r in ranked if r.item_id == item)


def _bundle(workspace: Workspace, arguments: BundleArguments) -> dict[str, Any]:
    request = BundleRequest(
        parts=arguments.parts,
        size=arguments.size,
        budget=None if arguments.budget is None else Decimal(str(round(arguments.budget, 2))),
        include=_items(workspace, arguments.include),
        exclude=_items(workspace, arguments.exclude),
    )
    if not arguments.parts:
        if arguments.theme and (parts := _kinds_of_theme(workspace, arguments.theme, arguments.size or 3)):
            request.parts, request.size = parts, None
        elif not arguments.size:
            request.parts = _kinds_in_play(workspace)
            request.size = None if request.parts else 3
    bundle = optimize_bundle(_offers(workspace, request, arguments.theme), request)
    workspace.bundle = bundle
    workspace.chosen = bundle.item_ids if bundle.feasible else []
    currency = workspace.shop.catalog.currency
    result: dict[str, Any] = {"feasible": bundle.feasible, "optimal": bundle.optimal}
    if bundle.conflict:
        result["conflict"] = bundle.conflict
    if bundle.cheapest_total is not None:
        result["cheapest_total"] = format_money(bundle.cheapest_total, currency)
    if not bundle.feasible:
        return result
    result["items"] = bundle.item_ids
    if bundle.item_ids and (changed := _difference(workspace, bundle.item_ids, bundle.total)):
        result["difference"] = changed
    if bundle.item_ids:
        result["total"] = format_money(bundle.total, currency)
        result["products"] = [
            {**workspace.card(i), "part": part} for i, part in zip(bundle.item_ids, bundle.parts, strict=True)
        ]
    return result


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
    return (
        f"Against the set before, {'; '.join(said)}. It costs {apart} {'more' if total >= paid else 'less'}."
    )


def _kinds_in_play(workspace: Workspace) -> list[str]:
    """The kinds of what was opened, else seen, else shown: what "one of each kind" means; five at most."""
    opened = [p.item_id for p in workspace.summary.products if p.item_id and p.opened]
    seen = opened or [p.item_id for p in workspace.summary.products if p.item_id] or workspace.last_shown()
    kinds = [workspace.shop.kinds.of(workspace.product(i)) for i in workspace.shop.catalog.known(seen)]
    return list(dict.fromkeys(k for k in kinds if k))[:5]


def _kinds_of_theme(workspace: Workspace, theme: str, size: int) -> list[str]:
    """The kinds that make up "a desk set-up": the one that is named, and those of its department nearest to it."""
    shop = workspace.shop
    named = relevant_rows(workspace, theme)
    if shop.kinds.head(theme) not in shop.kinds.nouns or named.all():
        return []
    departments = set(shop.catalog.category_of_row[named]) - {""}
    rows = named | np.isin(shop.catalog.category_of_row, list(departments))
    kinds: dict[str, None] = {}
    first = shop.retriever.search(theme, 5, named)
    around = shop.retriever.search(f"{theme} accessories", 200, rows)
    for candidate in [*first, *around]:
        kinds.setdefault(shop.kinds.of(workspace.product(candidate.item_id)))
    return list(kinds)[:size]


def _offers(workspace: Workspace, request: BundleRequest, theme: str | None) -> list[Offer]:
    shop = workspace.shop
    wishes = workspace.wishes.model_copy(update={"query": None, "max_price": None, "min_price": None})
    allowed = shop.filter.allowed(wishes)
    offers = []
    for part in request.parts or [""]:
        query = part or theme or _query_text(workspace, None)
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


def _items(workspace: Workspace, handles: list[str]) -> list[str]:
    items = []
    for handle in handles:
        item = workspace.handles.item(handle)
        if item is None:
            known = ", ".join(workspace.handles.item_of) or "none yet"
            raise ToolInputError(f"There is no product with the handle {handle!r}; known handles: {known}.")
        items.append(item)
    return items


TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("summarize_browsing", "What the shopper's screenshots show: the eight-category behaviour summary and the products opened.", NoArguments, _summarize),
        Tool("validate_session", "Check which seen items the catalog has and what of the summary not to rely on. Call before predicting.", NoArguments, _validate),
        Tool("set_wishes", "Change the shopper's standing wishes (price, brand, attributes, rating, offers). Call first whenever the message states, changes or withdraws a wish.", WishChanges, change_wishes),
        Tool("search_catalog", "Find catalog products by words among those that satisfy the standing wishes.", SearchArguments, _search),
        Tool("predict_next_items", "Predict with GRU4Rec what the shopper would look at next, among products that satisfy the wishes.", PredictArguments, _predict),
        Tool("rerank", "Order the candidates of this turn by fit to the behaviour summary and the wishes; its result is what is shown. Call last when recommending.", RerankArguments, _rerank),
        Tool("product_details", "Everything known of products by handle, or of one by its title.", DetailArguments, _details),
        Tool("compare_products", "A table of the facts in which two or more products differ.", CompareArguments, _compare),
        Tool("explain_recommendation", "Why products were recommended: the reasons and the parts of their scores.", HandleArguments, _explain),
        Tool("optimize_bundle", "Choose a set of products with a solver: one per part or a number of different ones, under a budget.", BundleArguments, _bundle),
    )
}  # fmt: skip


def schemas() -> list[dict[str, Any]]:
    """Every tool as function calling wants it."""
    return [tool.schema() for tool in TOOLS.values()]
