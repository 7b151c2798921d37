"""The OpenAI-compatible endpoint: where it is, its limits, and the chat models made for it."""

import logging
import re
import threading
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from agents.circuit import Circuit

log = logging.getLogger(__name__)
OPTIONAL = (
    "max_completion_tokens", "max_tokens", "temperature", "tool_choice", "parallel_tool_calls", "response_format", "stream_options", "seed",
)  # fmt: skip
"""What a request can do without, when an endpoint refuses it."""
LONGEST_TOLD = 300


@dataclass
class Refusals:
    """The parameters that an endpoint refused, with what it said; kept for the process."""

    told: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def learn(self, payload: dict[str, Any], said: str) -> bool:
        """Take note of a parameter that a refusal names; False when it names none that can be left out."""
        named = [p for p in OPTIONAL if p in payload and p not in self.told and re.search(rf"\b{p}\b", said)]
        with self._lock:
            for name in named:
                self.told[name] = said[:LONGEST_TOLD]
                log.warning("the endpoint takes no %s, which is left out from now on; it said: %s", name, said[:LONGEST_TOLD])
        return bool(named)

    def without(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A payload without what was refused."""
        return {name: value for name, value in payload.items() if name not in self.told}


@dataclass(frozen=True)
class Endpoint:
    """An endpoint with its models and its limits; the key is never printed."""

    model: str
    vision_model: str
    base_url: str | None
    api_key: SecretStr | None
    timeout: float
    retries: int
    first_token_seconds: float = 10.0
    refusals: Refusals = field(default_factory=Refusals)
    circuit: Circuit = field(default_factory=Circuit)

    def chat_model(self, vision: bool = False, max_tokens: int = 1200) -> BaseChatModel:
        """A LangChain model for planning and phrasing, or for reading frames."""
        from agents.adaptive import AdaptiveChat

        return AdaptiveChat(
            refusals=self.refusals,
            model=self.vision_model if vision else self.model,
            base_url=self.base_url,
            # Local servers want no key, but the client insists on one.
            api_key=self.api_key or SecretStr("none"),
            timeout=self.timeout,
            max_retries=self.retries,
            temperature=0,
            max_completion_tokens=max_tokens,
        )
