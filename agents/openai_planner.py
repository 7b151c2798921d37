"""The remote planner: native tool calls for strong models, JSON held to a schema for weak ones."""

import json
import re
from collections.abc import Sequence
from typing import Any, Literal

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.base import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from agents.endpoint import Endpoint
from agents.planner import ADVICE
from agents.reasoning import without_reasoning
from tools.toolbox import TOOLS

DONE = "respond"
FENCE = re.compile(r"^`{3}\w*|`{3}$")
MAX_RESULT = 1000  # characters of a result: a small model reads some fifty tokens a second


def remote_planner(endpoint: Endpoint, mode: Literal["auto", "tools", "json"]) -> BaseChatModel:
    """A planner model for an endpoint. ``auto`` uses native tool calls."""
    model = endpoint.chat_model()
    return JsonPlanner(inner=model) if mode == "json" else model


class JsonPlanner(BaseChatModel):
    """Asks for one step at a time as JSON held to a schema, and gives it back as a tool call.

    Small local models choose the right tool far more often this way than by native tool calls.
    """

    inner: BaseChatModel
    external: list[dict[str, Any]] = []

    @property
    def _llm_type(self) -> str:
        return "interarec-json-planner"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """The schema carries the tools; those that are not ours are kept for it."""
        return self.model_copy(update={"external": [t for t in tools if t["function"]["name"] not in TOOLS]})

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any,
    ) -> ChatResult:  # fmt: skip
        return _result(self._bound.invoke(_as_text(messages, self.external)), self._names)

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None, **kwargs: Any,
    ) -> ChatResult:  # fmt: skip
        return _result(await self._bound.ainvoke(_as_text(messages, self.external)), self._names)

    @property
    def _names(self) -> set[str]:
        return {*TOOLS, *(t["function"]["name"] for t in self.external)}

    @property
    def _bound(self) -> Runnable[LanguageModelInput, AIMessage]:
        held = {"type": "json_schema", "json_schema": {"name": "step", "schema": step_schema(self.external)}}
        return self.inner.bind(response_format=held)


def step_schema(external: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """One step: a tool with its arguments, or ``respond`` with none."""
    taken = [(name, tool.arguments.model_json_schema()) for name, tool in TOOLS.items()]
    taken += [(t["function"]["name"], t["function"].get("parameters", {})) for t in external]
    steps: list[dict[str, Any]] = [
        {
            "type": "object",
            "properties": {"tool": {"const": name}, "arguments": arguments},
            "required": ["tool", "arguments"],
        }
        for name, arguments in taken
    ]
    steps.append({"type": "object", "properties": {"tool": {"const": DONE}}, "required": ["tool"]})
    return {"anyOf": steps}


def _as_text(messages: list[BaseMessage], external: Sequence[dict[str, Any]] = ()) -> list[BaseMessage]:
    """The same conversation for a model without tool messages: calls and results in plain text."""
    guide = (
        '\nAnswer with one JSON object: {"tool": NAME, "arguments": {...}} for the next call, or '
        f'{{"tool": "{DONE}"}} when the reply can be written.\nTools:\n'
        + "\n".join(f"- {t.name}: {t.description}" for t in TOOLS.values())
        + "".join(f"\n- {t['function']['name']}: {t['function'].get('description', '')}" for t in external)
    )
    out: list[BaseMessage] = []
    for message in messages:
        if isinstance(message, SystemMessage):
            rules, mark, context = str(message.content).partition("\nCONTEXT")
            out.append(SystemMessage(rules + guide + mark + context))
        elif isinstance(message, AIMessage) and message.tool_calls:
            calls = [{"tool": c["name"], "arguments": c["args"]} for c in message.tool_calls]
            out.append(AIMessage(json.dumps(calls[0], default=str)))
        elif isinstance(message, ToolMessage):
            out.append(
                HumanMessage(
                    f"Result (data): {str(message.content)[:MAX_RESULT]}\nNext step?{_advice(message)}"
                )
            )
        else:
            out.append(message.model_copy(update={"content": f"{message.content}{_advice(message)}"}))
    return out


def _advice(message: BaseMessage) -> str:
    """What the built-in planner would do at this point, where the message carries it."""
    if ADVICE not in message.additional_kwargs:
        return ""
    step = next(iter(message.additional_kwargs[ADVICE]), {"tool": DONE})
    return f"\n(The built-in planner suggests: {json.dumps(step, default=str)}. Follow it unless it misses what was asked.)"


def _result(answer: AIMessage, names: set[str]) -> ChatResult:
    message = AIMessage(content="DONE")
    written = FENCE.sub("", without_reasoning(str(answer.content))).strip()
    try:
        step = json.loads(written)
        if isinstance(step, dict) and step.get("tool") in names:
            call = {
                "name": step["tool"],
                "args": step.get("arguments") or {},
                "id": "call_json",
                "type": "tool_call",
            }
            message = AIMessage(content="", tool_calls=[call])
        elif not (isinstance(step, dict) and step.get("tool") == DONE):
            message = AIMessage(content=written)
    except ValueError:
        message = AIMessage(content=written)
    return ChatResult(generations=[ChatGeneration(message=message)])
