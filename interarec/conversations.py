"""Conversations in their database: how they are deleted, and how much of them is kept.

A deleted conversation leaves a mark. The database itself refuses to take in anything more for a name that is marked,
whichever process writes it, so that a turn that was under way does not bring the conversation back.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple

from interarec.settings import Settings

MARKS = "deleted_conversations"
AGAIN = "ON CONFLICT (thread_id) DO UPDATE SET at = excluded.at"
MARK_SECONDS = 7 * 24 * 3600.0  # nothing that was under way when a conversation was deleted lasts as long
AFTER_TENANT = ":"
UUID_EPOCH = 0x01B21DD213814000  # 100 ns from the beginning of the Gregorian calendar to that of Unix time

Run = Callable[..., Awaitable[list[tuple[Any, ...]]]]
"""Runs one statement, with ``?`` for its parameters; its rows."""


def thread(conversation: str) -> RunnableConfig:
    """The configuration that names a conversation."""
    return {"configurable": {"thread_id": conversation}}


def first_checkpoint_at(seconds: float) -> str:
    """What orders before every checkpoint's id that is made after a moment, given in seconds since the epoch.

    Checkpoints are named by UUIDs of version 6, which begin with their time.

    >>> first_checkpoint_at(0) < first_checkpoint_at(1e9) < "1f1ea2a6-712a-6cee-8009-f684dbec9244"
    True
    """
    ticks = max(0, int(seconds * 1e7)) + UUID_EPOCH
    high = f"{ticks >> 12:012x}"
    return f"{high[:8]}-{high[8:12]}-6{ticks & 0xFFF:03x}"


class ConversationStore(ABC):
    """The database of conversations; LangGraph's ``saver`` writes and reads it, this deletes from it."""

    tables: tuple[str, ...]
    """Where the saver keeps what belongs to a conversation."""
    saver: BaseCheckpointSaver[str]

    @abstractmethod
    def transaction(self) -> AbstractAsyncContextManager[Run]:
        """One transaction into which nobody else writes; StorageError when the database fails."""

    @abstractmethod
    def faults(self) -> AbstractContextManager[None]:
        """What the database throws becomes a StorageError with a sentence."""

    @abstractmethod
    async def scrub(self, whole: bool = False) -> None:
        """See to it that what was deleted is gone from the files as well; of the ``whole`` database."""

    @abstractmethod
    async def keep_latest(self, conversation: str) -> None:
        """Delete every checkpoint of a conversation but the one that it goes on from."""

    @abstractmethod
    async def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows that one statement reads, with ``?`` for its parameters."""

    async def deleted(self, conversation: str) -> bool:
        """Whether the conversation was deleted and not begun anew."""
        return bool(await self.rows(f"SELECT 1 FROM {MARKS} WHERE thread_id = ?", conversation))

    async def marks(self, since: float) -> set[tuple[str, float]]:
        """The conversations that were deleted since a moment, with when they were."""
        return set(await self.rows(f"SELECT thread_id, at FROM {MARKS} WHERE at > ?", since))

    async def begin(self, conversation: str) -> None:
        """Let a conversation begin anew under the name of one that was deleted."""
        async with self.transaction() as run:
            await run(f"DELETE FROM {MARKS} WHERE thread_id = ?", conversation)

    async def latest(self) -> dict[str, str]:
        """The conversations, each with the id of its latest checkpoint."""
        return dict(await self.rows("SELECT thread_id, max(checkpoint_id) FROM checkpoints GROUP BY thread_id"))

    async def named(self, name: str) -> list[str]:
        """The conversations of a name, or that a caller of the API knows under this name."""
        return [c for c in await self.latest() if c == name or c.rpartition(AFTER_TENANT)[2] == name]

    async def crowded(self) -> list[str]:
        """The conversations with more than one checkpoint."""
        found = await self.rows("SELECT thread_id FROM checkpoints GROUP BY thread_id HAVING count(*) > 1")
        return [name for (name,) in found]

    async def delete(self, conversations: Iterable[str]) -> list[str]:
        """Delete conversations and leave their marks; returns those that were there."""
        found = []
        async with self.transaction() as run:
            for name in conversations:
                if await run("SELECT 1 FROM checkpoints WHERE thread_id = ? LIMIT 1", name):
                    found.append(name)
                await run(f"INSERT INTO {MARKS} (thread_id, at) VALUES (?, ?) {AGAIN}", name, time.time())
                for table in self.tables:
                    await run(f"DELETE FROM {table} WHERE thread_id = ?", name)
        await self.scrub()
        return found

    async def delete_unused(self, conversation: str, since: float) -> bool:
        """Delete a conversation unless something was kept of it since a moment; whether it was deleted."""
        newer = "SELECT 1 FROM checkpoints WHERE thread_id = ? AND checkpoint_id >= ? LIMIT 1"
        if await self.rows(newer, conversation, first_checkpoint_at(since)):
            return False
        return bool(await self.delete([conversation]))

    async def delete_all(self) -> list[str]:
        """Delete every conversation and leave their marks; returns their names."""
        async with self.transaction() as run:
            found = [name for (name,) in await run("SELECT DISTINCT thread_id FROM checkpoints")]
            everyone = "SELECT DISTINCT thread_id, CAST(? AS DOUBLE PRECISION) FROM checkpoints WHERE true"
            await run(f"INSERT INTO {MARKS} (thread_id, at) {everyone} {AGAIN}", time.time())
            for table in self.tables:
                await run(f"DELETE FROM {table}")
        await self.scrub(whole=True)
        return found

    async def rewrite(self, found: CheckpointTuple, channel: str, value: Any) -> None:
        """Put another value into a checkpoint; its age, and where it stands among others, stay as they are."""
        version = self.saver.get_next_version(found.checkpoint["channel_versions"].get(channel), None)  # type: ignore[arg-type]
        checkpoint = found.checkpoint.copy()
        checkpoint["channel_values"] = found.checkpoint["channel_values"] | {channel: value}
        checkpoint["channel_versions"] = found.checkpoint["channel_versions"] | {channel: version}
        place = found.config["configurable"] | {"checkpoint_id": None}
        if found.parent_config is not None:
            place["checkpoint_id"] = found.parent_config["configurable"]["checkpoint_id"]
        with self.faults():
            await self.saver.aput({"configurable": place}, checkpoint, found.metadata, {channel: version})

    async def forget_marks(self) -> None:
        """Delete the marks that nothing can be under way against any more."""
        async with self.transaction() as run:
            await run(f"DELETE FROM {MARKS} WHERE at < ?", time.time() - MARK_SECONDS)


@asynccontextmanager
async def open_conversations(settings: Settings) -> AsyncIterator[ConversationStore]:
    """The database of the settings; StorageError when it cannot be used."""
    if settings.database_url is not None:
        from interarec.postgres_conversations import postgres_conversations

        async with postgres_conversations(settings.database_url.get_secret_value()) as shared:
            yield shared
        return
    from interarec.sqlite_conversations import sqlite_conversations

    async with sqlite_conversations(settings.home) as store:
        yield store
