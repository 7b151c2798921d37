"""Between the stored state and the tools' workspace: opened at the start of a step, saved at its end."""

from typing import Any

from catalog.products import Catalog
from graphs.context import ShoppingContext
from graphs.state import ShoppingState
from tools.needs import BehaviorSummary, Candidate, Recommendation, Wishes
from tools.workspace import Handles, Workspace

KEEP_HANDLES = 400
KEEP_CANDIDATES = 200


def open_desk(state: ShoppingState, context: ShoppingContext) -> Workspace:
    """The workspace that a state describes. Items that the catalog no longer has are left out."""
    catalog = context.shop.catalog
    desk = Workspace(
        shop=context.shop,
        summary=BehaviorSummary.model_validate(state.get("summary") or {}),
        session=catalog.known(state.get("session", [])),
        wishes=Wishes.model_validate(state.get("wishes") or {}),
        shown=[catalog.known(items) for items in state.get("shown", [])],
        handles=Handles({h: i for h, i in state.get("handles", {}).items() if i in catalog}),
        previous_wishes=[Wishes.model_validate(w) for w in state.get("past_wishes", [])],
        candidates=[
            Candidate.model_validate(c) for c in state.get("candidates", []) if c["item_id"] in catalog
        ],
        recommendations=[
            Recommendation.model_validate(r)
            for r in state.get("recommendations", [])
            if r["item_id"] in catalog
        ],
        chosen=catalog.known(state.get("chosen", [])),
        topics=list(state.get("topics", [])),
        last_bundle=_still_sold(state.get("bundle"), catalog),
    )
    if desk.wishes.ignore_browsing:
        desk.leave_aside_browsing()
    return desk


def _still_sold(bundle: dict[str, Any] | None, catalog: Catalog) -> dict[str, Any] | None:
    """The last set without what the catalog no longer has."""
    return {**bundle, "items": catalog.known(bundle.get("items") or [])} if bundle else None


def save_desk(desk: Workspace) -> ShoppingState:
    """What of the workspace belongs into the state, as plain JSON and within bounds."""
    kept = list(desk.handles.item_of.items())[-KEEP_HANDLES:]
    saved: ShoppingState = {
        "wishes": desk.wishes.model_dump(mode="json"),
        "past_wishes": [w.model_dump(mode="json") for w in desk.previous_wishes],
        "handles": dict(kept),
        "candidates": [c.model_dump() for c in desk.candidates[:KEEP_CANDIDATES]],
        "recommendations": [r.model_dump() for r in desk.recommendations],
        "chosen": desk.chosen,
        "topics": desk.topics,
    }
    if not desk.wishes.ignore_browsing:
        saved["session"] = desk.session
    return saved
