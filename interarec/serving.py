"""The commands of whoever runs InteraRec: serve, mcp, config."""

import asyncio
import contextlib
import json
import time
from typing import Any

from catalog.store import StoredCatalog
from interarec.app import assistant, open_shop
from interarec.console import console, out
from interarec.reloading import ServedCatalog
from interarec.settings import Settings

SECRETS = ("api_key", "keys", "database_url")
GRACE_SECONDS = 20


def serve(settings: Settings, stored: StoredCatalog) -> None:
    """Serve API, web chat and widget until Ctrl-C; turns under way are finished first."""
    import uvicorn

    from interarec.server.app import create_app, log_to_stderr
    from storefront.app import create_shop
    from storefront.server import running

    warn_public(settings)
    log_to_stderr()
    # The shop to browse from the chat: on this machine only, at a port that nobody needs to know.
    front = create_shop(stored.catalog)
    with running(front) as shop_url:
        app = create_app(settings, open_shop(stored), shop_url, ServedCatalog(stored), lambda shop: front.state.shop.restock(shop.catalog))
        out().print(f"{stored.name} is served at http://{settings.host}:{settings.port} (Ctrl-C stops it)")
        uvicorn.run(
            app, host=settings.host, port=settings.port, log_level="warning", access_log=False,
            timeout_graceful_shutdown=GRACE_SECONDS, server_header=False,
        )  # fmt: skip


def serve_storefront(
    settings: Settings, stored: StoredCatalog, port: int, design: str, with_assistant: bool
) -> None:
    """Serve the shop until Ctrl-C; with the assistant, its server runs beside it and its widget is in the pages."""
    from interarec.server.app import create_app
    from storefront.app import create_shop
    from storefront.server import running

    with contextlib.ExitStack() as stack:
        helper = None
        front = create_shop(stored.catalog, design=design)
        if with_assistant:
            origins = ",".join([settings.origins, f"http://127.0.0.1:{port}", f"http://localhost:{port}"])
            shop_url = f"http://127.0.0.1:{port}"
            with_origins = settings.model_copy(update={"origins": origins})
            app = create_app(with_origins, open_shop(stored), shop_url, ServedCatalog(stored), lambda shop: front.state.shop.restock(shop.catalog))
            helper = front.state.shop.assistant = stack.enter_context(running(app, settings.port, lifespan="on"))
        url = stack.enter_context(running(front, port))
        beside = f", the assistant at {helper}, a support console at {helper}/console" if helper else ""
        out().print(f"{stored.name} is open at {url}{beside} (Ctrl-C closes it)")
        while True:
            time.sleep(1)


def serve_mcp(settings: Settings, stored: StoredCatalog) -> None:
    """Speak MCP on standard input and output."""
    from interarec.mcp_server import make_mcp

    async def run() -> None:
        async with assistant(settings, open_shop(stored)) as helper:
            await make_mcp(helper).run_stdio_async()

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
