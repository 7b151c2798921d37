"""Keeps what is stored no longer than was promised, while a server or a command runs."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from agents.frames import FrameStore
from catalog.errors import InteraRecError
from interarec.conversations import first_checkpoint_at, thread

if TYPE_CHECKING:
    from interarec.app import Assistant

log = logging.getLogger("interarec.server")
NOTICE_SECONDS = 1.0
SWEEP_SECONDS = 60.0
MEMORY_SECONDS = 600.0  # a reader remembers the frames of a visit no longer after its last one
CLOCKS_APART = 300.0  # seconds by which the clocks of several servers may differ
DAY = 24 * 3600.0
READINGS = "readings"


def current(readings: list[dict[str, Any]], frames: FrameStore) -> list[dict[str, Any]]:
    """What was read off frames that have not expired. Readings live as long as their frames may.

    A frame's time may lie long before it was stored, as that of a file does, and its picture on another server.
    """
    oldest = time.time() - frames.keep_seconds
    return [r for r in readings if r.get("taken", 0.0) > oldest or frames.has(r["frame"])]


class Retention:
    """Deletes what has expired, and drops from memory what was deleted elsewhere."""

    def __init__(self, assistant: "Assistant"):
        self.assistant = assistant
        self.store = assistant.conversations
        self._noticed: set[tuple[str, float]] = set()
        self._due: dict[str, float] | None = None
        """When the readings of each conversation have to be looked at again; None before the first time."""

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Look after what is stored for as long as a ``with`` block lasts."""
        self._noticed = await self._marks()  # what was deleted before is in no memory of ours
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _run(self) -> None:
        keep = self.assistant.settings.keep_frames_hours * 3600
        pause = min(SWEEP_SECONDS, max(NOTICE_SECONDS, keep / 4))
        swept = -pause
        while True:
            try:
                await self.notice()
                if time.monotonic() - swept >= pause:
                    swept = time.monotonic()
                    await self.sweep()
            except (InteraRecError, OSError) as error:  # the disk or the database may come back
                log.warning("what has expired could not be deleted: %s", error)
            await asyncio.sleep(NOTICE_SECONDS)

    async def notice(self) -> None:
        """Drop from memory what was deleted since the last time, by whichever process."""
        marks = await self._marks()
        for conversation in {name for name, _ in marks - self._noticed}:
            await self.assistant.drop(conversation)
        self._noticed = marks

    async def _marks(self) -> set[tuple[str, float]]:
        return await self.store.marks(time.time() - CLOCKS_APART)

    async def sweep(self) -> None:
        """Delete frames, readings and conversations that have expired, and checkpoints that nothing goes on from."""
        context = self.assistant.context
        await asyncio.to_thread(context.frames.sweep)
        await asyncio.to_thread(context.summarizer.reader.forget_idle, min(MEMORY_SECONDS, context.frames.keep_seconds))
        await self._conversations()
        for conversation in await self.store.crowded():
            async with self.assistant.lock(conversation):
                await self.store.keep_latest(conversation)
        if await self._readings():
            await self.store.scrub()
        await self.store.forget_marks()

    async def _conversations(self) -> None:
        since = time.time() - self.assistant.settings.keep_conversations_days * DAY
        before = first_checkpoint_at(since)
        for conversation in [name for name, last in (await self.store.latest()).items() if last < before]:
            async with self.assistant.lock(conversation):
                gone = await self.store.delete_unused(conversation, since)
            if gone:
                await self.assistant.drop(conversation)

    async def _readings(self) -> bool:
        """Take the readings of expired frames out of the conversations, each looked at when one of its may be due.

        Whether there was anything to take out.
        """
        now = time.time()
        # What began while we ran has no older reading than this; what was there before is looked at once.
        first = now if self._due is None else now + self.assistant.context.frames.keep_seconds
        names = await self.store.latest()
        self._due = {name: (self._due or {}).get(name, first) for name in names}
        changed = False
        for conversation in [name for name, due in self._due.items() if due <= now]:
            async with self.assistant.lock(conversation):
                self._due[conversation], taken_out = await self._without_expired(conversation)
            changed = changed or taken_out
        return changed

    async def _without_expired(self, conversation: str) -> tuple[float, bool]:
        """Rewrite a conversation without expired readings.

        When to look at it again, in seconds since the epoch, and whether there were any.
        """
        frames, now = self.assistant.context.frames, time.time()
        with self.store.faults():
            found = await self.store.saver.aget_tuple(thread(conversation))
        readings = found.checkpoint["channel_values"].get(READINGS) or [] if found else []
        kept = await asyncio.to_thread(current, readings, frames)
        if found is not None and len(kept) < len(readings):
            await self.store.rewrite(found, READINGS, kept)
        dues = [max(r.get("taken", 0.0) + frames.keep_seconds, now + SWEEP_SECONDS) for r in kept]
        return min(dues, default=now + frames.keep_seconds), len(kept) < len(readings)
