"""Connections: a time to send a request in, and a bound for each address, on uvicorn's own HTTP protocol."""

import asyncio
import ipaddress
from collections import Counter
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0  # for the head of a request, from the first moment of its connection or the end of the one before
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nconnection: close\r\nretry-after: 5\r\n\r\n"
    b'{"detail": "Too many connections are open from your address; close some and try again."}'
)
SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
    b'{"detail": "The request came too slowly; send it again."}'
)


def network(address: str) -> str:
    """Who is behind an address: itself, or for IPv6 the network of 2^64 that is one customer's.

    >>> network("192.0.2.7"), network("2001:db8::9"), network("::ffff:192.0.2.7"), network("testclient")
    ('192.0.2.7', '2001:db8::/64', '192.0.2.7', 'testclient')
    """
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


class BoundedProtocol(H11Protocol):  # type: ignore[misc]
    """One connection; :func:`bounded_protocol` makes the class for a server."""

    most = 100
    head_seconds = HEAD_SECONDS
    open_now: Counter[str] = Counter()
    """Connections by address, of all that share the class."""
    _who: str | None = None
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Count it, or turn it away."""
        super().connection_made(transport)
        who = network(self.client[0] if self.client else "")
        if self.open_now[who] >= self.most:
            transport.write(BUSY)
            transport.close()
            return
        self._who = who
        self.open_now[who] += 1
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it out."""
        super().connection_lost(exc)
        self._stop()
        if self._who is not None:
            self.open_now[self._who] -= 1
            if not self.open_now[self._who]:
                del self.open_now[self._who]
            self._who = None

    def data_received(self, data: bytes) -> None:
        """Take in what came; the time for a head ends with the head."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._under_way():
            self._stop()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self._wait()
        super().on_response_complete()
        if self._under_way():  # it had come already
            self._stop()

    def _under_way(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._stop()
        self._late = self.loop.call_later(self.head_seconds, self._end)

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _end(self) -> None:
        if not self.transport.is_closing() and not self._under_way():
            if self.cycle is None:
                self.transport.write(SLOW)
            self.transport.close()


def bounded_protocol(most: int, head_seconds: float = HEAD_SECONDS) -> type[BoundedProtocol]:
    """A class for uvicorn's ``http``: at most ``most`` connections for an address, each with a time for its requests.

    Bodies have a time of their own (:mod:`interarec.server.bodies`); a connection between requests is ended by uvicorn.
    """
    own = {"most": most, "head_seconds": head_seconds, "open_now": Counter()}
    return type("BoundedProtocol", (BoundedProtocol,), own)
