"""Conversations in PostgreSQL, which several server processes may share."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg import AsyncConnection, Error, OperationalError
from psycopg.errors import DeadlockDetected, SerializationFailure
from psycopg.rows import DictRow, dict_row, tuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from catalog.errors import StorageError
from interarec.conversations import MARKS, ConversationStore, Run

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]
DELETION = 7_205_759  # the advisory lock that a deletion takes alone, and whatever is written takes with others
REFUSE = f"""
CREATE OR REPLACE FUNCTION interarec_stay_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared({DELETION});
    IF EXISTS (SELECT 1 FROM {MARKS} WHERE thread_id = NEW.thread_id) THEN RETURN NULL; END IF;
    RETURN NEW;
END $$"""
TRIGGER = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = '{table}_stay_deleted' AND tgrelid = '{table}'::regclass) THEN
        CREATE TRIGGER {table}_stay_deleted BEFORE INSERT ON {table}
        FOR EACH ROW EXECUTE FUNCTION interarec_stay_deleted();
    END IF;
END $$"""


class PostgresConversations(ConversationStore):
    """Conversations in a database that a pool of connections leads to."""

    tables = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")

    def __init__(self, pool: Pool):
        self.pool = pool
        # The state is plain JSON; nothing else may come out of the database.
        self.saver: AsyncPostgresSaver = AsyncPostgresSaver(pool, serde=JsonPlusSerializer(pickle_fallback=False))

    async def setup(self) -> None:
        """Make the tables, and have deleted conversations stay deleted."""
        await self.saver.setup()
        async with self.pool.connection() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", (DELETION,))  # several servers start at once
            await connection.execute(f"CREATE TABLE IF NOT EXISTS {MARKS} (thread_id TEXT PRIMARY KEY, at DOUBLE PRECISION NOT NULL)")
            await connection.execute(REFUSE)
            for table in self.tables:
                await connection.execute(TRIGGER.format(table=table).encode())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Run]:
        """One transaction into which nobody else writes; StorageError when the database fails."""
        with self.faults():
            async with self.pool.connection() as connection, connection.transaction():
                # What others are writing just now is written before, or after and then meets the marks.
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", (DELETION,))

                async def run(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
                    return await _rows(connection, statement, parameters)

                yield run

    async def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows that one statement reads, with ``?`` for its parameters."""
        with self.faults():
            async with self.pool.connection() as connection:
                return await _rows(connection, statement, parameters)

    async def keep_latest(self, conversation: str) -> None:
        """Delete every checkpoint of a conversation but the one that it goes on from."""
        with self.faults(), contextlib.suppress(SerializationFailure, DeadlockDetected):  # another server does it just now
            await self.saver.aprune([conversation], strategy="keep_latest")

    async def rewrite(self, found: CheckpointTuple, channel: str, value: Any) -> None:
        """Put another value into a checkpoint, and delete the one that was there."""
        await super().rewrite(found, channel, value)
        name, kept = found.config["configurable"]["thread_id"], "checkpoint -> 'channel_versions' ->> channel"
        async with self.transaction() as run:
            await run(
                "DELETE FROM checkpoint_blobs WHERE thread_id = ? AND channel = ? AND NOT EXISTS (SELECT 1 FROM checkpoints "
                f"WHERE checkpoints.thread_id = checkpoint_blobs.thread_id AND {kept} = checkpoint_blobs.version)",
                name, channel,
            )  # fmt: skip

    async def scrub(self, whole: bool = False) -> None:
        """Nothing: what is deleted leaves PostgreSQL's files with its own VACUUM."""

    @contextlib.contextmanager
    def faults(self) -> Iterator[None]:
        """What the database throws becomes a StorageError with a sentence."""
        try:
            yield
        except (Error, PoolTimeout) as error:
            raise StorageError(f"The database of conversations fails ({type(error).__name__}); check that it runs, and try again.") from error


async def _rows(connection: AsyncConnection[DictRow], statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(statement.replace("?", "%s").encode(), parameters)
        return list(await cursor.fetchall()) if cursor.description else []


@asynccontextmanager
async def postgres_conversations(url: str) -> AsyncIterator[PostgresConversations]:
    """The conversations of a database; StorageError when it cannot be reached."""
    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool: Pool = AsyncConnectionPool(url, min_size=1, max_size=10, kwargs=options, open=False, timeout=10)
    try:
        await pool.open(wait=True, timeout=10)
        store = PostgresConversations(pool)
        await store.setup()
    except (OperationalError, PoolTimeout) as error:
        await pool.close()
        raise StorageError(
            "The database of INTERAREC_DATABASE_URL cannot be reached; check the URL and that it runs."
        ) from error
    try:
        yield store
    finally:
        await pool.close()
