"""What every response and request has to respect: security headers, metrics, structured access logs."""

import json
import logging
import sys
import time
import uuid

from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
DOCS_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'") + "; frame-ancestors 'self'"
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guards:
    """One ASGI layer around the application."""

    def __init__(self, app: ASGIApp, frame_ancestors: list[str]):
        self.app = app
        self.policy = f"{POLICY}; frame-ancestors 'self' {' '.join(frame_ancestors)}".strip()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, number, status = time.perf_counter(), uuid.uuid4().hex[:12], 500

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

        try:
            await self.app(scope, receive, headed)
        finally:
            self._note(scope, number, status, time.perf_counter() - began)

    def _note(self, scope: Scope, number: str, status: int, spent: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        REQUESTS.labels(scope["method"], route, str(status)).inc()
        SECONDS.labels(route).observe(spent)
        # The route's pattern, never the path: session ids are secrets.
        line = {
            "id": number, "method": scope["method"], "route": route, "status": status, "ms": round(1000 * spent, 1),
        }  # fmt: skip
        LOG.info(json.dumps(line))


def log_to_stderr() -> None:
    """Access lines as JSON, one a line; our own only, and no secrets in them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("interarec.server")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
