"""Composition: from settings to a catalog, the agents, and a graph with a place to keep conversations."""

import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph.state import CompiledStateGraph

from agents.embedded.planner import EmbeddedPlanner
from agents.embedded.understanding import Understanding
from agents.embedded.vocabulary import Vocabulary
from agents.embedded.writer import EmbeddedWriter
from agents.embedded_reader import EmbeddedReader
from agents.endpoint import Endpoint
from agents.external import ExternalTools, load_external
from agents.frames import Frame, FrameStore
from agents.models import PageReader, Writer
from agents.planner import Planner
from agents.redaction import Redactor
from agents.responder import Responder
from agents.screen_reader.page import PageInterpreter
from agents.summarizer import Summarizer
from catalog.errors import InputError, InteraRecError, ModelMismatch, TurnError
from catalog.importers.report import ImportReport
from catalog.store import CatalogStore, StoredCatalog, Track
from graphs.context import ShoppingContext
from graphs.rollback import roll_back
from graphs.shopping import build_graph, new_turn
from interarec.settings import Settings
from interarec.tracing import configure_tracing
from tools.toolbox import TOOLS
from tools.workspace import Shop

OnEvent = Callable[[dict[str, Any]], None]
LOG = logging.getLogger(__name__)
TURN_FAILED = "Something went wrong with that, so I left it aside; what we had so far stands. Put it another way, or try again."


def frame_store(settings: Settings) -> FrameStore:
    """Where frames are kept; what has expired is swept away first."""
    store = FrameStore(settings.home / "frames", settings.keep_frames_hours * 3600)
    store.sweep()
    return store


def open_catalog(settings: Settings, track: Track | None = None) -> StoredCatalog:
    """The catalog of the settings; the sample shop is made when it is asked for and not there yet."""
    from storefront.sample import NAME

    store = CatalogStore(settings.home, track)
    if settings.catalog == NAME and NAME not in store.names():
        return make_sample(store)
    return store.open(settings.catalog)


def make_sample(store: CatalogStore) -> StoredCatalog:
    """Generate the sample shop's catalog and its simulated log."""
    from storefront.sample import NAME, sample_catalog
    from storefront.shoppers import simulated_log

    catalog = sample_catalog()
    log = simulated_log(catalog)
    report = ImportReport(layout="generated", products=len(catalog), sessions=len(log), events=log.events)
    return store.save(NAME, catalog.frame, log, report)


def open_shop(stored: StoredCatalog) -> Shop:
    """A catalog with its tools; a missing or mismatched next-item model is said, not fatal."""
    try:
        from tools.learned import FusedModel
    except OSError as error:  # what a wheel leaves to the system
        raise InputError(
            f"LightGBM does not load here ({error}); install the OpenMP runtime (Debian: apt install libgomp1)."
        ) from error
    from tools.next_item import GRU4RecModel

    with contextlib.suppress(ModelMismatch):
        return Shop.open(stored, FusedModel.load(stored.fusion_path, stored.catalog, stored.vectors.vectors))
    try:
        return Shop.open(stored, GRU4RecModel(stored.model_path, stored.catalog, stored.vectors.vectors))
    except ModelMismatch as error:
        return Shop.open(stored, None, str(error))


def make_context(settings: Settings, shop: Shop, external: ExternalTools | None = None) -> ShoppingContext:
    """Agents for a shop: remote ones where an endpoint is configured, each with its embedded stand-in."""
    frames = frame_store(settings)
    vocabulary = Vocabulary(shop.catalog, shop.kinds, shop.filter, shop.retriever.encoder)
    fallback = EmbeddedPlanner(understanding=Understanding(vocabulary))
    writer: Writer = EmbeddedWriter()
    external = external or ExternalTools({})
    planner = Planner(fallback, fallback, external.schemas())
    if settings.remote:
        from agents.openai_planner import remote_planner
        from agents.openai_writer import RemoteWriter

        endpoint = endpoint_of(settings)
        writer = RemoteWriter(endpoint)
        model = remote_planner(endpoint, settings.planner_mode)
        planner = Planner(
            model, fallback, external.schemas(), advise=settings.planner_mode == "json", circuit=endpoint.circuit
        )
    embedded = EmbeddedReader(frames, PageInterpreter.of(settings.fast_reading))
    redactor = Redactor(frames, embedded.interpreter.reader)
    summarizer = Summarizer(page_reader(settings, frames, embedded), shop.linker)
    return ShoppingContext(
        shop, frames, redactor, summarizer, planner, Responder(writer), vocabulary, external,
        turn_seconds=settings.turn_seconds,
    )  # fmt: skip


def page_reader(settings: Settings, frames: FrameStore, embedded: EmbeddedReader) -> PageReader:
    """The screen reader; with a remote model, the vision model with the screen reader behind it."""
    if not settings.remote:
        return embedded
    from agents.openai_reader import RemoteReader

    return RemoteReader(endpoint_of(settings), frames, embedded, settings.vision_budget)


