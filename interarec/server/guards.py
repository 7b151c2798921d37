"""What every response and request has to respect: security headers, size limits, metrics, structured access logs."""

import json
import logging
import time
import uuid

from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from catalog.errors import InteraRecError
from interarec.server.openai_wire import error_body, is_openai

LOG = logging.getLogger("interarec.server")
REQUESTS = Counter("interarec_requests_total", "HTTP requests", ["method", "route", "status"])
SECONDS = Histogram("interarec_request_seconds", "Seconds to the end of a response", ["route"])
TURNS = Histogram(
    "interarec_turn_seconds",
    "Seconds of a conversation's turn",
    buckets=(0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 10),
)
FRAMES = Counter("interarec_frames_total", "Frames that were taken in")

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"
)
DOCS_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class TooLarge(InteraRecError):
    """A request body is larger than what is taken in."""


class Guards:
    """One ASGI layer around the application."""

    def __init__(self, app: ASGIApp, max_bytes: int, frame_ancestors: list[str]):
        self.app = app
        self.max_bytes = max_bytes
        self.policy = f"{POLICY}; frame-ancestors 'self' {' '.join(frame_ancestors)}".strip()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, number, status = time.perf_counter(), uuid.uuid4().hex[:12], 500
        taken = 0
        too_large = TooLarge(f"The request is larger than {self.max_bytes // 2**20} MiB; send less at once.")

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.max_bytes:
                raise too_large
            return message

        async def headed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", self.policy)
                headers["x-request-id"] = number
                if scope["path"].startswith("/v1"):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        length = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if length.isdigit() and int(length) > self.max_bytes:
                raise too_large
            await self.app(scope, limited, headed)
        except TooLarge as error:
            status = 413
            told = error_body(413, str(error)) if is_openai(scope["path"]) else {"detail": str(error)}
            body = json.dumps(told).encode()
            await headed(
                {
                    "type": "http.response.start",
                    "status": 413,
                    "headers": [(b"content-type", b"application/json")],
                }
            )
            await send({"type": "http.response.body", "body": body})
        finally:
            spent = time.perf_counter() - began
            route = getattr(scope.get("route"), "path", "other")
            REQUESTS.labels(scope["method"], route, str(status)).inc()
            SECONDS.labels(route).observe(spent)
            # The route's pattern, never the path: session ids are secrets.
            LOG.info(
                json.dumps(
                    {
                        "id": number,
                        "method": scope["method"],
                        "route": route,
                        "status": status,
                        "ms": round(1000 * spent, 1),
                    }
                )
            )
