"""The API of sessions: frames in, summary and recommendations out, and the conversation."""

import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, HTTPException, Query, Request, Response
from fastapi.responses import StreamingResponse
from langchain_core.messages import AIMessage, HumanMessage

from catalog.errors import InteraRecError
from interarec.app import DELETED
from interarec.server.desk import ServerDesk
from interarec.server.guards import FRAMES, TURNS
from interarec.server.json_route import JsonRoute
from interarec.server.keys import Caller, caller_of
from interarec.server.shapes import (
    Card,
    ChatReply,
    ChatRequest,
    Correction,
    FrameTaken,
    History,
    Message,
    Problem,
    Recommendations,
    RecommendRequest,
    SessionCreated,
    Summary,
)
from interarec.server.turns import RunningTurn, RunningTurns

PICTURES = {"image/png", "image/jpeg", "image/webp"}
ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "What was sent cannot be used"}, 401: {"description": "No valid key"},
    404: {"description": "No such session"}, 413: {"description": "Too large"},
    422: {"description": "A field is wrong", "model": Problem}, 429: {"description": "Too many requests"},
}  # fmt: skip


router = APIRouter(prefix="/v1/sessions", tags=["sessions"], responses=ERRORS, route_class=JsonRoute)


def _desk(request: Request) -> ServerDesk:
    found: ServerDesk = request.app.state.desk
    return found


Who = Annotated[Caller, Depends(caller_of)]
Desk = Annotated[ServerDesk, Depends(_desk)]


@router.post("", status_code=201)
async def create(who: Who, desk: Desk) -> SessionCreated:
    """Begin a session. Its id is a secret: who has it can read the session."""
    session = uuid.uuid4().hex
    await desk.begin(who.thread(session))
    return SessionCreated(session_id=session)


@router.get("/{session}/messages")
async def history(session: str, who: Who, desk: Desk) -> History:
    """What was said, oldest first, and what was asked and is being answered."""
    thread = who.thread(session)
    asked = [turn.question for turn in RUNNING.of(thread)]  # first: an answer may come in between, never get lost
    state = await desk.state(thread)
    return History(
        messages=[_message(m) for m in state.get("messages", []) if isinstance(m, HumanMessage | AIMessage)],
        asked=asked,
    )


@router.post("/{session}/frames", status_code=201)
async def take(
    session: str, who: Who, desk: Desk,
    request: Request, url: Annotated[str, Query(max_length=500, description="the page that it shows")] = "",
    picture: Annotated[bytes, Body(media_type="image/png", description="a screenshot: PNG, JPEG or WebP")] = b"",
) -> FrameTaken:  # fmt: skip
    """Take in a screenshot: it is redacted from its pixels, stored for a while, read, and merged into the summary."""
    thread = who.thread(session)
    await desk.state(thread)
    kind = request.headers.get("content-type", "").split(";")[0].strip()
    if kind not in PICTURES:
        raise HTTPException(
            400, f"Send the picture itself as {', '.join(sorted(PICTURES))}, not {kind or 'nothing'}."
        )

    async def looked() -> None:
        if not await desk.look(thread):
            raise HTTPException(404, DELETED)

    frame = await desk.uploads.read(thread, lambda: desk.take(thread, picture, url), looked)
    FRAMES.inc()
    return FrameTaken(digest=frame.digest, width=frame.width, height=frame.height)


@router.get("/{session}/frames/{digest}", response_class=Response)
async def picture_of(session: str, digest: str, who: Who, desk: Desk) -> Response:
    """A frame as it is stored, with what is personal painted over."""
    state = await desk.state(who.thread(session))
    if not any(r["frame"] == digest for r in state.get("readings", [])):
        raise HTTPException(404, "This session has no such frame.")
    stored = desk.assistant.context.frames.picture(digest)
    if stored is None:
        raise HTTPException(404, "The frame has expired.")
    return Response(stored, media_type="image/png")


@router.delete("/{session}/frames/{digest}", status_code=204)
async def delete_frame(session: str, digest: str, who: Who, desk: Desk) -> None:
    """Delete a frame and what was read off it."""
    await desk.forget_frame(who.thread(session), digest)


