"""For those who build on the graph, and for ``langgraph dev`` and Studio.

    from interarec.graph import assistant_graph
    graph = assistant_graph()                         # the sample shop, embedded models, nothing kept
    await graph.ainvoke({"messages": [("user", "a lamp under £30")]}, {"configurable": {"thread_id": "me"}})

Use :func:`interarec.app.assistant` where conversations have to survive the process.
"""

import asyncio
from functools import lru_cache
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from graphs.shopping import build_graph, new_turn
from interarec.app import make_context, open_catalog, open_shop
from interarec.settings import load_settings


def assistant_graph(
    catalog: str | None = None, checkpointer: BaseCheckpointSaver[str] | None = None
) -> CompiledStateGraph[Any, Any, Any, Any]:
    """The compiled graph with its dependencies bound: a catalog by name, settings from the environment."""
    settings = load_settings(catalog=catalog)
    return build_graph(checkpointer, make_context(settings, open_shop(open_catalog(settings))))


@lru_cache(maxsize=1)
def _opened() -> CompiledStateGraph[Any, Any, Any, Any]:
    graph = assistant_graph()
    # One turn that nobody sees loads what is loaded on first use: the platform suffers no waiting for files in a turn.
    asyncio.run(graph.ainvoke(new_turn("what would you recommend?")))
    return graph


async def studio() -> CompiledStateGraph[Any, Any, Any, Any]:
    """What ``langgraph.json`` names; the platform keeps the conversations."""
    return await asyncio.to_thread(_opened)
