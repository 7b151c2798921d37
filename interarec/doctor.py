"""`interarec doctor`: checks what InteraRec needs by using it, and says what to do about what is missing."""

import asyncio

from agents.browser import browser
from agents.pictures import own_pixels
from agents.screen_reader.ocr import TextReader
from catalog.encoder import Encoder
from catalog.errors import InputError, StorageError
from interarec.console import out, styled
from interarec.home import make_home
from interarec.settings import Settings

PRICE = "18.49"
PROBE, PROBE_TOKENS, PROBE_SECONDS = "Answer with the word OK.", 16, 20.0
LONGEST_SAID = 300  # characters


def diagnose(settings: Settings) -> list[tuple[str, bool, str]]:
    """What is there and what is not: (part, fine, what to do)."""
    return [
        _home(settings),
        _encoder(settings),
        _browser(settings),
        _catalog(settings),
        endpoint_diagnosis(settings),
        _database(settings),
    ]


def print_diagnosis(settings: Settings) -> bool:
    """Print the diagnosis; whether all is well."""
    found = diagnose(settings)
    for name, fine, words in found:
        out().print(styled(("ok", "green") if fine else ("no", "bold red"), f"  {name}: {words}"))
    return all(fine for _, fine, _ in found)


def _home(settings: Settings) -> tuple[str, bool, str]:
    try:
        return "home", True, str(make_home(settings.home))
    except StorageError as error:
        return "home", False, str(error)


def _encoder(settings: Settings) -> tuple[str, bool, str]:
    """Whether the sentence encoder's model can be read: a damaged copy in the home is made anew on the way."""
    try:
        size = Encoder(settings.home / "encoder").dimension
    except (InputError, OSError) as error:
        return "encoder", False, str(error)
    return "encoder", True, f"texts become vectors of {size} numbers"


def _browser(settings: Settings) -> tuple[str, bool, str]:
    from catalog.errors import InteraRecError

    try:
        version, picture = asyncio.run(_pictured(settings))
    except InteraRecError as error:
        return "browser", False, str(error)
    try:
        read = " ".join(line.text for line in TextReader().read(own_pixels(picture, "the test page")))
    except Exception as error:
        return (
            "browser", False,
            f"its pages cannot be read, the screen reader's models do not load ({error}); install again with `make install`.",
        )  # fmt: skip
    if PRICE not in read:
        return (
            "browser", False,
            f"Chromium {version} starts, but its pages show no letters; install fonts (Debian: apt install fonts-liberation).",
        )  # fmt: skip
    return "browser", True, f"Chromium {version}, and its pages can be read"


async def _pictured(settings: Settings) -> tuple[str, bytes]:
    """The version of the browser, and a picture of a page with a price on it."""
    async with browser(True, settings.browser) as started:
        page = await started.new_page(viewport={"width": 480, "height": 160})
        await page.set_content(f"<h1 style='font-family:sans-serif'>Desk lamp {PRICE}</h1>")
        return started.version, await page.screenshot()


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


def endpoint_diagnosis(settings: Settings) -> tuple[str, bool, str]:
    """Whether the language model answers, found out by asking it, and what it said where it does not."""
    if not settings.remote:
        return "model", True, "the embedded one (no endpoint is set)"
    from interarec.app import endpoint_of

    base = settings.base_url or "https://api.openai.com/v1"
    endpoint = endpoint_of(settings.model_copy(update={"retries": 0, "timeout": PROBE_SECONDS}))
    try:
        endpoint.chat_model(max_tokens=PROBE_TOKENS).invoke(PROBE)
    except Exception as error:  # whatever it is, the operator is told what the endpoint said
        return (
            "model",
            False,
            f"{settings.model} at {base} does not answer; {_said(error, settings)} The embedded model steps in.",
        )
    left_out = "".join(f"; it takes no {name} ({said})" for name, said in endpoint.refusals.told.items())
    return "model", True, f"{settings.model} at {base} answers{left_out}"


def _said(error: Exception, settings: Settings) -> str:
    """What to check, with what the endpoint said; the key is never repeated."""
    from openai import APIConnectionError, APIStatusError, AuthenticationError

    from agents.adaptive import said_by

    if isinstance(error, APIConnectionError):
        return "check INTERAREC_BASE_URL and that it runs."
    if not isinstance(error, APIStatusError):
        return f"it sent something else than a completion ({type(error).__name__}); check INTERAREC_BASE_URL."
    name = (
        "INTERAREC_API_KEY"
        if isinstance(error, AuthenticationError)
        else "INTERAREC_MODEL and INTERAREC_BASE_URL"
    )
    said = said_by(error)[:LONGEST_SAID]
    if settings.api_key and (secret := settings.api_key.get_secret_value()):
        said = said.replace(secret, "(the key)")
    return f"check {name}. It said {error.status_code}: {said}"


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
