"""The tools that answer: what was seen, what holds, what is known of products, how they differ, and why."""

from collections import Counter
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalog.errors import ToolInputError
from catalog.money import format_money
from tools.comparison import compare as compare_facts
from tools.needs import NOT_AVAILABLE, Candidate, Category, Recommendation, Wishes
from tools.relevance import relevant_rows
from tools.synonyms import COLOURS
from tools.validation import validate_session
from tools.workspace import Workspace

MOST_OPTIONS = 12


class NoArguments(BaseModel):
    """Takes no arguments."""

    model_config = ConfigDict(extra="forbid")


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
    quantity: int = Field(
        default=1, ge=1, le=1000, description="how many of each, for what they cost together"
    )


class AgainArguments(BaseModel):
    """Which of the earlier lists to show again."""

    model_config = ConfigDict(extra="forbid")

    list: Literal["first", "original", "previous", "earlier", "other", "last"] = "last"


class OptionArguments(BaseModel):
    """What to list of the products that satisfy the wishes."""

    model_config = ConfigDict(extra="forbid")

    of: Literal["brand", "category", "colour", "kind"]
    whole_shop: bool = Field(default=False, description="of all that the shop sells, whatever the wishes")


class CompareArguments(BaseModel):
    """Two or more products by their handles."""

    model_config = ConfigDict(extra="forbid")

    handles: list[str] = Field(min_length=2, max_length=6)


def summarize(workspace: Workspace, _: NoArguments) -> dict[str, Any]:
    """What the screenshots show."""
    if workspace.wishes.ignore_browsing:
        return {"left_aside": True, "summary": NOT_AVAILABLE}
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


def validate(workspace: Workspace, _: NoArguments) -> dict[str, Any]:
    """What of the session can be relied on."""
    found = validate_session(workspace.session, workspace.summary, workspace.shop.catalog)
    workspace.session = found.session_items
    return {
        "known_items": len(found.session_items),
        "unknown_items": len(found.unknown_items),
        "unknown_brands": found.unknown_brands,
        "drop": found.drop,
    }


def details(workspace: Workspace, arguments: DetailArguments) -> dict[str, Any]:
    """Everything known of products."""
    items = workspace.items(arguments.handles)
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
    prices = [p.price for i in items if (p := workspace.product(i)).price is not None]
    if len(items) * arguments.quantity < 2 or len(prices) < len(items):
        return {"products": described}
    total = arguments.quantity * sum((p.amount for p in prices), Decimal(0))
    return {
        "products": described,
        "quantity": arguments.quantity,
        "together": format_money(total, workspace.shop.catalog.currency),
    }


def show_again(workspace: Workspace, arguments: AgainArguments) -> dict[str, Any]:
    """An earlier list, as it was shown."""
    lists = [items for items in workspace.shown if items]
    if not lists:
        raise ToolInputError("No list was shown yet.")
    others = [items for items in lists if items != lists[-1]]
    place = {"first": lists[0], "original": lists[0], "last": lists[-1]}
    workspace.chosen = place.get(arguments.list, others[-1] if others else lists[-1])
    return {"products": [workspace.card(i) for i in workspace.chosen]}


def list_options(workspace: Workspace, arguments: OptionArguments) -> dict[str, Any]:
    """The brands, colours, kinds or departments among the products that satisfy the wishes, the commonest first."""
    shop = workspace.shop
    own: dict[str, Any] = {"brand": {"brands": [], "exclude_brands": []}, "category": {"categories": []}}.get(
        arguments.of, {}
    )
    if arguments.of == "colour":
        own = {"must": [t for t in workspace.wishes.must if t not in COLOURS]}
    wishes = Wishes() if arguments.whole_shop else workspace.wishes.model_copy(update=own)
    rows = shop.filter.allowed(wishes) & relevant_rows(workspace, wishes.query)
    counts: Counter[str] = Counter()
    of = "kind" if arguments.of == "category" and not shop.catalog.categories else arguments.of
    if of == "colour":
        counts.update({c: int((rows & shop.filter.term(c)).sum()) for c in sorted(COLOURS)})
    elif of == "kind":
        counts.update(str(k) for k in shop.kinds.head_of_row[rows] if k)
    else:
        counts.update(str(v) for v in shop.catalog.frame.filter(rows)[of].drop_nulls())
    options = [{"name": name, "products": n} for name, n in counts.most_common(MOST_OPTIONS) if n]
    said = wishes.sentences(shop.catalog.currency)
    return {"of": of, "wishes": said, "products_in_all": int(rows.sum()), "options": options}


def compare(workspace: Workspace, arguments: CompareArguments) -> dict[str, Any]:
    """A table of the facts in which products differ."""
    items = list(dict.fromkeys(workspace.items(arguments.handles)))
    if len(items) < 2:
        raise ToolInputError("A comparison needs two different products.")
    workspace.comparison = compare_facts([workspace.product(i) for i in items])
    workspace.chosen = items
    table = workspace.comparison
    return {
        "products": [workspace.card(i) for i in items],
        "differ": table.differing,
        "same": table.shared,
        "cheapest": workspace.handles.of(table.cheapest) if table.cheapest else None,
        "best_rated": workspace.handles.of(table.best_rated) if table.best_rated else None,
    }


def explain(workspace: Workspace, arguments: HandleArguments) -> dict[str, Any]:
    """Why products were recommended."""
    items = workspace.items(arguments.handles)
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
