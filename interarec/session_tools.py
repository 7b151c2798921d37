"""The planner's tools on a session, for those who call them from elsewhere; each call waits for the one before it."""

import asyncio
import uuid
from collections.abc import Coroutine
from typing import Any, TypeVar

from catalog.errors import InputError
from graphs.desk import open_desk, save_desk
from graphs.shopping import KEEP_TURNS, LISTING
from interarec.server.desk import ServerDesk
from interarec.server.routes import turn
from tools.needs import NOT_AVAILABLE, BehaviorSummary
from tools.toolbox import ToolRun, run_tool

T = TypeVar("T")
NO_SESSION = "There is no such session; begin one with start_session."

CALLS: set["asyncio.Task[Any]"] = set()
"""Calls under way: tasks that nobody refers to may be collected before they are done."""


class SessionTools:
    """Calls on the conversations of a desk; ``conversation`` is the name in the database, with its tenant."""

    def __init__(self, desk: ServerDesk):
        self.desk = desk

    async def begin(self, tenant: str) -> str:
        """Make an empty session; its id, without the tenant."""
        session = uuid.uuid4().hex
        await self.desk.begin(f"{tenant}:{session}")
        return session

    async def chat(self, conversation: str, message: str) -> dict[str, Any]:
        """One turn: the reply and the products that it names. InputError where there is no such session."""
        await self._state(conversation)
        said = await _to_its_end(turn(self.desk, conversation, message))
        return {"reply": said.reply, "products": [p.model_dump(mode="json") for p in said.products]}

    async def call(self, conversation: str, name: str, arguments: dict[str, Any]) -> ToolRun:
        """Run one tool; what it changes is saved before the next call begins."""
        return await _to_its_end(self._called(conversation, name, arguments))

    async def _called(self, conversation: str, name: str, arguments: dict[str, Any]) -> ToolRun:
        context = self.desk.assistant.context
        async with self.desk.lock(conversation):
            state = await self._state(conversation)
            workspace = open_desk(state, context)  # type: ignore[arg-type]
            run = await asyncio.to_thread(run_tool, workspace, name, arguments)
            values = dict(save_desk(workspace))
            if name in LISTING and not run.failed and workspace.chosen:  # "the second one" points into it
                values["shown"] = [*state.get("shown", []), workspace.chosen][-KEEP_TURNS:]
            await self.desk.assistant.update(conversation, values)
        return run

    async def summary(self, conversation: str) -> str:
        """The behaviour summary in its eight categories, a line each."""
        known = BehaviorSummary.model_validate((await self._state(conversation)).get("summary") or {})
        lines = [f"{c.value}: {text}" for c, text in known.categories.items()]
        return "\n".join(lines) if lines else NOT_AVAILABLE

    async def _state(self, conversation: str) -> dict[str, Any]:
        state = await self.desk.assistant.state(conversation)
        if not state:
            raise InputError(NO_SESSION)
        return state


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """The result of what goes on, and is saved, when nobody waits for it any more: the client cancelled or is gone."""
    task = asyncio.ensure_future(work)
    CALLS.add(task)
    task.add_done_callback(CALLS.discard)
    return await asyncio.shield(task)
