"""The server: one FastAPI application around one assistant."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.routing import Route

from catalog.errors import ConversationDeleted, InteraRecError, StorageError, TurnError
from interarec.app import assistant
from interarec.mcp_server import make_mcp
from interarec.reloading import ServedCatalog, follow
from interarec.server import browse_routes, openai_api, routes
from interarec.server.answers import Answers
from interarec.server.bodies import Bodies
from interarec.server.desk import ServerDesk
from interarec.server.guards import DOCS_POLICY, Guards
from interarec.server.keys import Gate, Gated
from interarec.server.live import LiveDesk
from interarec.server.mcp_http import PATHS, McpEndpoint, tenant_of
from interarec.server.openai_wire import is_openai
from interarec.server.problems import first_fault, problem
from interarec.session_tools import SessionTools
from interarec.settings import Settings
from storefront.pictures import picture
from tools.toolbox import TOOLS, Tool
from tools.workspace import Shop

STATIC = Path(__file__).parent / "static"
STATUS: dict[type[InteraRecError], int] = {ConversationDeleted: 404, StorageError: 503, TurnError: 500}
PAGES = {"/": "chat.html", "/chat": "chat.html", "/console": "console.html"}


def create_app(
    settings: Settings, shop: Shop, shop_url: str | None = None, served: ServedCatalog | None = None,
    changed: Callable[[Shop], None] = lambda _: None,
) -> FastAPI:  # fmt: skip
    """The application for one catalog. Conversations are kept in the settings' database.

    ``shop_url`` is where the catalog is served as a shop, for browsing from the chat. Changes of ``served`` are taken
    up while the server runs; ``changed`` is told of them.
    """
    desk_ready = asyncio.Event()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            helper = await stack.enter_async_context(assistant(settings, shop))
            app.state.desk = ServerDesk(helper)
            app.state.live = LiveDesk(app.state.desk, settings, shop_url)
            stack.push_async_callback(app.state.live.close_all)
            helper.on_deleted.append(app.state.live.close_soon)
            await asyncio.to_thread(_warm, shop)
            await asyncio.to_thread(helper.context.vocabulary.sayings.prepare)
            await stack.enter_async_context(_mcp(app, settings).run())
            if served is not None:
                following = asyncio.create_task(follow(served, helper, changed))
                stack.callback(following.cancel)
            desk_ready.set()
            yield
            desk_ready.clear()

    app = FastAPI(
        title="InteraRec", version="0.1.0", lifespan=lifespan,
        description="A shopping assistant that sees what the shopper sees.", docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.answers = Answers()
    app.include_router(routes.router)
    app.include_router(browse_routes.router)
    app.include_router(openai_api.router)
    _pages(app)

    @app.get("/picture/{item_id}.svg", include_in_schema=False)
    async def picture_of(item_id: str) -> Response:
        """A drawing of a product, where the catalog has no pictures of its own."""
        catalog = app.state.desk.assistant.context.shop.catalog
        if item_id not in catalog:
            return Response(status_code=404)
        product = catalog.get(item_id)
        drawn = picture(product.title, product.category)
        return Response(drawn, media_type="image/svg+xml", headers={"cache-control": "max-age=86400"})

    @app.get("/healthz", tags=["operation"])
    async def health() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["operation"], responses={503: {"description": "Not ready yet"}})
    async def ready() -> Response:
        """Whether conversations can be held: the catalog is open and the database answers."""
        if not desk_ready.is_set():
            return JSONResponse({"status": "starting"}, 503)
        try:
            await asyncio.wait_for(app.state.desk.assistant.state("readiness"), 5)
        except Exception:
            return JSONResponse({"status": "the database does not answer"}, 503)
        catalog = app.state.desk.assistant.context.shop.catalog
        return JSONResponse({"status": "ready", "products": len(catalog), "catalog": catalog.name})

    @app.get("/metrics", tags=["operation"])
    async def metrics() -> Response:
        """Counters and times for Prometheus."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    _tell_errors(app)
    # The last one added is the outermost.
    app.add_middleware(Bodies, max_bytes=settings.max_upload_mib * 2**20)
    app.add_middleware(Gated, gate=Gate(settings.api_keys, settings.rate, settings.quota))
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.allowed_origins, allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["authorization", "content-type"],
        )  # fmt: skip
    app.add_middleware(Guards, frame_ancestors=settings.allowed_origins)
    return app


def _tell_errors(app: FastAPI) -> None:
    """Errors as one sentence, in the form that the clients of each path read; nothing that was sent comes back in it."""

    @app.exception_handler(InteraRecError)
    async def told(request: Request, error: InteraRecError) -> JSONResponse:
        return problem(request.url.path, STATUS.get(type(error), 400), str(error))

    @app.exception_handler(StarletteHTTPException)
    async def refused(request: Request, error: StarletteHTTPException) -> Response:
        if is_openai(request.url.path):
            return problem(request.url.path, error.status_code, str(error.detail), error.headers)
        return await http_exception_handler(request, error)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        status = 400 if is_openai(request.url.path) else 422
        return problem(request.url.path, status, first_fault(error.errors()))

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> JSONResponse:
        return problem(request.url.path, 500, "Something went wrong here; what you had is kept. Try again.")


def _pages(app: FastAPI) -> None:
    for path, name in PAGES.items():
        app.add_api_route(path, _page(name), include_in_schema=False)

    @app.get("/widget.js", include_in_schema=False)
    async def widget() -> FileResponse:
        # A site elsewhere includes it as a script; everything else of ours stays on our own origin.
        return FileResponse(
            STATIC / "widget.js",
            media_type="text/javascript",
            headers={"cross-origin-resource-policy": "cross-origin"},
        )

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        from html import escape
        from json import dumps

        body = escape(dumps(app.openapi(), indent=2))
        page = f"<!doctype html><html lang=en><title>InteraRec API</title><h1>InteraRec API</h1><p>OpenAPI, also at <a href=/openapi.json>/openapi.json</a></p><pre>{body}</pre></html>"
        return Response(page, media_type="text/html", headers={"content-security-policy": DOCS_POLICY})

    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def _page(name: str) -> Any:
    async def page() -> FileResponse:
        return FileResponse(STATIC / name, media_type="text/html")

    return page


def _mcp(app: FastAPI, settings: Settings) -> McpEndpoint:
    """MCP over HTTP at ``/mcp``, with or without a slash at its end."""
    sessions = SessionTools(app.state.desk)

    async def toolbox() -> dict[str, Tool]:
        return TOOLS

    async def opened() -> SessionTools:
        return sessions

    endpoint = McpEndpoint(make_mcp(toolbox, opened, tenant_of), settings)
    for path in PATHS:
        app.router.routes.append(Route(path, endpoint, include_in_schema=False))
    return endpoint


def _warm(shop: Shop) -> None:
    """The first shopper should not wait for what is made on first use."""
    shop.retriever.encoder.encode(["warm"])
    _ = shop.kinds.head_of_row, shop.kinds.nouns
