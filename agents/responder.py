"""The responder: lets its writer phrase the reply, grounds every sentence, and shows only what passed."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from agents.embedded.writer import EmbeddedWriter, compose
from agents.grounding.check import Checker
from agents.grounding.records import Known
from agents.models import Brief, Writer

log = logging.getLogger(__name__)
MOST_REPEATED = 3  # pieces; a model that goes round in circles is not listened to any longer
LONGEST_PIECE = 1200  # characters
EMBEDDED = EmbeddedWriter()
OURS_TO_SAY = ("out of scope", "service", "how chosen", "cart", "picture", "haggle")
"""What no model is asked to phrase: a small one answers whatever it is asked."""
# The number of a list item goes with its sentence.
PIECE = re.compile(r"[^\n]*\n|(?:\s*\d{1,2}[.)]\s)?+[^\n]*?[.!?](?=\s)")


@dataclass
class Reply:
    """A grounded reply: the text shown, the handles it names in order, what was taken out, and notes."""

    text: str = ""
    handles: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rewritten: bool = False
    """Whether the deterministic rendering stood in for the model's own words."""
    said: set[str] = field(default_factory=set)
    repeated: int = 0
    """Pieces that said again what had been said."""


class Responder:
    """Writes with ``writer``; what cannot be grounded is replaced by the deterministic rendering."""

    def __init__(self, writer: Writer):
        self.writer = writer

    async def respond(self, brief: Brief, known: Known, emit: Callable[[str], None] | None = None) -> Reply:
        """Write the reply; ``emit`` receives each piece once it has been checked, never before."""
        reply = Reply()
        writer = (
            EMBEDDED if not brief.calls and brief.understood.get("intent") in OURS_TO_SAY else self.writer
        )
        checker = Checker(known, by_rule=isinstance(writer, EmbeddedWriter))
        try:
            async for piece in _pieces(writer.write(brief)):
                await self._add(reply, piece, checker, emit)
                if reply.repeated >= MOST_REPEATED:
                    break
        except Exception as error:  # a remote writer may fail in any way; the reply must not
            log.info("writer failed: %s", type(error).__name__)
            reply.notes.append(
                "The language model stopped answering; the built-in writer finished the reply."
            )
        if self._lacking(reply, brief):
            await self._rewrite(reply, brief, Checker(known, by_rule=True), emit)
        reply.text = reply.text.strip()
        return reply

    async def _add(self, reply: Reply, piece: str, checker: Checker, emit: Callable[[str], None] | None) -> None:
        checked = await asyncio.to_thread(checker.check, piece)
        reply.removed += checked.removed
        reply.handles += [h for h in checked.handles if h not in reply.handles]
        if checked.text in reply.said:
            reply.repeated += 1
        elif checked.text:
            reply.said.add(checked.text)
            # A lost line break would run list items together.
            shown = checked.text + ("\n" if piece.endswith("\n") else " ")
            reply.text += shown
            if emit is not None:
                emit(shown)

    def _lacking(self, reply: Reply, brief: Brief) -> bool:
        """Whether nothing was said, products should have been named and none was, or no way on was shown."""
        if not reply.text.strip() or (brief.chosen and not reply.handles):
            return True
        found = [c["result"].get("relax") or [] for c in brief.calls if c["name"] == "search_catalog"]
        ways = [str(option["products"]) for options in found[-1:] for option in options]
        return bool(ways) and not brief.chosen and not any(re.search(rf"\b{w}\b", reply.text) for w in ways)

    async def _rewrite(self, reply: Reply, brief: Brief, checker: Checker, emit: Callable[[str], None] | None) -> None:
        reply.rewritten = True
        for line in compose(brief):
            await self._add(reply, line + "\n", checker, emit)
        if not reply.text.strip():
            await self._add(
                reply,
                "I could not find anything that I can vouch for; please tell me more of what you are after.\n",
                checker,
                emit,
            )


async def _pieces(stream: AsyncIterator[str]) -> AsyncIterator[str]:
    """Cut a stream of text at the ends of sentences and lines; one that comes to no end is given up."""
    waiting = ""
    async for chunk in stream:
        waiting += chunk
        if len(waiting) > LONGEST_PIECE:
            return
        while match := PIECE.match(waiting):
            if not match.group():
                break
            yield match.group()
            waiting = waiting[match.end() :].lstrip(" ")
    if waiting.strip():
        yield waiting
