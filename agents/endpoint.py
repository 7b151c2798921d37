"""The OpenAI-compatible endpoint: where it is, and the chat models made for it."""

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr


@dataclass(frozen=True)
class Endpoint:
    """An endpoint with its models and its limits; the key is never printed."""

    model: str
    vision_model: str
    base_url: str | None
    api_key: SecretStr | None
    timeout: float
    retries: int

    def chat_model(self, vision: bool = False, max_tokens: int = 1200) -> BaseChatModel:
        """A LangChain model for planning and phrasing, or for reading frames."""
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(
            model=self.vision_model if vision else self.model,
            base_url=self.base_url,
            # Local servers want no key, but the client insists on one.
            api_key=self.api_key or SecretStr("none"),
            timeout=self.timeout,
            max_retries=self.retries,
            temperature=0,
            max_completion_tokens=max_tokens,
        )
