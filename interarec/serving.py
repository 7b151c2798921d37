"""The commands of whoever runs InteraRec: serve, mcp, config."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from interarec.console import console, out
from interarec.home import served_alone
from interarec.settings import Settings

if TYPE_CHECKING:
    from catalog.store import StoredCatalog

SECRETS = ("api_key", "keys", "database_url")
GRACE_SECONDS = 20


def serve(settings: Settings, open_stored: Callable[[], StoredCatalog]) -> None:
    """Serve API, web chat and widget until Ctrl-C; turns under way are finished first.

    It listens at once; what ``open_stored`` gives, and all that works on it, is made ready behind the first requests.
    """
    import uvicorn

    from interarec.server.connections import bounded_protocol
    from interarec.server.guards import log_to_stderr
    from interarec.server.opening import Opening

    warn_public(settings)
    log_to_stderr()
    with contextlib.ExitStack() as stack:
        stack.enter_context(served_alone(settings))

        def make() -> Any:
            from interarec.app import open_shop
            from interarec.reloading import ServedCatalog
            from interarec.server.app import create_app
            from storefront.app import create_shop
            from storefront.server import running

            stored = open_stored()
            # The shop to browse from the chat: on this machine only, at a port that nobody needs to know.
            front = create_shop(stored.catalog)
            return create_app(
                settings, open_shop(stored), stack.enter_context(running(front)), ServedCatalog(stored),
                lambda shop: front.state.shop.restock(shop.catalog),
            )  # fmt: skip

        def ready() -> None:
            out().print(
                f"{settings.catalog} is served at http://{settings.host}:{settings.port} (Ctrl-C stops it)"
            )

        opening = Opening(settings, make, ready)
        server = uvicorn.Server(
            uvicorn.Config(
                opening, host=settings.host, port=settings.port, log_level="warning", access_log=False, ws="none",
                timeout_graceful_shutdown=GRACE_SECONDS, server_header=False, http=bounded_protocol(settings.connections),
            )
        )  # fmt: skip
        opening.on_failure = lambda: setattr(server, "should_exit", True)
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
        if opening.failure is not None:
            raise opening.failure


def serve_storefront(
    settings: Settings, open_stored: Callable[[], StoredCatalog], port: int, design: str, with_assistant: bool
) -> None:
    """Serve the shop until Ctrl-C; with the assistant, its server runs beside it and its widget is in the pages."""
    from interarec.app import open_shop
    from interarec.reloading import ServedCatalog
    from interarec.server.app import create_app
    from interarec.server.connections import bounded_protocol
    from storefront.app import create_shop
    from storefront.server import running

    with contextlib.ExitStack() as stack:
        helper = None
        if with_assistant:
            stack.enter_context(served_alone(settings))
        stored = open_stored()
        front = create_shop(stored.catalog, design=design)
        if with_assistant:
            origins = ",".join([settings.origins, f"http://127.0.0.1:{port}", f"http://localhost:{port}"])
            shop_url = f"http://127.0.0.1:{port}"
            with_origins = settings.model_copy(update={"origins": origins})
            app = create_app(
                with_origins,
                open_shop(stored),
                shop_url,
                ServedCatalog(stored),
                lambda shop: front.state.shop.restock(shop.catalog),
            )
            http = bounded_protocol(settings.connections)
            helper = front.state.shop.assistant = stack.enter_context(
                running(app, settings.port, lifespan="on", http=http)
            )
        url = stack.enter_context(running(front, port))
        beside = f", the assistant at {helper}, a support console at {helper}/console" if helper else ""
        out().print(f"{stored.name} is open at {url}{beside} (Ctrl-C closes it)")
        while True:
            time.sleep(1)


def serve_mcp(settings: Settings, open_stored: Callable[[], StoredCatalog]) -> None:
    """Speak MCP on standard input and output; what the calls need is made ready behind the first answer."""
    from mcp.server.stdio import stdio_server

    from interarec.mcp_server import make_mcp
    from interarec.preparation import prepared

    async def run() -> None:
        async with prepared(settings, open_stored) as preparation, stdio_server() as (read, write):
            server = make_mcp(preparation.toolbox, preparation.sessions)
            await server.run(read, write, server.create_initialization_options())

    asyncio.run(run())


def shown_settings(settings: Settings) -> dict[str, Any]:
    """The settings, secrets hidden."""
    values: dict[str, Any] = settings.model_dump(mode="json")
    return {
        name: ("set" if values[name] else None) if name in SECRETS else value
        for name, value in values.items()
    }


def print_config(settings: Settings, as_json: bool) -> None:
    """Every setting with the variable that changes it."""
    values = shown_settings(settings)
    if as_json:
        print(json.dumps(values))
        return
    for name, value in values.items():
        out().print(f"INTERAREC_{name.upper()} = {'' if value is None else value}")


def warn_public(settings: Settings) -> None:
    """A server that anyone on the network reaches should ask for keys."""
    if settings.host not in ("127.0.0.1", "localhost", "::1") and not settings.api_keys:
        console().print("no INTERAREC_KEYS are set: whoever reaches this address can use the assistant")
