"""What each agent gets to see of the state: the planner's context, the responder's brief, the cards."""

from typing import Any

from langchain_core.messages import AIMessage, HumanMessage

from agents.models import Brief
from agents.planner import GATHERING, request_of
from graphs.context import ShoppingContext
from graphs.state import ShoppingState
from tools.measures import measures_of
from tools.needs import NOT_AVAILABLE, Wishes
from tools.workspace import Handles, Workspace

TURNS_IN_CONTEXT = 3
BRANDS_IN_CONTEXT = 25


def planner_context(state: ShoppingState, context: ShoppingContext) -> dict[str, Any]:
    """The situation of a turn as data: wishes, what was shown, what was seen, what the shop sells."""
    catalog = context.shop.catalog
    handles = Handles(dict(state.get("handles", {})))
    wishes = Wishes.model_validate(state.get("wishes") or {})
    aside = wishes.ignore_browsing
    summary = {} if aside else state.get("summary") or {}
    shown = []
    for items in state.get("shown", [])[-TURNS_IN_CONTEXT:]:
        turn = []
        for item in catalog.known(items):
            product = catalog.get(item)
            turn.append(
                {
                    "handle": handles.of(item),
                    "title": product.title,
                    "brand": product.brand,
                    "amount": str(product.price.amount) if product.price else None,
                    "price": str(product.price) if product.price else None,
                    "rating": product.rating,
                    "reviews": product.review_count,
                    "sizes": measures_of(product),
                }
            )
        shown.append(turn)
    return {
        "shop": {
            "products": len(catalog), "currency": catalog.currency, "categories": catalog.categories[:15],
            "brands": catalog.brands[:BRANDS_IN_CONTEXT],
        },
        "browsed": not aside and bool(state.get("session") or summary.get("products")),
        "summary": {k: v for k, v in (summary.get("categories") or {}).items() if v != NOT_AVAILABLE},
        "wishes": wishes.model_dump(mode="json", exclude_defaults=True),
        "shown": shown,
        "focus": state.get("focus"),
        "spoken_of": state.get("spoken_of", []),
        "bundle": state.get("bundle"),
        "bundle_last": _bundle_last(state),
        "offer": state.get("offer"),
        "turns": state.get("turns", 0),
    }  # fmt: skip


def _bundle_last(state: ShoppingState) -> bool:
    """Whether the last list was the set that was put together, or the last turn failed to put one together."""
    bundle = state.get("bundle")
    if not bundle:
        return False
    shown = state.get("shown") or [[]]
    return bool(
        bundle["items"] == shown[-1]
        or (not bundle["items"] and bundle.get("turn") == state.get("turns", 0) - 1)
    )


def brief_of(state: ShoppingState, desk: Workspace, bound_reached: bool) -> Brief:
    """What the responder may speak of."""
    notes = list(state.get("notes", []))
    if bound_reached:
        notes.append("I stopped looking further; this is what I found so far.")
    catalog = desk.shop.catalog
    conversation = [
        ("shopper" if isinstance(m, HumanMessage) else "assistant", str(m.content))
        for m in state["messages"][:-1]
        if isinstance(m, HumanMessage | AIMessage)
    ][-6:]
    return Brief(
        request=request_of(state["messages"]),
        calls=state["calls"],
        chosen=[desk.handles.of(i) for i in desk.chosen],
        wishes=desk.wishes.sentences(catalog.currency),
        summary={c.value: v for c, v in desk.summary.categories.items() if v != NOT_AVAILABLE},
        notes=notes,
        conversation=conversation,
        understood={
            **state.get("understood", {}),
            "choices": catalog.categories[:4] or desk.shop.kinds.commonest(4),
        },
    )


def without_topic(desk: Workspace) -> dict[str, Any]:
    """The wishes without a topic that the shop has nothing of: whatever is said next is not said of it."""
    return desk.wishes.model_copy(update={"query": None, "must": []}).model_dump(mode="json")


def withheld(state: ShoppingState, brief: Brief, desk: Workspace) -> set[str]:
    """Handles that were gathered this turn and not chosen, nor shown before; none where nothing was chosen."""
    if not brief.chosen:
        return set()
    gathered = {
        card["handle"]
        for call in state["calls"]
        if call["name"] in GATHERING and not call["failed"]
        for card in call["result"].get("products") or []
    }
    before = {desk.handles.of(item) for items in desk.shown for item in items}
    return gathered - before - set(brief.chosen)


def cards_of(items: list[str], desk: Workspace) -> list[dict[str, Any]]:
    """The product cards of a reply, from the catalog's records."""
    reasons = {r.item_id: r.reasons for r in desk.recommendations}
    cards = []
    for item in items:
        product = desk.product(item)
        cards.append(
            {
                "item_id": item,
                "handle": desk.handles.of(item),
                "title": product.title,
                "brand": product.brand,
                "price": str(product.price.amount) if product.price else None,
                "currency": product.price.currency if product.price else None,
                "list_price": str(product.list_price.amount) if product.list_price else None,
                "rating": product.rating,
                "review_count": product.review_count,
                "promotion": product.promotion,
                "image": product.image,
                "reasons": reasons.get(item, []),
            }
        )
    return cards
