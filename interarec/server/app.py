"""The server: one FastAPI application around one assistant."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from catalog.errors import ConversationDeleted, InteraRecError, StorageError
from interarec.app import assistant
from interarec.reloading import ServedCatalog, follow
from interarec.server import browse_routes, openai_api, routes
from interarec.server.desk import ServerDesk
from interarec.server.guards import DOCS_POLICY, Guards
from interarec.server.keys import Gate
from interarec.server.live import LiveDesk
from interarec.settings import Settings
from storefront.pictures import picture
from tools.workspace import Shop

STATIC = Path(__file__).parent / "static"
STATUS: dict[type[InteraRecError], int] = {ConversationDeleted: 404, StorageError: 503}
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
            mcp = _mount_mcp(app, settings)
            if mcp is not None:
                await stack.enter_async_context(mcp.session_manager.run())
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
    app.state.gate = Gate(settings.api_keys, settings.rate, settings.quota)
    app.state.threads = openai_api.Threads()
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

    @app.exception_handler(InteraRecError)
    async def told(_: Request, error: InteraRecError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, STATUS.get(type(error), 400))

    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.allowed_origins, allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["authorization", "content-type"],
        )  # fmt: skip
    app.add_middleware(
        Guards, max_bytes=settings.max_upload_mib * 2**20, frame_ancestors=settings.allowed_origins
    )
    return app


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


def _mount_mcp(app: FastAPI, settings: Settings) -> Any:
    """MCP over HTTP at ``/mcp``; only where no keys are asked for, since MCP's own authorisation is another protocol."""
    if settings.api_keys:
        return None
    from interarec.mcp_server import make_mcp

    mcp = make_mcp(app.state.desk.assistant)
    app.mount("/mcp", mcp.streamable_http_app())
    return mcp


def _warm(shop: Shop) -> None:
    """The first shopper should not wait for what is made on first use."""
    shop.retriever.encoder.encode(["warm"])
    _ = shop.kinds.head_of_row, shop.kinds.nouns


def log_to_stderr() -> None:
    """Access lines as JSON, one a line; our own only, and no secrets in them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("interarec.server")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
