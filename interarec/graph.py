"""For those who build on the graph, and for ``langgraph dev`` and Studio.

    from interarec.graph import assistant_graph
    graph = assistant_graph()                         # the sample shop, embedded models, nothing kept
    await graph.ainvoke({"messages": [("user", "a lamp under £30")]}, {"configurable": {"thread_id": "me"}})

Use :func:`interarec.app.assistant` where conversations have to survive the process.
"""

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from graphs.shopping import build_graph
from interarec.app import make_context, open_catalog, open_shop
from interarec.settings import load_settings


def assistant_graph(
    catalog: str | None = None, checkpointer: BaseCheckpointSaver[str] | None = None
) -> CompiledStateGraph[Any, Any, Any, Any]:
    """The compiled graph with its dependencies bound: a catalog by name, settings from the environment."""
    settings = load_settings(catalog=catalog)
    return build_graph(checkpointer, make_context(settings, open_shop(open_catalog(settings))))


def studio() -> CompiledStateGraph[Any, Any, Any, Any]:
    """What ``langgraph.json`` names; the platform keeps the conversations."""
    return assistant_graph()
