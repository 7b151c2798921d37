"""Answers under way: each runs to its end and is kept, whether or not the client that asked still listens.

A client that lost its connection and asks the same again hears the answer that is under way, or was missed, instead
of a second one.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable

MOST, KEPT_SECONDS = 200, 600.0
Emit = Callable[[str], None]


class Answer:
    """One answer: its pieces so far, and whether it has ended."""

    def __init__(self, make: Callable[[Emit], Awaitable[str]]):
        self.pieces: list[str] = []
        self.began = time.monotonic()
        self.heard = False
        """Whether some client had it to its end."""
        self._more = asyncio.Condition()
        self._task = asyncio.create_task(self._run(make))

    async def _run(self, make: Callable[[Emit], Awaitable[str]]) -> str:
        try:
            return await make(self._add)
        finally:
            async with self._more:
                self._more.notify_all()

    def _add(self, piece: str) -> None:
        self.pieces.append(piece)
        asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        async with self._more:
            self._more.notify_all()

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self._task.done()

    async def text(self) -> str:
        """The whole answer; raises what its making raised."""
        text = await asyncio.shield(self._task)
        self.heard = True
        return text

    async def listen(self) -> AsyncIterator[str]:
        """Its pieces from the first on, as they come; at the end raises what its making raised."""
        at = 0
        while True:
            while at < len(self.pieces):
                yield self.pieces[at]
                at += 1
            if self.ended:
                await self.text()
                return
            async with self._more:
                if at >= len(self.pieces) and not self.ended:
                    await self._more.wait()


class Answers:
    """The answers that are under way or were not heard to their end, by request."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Answer] = OrderedDict()

    def get(self, key: str, make: Callable[[Emit], Awaitable[str]]) -> Answer:
        """The answer to a request that nobody has heard yet, or a new one."""
        self._sweep()
        known = self._kept.get(key)
        if known is None or known.heard:
            known = self._kept[key] = Answer(make)
            self._kept.move_to_end(key)
        return known

    def _sweep(self) -> None:
        now = time.monotonic()
        over = [k for k, a in self._kept.items() if a.ended and (a.heard or now - a.began > KEPT_SECONDS)]
        for key in over:
            del self._kept[key]
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
