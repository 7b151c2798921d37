"""The API of browsing from the chat: open a page, see it, act in it, close it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from interarec.server.actions import Action, Browsing, Where
from interarec.server.json_route import JsonRoute
from interarec.server.live import LiveDesk
from interarec.server.routes import ERRORS, Desk, Who
from interarec.server.shapes import Opened

router = APIRouter(
    prefix="/v1/sessions/{session}/browse",
    tags=["browsing"],
    route_class=JsonRoute,
    responses=ERRORS
    | {
        409: {"description": "The page asks something first"},
        410: {"description": "The page is gone"},
        504: {"description": "The page is busy"},
    },
)
LONGEST_LOOK = 8.0


def _live(request: Request) -> LiveDesk:
    found: LiveDesk = request.app.state.live
    return found


Live = Annotated[LiveDesk, Depends(_live)]


@router.post("", status_code=201)
async def open_window(session: str, where: Where, who: Who, desk: Desk, live: Live) -> Opened:
    """Open a page in a window of the server's own and watch it: the sample shop, or a site that is allowed."""
    await desk.state(who.thread(session))
    return Opened(url=await live.open(who.thread(session), where))


@router.get("")
async def state(session: str, who: Who, live: Live) -> Browsing:
    """The window as it is now: its address, what its page asks, the native list that is open in it."""
    return live.state(who.thread(session))


@router.get("/view", response_class=Response, responses={204: {"description": "Nothing changed"}})
async def view(
    session: str,
    who: Who,
    live: Live,
    since: Annotated[str, Query(max_length=32, description="the x-digest of the last view")] = "",
    news: Annotated[
        int | None, Query(description="the x-news of the last view: there is an answer once it is more")
    ] = None,
) -> Response:
    """The page as it looks now (JPEG), once it differs from the last view; 204 when it does not for a while."""
    thread = who.thread(session)
    seen = await live.view(thread, since, news, LONGEST_LOOK)
    now = live.state(thread)
    headers = {"x-frames": str(now.frames), "x-paused": str(now.paused).lower(), "x-news": str(now.news)}
    if seen is None:
        return Response(status_code=204, headers=headers)
    digest, picture = seen
    return Response(picture, media_type="image/jpeg", headers=headers | {"x-digest": digest})


@router.post("/actions", status_code=204)
async def act(session: str, action: Action, who: Who, live: Live) -> None:
    """Click, scroll, type, press a key, choose from a list, answer the page's question, go back, open, pause, resume."""
    await live.act(who.thread(session), action)


@router.delete("", status_code=204)
async def close_window(session: str, who: Who, desk: Desk, live: Live) -> None:
    """Close the window; what was seen in it stays."""
    await desk.state(who.thread(session))
    await live.close(who.thread(session))
