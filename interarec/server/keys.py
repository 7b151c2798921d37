"""Who calls: API keys, the tenant behind each, and how much it may ask for."""

import hashlib
import hmac
import time
from dataclasses import dataclass

from fastapi import HTTPException, Request
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from catalog.errors import InputError

LOCAL = "local"


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
        self._tenants = {key: hashlib.sha256(key.encode()).hexdigest()[:16] for key in keys}
        self._limits = [_limit("RATE", rate), *([_limit("QUOTA", quota)] if quota else [])]
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, request: Request) -> Caller:
        """The caller of a request; 401 without a valid key, 429 above the rate."""
        tenant = self._tenant(request)
        who = tenant if self._tenants else f"{tenant}:{request.client.host if request.client else ''}"
        for limit in self._limits:
            if not await self._limiter.hit(limit, who):
                reset = (await self._limiter.get_window_stats(limit, who)).reset_time
                wait = str(max(1, round(reset - time.time())))
                raise HTTPException(
                    429, f"Too many requests; at most {limit}. Try again later.", {"Retry-After": wait}
                )
        return Caller(tenant)

    def _tenant(self, request: Request) -> str:
        if not self._tenants:
            return LOCAL
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            for key, tenant in self._tenants.items():
                if hmac.compare_digest(key.encode(), given.strip().encode()):
                    return tenant
        raise HTTPException(
            401, "Send a valid key as 'Authorization: Bearer KEY'.", {"WWW-Authenticate": "Bearer"}
        )


def _limit(setting: str, written: str) -> RateLimitItem:
    try:
        return parse(written)
    except ValueError as error:
        raise InputError(
            f"The setting INTERAREC_{setting} is wrong: {written!r} is not like '120/minute'."
        ) from error
