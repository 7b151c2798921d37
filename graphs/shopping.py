"""Start here: one state machine, four agents.

    START -> capture -> summarize -> plan <-> tools -> respond -> END

``capture`` collects the frames taken since the last turn and skips ``summarize`` when there are none.
``plan`` and ``tools`` alternate, at most ``max_rounds`` times. Each node is a few lines around its agent.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Literal

from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.config import get_config, get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agents.frames import Frame
from agents.models import Brief, FrameReading
from agents.planner import request_of
from catalog.errors import InputError
from graphs.context import ShoppingContext
from graphs.desk import open_desk, save_desk
from graphs.knowledge import known_of
from graphs.state import ShoppingState
from graphs.tracing import span, traced
from graphs.views import brief_of, cards_of, planner_context, without_topic
from tools.needs import BehaviorSummary, distinct
from tools.toolbox import run_tool
from tools.workspace import Workspace

KEEP_MESSAGES = 40
KEEP_READINGS = 120
KEEP_TURNS = 12
LISTING = ("search_catalog", "rerank", "compare_products", "optimize_bundle", "show_again")
MAX_REQUEST = 4000
PLANNING = 0.6  # of a turn's time: what planning leaves is for phrasing


async def capture(state: ShoppingState, runtime: Runtime[ShoppingContext]) -> ShoppingState:
    """Collect the frames that were captured since the last turn and clear what the last turn left."""
    conversation = str(get_config()["configurable"].get("thread_id", ""))
    frames = runtime.context.queue.drain(conversation)
    if len(request_of(state["messages"])) > MAX_REQUEST:
        raise InputError(f"That message is too long; keep it under {MAX_REQUEST} characters.")
    return {
        "new_frames": [f.model_dump() for f in frames],
        "calls": [], "pending": [], "chosen": [], "topics": [], "notes": [], "removed": [], "understood": {}, "rounds": 0, "fallback": False,
    }  # fmt: skip


def has_frames(state: ShoppingState) -> Literal["summarize", "plan"]:
    """Only new frames are read."""
    return "summarize" if state.get("new_frames") else "plan"


async def summarize(state: ShoppingState, runtime: Runtime[ShoppingContext]) -> ShoppingState:
    """Read the new frames and merge them into the behaviour summary."""
    emit = get_stream_writer()
    frames = [Frame.model_validate(f) for f in state["new_frames"]]
    before = BehaviorSummary.model_validate(state.get("summary") or {})
    done = 0

    def told(reading: FrameReading) -> None:
        nonlocal done
        done += 1
        emit({"type": "frame", "done": done, "total": len(frames), **reading_record(reading)})

    summary, readings = await asyncio.to_thread(runtime.context.summarizer.update, before, frames, told)
    emit({"type": "summary", "categories": {c.value: v for c, v in summary.categories.items()}})
    return {
        "summary": summary.model_dump(mode="json"),
        "readings": [*state.get("readings", []), *(reading_record(r) for r in readings)][-KEEP_READINGS:],
        "session": summary.item_ids(),
        "new_frames": [],
        "notes": distinct(r.note for r in readings if r.note),
    }


def reading_record(reading: FrameReading) -> dict[str, Any]:
    """What is kept of one frame's reading, as plain JSON."""
    page = reading.page
    return {
        "frame": reading.frame.digest,
        "url": reading.frame.url,
        "taken": reading.frame.taken,
        "seconds": round(reading.seconds, 3),
        "kind": page.kind.value if page else "unreadable",
        "query": page.query if page else None,
        "products": [p.model_dump(mode="json", exclude={"box"}, exclude_none=True) for p in page.products]
        if page
        else [],
    }


async def plan(state: ShoppingState, runtime: Runtime[ShoppingContext]) -> ShoppingState:
    """Ask the planner for the next calls."""
    context = runtime.context
    # A request is understood against the situation in which it was made, however many calls follow.
    situation = state["situation"] if state["rounds"] else planner_context(state, context)
    began = state["began"] if state["rounds"] else time.time()
    left = PLANNING * context.turn_seconds - (time.time() - began)
    step = await context.planner.plan(
        state["messages"], state["calls"], situation, state.get("fallback", False) or left <= 0, left
    )
    return {
        "began": began,
        "situation": situation,
        "pending": step.calls,
        "understood": {**state.get("understood", {}), **{k: v for k, v in step.understood.items() if v}},
        "notes": distinct([*state["notes"], *([step.note] if step.note else [])]),
        "fallback": step.fallback or state.get("fallback", False),
    }


def has_calls(state: ShoppingState, runtime: Runtime[ShoppingContext]) -> Literal["tools", "respond"]:
    """Go on while the planner wants calls and the bound is not reached."""
    return "tools" if state["pending"] and state["rounds"] < runtime.context.max_rounds else "respond"


async def tools(state: ShoppingState, runtime: Runtime[ShoppingContext]) -> ShoppingState:
    """Make the calls in order on one workspace; each result is streamed as it comes."""
    emit = get_stream_writer()
    desk = open_desk(state, runtime.context)
    calls = list(state["calls"])
    bundle = state.get("bundle")
    for call in state["pending"]:
        record = await _called(call, desk, runtime.context)
        calls.append(record)
        if record["name"] == "optimize_bundle" and not record["failed"]:
            result = record["result"]
            bundle = {
                **record["arguments"],
                "items": result.get("items", []),
                "total": result.get("total"),
                "turn": state.get("turns", 0),
            }
        emit({"type": "tool", **record})
    return {**save_desk(desk), "calls": calls, "pending": [], "bundle": bundle, "rounds": state["rounds"] + 1}


