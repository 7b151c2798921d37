"""Conversation at the command line: interactive, or one request per line of a file."""

import asyncio
import json
import select
import sys
from pathlib import Path
from typing import Any

from catalog.errors import ConversationDeleted, InputError, InteraRecError
from interarec.app import Assistant, OnEvent, TurnResult
from interarec.console import console, out, styled

PRODUCT_FIELDS = ("item_id", "title", "brand", "price", "currency")
WAIT_SECONDS = 0.05
QUIT = {"exit", "quit", ":q"}


def script_lines(path: Path) -> list[str]:
    """The requests of a script: its lines, without empty ones; InputError when there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a text file; pass one request per line.") from error
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError(f"{path} has no requests; write one per line.")
    return lines


def turn_record(number: int, request: str, result: TurnResult) -> dict[str, Any]:
    """One turn as one JSON object."""
    return {
        "turn": number,
        "user": request,
        "tool_calls": [{"name": c["name"], "arguments": c["arguments"]} for c in result.calls],
        "reply": result.reply,
        "products": [{k: p.get(k) for k in PRODUCT_FIELDS} for p in result.products],
    }


def full_record(number: int, request: str, result: TurnResult) -> dict[str, Any]:
    """One turn with everything that a report shows of it."""
    more = {"calls": result.calls, "cards": result.products, "removed": result.removed}
    return turn_record(number, request, result) | more


async def run_script(
    assistant: Assistant, conversation: str, requests: list[str], as_json: bool | None
) -> list[dict[str, Any]]:
    """Run the requests as one conversation and print each turn, as JSON or for a person (None: not at all).

    An error ends its turn, not the conversation.
    """
    records = []
    for number, request in enumerate(requests, 1):
        try:
            result = await _turn(assistant, conversation, request)
        except InteraRecError as error:
            result = TurnResult(str(error), [], [], [], [])
        records.append(full_record(number, request, result))
        if as_json:
            print(json.dumps(turn_record(number, request, result), ensure_ascii=False), flush=True)
        elif as_json is not None:
            show_turn(request, result)
    return records


def show_turn(request: str, result: TurnResult) -> None:
    """One turn for a person."""
    out().print(styled("\n", ("you", "bold cyan"), f"  {request}"))
    calls = ", ".join(f"{c['name']} {c['milliseconds']:.0f} ms" for c in result.calls)
    if calls:
        out().print(styled((f"     {calls}", "dim")))
    out().print(styled(("interarec", "bold green"), f"  {result.reply}"))


async def interactive(assistant: Assistant, conversation: str) -> None:
    """Talk until the user leaves."""
    console().print(styled(("Ask for what you are after; an empty line or 'quit' leaves.", "dim")))
    while True:
        try:
            console().print(styled(("you", "bold cyan"), " "), end="")
            request = await _typed()
        except (KeyboardInterrupt, asyncio.CancelledError):  # Ctrl-C leaves
            break
        if not request.strip() or request.strip().lower() in QUIT:
            break
        try:
            streamed = False

            def show(event: dict[str, Any]) -> None:
                nonlocal streamed
                if event["type"] == "tool":
                    console().print(styled((f"     {event['name']} {event['milliseconds']:.0f} ms", "dim")))
                elif event["type"] == "token":
                    if not streamed:
                        out().print(styled(("interarec", "bold green"), "  "), end="")
                        streamed = True
                    out().print(event["text"], end="")

            await _turn(assistant, conversation, request.strip(), show)
            out().print()
        except InteraRecError as error:
            console().print(styled((str(error), "red")))


async def _turn(
    assistant: Assistant, conversation: str, request: str, on_event: OnEvent | None = None
) -> TurnResult:
    """One turn; a conversation that another process deleted begins anew with it."""
    async with assistant.lock(conversation):
        try:
            return await assistant.turn(conversation, request, on_event)
        except ConversationDeleted:
            console().print("this conversation was deleted meanwhile; it begins anew")
            await assistant.begin(conversation)
            return await assistant.turn(conversation, request, on_event)


async def _typed() -> str:
    """A line from standard input; what runs beside the conversation goes on while it is waited for."""
    descriptor = sys.stdin.fileno()
    while not select.select([descriptor], [], [], 0)[0]:
        await asyncio.sleep(WAIT_SECONDS)
    # Without a buffer: in one, a second line that came with the first would not be seen to wait.
    with open(descriptor, "rb", buffering=0, closefd=False) as typed:
        return typed.readline().decode(sys.stdin.encoding, "replace")
