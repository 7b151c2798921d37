"""A turn that fails is taken back: the conversation stands as it did before it."""

from typing import Any

from langgraph.graph.state import CompiledStateGraph
from langgraph.types import StateSnapshot

READ = ("summary", "readings", "session", "new_frames")
"""What reading the frames of a turn gave: it is kept, since the frames do not come again."""


async def roll_back(graph: CompiledStateGraph[Any, Any, Any, Any], before: StateSnapshot) -> None:
    """Put a conversation back to what it was at a snapshot, but for what was read off its frames since.

    One that there was nothing of is deleted.
    """
    names = before.config["configurable"]
    if "checkpoint_id" not in names:
        if graph.checkpointer is not None and not isinstance(graph.checkpointer, bool):
            await graph.checkpointer.adelete_thread(names["thread_id"])
        return
    failed = (await graph.aget_state({"configurable": {"thread_id": names["thread_id"]}})).values
    read = {} if failed.get("new_frames") else {k: failed[k] for k in READ if k in failed}
    await graph.aupdate_state(before.config, read, as_node="respond")
