"""Bodies of requests: taken in within limits of size and time, and JSON parsed and checked beside the event loop."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from catalog.errors import InputError
from catalog.json_limits import JsonLimits, parsed
from interarec.server.problems import problem

COMPLETIONS = "/v1/chat/completions"
LONGEST_JSON = 256 * 1024  # bytes, where no picture is in it
ON_THE_LOOP = 4096  # bytes that are parsed at once
PATIENCE = 20.0  # seconds for a body, and more as it comes
RATE = 16 * 1024  # bytes a second that earn more time
MOST_HELD = 512 * 2**20  # bytes of all bodies that are being taken in


class Refused(Exception):
    """A body is not taken in."""

    def __init__(self, status: int, detail: str):
        super().__init__(detail)
        self.status = status


@dataclass
class Bodies:
    """One ASGI layer: what lies within has the whole body at hand, and JSON parsed (:mod:`interarec.server.json_route`)."""

    app: ASGIApp
    max_bytes: int
    patience: float = field(default_factory=lambda: PATIENCE)
    _held: int = 0
    _parsers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "parse"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take in one request's body."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if "content-length" not in headers and "transfer-encoding" not in headers:
            await self.app(scope, receive, send)
            return
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        pictures = kind.startswith("image/") or scope["path"] == COMPLETIONS
        most = self.max_bytes if pictures else min(LONGEST_JSON, self.max_bytes)
        try:
            body = await self._whole(receive, headers.get("content-length", ""), most)
            if body is None:  # the client is gone
                return
            if body and kind.startswith("application/") and (kind.endswith(("/json", "+json"))):
                scope.setdefault("state", {})["json"] = await self._json(body, pictures)
        except Refused as refused:
            await problem(scope["path"], refused.status, str(refused))(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    async def _whole(self, receive: Receive, declared: str, most: int) -> bytes | None:
        too_large = Refused(413, f"The request is larger than {_size(most)}; send less at once.")
        if declared.isdigit() and int(declared[:20]) > most:
            raise too_large
        began, pieces, taken = time.monotonic(), [], 0
        try:
            while True:
                left = self.patience + taken / RATE - (time.monotonic() - began)
                async with asyncio.timeout(max(left, 0.0)):
                    message = await receive()
                if message["type"] != "http.request":
                    return None
                piece = message.get("body", b"")
                pieces.append(piece)
                taken += len(piece)
                self._held += len(piece)
                if taken > most:
                    raise too_large
                if self._held > MOST_HELD:
                    raise Refused(503, "Too much is being sent here at once; try again in a moment.")
                if not message.get("more_body", False):
                    return b"".join(pieces)
        except TimeoutError as error:
            raise Refused(408, "The request came too slowly; send it again.") from error
        finally:
            self._held -= taken

    async def _json(self, body: bytes, pictures: bool) -> Any:
        limits = JsonLimits(values=100_000, text=self.max_bytes) if pictures else JsonLimits(12, 4000, 16_000)
        try:
            if len(body) <= ON_THE_LOOP:
                return parsed(body, limits)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._parsers, parsed, body, limits)
        except InputError as error:
            raise Refused(400, str(error)) from error


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body once, and then what comes after it."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _size(amount: int) -> str:
    return f"{amount // 2**20} MiB" if amount >= 2**20 else f"{amount // 1024} KiB"
