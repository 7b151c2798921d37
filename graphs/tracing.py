"""Spans of OpenTelemetry for agents and tools. They cost nothing where no tracing is set up."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any

from langgraph.config import get_config
from opentelemetry import trace

NAME = "interarec"


def span(name: str) -> AbstractContextManager[trace.Span]:
    """A span around what is done inside; it holds no text of the shopper's."""
    return trace.get_tracer(NAME).start_as_current_span(name)


def traced(agent: str, node: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """A node of the graph in a span of its own, with the number of its step."""

    @wraps(node)
    async def run(state: Any, runtime: Any) -> Any:
        with span(f"agent {agent}") as current:
            current.set_attribute(
                "interarec.step", int(get_config().get("metadata", {}).get("langgraph_step", 0))
            )
            return await node(state, runtime)

    return run
