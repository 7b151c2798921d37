"""Conversations in a SQLite file of the home folder, which several processes of one machine may have open."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from catalog.errors import StorageError
from interarec.conversations import MARKS, ConversationStore, Run
from interarec.home import make_home

FILE = "conversations.sqlite"
BUSY_MILLISECONDS = 10_000
LEAST_FREE = 64 * 1024  # bytes: with less than this left on the disk, nothing can be kept
PRAGMAS = (
    f"busy_timeout={BUSY_MILLISECONDS}", "journal_mode=WAL", "synchronous=NORMAL",
    "secure_delete=ON",  # what is deleted is overwritten
)  # fmt: skip


class SqliteConversations(ConversationStore):
    """Conversations in one file."""

    tables = ("checkpoints", "writes")

    def __init__(self, path: Path, connection: aiosqlite.Connection):
        self.path = path
        # The state is plain JSON; nothing else may come out of the file.
        self.saver: AsyncSqliteSaver = AsyncSqliteSaver(connection, serde=JsonPlusSerializer(pickle_fallback=False))

    async def setup(self) -> None:
        """Make the tables, and have deleted conversations stay deleted."""
        with self.faults():
            for pragma in PRAGMAS:
                await self.saver.conn.execute(f"PRAGMA {pragma}")
            await self.saver.setup()
        async with self.transaction() as run:
            await run(f"CREATE TABLE IF NOT EXISTS {MARKS} (thread_id TEXT PRIMARY KEY, at DOUBLE PRECISION NOT NULL)")
            for table in self.tables:
                await run(
                    f"CREATE TRIGGER IF NOT EXISTS {table}_stay_deleted BEFORE INSERT ON {table} WHEN EXISTS "
                    f"(SELECT 1 FROM {MARKS} WHERE thread_id = NEW.thread_id) BEGIN SELECT RAISE(IGNORE); END"
                )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Run]:
        """One transaction into which nobody else writes; StorageError when the database fails."""
        connection = self.saver.conn
        async with self.saver.lock:
            with self.faults():
                await connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._run
                    await connection.commit()
                except BaseException:
                    await connection.rollback()
                    raise

    async def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows that one statement reads, with ``?`` for its parameters."""
        async with self.saver.lock:
            with self.faults():
                return await self._run(statement, *parameters)

    async def _run(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        async with self.saver.conn.execute(statement, parameters) as cursor:
            return [tuple(row) for row in await cursor.fetchall()]

    async def keep_latest(self, conversation: str) -> None:
        """Delete every checkpoint of a conversation but the one that it goes on from."""
        async with self.transaction() as run:
            for table in self.tables:
                await run(
                    f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_ns = '' AND checkpoint_id < "
                    "(SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = '')",
                    conversation, conversation,
                )  # fmt: skip

    async def scrub(self, whole: bool = False) -> None:
        """Take what was deleted out of the log of writes too; of the ``whole`` file, also what earlier versions left."""
        async with self.saver.lock:
            with contextlib.suppress(sqlite3.OperationalError):  # another process reads it just now; it goes later
                if whole:
                    await self.saver.conn.execute("VACUUM")
                await self._run("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def faults(self) -> Iterator[None]:
        """What the database throws becomes a StorageError with a sentence."""
        try:
            yield
        except sqlite3.Error as error:
            raise StorageError(_sentence(error, self.path)) from error


def _sentence(error: sqlite3.Error, path: Path) -> str:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return f"{path} is damaged; move it away to start with no conversations."
    if code.startswith("SQLITE_FULL") or shutil.disk_usage(path.parent).free < LEAST_FREE:
        return f"The disk of {path.parent} is full; free some space. What was kept before is still there."
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"Another process writes to {path} and does not end; try again."
    return f"{path} cannot be used ({error}); check its permissions and the disk, or set INTERAREC_HOME to another folder."


@asynccontextmanager
async def sqlite_conversations(home: Path) -> AsyncIterator[SqliteConversations]:
    """The conversations of a home folder; StorageError when the file cannot be used."""
    path = make_home(home) / FILE
    _private(path)
    async with aiosqlite.connect(path) as connection:
        store = SqliteConversations(path, connection)
        await store.setup()
        yield store
        with contextlib.suppress(StorageError):
            await store.scrub()


def _private(path: Path) -> None:
    """Make the file, before SQLite makes it for all to read; its logs take on its permissions."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        for file in path.parent.glob(f"{path.name}*"):
            if file.stat().st_mode & 0o077:
                file.chmod(0o600)
    except OSError as error:
        raise StorageError(f"{path} cannot be written to ({error.strerror}); check its permissions and the disk.") from error