async def _called(call: dict[str, Any], desk: Workspace, context: ShoppingContext) -> dict[str, Any]:
    """Make one call, of our own tools or of another server's; what is kept of it."""
    name, arguments = call["name"], call["arguments"]
    with span(f"tool {name}"):
        if name in context.external.tools:
            began = time.perf_counter()
            result, failed = await context.external.call(name, arguments, desk.handles.item)
            spent = round(1000 * (time.perf_counter() - began), 2)
            return {
                "name": name,
                "arguments": arguments,
                "result": result,
                "failed": failed,
                "milliseconds": spent,
                "external": True,
            }
        run = await asyncio.to_thread(run_tool, desk, name, arguments)
    return {
        "name": run.name, "arguments": run.arguments, "result": run.result, "failed": run.failed,
        "milliseconds": run.milliseconds,
    }  # fmt: skip


async def respond(state: ShoppingState, runtime: Runtime[ShoppingContext]) -> ShoppingState:
    """Phrase the reply; only checked pieces are streamed, and the cards are the products that it names."""
    emit = get_stream_writer()
    context = runtime.context
    desk = open_desk(state, context)
    left = context.turn_seconds - (time.time() - state["began"])
    brief: Brief = replace(brief_of(state, desk, bound_reached=bool(state["pending"])), seconds=max(0.0, left))
    known = known_of(state, brief, desk, context)
    reply = await context.responder.respond(brief, known, lambda text: emit({"type": "token", "text": text}))
    items = distinct(desk.handles.item_of[h] for h in reply.handles)
    cards = cards_of(items, desk)
    message = AIMessage(
        content=reply.text, additional_kwargs={"products": cards, "calls": _brief_calls(state["calls"])}
    )
    # "The second one" points into the last list; an answer about one product is no list.
    lists = any(_lists(c) for c in state["calls"])
    shown = [*state.get("shown", []), items][-KEEP_TURNS:] if items and lists else state.get("shown", [])
    alone = [desk.handles.of(items[0])] if len(items) == 1 else []
    old = state["messages"][: max(0, len(state["messages"]) + 1 - KEEP_MESSAGES)]
    searched: dict[str, Any] = next(
        (c["result"] for c in reversed(state["calls"]) if c["name"] == "search_catalog" and not c["failed"]),
        {},
    )
    missing: ShoppingState = (
        {"wishes": without_topic(desk)} if searched.get("not_carried") and not items else {}
    )
    return {
        **missing,
        "offer": next((o["relax"] for o in searched.get("relax") or []), None) if not items else None,
        "messages": [*[RemoveMessage(id=m.id) for m in old if m.id], message],  # type: ignore[list-item]
        "shown": shown,
        "chosen": items,
        "focus": alone[0] if alone else (None if items else state.get("focus")),
        "spoken_of": [] if items and lists else distinct([*state.get("spoken_of", []), *alone])[-KEEP_TURNS:],
        "removed": reply.removed,
        "notes": distinct([*state["notes"], *reply.notes]),
        "turns": state.get("turns", 0) + 1,
    }


def _lists(call: dict[str, Any]) -> bool:
    """Whether a call gave a list that can be pointed into; a product named by its title is a list of one."""
    return not call["failed"] and (call["name"] in LISTING or bool(call["arguments"].get("title")))


def _brief_calls(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"name": c["name"], "arguments": c["arguments"], "milliseconds": c["milliseconds"]} for c in calls
    ]


def new_turn(request: str) -> ShoppingState:
    """The input of a turn."""
    return {"messages": [HumanMessage(request)]}


Node = Callable[[ShoppingState, Runtime[ShoppingContext]], Awaitable[ShoppingState]]


def _bound(node: Node, context: ShoppingContext | None) -> Any:
    """The node with its dependencies bound, where they do not come with each run."""
    if context is None:
        return node

    async def run(state: ShoppingState) -> ShoppingState:
        return await node(state, Runtime(context=context))

    return run


def build_graph(
    checkpointer: BaseCheckpointSaver[str] | None = None, context: ShoppingContext | None = None
) -> CompiledStateGraph[Any, Any, Any, Any]:
    """Wire the agents; run it with ``context=ShoppingContext(...)`` and a ``thread_id``.

    With ``context`` given here instead, its runs need none.
    """
    graph = StateGraph(ShoppingState, context_schema=ShoppingContext if context is None else None)
    for name, node in (
        ("capture", capture), ("summarize", summarize), ("plan", plan), ("tools", tools), ("respond", respond)
    ):  # fmt: skip
        graph.add_node(name, _bound(traced(name, node), context))
    graph.add_edge(START, "capture")
    graph.add_conditional_edges("capture", has_frames)
    graph.add_edge("summarize", "plan")
    route = has_calls if context is None else lambda state: has_calls(state, Runtime(context=context))
    graph.add_conditional_edges("plan", route, ["tools", "respond"])
    graph.add_edge("tools", "plan")
    graph.add_edge("respond", END)
    return graph.compile(checkpointer=checkpointer, name="InteraRec")
