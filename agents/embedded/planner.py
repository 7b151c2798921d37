"""The embedded planner: a LangChain chat model that answers with tool calls, from understanding alone.

It sees exactly what a remote model sees, the same messages and tools, and keeps no state between calls.
"""

import json
from decimal import Decimal
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.base import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from pydantic import ConfigDict

from agents.embedded.errands import errand
from agents.embedded.intents import Intent
from agents.embedded.references import Shown
from agents.embedded.request import Situation, Understood
from agents.embedded.understanding import Understanding
from agents.planner_prompt import context_in
from catalog.texts import beginning_and_end
from tools.toolbox import TOOLS

Call = tuple[str, dict[str, Any]]
LONGEST_READ = 600
"""Characters of a message that are understood: its beginning and its end. Patterns never meet more than that."""


class EmbeddedPlanner(BaseChatModel):
    """Plans with rules and the catalog's vocabulary; deterministic, a few milliseconds a call."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    understanding: Understanding
    external: list[dict[str, Any]] = []
    """Tools of other servers, as function calling describes them."""

    @property
    def _llm_type(self) -> str:
        return "interarec-embedded"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """It knows our tools by name; those that are not ours are kept."""
        return self.model_copy(update={"external": [t for t in tools if t["function"]["name"] not in TOOLS]})

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any,
    ) -> ChatResult:  # fmt: skip
        context = next(
            (c for m in messages if isinstance(m, SystemMessage) and (c := context_in(str(m.content)))), {}
        )
        last_request = max((i for i, m in enumerate(messages) if isinstance(m, HumanMessage)), default=-1)
        request = str(messages[last_request].content) if last_request >= 0 else ""
        since = messages[last_request + 1 :]
        understood = self.understanding.understand(beginning_and_end(request, LONGEST_READ), situation_of(context))
        done = _done(since)
        calls = next_calls(understood, done, bool(context.get("browsed")))
        # Our own tools first; what they cannot tell, another server's may. A question of an order is never ours.
        run = errand(understood, self.external)
        if run is not None and (run.of_order or not calls):
            calls = [] if run.name in done else [(run.name, run.arguments)]
        message = AIMessage(
            content="",
            tool_calls=[
                {"name": name, "args": _plain(arguments), "id": f"call_{len(since)}_{i}", "type": "tool_call"}
                for i, (name, arguments) in enumerate(calls)
            ],
            additional_kwargs={
                "intent": understood.intent.value,
                "aspect": understood.aspect,
                "asked": understood.asked,
                "unsaid": understood.unsaid,
            },
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


def situation_of(context: dict[str, Any]) -> Situation:
    """The situation that the planner's context describes."""
    shown = [
        [
            Shown(
                handle=p["handle"], title=p["title"], brand=p.get("brand"),
                price=Decimal(p["amount"]) if p.get("amount") else None, rating=p.get("rating"),
                reviews=p.get("reviews"), sizes=p.get("sizes") or {},
            )
            for p in turn
        ]
        for turn in context.get("shown", [])
    ]  # fmt: skip
    return Situation(
        wishes=context.get("wishes", {}),
        shown=shown,
        focus=context.get("focus"),
        spoken_of=context.get("spoken_of", []),
        browsed=bool(context.get("browsed")),
        bundle=context.get("bundle"),
        turns=int(context.get("turns", 0)),
        offer=context.get("offer"),
        bundle_last=bool(context.get("bundle_last")),
    )


def next_calls(understood: Understood, done: dict[str, dict[str, Any]], browsed: bool) -> list[Call]:
    """The calls to make now, given the results of those made this turn; none when the reply can be written."""
    steps = _steps(understood, done, browsed)
    return next((calls for calls in steps if calls and not all(name in done for name, _ in calls)), [])


