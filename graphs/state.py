"""The state of a conversation: plain JSON, kept small, merged by reducers."""

from typing import Annotated, Any, TypedDict

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages


class ShoppingState(TypedDict, total=False):
    """What is known of one conversation. Frames are digests; their pixels lie in the frame store."""

    messages: Annotated[list[AnyMessage], add_messages]
    """Requests and replies; tool messages live only as long as their turn, in ``calls``."""
    new_frames: list[dict[str, Any]]
    """Frames captured since the last turn, not read yet."""
    readings: list[dict[str, Any]]
    """What was read off each frame, the latest last: ``frame``, ``url``, ``taken``, ``kind``, ``products``."""
    summary: dict[str, Any]
    """The :class:`tools.needs.BehaviorSummary`."""
    session: list[str]
    """Catalog items recognised while browsing, in order."""
    wishes: dict[str, Any]
    """The standing :class:`tools.needs.Wishes`."""
    past_wishes: list[dict[str, Any]]
    shown: list[list[str]]
    """Item ids shown, turn by turn, the latest last."""
    handles: dict[str, str]
    """Handle to item id."""
    candidates: list[dict[str, Any]]
    recommendations: list[dict[str, Any]]
    bundle: dict[str, Any] | None
    """The last request for a set with the items and the total it gave, for what-if questions."""
    offer: str | None
    """The wish that the last reply offered to go without, when nothing satisfied them all."""
    focus: str | None
    """The handle of the product last spoken of alone."""
    spoken_of: list[str]
    """The handles of the products spoken of alone since the last list, the latest last."""
    calls: list[dict[str, Any]]
    """Tool calls of this turn: ``name``, ``arguments``, ``result``, ``failed``, ``milliseconds``."""
    pending: list[dict[str, Any]]
    """Calls that the planner wants made next."""
    chosen: list[str]
    """Item ids to show with the reply of this turn."""
    topics: list[str]
    """What was searched for in this turn, in words."""
    understood: dict[str, Any]
    notes: list[str]
    removed: list[str]
    situation: dict[str, Any]
    """The planner's context as it was when the turn began."""
    began: float
    """When planning of this turn began, seconds since the epoch."""
    rounds: int
    turns: int
    fallback: bool
