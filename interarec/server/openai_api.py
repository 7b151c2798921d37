"""An OpenAI-compatible endpoint: other chat programs talk to InteraRec as to a model.

Such clients send the whole conversation each time; :mod:`interarec.server.branches` finds the state that belongs to it.
"""

import asyncio
import base64
import binascii
import time
import uuid
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request
from fastapi.responses import JSONResponse, StreamingResponse

from interarec.server.answers import Answer, Answers, Emit
from interarec.server.branches import Branch, Branches, chain
from interarec.server.client_tasks import task_answer
from interarec.server.desk import ServerDesk
from interarec.server.json_route import JsonRoute
from interarec.server.keys import Caller
from interarec.server.openai_wire import (
    MODEL,
    ChatMessage,
    Completion,
    chunk,
    error_body,
    event,
    usage_chunk,
    usage_of,
    whole,
)
from interarec.server.routes import ERRORS, Desk, Who, turn
from interarec.server.shapes import LONGEST_MESSAGE

LOOKED_AT = "What have I looked at?"
BROKEN = "Something went wrong while answering; ask again."

router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"], responses=ERRORS, route_class=JsonRoute)
ChatId = Annotated[str | None, Header(max_length=200)]


@router.get("/models")
async def models(who: Who) -> dict[str, Any]:
    """The one model that there is."""
    return {"object": "list", "data": [_model()]}


@router.get("/models/{name}")
async def model(name: str, who: Who) -> dict[str, Any]:
    """A model by its name."""
    if name != MODEL:
        raise HTTPException(404, f"There is no model of that name; the model is {MODEL!r}.")
    return _model()


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": "interarec"}


@router.post("/chat/completions", responses={400: {"description": "What was sent cannot be used"}})
async def complete(
    asked: Completion, who: Who, desk: Desk, request: Request, x_chat_id: ChatId = None,
    x_openwebui_chat_id: ChatId = None, x_conversation_id: ChatId = None,
) -> Any:  # fmt: skip
    """Answer the last user message in its conversation."""
    message = _to_answer(asked)
    number, created = f"chatcmpl-{uuid.uuid4().hex}", int(time.time())
    if (own := task_answer(asked.messages)) is not None:
        return _told(asked, number, created, own)
    chats = [f"chat={c}" for c in (x_chat_id, x_openwebui_chat_id, x_conversation_id) if c]
    scope = [*chats, *asked.scope]
    pictures = [_decoded(picture) for picture in message.pictures]  # refused before anything is begun
    answers: Answers = request.app.state.answers

    async def make(emit: Emit) -> str:
        return await _answer(desk, who, scope, asked, pictures, emit)

    key = f"{who.tenant}/{chain(scope, asked.messages)[-1]}"
    answer = answers.get(key, make)
    if asked.stream:
        return StreamingResponse(_chunks(asked, answer, number, created), media_type="text/event-stream")
    text = await answer.text()
    return JSONResponse(whole(number, created, text, usage_of(asked.messages, text)))


def _to_answer(asked: Completion) -> ChatMessage:
    if asked.last < 0:
        raise HTTPException(400, "The messages hold no user message to answer.")
    message = asked.messages[asked.last]
    if not message.text.strip() and not message.pictures and not message.passed_over:
        raise HTTPException(400, "The last user message is empty; say something or send a picture.")
    return message


async def _answer(
    desk: ServerDesk, who: Caller, scope: list[str], asked: Completion, pictures: list[bytes], emit: Emit
) -> str:
    """Answer in a branch of the conversation, and keep its state under the history with the reply."""
    branches = Branches(desk)
    branch = await branches.open(who, scope, asked.messages[: asked.last])
    message = asked.messages[asked.last]
    try:
        for earlier in branch.unheard:
            await _heard(desk, branch, earlier, [_decoded(p) for p in earlier.pictures])
        pieces: list[str] = []

        def told(one: dict[str, Any]) -> None:
            if one["type"] == "token":
                pieces.append(one["text"])
                emit(one["text"])

        text = await _heard(desk, branch, message, pictures, told)
        if message.passed_over:
            text += f"\n\nI can take in text and pictures; passed over: {', '.join(message.passed_over)}."
        # What was streamed and what is kept are the same text: clients send back what they were given.
        streamed = "".join(pieces)
        if text.startswith(streamed):
            emit(text[len(streamed) :])
        elif streamed.strip() != text.strip():
            emit("\n\n" + text)
            text = f"{streamed}\n\n{text}"
        reply = ChatMessage(role="assistant", content=text)
        await branches.keep(who, scope, [*asked.messages[: asked.last + 1], reply], branch)
        return text
    except BaseException:
        await asyncio.shield(branches.close(branch))
        raise


async def _heard(
    desk: ServerDesk, branch: Branch, message: ChatMessage, pictures: list[bytes], on_event: Any = None
) -> str:
    for picture in pictures:
        stored = partial(desk.take, branch.conversation, picture, "attached picture")
        await desk.uploads.read(branch.conversation, stored)
    text = message.text.strip()[:LONGEST_MESSAGE] or LOOKED_AT
    reply = await turn(desk, branch.conversation, text, on_event)
    return reply.reply


def _told(asked: Completion, number: str, created: int, text: str) -> Any:
    usage = usage_of(asked.messages, text)
    if not asked.stream:
        return JSONResponse(whole(number, created, text, usage))
    pieces = [chunk(number, created, {"role": "assistant", "content": text}), chunk(number, created, {}, "stop")]
    if asked.stream_options and asked.stream_options.include_usage:
        pieces.append(usage_chunk(number, created, usage))
    return StreamingResponse(iter([*pieces, "data: [DONE]\n\n"]), media_type="text/event-stream")


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


async def _chunks(asked: Completion, answer: Answer, number: str, created: int) -> AsyncIterator[str]:
    yield chunk(number, created, {"role": "assistant", "content": ""})
    try:
        async for piece in answer.listen():
            if piece:
                yield chunk(number, created, {"content": piece})
    except HTTPException as error:
        yield event(error_body(error.status_code, str(error.detail)))
        return
    except Exception:  # the stream has begun: the error is told in it
        yield event(error_body(500, BROKEN))
        return
    yield chunk(number, created, {}, "stop")
    if asked.stream_options and asked.stream_options.include_usage:
        yield usage_chunk(number, created, usage_of(asked.messages, "".join(answer.pieces)))
    yield "data: [DONE]\n\n"
