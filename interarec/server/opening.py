"""The server from its first moment: it answers MCP and health at once, and holds the rest until the assistant is ready."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from interarec.mcp_server import make_mcp
from interarec.preparation import Preparation, beside
from interarec.server.bodies import Bodies
from interarec.server.guards import Guards
from interarec.server.keys import Gate, Gated
from interarec.server.mcp_http import PATHS, McpEndpoint, tenant_of
from interarec.server.problems import problem
from interarec.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

HELD = 60.0  # seconds that a request waits for the assistant


class Opening:
    """An ASGI application around one that ``make`` takes long to make, in a thread."""

    def __init__(self, settings: Settings, make: "Callable[[], FastAPI]", on_ready: Callable[[], None]):
        self.settings = settings
        self.make = make
        self.on_ready = on_ready
        self.on_failure: Callable[[], None] = lambda: None
        self.failure: Exception | None = None
        """Why the application could not be made."""
        self._app: FastAPI | None = None
        self._early: ASGIApp | None = None
        self._ready = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the lifespan of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is not None:
            await self._app(scope, receive, send)
        elif self._early is not None:
            await self._early(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        preparation, over = Preparation(), asyncio.Event()
        mcp = McpEndpoint(make_mcp(preparation.toolbox, preparation.sessions, tenant_of), self.settings)
        self._early = self._fortified(mcp)
        async with mcp.run():
            await send({"type": "lifespan.startup.complete"})
            task = asyncio.create_task(self._open(preparation, over))
            while (await receive())["type"] != "lifespan.shutdown":
                pass
            over.set()
            if self._app is None:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self, preparation: Preparation, over: asyncio.Event) -> None:
        try:
            await preparation.import_toolbox()
            app = await beside(self.make)
            async with app.router.lifespan_context(app):
                from interarec.session_tools import SessionTools

                preparation.opened(SessionTools(app.state.desk))
                self._app = app
                self._ready.set()
                self.on_ready()
                await over.wait()
        except Exception as error:
            self.failure = error
            preparation.failed(error)
            self._ready.set()
            self.on_failure()

    def _fortified(self, mcp: ASGIApp) -> ASGIApp:
        """What answers before the application does, behind the same layers."""

        async def route(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return
            if scope["path"] in PATHS:
                await mcp(scope, receive, send)
            elif scope["path"] == "/healthz":
                await JSONResponse({"status": "ok"})(scope, receive, send)
            elif scope["path"] == "/readyz":
                await JSONResponse({"status": "starting"}, 503)(scope, receive, send)
            else:
                await self._hold(scope, receive, send)

        gate = Gate(self.settings.api_keys, self.settings.rate, self.settings.quota)
        bodies = Bodies(route, self.settings.max_upload_mib * 2**20)
        return Guards(Gated(bodies, gate), self.settings.allowed_origins)

    async def _hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HELD):
                await self._ready.wait()
        if self._app is not None:
            await self._app(scope, receive, send)
            return
        detail = "The assistant is being made ready; try again in a few seconds."
        await problem(scope["path"], 503, detail, {"Retry-After": "5"})(scope, receive, send)
