"""A chat model that learns which parameters its endpoint refuses, and asks again without them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.language_models.base import LanguageModelInput
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from openai import APIStatusError
from pydantic import SkipValidation

from agents.endpoint import OPTIONAL, Refusals

REFUSED = (400, 404, 422)


class AdaptiveChat(ChatOpenAI):
    """:class:`ChatOpenAI` over an endpoint that may not take all of OpenAI's parameters."""

    refusals: SkipValidation[Refusals]

    def _get_request_payload(self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any) -> dict[str, Any]:
        return self.refusals.without(super()._get_request_payload(input_, stop=stop, **kwargs))

    def _again(self, error: APIStatusError, kwargs: dict[str, Any]) -> bool:
        """Whether a refusal names a parameter that the next try can do without."""
        sent = {name: True for name in OPTIONAL if name not in self.refusals.told}
        return error.status_code in REFUSED and self.refusals.learn({**sent, **kwargs}, said_by(error))

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        while True:
            try:
                return super()._generate(*args, **kwargs)
            except APIStatusError as error:
                if not self._again(error, kwargs):
                    raise

    async def _agenerate(self, *args: Any, **kwargs: Any) -> ChatResult:
        while True:
            try:
                return await super()._agenerate(*args, **kwargs)
            except APIStatusError as error:
                if not self._again(error, kwargs):
                    raise

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        while True:
            try:
                yield from super()._stream(*args, **kwargs)
                return
            except APIStatusError as error:  # comes before the first piece
                if not self._again(error, kwargs):
                    raise

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        while True:
            try:
                async for chunk in super()._astream(*args, **kwargs):
                    yield chunk
                return
            except APIStatusError as error:
                if not self._again(error, kwargs):
                    raise


def said_by(error: APIStatusError) -> str:
    """What an endpoint said with an error, in its own words."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    return str(error.message)
