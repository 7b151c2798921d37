"""The one way out for a browser that we drive for somebody else: it reaches public addresses, and no others.

A server that opens addresses on request must not be led to its own network (server-side request forgery). Looking
at the address that was asked for is not enough: pages redirect, load from elsewhere, and names change what they
point to between the look and the connection (DNS rebinding). So the browser gets a proxy on this machine that
resolves each name itself, refuses private and link-local addresses, and connects to the very address that it looked at.

What is tunnelled is the web and nothing else: TLS that offers HTTP, or a WebSocket's greeting. WebRTC's relays, which
also know how to go by a proxy, are refused.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

MOST_HEADERS = 64 * 1024
CONNECT_SECONDS = 15
HOP_BY_HOP = ("proxy-connection", "proxy-authorization", "connection", "keep-alive")
MARK = "x-interarec-gateway"
"""The header by which an answer of the gateway's own is known from a site's."""
REFUSED = f"HTTP/1.1 403 Forbidden\r\n{MARK}: refused\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nThis address is not reached from here.\n".encode()
UNREACHED = f"HTTP/1.1 502 Bad Gateway\r\n{MARK}: unreached\r\nConnection: close\r\n\r\n".encode()
# A TLS handshake's record: its kind, the major version; after the minor one two bytes tell its length.
TLS_RECORD = b"\x16\x03"
OFFERS_HTTP = b"\x08http/1.1"
WEBSOCKET = b"GET "

Lookup = Callable[[str, int], Awaitable[list[str]]]


class Gateway:
    """A forward proxy on the loopback interface, for as long as a ``with`` block lasts.

    ``own`` are places (host, port) that are reached although they are private: the sample shop. ``private`` are
    private hosts that whoever runs the server allows, as numbers or ``localhost``; a name could point anywhere.
    ``lookup`` tells the addresses of a name: the system's resolver where none is given.
    """

    def __init__(
        self,
        own: set[tuple[str, int]] | None = None,
        private: set[str] | None = None,
        lookup: Lookup | None = None,
    ):
        self.own = own or set()
        self.lookup = lookup or addresses_of
        self.private = {h for h in private or set() if h == "localhost" or _is_number(h)}
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "Gateway":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=MOST_HEADERS)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()

    @property
    def address(self) -> str:
        """Where the proxy listens."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def resolve(self, host: str, port: int) -> str | None:
        """The address to connect to; None where any address of the host is not a public one."""
        if (host, port) in self.own or host in self.private:
            return host
        addresses = await self.lookup(host, port)
        return addresses[0] if addresses and all(map(is_public, addresses)) else None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            try:
                await self._pass_on(reader, writer)
            except ValueError:  # no request, or no address
                writer.write(REFUSED)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, version = head.split("\r\n", 1)[0].split(" ")
        tunnel = method == "CONNECT"
        parts = urlsplit(f"//{target}" if tunnel else target)
        host, port = (parts.hostname or "").lower(), parts.port or (443 if tunnel else 80)
        address = await self.resolve(host, port)
        if address is None:
            writer.write(REFUSED)
            await writer.drain()
            return
        if tunnel:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            first = await _greeting(reader)
        else:
            path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            first = _request(method, path, version, head)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                there = await asyncio.open_connection(address, port)
        except (OSError, TimeoutError):
            if not tunnel:
                writer.write(UNREACHED)
                await writer.drain()
            return
        there[1].write(first)
        # One connection is one destination: what follows on it goes to the same address or nowhere.
        await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer), return_exceptions=True)


async def _greeting(reader: asyncio.StreamReader) -> bytes:
    """What a tunnel begins with, when it is the web that goes through it; else ConnectionError, which closes it."""
    first = await reader.readexactly(len(TLS_RECORD) + 3)
    if first.startswith(TLS_RECORD):
        first += await reader.readexactly(int.from_bytes(first[3:]))
        if OFFERS_HTTP in first:
            return first
    elif first.startswith(WEBSOCKET):
        return first
    raise ConnectionError("this is not the web")


async def addresses_of(host: str, port: int) -> list[str]:
    """What a name stands for now; nothing where it is not known."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(info[4][0]) for info in found]


def is_public(address: str) -> bool:
    """Whether an address is on the public internet.

    >>> [is_public(a) for a in ("93.184.216.34", "127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:10.0.0.8")]
    [True, False, False, False, False, False]
    """
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return found.is_global and not found.is_multicast


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _request(method: str, path: str, version: str, head: str) -> bytes:
    """A request as its server expects it: without what was meant for the proxy, and for this once."""
    lines = [line for line in head.split("\r\n")[1:] if line and line.split(":")[0].lower() not in HOP_BY_HOP]
    return "\r\n".join([f"{method} {path} {version}", *lines, "Connection: close", "", ""]).encode("latin-1")


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        with contextlib.suppress(OSError):
            writer.close()
