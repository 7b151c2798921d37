"""What `interarec delete` does, whether or not a server runs on the same home."""

import asyncio

from agents.frames import FrameStore
from catalog.errors import InputError
from interarec.console import out
from interarec.conversations import open_conversations
from interarec.home import make_home
from interarec.settings import Settings
from interarec.sqlite_conversations import FILE


def delete_everything(settings: Settings) -> None:
    """Delete every conversation, then every frame, and say how many there were."""
    make_home(settings.home)
    conversations = asyncio.run(_all_conversations(settings))
    frames = FrameStore(settings.home / "frames").delete_all()
    out().print(f"deleted {_counted(frames, 'frame')} and {_counted(conversations, 'conversation')}")


def delete_one(settings: Settings, name: str) -> None:
    """Delete a conversation with its frames, and say how many there were; InputError when there is none."""
    make_home(settings.home)
    found, frames = asyncio.run(_one_conversation(settings, name))
    if not found and not frames:
        raise InputError(f"There is no conversation {name!r}; give its name, or the id of its session.")
    out().print(f"deleted the conversation {name} with {_counted(frames, 'frame')}")


async def _all_conversations(settings: Settings) -> int:
    if not _kept(settings):
        return 0
    async with open_conversations(settings) as store:
        return len(await store.delete_all())


async def _one_conversation(settings: Settings, name: str) -> tuple[list[str], int]:
    found: list[str] = []
    if _kept(settings):
        async with open_conversations(settings) as store:
            found = await store.delete(await store.named(name))
    frames = FrameStore(settings.home / "frames")
    return found, sum(frames.of(each).delete_conversation() for each in {name, *found})


def _kept(settings: Settings) -> bool:
    """Whether there is a database at all; deleting makes none."""
    return settings.database_url is not None or (settings.home / FILE).exists()


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
