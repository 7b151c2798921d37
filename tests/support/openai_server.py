"""A local server that speaks the OpenAI chat protocol: vision input, tool calls, structured output, streaming, errors.

``behave`` decides what it answers; every request body is kept for the tests to look at.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from storefront.server import running

Behave = Callable[[dict[str, Any]], Any]


def text(content: str) -> dict[str, Any]:
    """An answer of plain text."""
    return {"role": "assistant", "content": content}


def call(name: str, arguments: dict[str, Any] | str) -> dict[str, Any]:
    """An answer that calls one tool; arguments as text may be malformed."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": name, "arguments": written}}],
    }


class OpenAIServer:
    """The application and what it was asked."""

    def __init__(self, behave: Behave):
        self.behave = behave
        self.requests: list[dict[str, Any]] = []
        self.app = Starlette(routes=[Route("/v1/chat/completions", self.complete, methods=["POST"])])

    async def complete(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        answer = self.behave(body)
        if isinstance(answer, Response):
            return answer
        if body.get("stream"):
            return StreamingResponse(_events(answer["content"] or ""), media_type="text/event-stream")
        return JSONResponse(
            {
                "id": "x", "object": "chat.completion", "created": 1, "model": body["model"],
                "choices": [{"index": 0, "finish_reason": "stop", "message": answer}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }
        )  # fmt: skip


async def _events(content: str) -> Any:
    for piece in [content[i : i + 7] for i in range(0, len(content), 7)]:
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        yield f"data: {json.dumps({**chunk, 'choices': [{'index': 0, 'delta': {'content': piece}}]})}\n\n"
    yield f"data: {json.dumps({'id': 'x', 'object': 'chat.completion.chunk', 'created': 1, 'model': 'm', 'choices': [{'index': 0, 'delta': {}, 'finish_reason': 'stop'}]})}\n\n"
    yield "data: [DONE]\n\n"


@contextmanager
def openai_server(behave: Behave) -> Iterator[tuple[str, OpenAIServer]]:
    """Run the server; yields its base URL and itself."""
    server = OpenAIServer(behave)
    with running(server.app) as url:
        yield f"{url}/v1", server
