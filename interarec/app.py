"""Composition: from settings to a catalog, the agents, and a graph with a place to keep conversations."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

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
from catalog.errors import ConversationDeleted, InputError, InteraRecError, ModelMismatch, TurnError
from catalog.importers.report import ImportReport
from catalog.store import CatalogStore, StoredCatalog, Track
from graphs.context import ShoppingContext
from graphs.rollback import roll_back
from graphs.shopping import build_graph, new_turn
from interarec.conversations import ConversationStore, open_conversations, thread
from interarec.home import make_home
from interarec.retention import READINGS, Retention, current
from interarec.settings import Settings
from interarec.tracing import configure_tracing
from tools.toolbox import TOOLS
from tools.workspace import Shop

OnEvent = Callable[[dict[str, Any]], None]
LOG = logging.getLogger(__name__)
TURN_FAILED = "Something went wrong with that, so I left it aside; what we had so far stands. Put it another way, or try again."
DELETED = "This conversation was deleted; begin a new one."


def frame_store(settings: Settings) -> FrameStore:
    """Where frames are kept; what has expired is swept away first."""
    store = FrameStore(make_home(settings.home) / "frames", settings.keep_frames_hours * 3600)
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
    conversations: ConversationStore
    on_deleted: list[Callable[[str], object]] = field(default_factory=list)
    """Told of each conversation that was deleted, by whichever process."""
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def lock(self, conversation: str) -> asyncio.Lock:
        """Whatever changes a conversation waits for its lock; it is there for as long as somebody has it or waits."""
        return self._locks.setdefault(conversation, asyncio.Lock())

    def see(self, conversation: str, *frames: Frame) -> None:
        """Give frames to a conversation; they are read in its next turn."""
        self.context.queue.put(conversation, *frames)

    async def turn(self, conversation: str, request: str, on_event: OnEvent | None = None) -> TurnResult:
        """Run one turn to its end; ``on_event`` receives progress and text as they come.

        The caller holds the conversation's lock where others may use it. A turn that fails leaves the conversation as it
        was: with an InteraRecError where it cannot be done, with a TurnError where the fault is ours.
        ConversationDeleted when it was deleted before or meanwhile: nothing of the turn is kept then.
        """
        config = thread(conversation)
        await self.require(conversation)
        with self.conversations.faults():
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
        if not values:
            raise ConversationDeleted(DELETED)
        await self.conversations.keep_latest(conversation)
        message = values["messages"][-1]
        return TurnResult(
            reply=str(message.content),
            products=message.additional_kwargs.get("products", []),
            calls=values.get("calls", []),
            notes=values.get("notes", []),
            removed=values.get("removed", []),
        )

    async def state(self, conversation: str) -> dict[str, Any]:
        """Everything that is kept of a conversation; nothing of frames that have expired."""
        with self.conversations.faults():
            values = dict((await self.graph.aget_state(thread(conversation))).values)
        if values.get(READINGS):
            values[READINGS] = await asyncio.to_thread(current, values[READINGS], self.context.frames)
        return values

    async def update(self, conversation: str, values: dict[str, Any]) -> None:
        """Change what is kept of a conversation, or begin it; ConversationDeleted when it was deleted."""
        with self.conversations.faults():
            await self.graph.aupdate_state(thread(conversation), values, as_node="respond")
        await self.require(conversation)
        await self.conversations.keep_latest(conversation)

    async def require(self, conversation: str) -> None:
        """ConversationDeleted when the conversation was deleted and not begun anew."""
        if await self.conversations.deleted(conversation):
            raise ConversationDeleted(DELETED)

    async def begin(self, conversation: str) -> None:
        """Let a conversation begin anew under a name of which one may have been deleted."""
        await self.conversations.begin(conversation)

    async def forget(self, conversation: str) -> int:
        """Delete a conversation with its frames, and all that waits for it; returns how many frames.

        The mark comes first, so that what is under way keeps nothing; then its end is waited for.
        """
        readings = (await self.state(conversation)).get(READINGS, [])
        await self.conversations.delete([conversation])
        count = await self.drop(conversation)
        for digest in {r["frame"] for r in readings if self.context.frames.has(r["frame"])}:
            self.context.frames.delete(digest)  # given to the conversation from elsewhere
            count += 1
        return count

    async def drop(self, conversation: str) -> int:
        """Delete the frames of a conversation that was deleted, and what is held in memory of it; how many frames."""
        async with self.lock(conversation):
            count = await asyncio.to_thread(self.context.forget, conversation)
        for told in self.on_deleted:
            told(conversation)
        return count


@asynccontextmanager
async def assistant(settings: Settings, shop: Shop) -> AsyncIterator[Assistant]:
    """An assistant whose conversations survive a restart; what has expired is deleted while it runs."""
    configure_tracing(settings.tracing)
    external = await load_external(settings.mcp_servers, set(TOOLS))
    async with open_conversations(settings) as store:
        context = make_context(settings, shop, external)
        helper = Assistant(build_graph(store.saver), context, settings, store)
        async with Retention(helper).kept():
            yield helper


def catalog_name(path_or_name: str) -> tuple[str, Path | None]:
    """A catalog given by name, or by a path to import it from: its name, and the path if it is one."""
    from catalog.store import safe_name

    path = Path(path_or_name)
    if path.exists():
        return safe_name(path.resolve().name if path.is_dir() else path.stem), path
    if "/" in path_or_name or path_or_name.startswith("."):
        raise InputError(f"There is no file or folder {path_or_name}; check the path.")
    return path_or_name, None
