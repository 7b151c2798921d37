"""What the routes share: the assistant, one lock a conversation, and reading frames as they come."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from fastapi import HTTPException

from agents.pictures import decoded
from agents.summarizer import describe
from catalog.errors import ConversationDeleted, InputError
from graphs.desk import open_desk
from graphs.shopping import reading_record
from graphs.views import cards_of
from interarec.app import Assistant
from interarec.server.shapes import Card, Correction, SeenFrame, Summary
from interarec.server.uploads import Uploads
from tools.needs import BehaviorSummary, distinct
from tools.toolbox import run_tool

KEEP_READINGS = 120


@dataclass
class ServerDesk:
    """The assistant behind the server."""

    assistant: Assistant
    uploads: Uploads = field(default_factory=Uploads)

    def lock(self, conversation: str) -> asyncio.Lock:
        """Turns and readings of one conversation, and its deletion, wait for each other."""
        return self.assistant.lock(conversation)

    async def state(self, conversation: str) -> dict[str, Any]:
        """What is kept of a conversation; 404 when there is none of that name."""
        values = await self.assistant.state(conversation)
        if not values:
            raise HTTPException(404, "There is no such session; make one with POST /v1/sessions.")
        return values

    async def begin(self, conversation: str) -> None:
        """Make an empty conversation."""
        await self.assistant.update(conversation, {"turns": 0, "session": []})

    async def look(self, conversation: str) -> bool:
        """Read the frames that wait, and merge them into the summary without being asked anything.

        False when the conversation was deleted meanwhile; its frames are deleted as well.
        """
        async with self.lock(conversation):
            if await self._looked(conversation):
                return True
        await self.assistant.drop(conversation)
        return False

    async def _looked(self, conversation: str) -> bool:
        context = self.assistant.context
        state = await self.assistant.state(conversation)
        if not state:
            return False
        frames = context.queue.drain(conversation)
        if not frames:
            return True
        before = BehaviorSummary.model_validate(state.get("summary") or {})
        summary, readings = await asyncio.to_thread(context.summarizer.update, before, frames)
        values = {
            "summary": summary.model_dump(mode="json"),
            "readings": [*state.get("readings", []), *(reading_record(r) for r in readings)][-KEEP_READINGS:],
            "session": summary.item_ids(),
            "notes": distinct(r.note for r in readings if r.note),
        }
        try:
            await self.assistant.update(conversation, values)
        except ConversationDeleted:
            return False
        return True

    async def summary(self, conversation: str) -> Summary:
        """The summary with the frames that it was read from."""
        state = await self.state(conversation)
        summary = BehaviorSummary.model_validate(state.get("summary") or {})
        kept = [r for r in state.get("readings", []) if self.assistant.context.frames.has(r["frame"])]
        return Summary(
            categories={c.value: text for c, text in summary.categories.items()},
            products=[p.model_dump(mode="json", exclude_none=True) for p in summary.products],
            frames=[SeenFrame(digest=r["frame"], url=r["url"], kind=r["kind"], products=len(r["products"])) for r in kept],
            notes=summary.notes,
        )  # fmt: skip

    async def correct(self, conversation: str, correction: Correction) -> Summary:
        """Put the shopper's own words in the summary's place; they stay when more is read."""
        async with self.lock(conversation):
            state = await self.state(conversation)
            summary = BehaviorSummary.model_validate(state.get("summary") or {})
            summary.corrections |= correction.categories
            values: dict[str, Any] = {"summary": describe(summary).model_dump(mode="json")}
            if correction.forget_brands:
                values["wishes"] = {**(state.get("wishes") or {}), "ignore_brand": True, "brands": []}
            await self.assistant.update(conversation, values)
        return await self.summary(conversation)

    async def recommend(self, conversation: str, k: int) -> list[Card]:
        """Products from what was seen and wished so far; the conversation stays as it is."""
        state = await self.state(conversation)
        desk = open_desk(state, self.assistant.context)  # type: ignore[arg-type]

        def run() -> list[dict[str, Any]]:
            for name, arguments in (("search_catalog", {}), ("predict_next_items", {}), ("rerank", {"k": k})):
                run_tool(desk, name, arguments)
            return cards_of(desk.chosen, desk)

        return [Card.model_validate(card) for card in await asyncio.to_thread(run)]

    async def forget_frame(self, conversation: str, digest: str) -> None:
        """Delete one frame and what was read off it."""
        async with self.lock(conversation):
            state = await self.state(conversation)
            if not any(r["frame"] == digest for r in state.get("readings", [])):
                raise HTTPException(404, "This session has no such frame.")
            self.assistant.context.frames.delete(digest)
            summary = BehaviorSummary.model_validate(state.get("summary") or {})
            summary.products = [p for p in summary.products if p.frame != digest]
            summary.in_view = []
            values = {
                "summary": describe(summary).model_dump(mode="json"),
                "readings": [r for r in state["readings"] if r["frame"] != digest],
                "session": summary.item_ids(),
            }
            await self.assistant.update(conversation, values)

    async def forget(self, conversation: str) -> None:
        """Delete a conversation with its frames; 404 when there is none of that name."""
        await self.state(conversation)
        await self.assistant.forget(conversation)

    def take(self, conversation: str, picture: bytes, url: str) -> Any:
        """Store an uploaded picture, redacted from its pixels, for the next look; 400 when it is none."""
        try:
            image = decoded(picture, "The upload")
        except InputError as error:
            raise HTTPException(400, str(error)) from error
        redactor = self.assistant.context.redactor_of(conversation)
        frame = redactor.put(image, url=url, taken=time.time())
        self.assistant.see(conversation, frame)
        return frame
