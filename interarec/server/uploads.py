"""Pictures that are sent: read a few at a time beside the turns, which come first, with a queue that has an end."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fastapi import HTTPException

AT_ONCE = 2
MOST_WAITING = 24
MOST_OF_ONE = 12  # of one session
LONGEST_WAIT = 30.0  # seconds
YIELDED = 5.0  # seconds that a picture waits for turns under way; then it is read beside them
AGAIN = {"Retry-After": "5"}

T = TypeVar("T")


class Uploads:
    """Who waits to have a picture read, and who is being answered meanwhile."""

    def __init__(self, at_once: int = AT_ONCE, most: int = MOST_WAITING, longest_wait: float = LONGEST_WAIT):
        self._most, self._longest_wait = most, longest_wait
        self._places = asyncio.Semaphore(at_once)
        self._pool = ThreadPoolExecutor(at_once, "read")
        self._of: Counter[str] = Counter()
        self._turns = 0
        self._no_turns = asyncio.Event()
        self._no_turns.set()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """For as long as a turn is answered: pictures that wait go on waiting."""
        self._turns += 1
        self._no_turns.clear()
        try:
            yield
        finally:
            self._turns -= 1
            if not self._turns:
                self._no_turns.set()

    async def read(self, session: str, work: Callable[[], T], then: Callable[[], Awaitable[None]] | None = None) -> T:
        """Do ``work`` in a thread of the few for it, and ``then``, once it is its turn.

        HTTPException 429 when the session, 503 when everybody has sent too many, or the wait becomes too long.
        """
        async with self._place(session):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(YIELDED):
                    await self._no_turns.wait()
            done = await asyncio.get_running_loop().run_in_executor(self._pool, work)
            if then is not None:
                await then()
            return done

    @contextlib.asynccontextmanager
    async def _place(self, session: str) -> AsyncIterator[None]:
        if self._of[session] >= MOST_OF_ONE:
            raise HTTPException(429, "Too many pictures of this session wait to be read; send fewer at once.", AGAIN)
        if self._of.total() >= self._most:
            raise HTTPException(503, "Too many pictures wait to be read here; try again in a few seconds.", AGAIN)
        self._of[session] += 1
        try:
            try:
                async with asyncio.timeout(self._longest_wait):
                    await self._places.acquire()
            except TimeoutError as error:
                detail = "The picture was not read: too many came before it; send it again in a few seconds."
                raise HTTPException(503, detail, AGAIN) from error
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._of[session] -= 1
            if not self._of[session]:
                del self._of[session]
