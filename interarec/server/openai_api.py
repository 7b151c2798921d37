"""An OpenAI-compatible endpoint: other chat programs talk to InteraRec as to a model.

Such clients send the whole conversation each time. A conversation is recognised by what was said before; one that
is not known (another process, an edited history) is gone through again from the shopper's messages.
"""

import asyncio
import base64
import binascii
import hashlib
import json
import time
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from interarec.server.desk import ServerDesk
from interarec.server.keys import Caller
from interarec.server.routes import ERRORS, Desk, Who, turn
from interarec.server.shapes import LONGEST_MESSAGE

MODEL = "interarec"
KEPT = 5_000
REPLAYED = 12  # earlier messages of a conversation that is not known


class Part(BaseModel):
    """A part of a message: text, or a picture as a data URL."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["text", "image_url"]
    text: str = ""
    image_url: dict[str, str] = Field(default_factory=dict)


class ChatMessage(BaseModel):
    """One message in OpenAI's form."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[Part] | None = ""

    @property
    def text(self) -> str:
        """The words of the message."""
        if isinstance(self.content, list):
            return " ".join(p.text for p in self.content if p.type == "text")
        return self.content or ""

    @property
    def pictures(self) -> list[str]:
        """Its pictures, as data URLs."""
        parts = self.content if isinstance(self.content, list) else []
        return [p.image_url.get("url", "") for p in parts if p.type == "image_url"]


class Completion(BaseModel):
    """A request for a chat completion; settings of language models are taken and do nothing."""

    model_config = ConfigDict(extra="ignore")

    model: str = MODEL
    messages: list[ChatMessage] = Field(min_length=1, max_length=400)
    stream: bool = False


class Threads:
    """Which conversation a history belongs to."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, str] = OrderedDict()

    def find(self, tenant: str, messages: list[ChatMessage]) -> str | None:
        """The conversation in which exactly this was said, if it is known."""
        return self._of.get(self._key(tenant, messages))

    def keep(self, tenant: str, messages: list[ChatMessage], thread: str) -> None:
        """Remember the conversation in which this was said."""
        self._of[self._key(tenant, messages)] = thread
        while len(self._of) > KEPT:
            self._of.popitem(last=False)

    def _key(self, tenant: str, messages: list[ChatMessage]) -> str:
        said = [(m.role, m.text.strip()) for m in messages if m.role in ("user", "assistant")]
        return hashlib.sha256(json.dumps([tenant, said]).encode()).hexdigest()


router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"], responses={401: ERRORS[401], 429: ERRORS[429]})


@router.get("/models")
async def models(_: Who) -> dict[str, Any]:
    """The one model that there is."""
    return {
        "object": "list",
        "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "interarec"}],
    }


@router.post("/chat/completions", responses={400: {"description": "What was sent cannot be used"}})
async def complete(asked: Completion, who: Who, desk: Desk, request: Request) -> Any:
    """Answer the last user message in its conversation."""
    threads: Threads = request.app.state.threads
    last = max((i for i, m in enumerate(asked.messages) if m.role == "user"), default=-1)
    if last < 0 or not asked.messages[last].text.strip() and not asked.messages[last].pictures:
        raise HTTPException(400, "The messages hold no user message to answer.")
    message = asked.messages[last]
    text = message.text.strip()[:LONGEST_MESSAGE] or "What have I looked at?"
    thread = await _thread(desk, who, asked.messages[:last], threads)
    for picture in message.pictures:
        await asyncio.to_thread(desk.take, thread, _decoded(picture), "attached picture")
    number, created = f"chatcmpl-{uuid.uuid4().hex}", int(time.time())
    if asked.stream:
        return StreamingResponse(
            _chunks(
                desk,
                thread,
                text,
                number,
                created,
                lambda r: _kept(threads, who, asked.messages[: last + 1], r, thread),
            ),
            media_type="text/event-stream",
        )
    reply = await turn(desk, thread, text)
    _kept(threads, who, asked.messages[: last + 1], reply.reply, thread)
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": reply.reply},
        "finish_reason": "stop",
    }
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    return JSONResponse(
        {
            "id": number,
            "object": "chat.completion",
            "created": created,
            "model": MODEL,
            "choices": [choice],
            "usage": usage,
        }
    )


def _kept(threads: Threads, who: Caller, messages: list[ChatMessage], reply: str, thread: str) -> None:
    threads.keep(who.tenant, [*messages, ChatMessage(role="assistant", content=reply)], thread)


async def _thread(desk: ServerDesk, who: Caller, before: list[ChatMessage], threads: Threads) -> str:
    said = [m for m in before if m.role in ("user", "assistant")]
    known = threads.find(who.tenant, said) if said else None
    if known is not None:
        return known
    thread = who.thread(f"openai-{uuid.uuid4().hex}")
    await desk.begin(thread)
    for message in [m for m in said if m.role == "user"][-REPLAYED:]:
        if message.text.strip():
            await turn(desk, thread, message.text.strip()[:LONGEST_MESSAGE])
    return thread


def _decoded(url: str) -> bytes:
    head, _, body = url.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise HTTPException(
            400, "A picture must be a data URL (data:image/png;base64,...); no address is fetched."
        )
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise HTTPException(400, "The picture's data URL is damaged.") from error


async def _chunks(
    desk: ServerDesk, thread: str, text: str, number: str, created: int, on_reply: Any
) -> AsyncIterator[str]:
    waiting: asyncio.Queue[str | None] = asyncio.Queue()

    def told(event: dict[str, Any]) -> None:
        if event["type"] == "token":
            waiting.put_nowait(event["text"])

    async def run() -> None:
        try:
            reply = await turn(desk, thread, text, told)
            on_reply(reply.reply)
        finally:
            waiting.put_nowait(None)

    def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
        body = {
            "id": number, "object": "chat.completion.chunk", "created": created, "model": MODEL,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }  # fmt: skip
        return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"

    task = asyncio.create_task(run())
    yield chunk({"role": "assistant", "content": ""})
    while (piece := await waiting.get()) is not None:
        yield chunk({"content": piece})
    await task
    yield chunk({}, "stop")
    yield "data: [DONE]\n\n"
