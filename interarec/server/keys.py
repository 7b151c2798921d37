"""Who calls: API keys, the tenant behind each, and how much it may ask for."""

import hashlib
import hmac
import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from catalog.errors import InputError
from interarec.server.connections import network
from interarec.server.problems import problem

LOCAL = "local"
WRONG_KEYS = parse("20/minute")
"""Wrong keys that an address may send; after that its keys are not looked at for a while."""
GATED = ("/v1", "/mcp")


@dataclass(frozen=True)
class Caller:
    """A tenant; its name prefixes everything that is kept for it, so that no other can reach it."""

    tenant: str

    def thread(self, session: str) -> str:
        """The conversation's name in the database."""
        return f"{self.tenant}:{session}"


class Gate:
    """Lets callers in: by key where keys are configured, anyone where none are, each within a rate and a quota."""

    def __init__(self, keys: list[str], rate: str, quota: str = ""):
        self._tenants = [(_digest(key), hashlib.sha256(key.encode()).hexdigest()[:16]) for key in keys]
        self._limits = [_limit("RATE", rate), *([_limit("QUOTA", quota)] if quota else [])]
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, request: Request) -> Caller:
        """The caller of a request; 401 without a valid key, 429 above the rate and after many wrong keys."""
        address = network(request.client.host) if request.client else ""
        tenant = await self._tenant(request, address)
        who = tenant if self._tenants else f"{tenant}:{address}"
        for limit in self._limits:
            if not await self._limiter.hit(limit, who):
                await self._refuse(limit, who, f"Too many requests; at most {limit}. Try again later.")
        return Caller(tenant)

    async def _tenant(self, request: Request, address: str) -> str:
        if not self._tenants:
            return LOCAL
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and given.strip():
            if not await self._limiter.test(WRONG_KEYS, "wrong", address):
                await self._refuse(
                    WRONG_KEYS, "wrong", "Too many wrong keys came from your address; wait a minute.", address
                )
            digest = _digest(given.strip())
            # Every key is compared in full: the time says nothing of which was nearly right.
            found = [tenant for known, tenant in self._tenants if hmac.compare_digest(known, digest)]
            if found:
                return found[0]
            await self._limiter.hit(WRONG_KEYS, "wrong", address)
        raise HTTPException(
            401, "Send a valid key as 'Authorization: Bearer KEY'.", {"WWW-Authenticate": "Bearer"}
        )

    async def _refuse(self, limit: RateLimitItem, who: str, detail: str, *more: str) -> None:
        reset = (await self._limiter.get_window_stats(limit, who, *more)).reset_time
        raise HTTPException(429, detail, {"Retry-After": str(max(1, round(reset - time.time())))})


class Gated:
    """One ASGI layer before everything that is somebody's: who calls is known before a body is taken in."""

    def __init__(self, app: ASGIApp, gate: Gate):
        self.app = app
        self.gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, with its :class:`Caller` in the request's state, or refuse it."""
        if scope["type"] == "http" and _is_gated(scope["path"]) and scope["method"] != "OPTIONS":
            try:
                scope.setdefault("state", {})["caller"] = await self.gate(Request(scope))
            except HTTPException as refused:
                answer = problem(scope["path"], refused.status_code, refused.detail, refused.headers)
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def caller_of(request: Request) -> Caller:
    """Who a request came from; 401 where no :class:`Gated` let it in."""
    caller = request.scope.get("state", {}).get("caller")
    if not isinstance(caller, Caller):
        raise HTTPException(401, "This path takes no requests.")
    return caller


def _is_gated(path: str) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in GATED)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _limit(setting: str, written: str) -> RateLimitItem:
    try:
        return parse(written)
    except ValueError as error:
        raise InputError(
            f"The setting INTERAREC_{setting} is wrong: {written!r} is not like '120/minute'."
        ) from error