def endpoint_of(settings: Settings) -> Endpoint:
    """The endpoint of the settings, with its limits."""
    return Endpoint(
        model=settings.model, vision_model=settings.vision_model or settings.model, base_url=settings.base_url,
        api_key=settings.api_key, timeout=settings.timeout, retries=settings.retries,
        first_token_seconds=settings.first_token_seconds,
    )  # fmt: skip


def thread(conversation: str) -> RunnableConfig:
    """The configuration that names a conversation."""
    return {"configurable": {"thread_id": conversation}}


@dataclass
class TurnResult:
    """What one turn of a conversation gave."""

    reply: str
    products: list[dict[str, Any]]
    calls: list[dict[str, Any]]
    notes: list[str]
    removed: list[str]


@dataclass
class Assistant:
    """A graph with its context: what every surface talks to."""

    graph: CompiledStateGraph[Any, Any, Any, Any]
    context: ShoppingContext
    settings: Settings

    def see(self, conversation: str, *frames: Frame) -> None:
        """Give frames to a conversation; they are read in its next turn."""
        self.context.queue.put(conversation, *frames)

    async def turn(self, conversation: str, request: str, on_event: OnEvent | None = None) -> TurnResult:
        """Run one turn to its end; ``on_event`` receives progress and text as they come.

        A turn that fails leaves the conversation as it was: with an InteraRecError where it cannot be done, with a
        TurnError where the fault is ours.
        """
        config = thread(conversation)
        before = await self.graph.aget_state(config)
        try:
            async for event in self.graph.astream(
                dict(new_turn(request)), config, context=self.context, stream_mode="custom", durability="exit"
            ):
                if on_event is not None:
                    on_event(event)
        except InteraRecError:
            await roll_back(self.graph, before)
            raise
        except Exception as error:
            LOG.exception("a turn failed")
            await roll_back(self.graph, before)
            raise TurnError(TURN_FAILED) from error
        values = (await self.graph.aget_state(config)).values
        message = values["messages"][-1]
        return TurnResult(
            reply=str(message.content),
            products=message.additional_kwargs.get("products", []),
            calls=values.get("calls", []),
            notes=values.get("notes", []),
            removed=values.get("removed", []),
        )

    async def state(self, conversation: str) -> dict[str, Any]:
        """Everything that is kept of a conversation."""
        return dict((await self.graph.aget_state(thread(conversation))).values)

    async def forget(self, conversation: str) -> None:
        """Delete a conversation."""
        if self.graph.checkpointer and not isinstance(self.graph.checkpointer, bool):
            await self.graph.checkpointer.adelete_thread(conversation)


@asynccontextmanager
async def assistant(settings: Settings, shop: Shop) -> AsyncIterator[Assistant]:
    """An assistant whose conversations survive a restart (SQLite in the home folder)."""
    configure_tracing(settings.tracing)
    external = await load_external(settings.mcp_servers, set(TOOLS))
    if settings.database_url is not None:
        async with _postgres(settings.database_url.get_secret_value()) as saver:
            yield Assistant(build_graph(saver), make_context(settings, shop, external), settings)
        return
    path = settings.home / "conversations.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    async with aiosqlite.connect(path) as connection:
        try:
            await connection.execute("PRAGMA journal_mode=WAL")
            await connection.execute("PRAGMA synchronous=NORMAL")
            await connection.execute("PRAGMA busy_timeout=5000")
        except aiosqlite.DatabaseError as error:
            raise InputError(f"{path} is damaged; move it away to start with no conversations.") from error
        # The state is plain JSON; nothing else may come out of the file.
        saver = AsyncSqliteSaver(connection, serde=JsonPlusSerializer(pickle_fallback=False))
        await saver.setup()
        yield Assistant(build_graph(saver), make_context(settings, shop, external), settings)


@asynccontextmanager
async def _postgres(url: str) -> AsyncIterator[BaseCheckpointSaver[str]]:
    """Conversations in PostgreSQL, which several server processes may share; InputError when it cannot be reached."""
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from psycopg import AsyncConnection, OperationalError
    from psycopg.rows import DictRow, dict_row
    from psycopg_pool import AsyncConnectionPool, PoolTimeout

    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
        url, min_size=1, max_size=10, kwargs=options, open=False, timeout=10
    )
    try:
        await pool.open(wait=True, timeout=10)
        saver = AsyncPostgresSaver(pool, serde=JsonPlusSerializer(pickle_fallback=False))
        await saver.setup()
    except (OperationalError, PoolTimeout) as error:
        await pool.close()
        raise InputError(
            "The database of INTERAREC_DATABASE_URL cannot be reached; check the URL and that it runs."
        ) from error
    try:
        yield saver
    finally:
        await pool.close()


def catalog_name(path_or_name: str) -> tuple[str, Path | None]:
    """A catalog given by name, or by a path to import it from: its name, and the path if it is one."""
    from catalog.store import safe_name

    path = Path(path_or_name)
    if path.exists():
        return safe_name(path.resolve().name if path.is_dir() else path.stem), path
    if "/" in path_or_name or path_or_name.startswith("."):
        raise InputError(f"There is no file or folder {path_or_name}; check the path.")
    return path_or_name, None
