"""The commands of whoever runs InteraRec: serve, mcp, config, doctor."""

import asyncio
import contextlib
import json
import time
from typing import Any

from catalog.store import StoredCatalog
from interarec.app import assistant, open_shop
from interarec.console import console, out
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
    with running(create_shop(stored.catalog)) as shop_url:
        app = create_app(settings, open_shop(stored), shop_url)
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
        if with_assistant:
            origins = ",".join([settings.origins, f"http://127.0.0.1:{port}", f"http://localhost:{port}"])
            shop_url = f"http://127.0.0.1:{port}"
            app = create_app(settings.model_copy(update={"origins": origins}), open_shop(stored), shop_url)
            helper = stack.enter_context(running(app, settings.port, lifespan="on"))
        url = stack.enter_context(running(create_shop(stored.catalog, design=design, assistant=helper), port))
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
        out().print(f"INTERAREC_{name.upper()} = {'' if value is None else value}", markup=False)


def diagnose(settings: Settings) -> list[tuple[str, bool, str]]:
    """What is there and what is not: (part, fine, what to do)."""
    return [
        _home(settings),
        _browser(settings),
        _reader(),
        _catalog(settings),
        _endpoint(settings),
        _database(settings),
    ]


def print_diagnosis(settings: Settings) -> bool:
    """Print the diagnosis; whether all is well."""
    found = diagnose(settings)
    for name, fine, words in found:
        out().print(f"{'[green]ok[/]' if fine else '[bold red]no[/]'}  {name}: {words}")
    return all(fine for _, fine, _ in found)


def _home(settings: Settings) -> tuple[str, bool, str]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError:
        return (
            "home",
            False,
            f"{settings.home} cannot be written to; set INTERAREC_HOME to a folder that can.",
        )
    return "home", True, str(settings.home)


def _browser(settings: Settings) -> tuple[str, bool, str]:
    from agents.browser import find_browser
    from catalog.errors import InteraRecError

    try:
        return "browser", True, str(find_browser(settings.browser))
    except InteraRecError as error:
        return "browser", False, str(error)


def _reader() -> tuple[str, bool, str]:
    import numpy as np

    from agents.screen_reader.ocr import TextReader

    try:
        TextReader().read(np.full((64, 128, 3), 255, np.uint8))
    except Exception as error:
        return (
            "screen reader",
            False,
            f"its models cannot be loaded ({error}); install again with `make install`.",
        )
    return "screen reader", True, "its models load"


def _catalog(settings: Settings) -> tuple[str, bool, str]:
    from catalog.errors import InteraRecError
    from catalog.store import CatalogStore

    try:
        stored = CatalogStore(settings.home).open(settings.catalog)
        size = len(stored.catalog)
        stored.load_vectors()
    except InteraRecError as error:
        made = " (the sample shop is made on first use)" if settings.catalog == "sample" else ""
        return "catalog", settings.catalog == "sample", f"{error}{made}"
    trained = "with" if stored.model_path.exists() else "without"
    return "catalog", True, f"{settings.catalog}: {size:,} products, indexed, {trained} a next-item model"


def _endpoint(settings: Settings) -> tuple[str, bool, str]:
    if not settings.remote:
        return "model", True, "the embedded one (no endpoint is set)"
    import httpx

    base = (settings.base_url or "https://api.openai.com/v1").rstrip("/")
    key = settings.api_key.get_secret_value() if settings.api_key else ""
    try:
        answer = httpx.get(f"{base}/models", headers={"authorization": f"Bearer {key}"}, timeout=5)
    except httpx.HTTPError:
        return (
            "model",
            False,
            f"{base} cannot be reached; check INTERAREC_BASE_URL. The embedded model steps in.",
        )
    if answer.status_code >= 400:
        return (
            "model",
            False,
            f"{base} answers {answer.status_code}; check INTERAREC_API_KEY. The embedded model steps in.",
        )
    return "model", True, f"{settings.model} at {base}"


def _database(settings: Settings) -> tuple[str, bool, str]:
    if settings.database_url is None:
        return "database", True, f"SQLite, {settings.home / 'conversations.sqlite'}"
    import psycopg

    try:
        with psycopg.connect(settings.database_url.get_secret_value(), connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return (
            "database",
            False,
            "PostgreSQL cannot be reached; check INTERAREC_DATABASE_URL and that it runs.",
        )
    return "database", True, "PostgreSQL answers"


def warn_public(settings: Settings) -> None:
    """A server that anyone on the network reaches should ask for keys."""
    if settings.host not in ("127.0.0.1", "localhost", "::1") and not settings.api_keys:
        console().print("no INTERAREC_KEYS are set: whoever reaches this address can use the assistant")
