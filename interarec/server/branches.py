"""Conversations of clients that send their whole history each time: the state is a function of that history.

The state after each reply is kept under a digest of everything said up to it, within the caller's scope. A request
goes on from the longest part of its history that is kept, on a copy; so two chats that began alike, an answer asked
for again and a message that was edited each have a branch of their own, on every server of a database.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass

from interarec.server.desk import ServerDesk
from interarec.server.keys import Caller
from interarec.server.openai_wire import ChatMessage

PREFIX = "openai-"
SAID_BY = ("user", "assistant")


@dataclass(frozen=True)
class Branch:
    """A conversation to go on in: its name, and the user messages of the history that it has not heard yet."""

    conversation: str
    unheard: list[ChatMessage]


class Branches:
    """Finds and keeps the states of histories."""

    def __init__(self, desk: ServerDesk):
        self.desk = desk

    async def open(self, who: Caller, scope: list[str], before: list[ChatMessage]) -> Branch:
        """A new conversation with the state of the longest kept part of a history."""
        said = [m for m in before if m.role in SAID_BY]
        digests = chain(scope, said)
        fresh = who.thread(f"{PREFIX}{uuid.uuid4().hex}")
        for end in range(len(said), 0, -1):
            if said[end - 1].role != "assistant":
                continue
            kept = await self.desk.assistant.state(self._name(who, digests[end - 1]))
            if kept:
                await self._write(fresh, kept)
                return Branch(fresh, [m for m in said[end:] if m.role == "user"])
        await self.desk.begin(fresh)
        return Branch(fresh, [m for m in said if m.role == "user"])

    async def keep(self, who: Caller, scope: list[str], history: list[ChatMessage], branch: Branch) -> None:
        """Keep a branch's state under the history that led to it, whose last message is the reply; the branch is closed."""
        said = [m for m in history if m.role in SAID_BY]
        name = self._name(who, chain(scope, said)[-1])
        if not await self.desk.assistant.state(name):
            await self._write(name, await self.desk.assistant.state(branch.conversation))
        await self.close(branch)

    async def close(self, branch: Branch) -> None:
        """Let a branch go; what was kept of it stays."""
        await self.desk.assistant.forget(branch.conversation)

    async def _write(self, conversation: str, values: dict[str, object]) -> None:
        await self.desk.assistant.begin(conversation)  # one of the same history may have been deleted
        await self.desk.assistant.update(conversation, values)

    @staticmethod
    def _name(who: Caller, digest: str) -> str:
        return who.thread(f"{PREFIX}{digest}")


def chain(scope: list[str], said: list[ChatMessage]) -> list[str]:
    """After each message, a digest of the scope and all that was said so far, pictures included."""
    link = hashlib.sha256(json.dumps(scope).encode()).hexdigest()
    links = []
    for message in said:
        pictures = [hashlib.sha256(p.encode()).hexdigest() for p in message.pictures]
        told = json.dumps([link, message.role, message.text.strip(), pictures])
        link = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
        links.append(link)
    return links
