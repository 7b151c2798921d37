"""Turns under way: each goes on to its end whoever listens, and can be listened to again from its beginning."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

Event = dict[str, Any]
FAILED = {"type": "error", "detail": "Something went wrong; your conversation is kept. Try again."}


class RunningTurn:
    """One turn: what was asked, and the events that it has given so far."""

    def __init__(self, question: str):
        self.question = question
        self._events: list[Event] = []
        self._done = False
        self._news = asyncio.Event()

    def add(self, event: Event) -> None:
        """Tell an event to all who listen."""
        self._events.append(event)
        self._wake()

    def finish(self) -> None:
        """There are no more events."""
        self._done = True
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def events(self) -> AsyncIterator[Event]:
        """All events, from the first to the last, as they come."""
        told = 0
        while True:
            news = self._news
            while told < len(self._events):
                yield self._events[told]
                told += 1
            if self._done:
                return
            await news.wait()


class RunningTurns:
    """The turns under way of all conversations, oldest first."""

    def __init__(self) -> None:
        self._of: dict[str, list[RunningTurn]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        """Tasks that nobody refers to may be collected before they are done."""

    def of(self, conversation: str) -> list[RunningTurn]:
        """A conversation's turns whose answers are not kept yet."""
        return list(self._of.get(conversation, []))

    def start(
        self, conversation: str, question: str, answer: Callable[[Callable[[Event], None]], Awaitable[Event]]
    ) -> RunningTurn:
        """Begin a turn: ``answer`` tells its events to the function that it is given, and returns the last one."""
        turn = RunningTurn(question)
        self._of.setdefault(conversation, []).append(turn)

        async def run() -> None:
            last = FAILED
            try:
                last = await answer(turn.add)
            finally:
                self._forget(conversation, turn)
                turn.add(last)
                turn.finish()

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return turn

    def _forget(self, conversation: str, turn: RunningTurn) -> None:
        turns = self._of[conversation]
        turns.remove(turn)
        if not turns:
            del self._of[conversation]
