"""MCP over HTTP at ``/mcp``: behind the same gate as the rest, for the hosts that the server is reached by."""

from contextlib import AbstractAsyncContextManager
from urllib.parse import urlsplit

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from interarec.mcp_server import McpServer
from interarec.server.keys import caller_of
from interarec.server.problems import problem
from interarec.settings import Settings

PATHS = ("/mcp", "/mcp/")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
MOST_BYTES = 4 * 2**20  # never reached: bodies are bounded before


class McpEndpoint:
    """The ASGI application of an MCP server, for as long as :meth:`run` lasts; every request stands for itself."""

    def __init__(self, server: McpServer, settings: Settings):
        self._manager = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, security_settings=_security(settings),
            max_request_body_size=MOST_BYTES,
        )  # fmt: skip

    def run(self) -> AbstractAsyncContextManager[None]:
        """What its requests run in."""
        return self._manager.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; there is nothing to listen to or to end, so that GET and DELETE are refused."""
        if scope["method"] != "POST":
            answer = problem(scope["path"], 405, "Send MCP messages with POST.", {"Allow": "POST"})
            await answer(scope, receive, send)
            return
        await self._manager.handle_request(scope, receive, send)


def tenant_of(request: Request | None) -> str:
    """Whose sessions a call may use: its caller's, whom the gate let in."""
    assert request is not None
    return caller_of(request).tenant


def _security(settings: Settings) -> TransportSecuritySettings:
    """The names by which the server may be called.

    Where anybody on this machine may call it without a key, a page in a browser here must not, by a name that it had
    pointed to this machine (DNS rebinding). Elsewhere there is a key, or a host that was opened to a network.
    """
    if settings.api_keys or settings.host not in ("127.0.0.1", "localhost", "::1"):
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    embedding = [urlsplit(origin).netloc for origin in settings.allowed_origins]
    hosts = [*LOOPBACK, *(f"{name}:*" for name in LOOPBACK), *embedding]
    origins = [f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[*origins, *settings.allowed_origins])
