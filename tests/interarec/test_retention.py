"""What is kept has an end: conversations after their days, and all but one of their checkpoints."""

import asyncio
from pathlib import Path

from langgraph.checkpoint.base import empty_checkpoint

from catalog.store import StoredCatalog
from interarec.app import assistant, open_shop
from interarec.conversations import thread
from interarec.retention import Retention
from interarec.settings import load_settings


def test_conversations_go_after_their_days_and_leave_one_checkpoint(stored: StoredCatalog, tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    assert settings.keep_conversations_days == 30

    async def swept(days: float) -> tuple[int, bool]:
        made = settings.model_copy(update={"keep_conversations_days": days})
        async with assistant(made, open_shop(stored)) as running:
            config = {"configurable": {"thread_id": "mine", "checkpoint_ns": ""}}
            for _ in range(3):
                config = await running.conversations.saver.aput(config, empty_checkpoint(), {}, {})  # type: ignore[arg-type, assignment]
            await asyncio.sleep(0.05)
            await Retention(running).sweep()
            found = await running.conversations.rows("SELECT COUNT(*) FROM checkpoints")
            return int(found[0][0]), await running.conversations.saver.aget_tuple(thread("mine")) is not None

    assert asyncio.run(swept(30)) == (1, True)
    assert asyncio.run(swept(0.0000001)) == (0, False)
