"""The API of browsing from the chat: open a page, see it, act in it, close it."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from interarec.server.json_route import JsonRoute
from interarec.server.live import Action, LiveDesk, Where
from interarec.server.routes import ERRORS, Desk, Who
from interarec.server.shapes import Opened

router = APIRouter(
    prefix="/v1/sessions/{session}/browse",
    tags=["browsing"],
    route_class=JsonRoute,
    responses=ERRORS | {410: {"description": "The page is gone"}, 504: {"description": "The page takes too long"}},
)
LONGEST_LOOK = 8.0
LONGEST_ACTION = 20.0  # seconds, with those that came before it


def _live(request: Request) -> LiveDesk:
    found: LiveDesk = request.app.state.live
    return found


Live = Annotated[LiveDesk, Depends(_live)]


@router.post("", status_code=201)
async def open_window(session: str, where: Where, who: Who, desk: Desk, live: Live) -> Opened:
    """Open a page in a window of the server's own and watch it: the sample shop, or a site that is allowed."""
    await desk.state(who.thread(session))
    return Opened(url=await live.open(who.thread(session), where))


@router.get("/view", response_class=Response, responses={204: {"description": "Nothing changed"}})
async def view(
    session: str,
    who: Who,
    live: Live,
    since: Annotated[str, Query(max_length=32, description="the x-digest of the last view")] = "",
) -> Response:
    """The page as it looks now (JPEG), once it differs from the last view; 204 when it does not for a while."""
    thread = who.thread(session)
    seen = await live.view(thread, since, LONGEST_LOOK)
    window = live.window(thread)
    headers = {"x-frames": str(window.frames), "x-paused": str(window.capture.paused).lower()}
    if seen is None:
        return Response(status_code=204, headers=headers)
    digest, picture = seen
    return Response(picture, media_type="image/jpeg", headers=headers | {"x-digest": digest})


@router.post("/actions", status_code=204)
async def act(session: str, action: Action, who: Who, live: Live) -> None:
    """Click, scroll, type, press a key, go back, open another page, pause or resume the capture."""
    try:
        async with asyncio.timeout(LONGEST_ACTION):
            await live.act(who.thread(session), action)
    except TimeoutError as error:
        raise HTTPException(504, "The page takes too long over that; try again, or open it again.") from error


@router.delete("", status_code=204)
async def close_window(session: str, who: Who, desk: Desk, live: Live) -> None:
    """Close the window; what was seen in it stays."""
    await desk.state(who.thread(session))
    await live.close(who.thread(session))
