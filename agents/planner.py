"""The planner: asks its model for the next tool calls, and keeps a weak or broken model from doing harm."""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.utils.json import parse_partial_json

from agents.circuit import Circuit, reason
from agents.currencies import currency_note, foreign_currency, without_money
from agents.planner_prompt import system_prompt
from agents.reasoning import without_reasoning
from tools.toolbox import TOOLS, schemas

HISTORY = 6
MAX_REPLY = 400  # characters of an earlier reply that the planner is told
ADVICE = "advice"
SET_WISHES = "set_wishes"
GATHERING = ("search_catalog", "predict_next_items")
MAX_CALLS = 6
MAX_FAILURES = 2
LONGEST_ARGUMENTS = 4000  # characters
UNREACHED = "The language model could not be reached; the built-in planner stepped in."
RESTING = "The language model does not answer at the moment; the built-in planner stepped in."


@dataclass(frozen=True)
class Plan:
    """The next calls, or none when the reply can be written; with what the user should know."""

    calls: list[dict[str, Any]]
    understood: dict[str, Any]
    note: str | None = None
    fallback: bool = False


class Planner:
    """Plans with ``model``; when that fails or loops, with ``fallback``, which never does.

    ``advise`` lets the fallback say at each step what it would do: for small models, which follow it for the most part.
    """

    def __init__(
        self, model: BaseChatModel, fallback: BaseChatModel, external: Sequence[dict[str, Any]] = (), advise: bool = False,
        circuit: Circuit | None = None,
    ):  # fmt: skip
        self.model = model
        self.advise = advise
        self.fallback = fallback
        self.circuit = circuit or Circuit()
        self.names = {*TOOLS, *(t["function"]["name"] for t in external)}
        self._bound = model.bind_tools([*schemas(), *external])
        self._bound_fallback = fallback.bind_tools([*schemas(), *external])

    @property
    def embedded(self) -> bool:
        """Whether the embedded planner is the only one."""
        return self.model is self.fallback

    async def plan(
        self, conversation: Sequence[BaseMessage], calls: list[dict[str, Any]], context: dict[str, Any],
        use_fallback: bool = False, seconds: float | None = None,
    ) -> Plan:  # fmt: skip
        """The next step of a turn: ``conversation`` ends with the request, ``calls`` are those made for it.

        ``seconds`` is how long the model may take; then the fallback steps in.
        """
        step = await self._step(conversation, calls, context, use_fallback, seconds)
        own = (context.get("shop") or {}).get("currency")
        stated = foreign_currency(request_of(conversation), own)
        if stated is None or own is None:
            return step
        kept = without_money(step.calls)
        return step if kept == step.calls else replace(step, calls=kept, note=step.note or currency_note(own, stated))

    async def _step(
        self, conversation: Sequence[BaseMessage], calls: list[dict[str, Any]], context: dict[str, Any],
        use_fallback: bool, seconds: float | None,
    ) -> Plan:  # fmt: skip
        messages = [SystemMessage(system_prompt(context)), *_recent(conversation), *_as_messages(calls)]
        failures = sum(1 for c in calls if c.get("failed"))
        if use_fallback or self.embedded or failures > MAX_FAILURES:
            return await self._fallback(messages, calls, None)
        if not self.circuit.allow():
            return await self._fallback(messages, calls, RESTING)
        advised = await self._fallback(messages, calls, None) if self.advise else Plan([], {})
        advice = advised.calls
        try:
            async with asyncio.timeout(seconds):
                answer = await self._bound.ainvoke(_with_advice(messages, advice) if self.advise else messages)
        except Exception as error:  # any failure of a remote service must end in a sensible answer
            self.circuit.failed(reason(error))
            return await self._fallback(messages, calls, UNREACHED)
        self.circuit.succeeded()
        if not isinstance(answer, AIMessage):
            return await self._fallback(messages, calls, None)
        wanted = _with_wishes(_calls_of(answer, self.names), advice, calls, request_of(conversation))
        repeated = [
            c
            for c in wanted
            if any(c["name"] == d["name"] and c["arguments"] == d["arguments"] for d in calls)
        ]
        if wanted and len(repeated) == len(wanted):
            wanted = []  # the model is going round in circles: answer with what there is
        if (
            not wanted
            and not any(not c.get("failed") for c in calls)
            and not (_declines(answer) and not calls)
        ):
            return await self._fallback(messages, calls, None)
        if not wanted and _unfinished(calls):
            return await self._fallback(messages, calls, None)
        return Plan(wanted[:MAX_CALLS], advised.understood)

    async def _fallback(
        self, messages: list[BaseMessage], calls: list[dict[str, Any]], note: str | None
    ) -> Plan:
        answer = await self._bound_fallback.ainvoke(messages)
        understood = {k: answer.additional_kwargs.get(k) for k in ("intent", "aspect", "asked", "unsaid")}
        return Plan(_calls_of(answer, self.names), understood, note, fallback=not self.embedded)


def _with_advice(messages: list[BaseMessage], advice: list[dict[str, Any]]) -> list[BaseMessage]:
    """The messages, the last of them with the first call that is advised."""
    steps = [{"tool": c["name"], "arguments": c["arguments"]} for c in advice[:1]]
    return [*messages[:-1], messages[-1].model_copy(update={"additional_kwargs": {ADVICE: steps}})]