@router.get("/{session}/summary")
async def summary(session: str, who: Who, desk: Desk) -> Summary:
    """What the shopper seems to be after, and the frames that say so."""
    return await desk.summary(who.thread(session))


@router.patch("/{session}/summary")
async def correct(session: str, correction: Correction, who: Who, desk: Desk) -> Summary:
    """Correct the summary; corrections stay when more frames are read."""
    return await desk.correct(who.thread(session), correction)


@router.post("/{session}/recommendations")
async def recommend(session: str, asked: RecommendRequest, who: Who, desk: Desk) -> Recommendations:
    """Products from what was seen and wished so far, without a word being said."""
    return Recommendations(products=await desk.recommend(who.thread(session), asked.k))


@router.post("/{session}/chat")
async def chat(session: str, asked: ChatRequest, who: Who, desk: Desk) -> ChatReply:
    """One turn of the conversation, answered whole."""
    thread = who.thread(session)
    await desk.state(thread)
    return await turn(desk, thread, asked.message)


@router.post("/{session}/chat/stream", response_class=StreamingResponse)
async def stream(session: str, asked: ChatRequest, who: Who, desk: Desk) -> StreamingResponse:
    """The same as Server-Sent Events: ``tool``, ``frame``, ``summary``, ``token``, and at last ``done``."""
    thread = who.thread(session)
    await desk.state(thread)

    async def answer(on_event: Any) -> dict[str, Any]:
        try:
            return {"type": "done", **(await turn(desk, thread, asked.message, on_event)).model_dump()}
        except InteraRecError as error:
            return {"type": "error", "detail": str(error)}

    running = RUNNING.start(thread, asked.message, answer)
    return StreamingResponse(_events(running), media_type="text/event-stream")


@router.get(
    "/{session}/chat/stream", response_class=StreamingResponse, responses={204: {"description": "No turn is under way"}}
)
async def follow(session: str, who: Who, desk: Desk) -> Response:
    """The events of the turn that is under way, from its first: for a page that was loaded again meanwhile."""
    thread = who.thread(session)
    await desk.state(thread)
    running = RUNNING.of(thread)
    if not running:
        return Response(status_code=204)
    return StreamingResponse(_events(running[0]), media_type="text/event-stream")


@router.delete("/{session}", status_code=204)
async def delete_session(session: str, who: Who, desk: Desk, request: Request) -> None:
    """Delete a session with its frames, whatever is under way in it; a page that is open in it is closed."""
    await request.app.state.live.close(who.thread(session))
    await desk.forget(who.thread(session))


async def turn(desk: ServerDesk, thread: str, message: str, on_event: Any = None) -> ChatReply:
    """Run one turn; it is saved when this returns."""
    began = time.perf_counter()
    async with desk.lock(thread):
        with desk.uploads.turn():
            result = await desk.assistant.turn(thread, message, on_event)
    TURNS.observe(time.perf_counter() - began)
    return ChatReply(
        reply=result.reply, products=[Card.model_validate(p) for p in result.products],
        calls=[brief_call(c) for c in result.calls], notes=result.notes,
    )  # fmt: skip


def brief_call(call: dict[str, Any]) -> dict[str, Any]:
    """A tool call without its whole result."""
    return {k: call[k] for k in ("name", "arguments", "milliseconds", "failed") if k in call}


async def _events(running: RunningTurn) -> AsyncIterator[str]:
    """The events of a turn; it goes on to its end, and is saved, when nobody listens any more."""
    async for event in running.events():
        told = {"type": "tool", **brief_call(event)} if event["type"] == "tool" else event
        yield f"event: {told['type']}\ndata: {json.dumps(told, ensure_ascii=False, default=str)}\n\n"


RUNNING = RunningTurns()


def _message(message: HumanMessage | AIMessage) -> Message:
    extra = message.additional_kwargs
    return Message(
        role="shopper" if isinstance(message, HumanMessage) else "assistant", text=str(message.content),
        products=[Card.model_validate(p) for p in extra.get("products", [])], calls=extra.get("calls", []),
    )  # fmt: skip