def _steps(understood: Understood, done: dict[str, dict[str, Any]], browsed: bool) -> list[list[Call]]:
    if (asked := _question(understood)) is not None:
        return asked
    intent, wishes = understood.intent, [("set_wishes", understood.changes)]
    if intent is Intent.BUNDLE:
        return _bundle_steps(understood)
    if intent is Intent.RESET:
        return [wishes, *(_recommend(understood, done, browsed)[1:] if "query" in understood.changes else [])]
    if intent is Intent.UNDO:
        standing = done.get("set_wishes", {}).get("wishes", True)
        return [[("set_wishes", {"undo": True})], *(_find(understood, done) if standing or browsed else [])]
    if intent is Intent.LIKE and understood.handles:
        like: Call = ("rerank", {"like": understood.handles[0], "fresh": True, **_k(understood)})
        return [*([wishes] if understood.changes else []), [like]]
    if intent is Intent.PICK:
        return [[("rerank", {"among": understood.handles[:12], **_k(understood), **_order(understood)})]]
    if intent is Intent.GOES_WITH:
        return [wishes, [("rerank", {"goes_with": understood.handles[0]})]]
    if intent is Intent.UNCLEAR and understood.changes:
        return [wishes]
    if intent in (Intent.RECOMMEND, Intent.MORE, Intent.REJECT, Intent.CORRECT):
        return _recommend(understood, done, browsed)
    return []


def _question(understood: Understood) -> list[list[Call]] | None:
    """The one call that answers a question; None for what is no question."""
    intent, handles = understood.intent, understood.handles
    if understood.pasted_title:
        topic: list[Call] = [("set_wishes", understood.changes)] if understood.changes else []
        return [[*topic, ("product_details", {"title": understood.text})]]
    if intent is Intent.FACET:
        wishes: list[list[Call]] = [[("set_wishes", understood.changes)]] if understood.changes else []
        whole = {"whole_shop": True} if understood.whole_shop else {}
        return [*wishes, [("list_options", {"of": understood.facet, **whole})]]
    if intent is Intent.AGAIN:
        return [[("show_again", {"list": understood.again or "last"})]]
    if intent is Intent.BROWSING:
        return [[("summarize_browsing", {})]]
    if intent is Intent.COMPARE:
        return [[("compare_products", {"handles": handles[:6]})]] if len(handles) > 1 else []
    if intent is Intent.DETAILS and handles and understood.quantity > 1:
        return [[("product_details", {"handles": handles[:4], "quantity": understood.quantity})]]
    tools = {Intent.WHY: "explain_recommendation", Intent.DETAILS: "product_details"}
    return [[(tools[intent], {"handles": handles[:4]})]] if intent in tools and handles else None


def _recommend(understood: Understood, done: dict[str, dict[str, Any]], browsed: bool) -> list[list[Call]]:
    first: list[Call] = []
    if browsed:
        first.append(("validate_session", {}))
    if understood.changes:
        first.append(("set_wishes", understood.changes))
    return [first, *_find(understood, done)]


def _find(understood: Understood, done: dict[str, dict[str, Any]]) -> list[list[Call]]:
    search: list[Call] = [("search_catalog", {}), ("predict_next_items", {})]
    if "search_catalog" in done and not done["search_catalog"].get("products"):
        return [search]
    how = _order(understood)
    return [
        search,
        [("rerank", {**_k(understood), **how, **({"fresh": True} if understood.fresh and not how else {})})],
    ]


def _k(understood: Understood) -> dict[str, int]:
    return {"k": min(understood.count, 12)} if understood.count else {}


def _order(understood: Understood) -> dict[str, str]:
    return {"order": understood.order} if understood.order else {}


def _bundle_steps(understood: Understood) -> list[list[Call]]:
    arguments: dict[str, Any] = {}
    for name in (
        "parts",
        "size",
        "theme",
        "exclude",
        "include",
        "keep",
        "cheaper_part",
        "distinct_brands",
        "same_brand",
    ):
        if value := getattr(understood, name):
            arguments[name] = value
    if understood.max_each is not None:
        arguments["max_each"] = float(understood.max_each)
    if understood.budget is not None:
        arguments["budget"] = float(understood.budget)
    wishes: list[Call] = [("set_wishes", understood.changes)] if understood.changes else []
    return [wishes, [("optimize_bundle", arguments)]]


def _done(messages: list[BaseMessage]) -> dict[str, dict[str, Any]]:
    """Results of this turn's calls by tool name."""
    results: dict[str, dict[str, Any]] = {}
    for message in messages:
        if isinstance(message, ToolMessage) and message.name:
            try:
                results[message.name] = json.loads(str(message.content))
            except ValueError:
                results[message.name] = {}
    return results


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    return {k: float(v) if isinstance(v, Decimal) else v for k, v in arguments.items()}
