"""What is deleted is gone: from the store, from the database's file, and for whoever writes afterwards."""

import asyncio
import io
import stat
from pathlib import Path

import pytest
from langgraph.checkpoint.base import empty_checkpoint
from PIL import Image

from agents.frames import FrameStore
from interarec.conversations import open_conversations, thread
from interarec.settings import load_settings
from interarec.sqlite_conversations import FILE
from tests.interarec.test_cli import run

SAID = "a blue kettle for Ilse"


def said(home: Path, conversation: str) -> None:
    """Store a checkpoint in which something was said."""

    async def put() -> None:
        async with open_conversations(load_settings(home=home)) as store:
            checkpoint = {**empty_checkpoint(), "channel_values": {"request": SAID}, "channel_versions": {"request": 1}}
            config = {"configurable": {"thread_id": conversation, "checkpoint_ns": ""}}
            await store.saver.aput(config, checkpoint, {}, {"request": 1})  # type: ignore[arg-type]

    asyncio.run(put())


def stored(home: Path, conversation: str) -> bool:
    async def found() -> bool:
        async with open_conversations(load_settings(home=home)) as store:
            return await store.saver.aget_tuple(thread(conversation)) is not None

    return asyncio.run(found())


def seen(home: Path, conversation: str) -> None:
    """Store a frame of a conversation."""
    png = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(png, "PNG")
    FrameStore(home / "frames").of(conversation).put(png.getvalue(), url="https://shop.example/")


def words_in_files(home: Path) -> bool:
    return any(SAID.encode() in path.read_bytes() for path in home.glob(f"{FILE}*"))


def pictures(home: Path) -> list[Path]:
    return [p for p in (home / "frames").rglob("*") if p.is_file() and p.suffix in (".png", ".jpg", ".json")]


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A home with two conversations, each with a frame."""
    for name in ("mine", "yours"):
        said(tmp_path, name)
        seen(tmp_path, name)
    assert stored(tmp_path, "mine") and words_in_files(tmp_path) and len(pictures(tmp_path)) >= 2
    return tmp_path


def test_everything_is_deleted(two: Path) -> None:
    told = run(two, "delete", "--yes").stdout
    assert "2 frames" in told and "2 conversations" in told
    assert not stored(two, "mine") and not stored(two, "yours")
    assert pictures(two) == [] and not words_in_files(two)


def test_one_conversation_is_deleted_and_the_others_stay(two: Path) -> None:
    run(two, "delete", "--conversation", "mine", "--yes")
    assert not stored(two, "mine") and stored(two, "yours")
    assert len(pictures(two)) == 1


def test_what_is_written_after_the_deletion_does_not_bring_it_back(two: Path) -> None:
    run(two, "delete", "--conversation", "mine", "--yes")
    said(two, "mine")  # a turn that had begun before
    assert not stored(two, "mine")


def test_nobody_else_may_read_the_file(two: Path) -> None:
    assert stat.S_IMODE((two / FILE).stat().st_mode) == 0o600
