"""Takes up changes of a served catalog: an import or an update is in every conversation within seconds.

The new catalog is opened beside the old one and put in its place in one step; turns under way end on the one that
they began with.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from agents.summarizer import Summarizer
from catalog.errors import InteraRecError
from catalog.store import StoredCatalog
from graphs.context import ShoppingContext
from interarec.app import Assistant, make_context, open_shop
from tools.workspace import Shop

log = logging.getLogger("interarec.server")
LOOK_SECONDS = 1.0
WRITTEN_LAST = "products.parquet"
"""Imports and updates write the products after everything else."""


@dataclass
class ServedCatalog:
    """A stored catalog that is served, and how to open it again."""

    stored: StoredCatalog

    @property
    def state(self) -> tuple[int, int, int]:
        """Changes with each import or update; zeros while the file is being replaced."""
        try:
            found = (self.stored.folder / WRITTEN_LAST).stat()
        except OSError:
            return 0, 0, 0
        return found.st_mtime_ns, found.st_ino, found.st_size

    def open_again(self) -> Shop:
        """The shop as it is on disk now; InteraRecError when it cannot be opened."""
        return open_shop(StoredCatalog(self.stored.folder, self.stored.encoder))


async def follow(
    served: ServedCatalog, assistant: Assistant, changed: Callable[[Shop], None] = lambda _: None
) -> None:
    """Look for changes until cancelled, and give the assistant each new shop; ``changed`` is told of it.

    A catalog that cannot be opened leaves the old one served, and is told in the log.
    """
    known = served.state
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = served.state
        if now == known or not any(now):
            continue
        try:
            shop = await asyncio.to_thread(served.open_again)
            context = await asyncio.to_thread(renewed, assistant, shop)
        except InteraRecError as error:
            log.warning("the changed catalog is not taken up: %s", error)
            known = now
            continue
        if served.state == now:  # an update that goes on is taken up when it has ended
            known = now
            assistant.context = context
            changed(shop)
            log.info("catalog %s taken up: %d products", served.stored.name, len(shop.catalog))


def renewed(assistant: Assistant, shop: Shop) -> ShoppingContext:
    """The context for another state of the catalog: what belongs to conversations stays as it is."""
    old = assistant.context
    context = make_context(assistant.settings, shop, old.external)
    context.frames, context.redactor, context.queue, context.max_rounds = old.frames, old.redactor, old.queue, old.max_rounds
    context.summarizer = Summarizer(old.summarizer.reader, shop.linker)
    context.vocabulary.sayings.prepare()
    shop.retriever.encoder.encode(["warm"])
    return context