def _with_wishes(
    wanted: list[dict[str, Any]], advice: list[dict[str, Any]], done: list[dict[str, Any]], request: str
) -> list[dict[str, Any]]:
    """The calls of a model that was advised, with the wishes in them that it left out: small models forget the topic."""
    stated = next((c["arguments"] for c in advice if c["name"] == SET_WISHES), None)
    if not stated or not wanted or any(c["name"] == SET_WISHES for c in done):
        return wanted
    if not any(c["name"] == SET_WISHES for c in wanted):
        gathers = wanted[0]["name"] in (*GATHERING, "rerank")
        return [{"name": SET_WISHES, "arguments": stated}, *wanted] if gathers else wanted
    return [
        {**c, "arguments": _merged(stated, c["arguments"], request)} if c["name"] == SET_WISHES else c
        for c in wanted
    ]


def _merged(stated: dict[str, Any], own: dict[str, Any], request: str) -> dict[str, Any]:
    """The wishes that were advised, with those of the model's own that the request says and no advised wish has used.

    A small model gives "a cosy evening" both as what somebody has in mind and as words that a title must have.
    """
    said, used = _words(request), _words(json.dumps(stated))
    out = dict(stated)
    for name, value in own.items():
        told = [value] if isinstance(value, str | int | float) and not isinstance(value, bool) else value
        if name in stated or not isinstance(told, list):
            continue
        kept = [v for v in told if _words(str(v)) <= said and not _words(str(v)) <= used]
        if kept:
            out[name] = kept if isinstance(value, list) else value
    return out


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+|\d+(?=\.0\b)|\d+(?:\.\d+)?", text.lower()))


def _declines(answer: AIMessage) -> bool:
    """Whether a model that made no call said so as it was told to; prose instead is not trusted."""
    return without_reasoning(str(answer.content)).strip(" .").upper() == "DONE"


def _unfinished(calls: list[dict[str, Any]]) -> bool:
    """Whether candidates were gathered but never ranked: nothing could be shown."""
    names = [c["name"] for c in calls]
    gathered = any(c["name"] in GATHERING and c["result"].get("products") for c in calls)
    closing = {
        "rerank",
        "product_details",
        "compare_products",
        "explain_recommendation",
        "optimize_bundle",
        "show_again",
        "list_options",
    }
    return gathered and not closing & set(names)


def _calls_of(answer: AIMessage, names: set[str]) -> list[dict[str, Any]]:
    """The tool calls of an answer, also when a weak model wrote them as JSON text, cut short, or under a longer name."""
    calls = [{"name": c["name"], "arguments": c["args"]} for c in answer.tool_calls]
    if not calls and isinstance(answer.content, str) and "{" in answer.content:
        calls = _calls_in_text(without_reasoning(answer.content), names)
    calls += [_mended(str(broken.get("name")), str(broken.get("args"))) for broken in answer.invalid_tool_calls]
    return [{**c, "name": _known(str(c["name"]), names)} for c in calls]


def _known(name: str, names: set[str]) -> str:
    """The tool that is meant: models put "functions." and the like before its name."""
    last = re.split(r"[.:/]", name)[-1]
    return last if name not in names and last in names else name


def _mended(name: str, written: str) -> dict[str, Any]:
    """A call whose arguments are not quite JSON, read as far as they go."""
    try:
        arguments = parse_partial_json(written[:LONGEST_ARGUMENTS])
    except ValueError:
        arguments = None
    return {"name": name, "arguments": arguments if isinstance(arguments, dict) else {"malformed": written[:200]}}


def _calls_in_text(text: str, names: set[str]) -> list[dict[str, Any]]:
    found = []
    decoder = json.JSONDecoder()
    position = text.find("{")
    while position >= 0:
        try:
            value, end = decoder.raw_decode(text, position)
        except ValueError:
            position = text.find("{", position + 1)
            continue
        name = value.get("name") or value.get("tool") if isinstance(value, dict) else None
        arguments = value.get("arguments", value.get("parameters", value.get("args", {}))) if name else None
        if name in names and isinstance(arguments, dict):
            found.append({"name": str(name), "arguments": arguments})
        position = text.find("{", end)
    return found


def _recent(conversation: Sequence[BaseMessage]) -> list[BaseMessage]:
    """The last messages of a conversation, the assistant's own cut short."""
    return [
        AIMessage(str(m.content)[:MAX_REPLY]) if isinstance(m, AIMessage) else m
        for m in conversation[-HISTORY:]
    ]


def _as_messages(calls: list[dict[str, Any]]) -> list[BaseMessage]:
    """The calls of this turn and their results as the messages that a chat model expects."""
    messages: list[BaseMessage] = []
    for number, call in enumerate(calls):
        identifier = f"call_{number}"
        messages.append(
            AIMessage(
                content="",
                tool_calls=[
                    {"name": call["name"], "args": call["arguments"], "id": identifier, "type": "tool_call"}
                ],
            )
        )
        result = json.dumps(call["result"], ensure_ascii=False, default=str)
        messages.append(ToolMessage(content=result, tool_call_id=identifier, name=call["name"]))
    return messages


def request_of(conversation: Sequence[BaseMessage]) -> str:
    """The shopper's latest message."""
    return next((str(m.content) for m in reversed(conversation) if isinstance(m, HumanMessage)), "")
