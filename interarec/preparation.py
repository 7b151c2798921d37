"""What takes long to make ready, made beside the event loop while the first requests are answered."""

import asyncio
import contextlib
import importlib
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from catalog.errors import InteraRecError
from interarec.console import console

if TYPE_CHECKING:
    from catalog.store import StoredCatalog
    from interarec.session_tools import SessionTools
    from interarec.settings import Settings
    from tools.toolbox import Tool

T = TypeVar("T")
HEAD_START = 0.3  # seconds for the first request, before importing keeps the interpreter busy


def beside(work: Callable[[], T]) -> "asyncio.Future[T]":
    """What ``work`` gives, from a thread that does not keep the process from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(put: Callable[[Any], None], value: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(lambda: None if future.done() else put(value))

    def run() -> None:
        try:
            settle(future.set_result, work())
        except BaseException as error:
            settle(future.set_exception, error)

    threading.Thread(target=run, name="preparing", daemon=True).start()
    return future


class Preparation:
    """The tools and then the sessions of an assistant, as they become ready."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._toolbox: asyncio.Future[dict[str, Tool]] = loop.create_future()
        self._sessions: asyncio.Future[SessionTools] = loop.create_future()

    async def toolbox(self) -> "dict[str, Tool]":
        """The tools by name; an InteraRecError when they cannot be had."""
        return await asyncio.shield(self._toolbox)

    async def sessions(self) -> "SessionTools":
        """The tools on sessions; an InteraRecError when the assistant cannot be opened."""
        return await asyncio.shield(self._sessions)

    async def import_toolbox(self) -> None:
        """Make the list of tools ready: all that most clients ask for at first."""
        await asyncio.sleep(HEAD_START)
        module = await beside(lambda: importlib.import_module("tools.toolbox"))
        self._toolbox.set_result(module.TOOLS)

    def opened(self, sessions: "SessionTools") -> None:
        """The assistant is open."""
        self._sessions.set_result(sessions)

    def failed(self, error: BaseException) -> None:
        """It cannot be opened: whoever waits is told."""
        for future in (self._toolbox, self._sessions):
            if not future.done():
                future.set_exception(error)
                future.exception()  # told to whoever asks, and no loss where nobody does


@asynccontextmanager
async def prepared(settings: "Settings", stored: "Callable[[], StoredCatalog]") -> AsyncIterator[Preparation]:
    """An assistant that is opened behind the ``with`` block and closed at its end."""
    preparation, over = Preparation(), asyncio.Event()

    async def prepare() -> None:
        try:
            await preparation.import_toolbox()
            app = await beside(lambda: importlib.import_module("interarec.app"))
            tools = await beside(lambda: importlib.import_module("interarec.session_tools"))
            desk = importlib.import_module("interarec.server.desk")
            shop = await beside(lambda: app.open_shop(stored()))
            async with app.assistant(settings, shop) as helper:
                preparation.opened(tools.SessionTools(desk.ServerDesk(helper)))
                await over.wait()
        except InteraRecError as error:
            console().print(str(error), style="red", markup=False)
            preparation.failed(error)
        except Exception as error:
            preparation.failed(error)
            raise

    task = asyncio.create_task(prepare())
    try:
        yield preparation
    finally:
        over.set()
        if not preparation._sessions.done():
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
