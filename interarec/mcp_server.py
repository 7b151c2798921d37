"""InteraRec as an MCP server: its tools, and what was seen as a resource, for any MCP client.

Nothing heavy is imported here: a client is answered at once, and what its calls need is made ready behind that.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.lowlevel.helper_types import ReadResourceContents

from catalog.errors import InputError, InteraRecError

if TYPE_CHECKING:
    from interarec.session_tools import SessionTools
    from tools.toolbox import Tool

LOG = logging.getLogger(__name__)
ABOUT = (
    "Recommends products of one shop from what a shopper browsed and wished. Begin with `start_session`, then chat, or call "
    "the tools. Products are named by handles such as P1; never name a product or a price that a tool did not return."
)
SESSION = {"type": "string", "description": "the id that start_session gave", "maxLength": 64}
START = types.Tool(
    name="start_session",
    description="Begin a session and return its id, which the other tools take.",
    inputSchema={"type": "object", "properties": {}, "additionalProperties": False},
)
CHAT = types.Tool(
    name="chat",
    description="Say something as the shopper; returns the reply and the products that it names.",
    inputSchema={
        "type": "object",
        "properties": {"session": SESSION, "message": {"type": "string", "minLength": 1, "maxLength": 4000}},
        "required": ["session", "message"],
        "additionalProperties": False,
    },
)
SUMMARY = types.ResourceTemplate(
    name="summary", uriTemplate="summary://{session}", mimeType="text/plain",
    description="The behaviour summary of a session in its eight categories.",
)  # fmt: skip

Tenant = Callable[[Any], str]
McpServer = Server[Any, Any]


def make_mcp(
    toolbox: Callable[[], Awaitable["dict[str, Tool]"]],
    sessions: Callable[[], Awaitable["SessionTools"]],
    tenant: Tenant = lambda request: "local",
) -> McpServer:
    """An MCP server; ``toolbox`` and ``sessions`` are waited for when they are first needed.

    ``tenant`` tells from the HTTP request of a call (None on standard input) whose sessions it may use.
    """
    server: McpServer = Server("InteraRec", "0.1.0", instructions=ABOUT)

    @server.list_tools()  # type: ignore[no-untyped-call,untyped-decorator]
    async def list_tools() -> list[types.Tool]:
        own = [
            types.Tool(name=t.name, description=t.description, inputSchema=_schema(t))
            for t in (await toolbox()).values()
        ]
        return [START, CHAT, *own]

    @server.call_tool(validate_input=False)  # type: ignore[untyped-decorator]
    async def call_tool(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        try:
            return await _called(await sessions(), tenant(server.request_context.request), name, arguments)
        except InteraRecError as error:
            return _text(str(error), failed=True)
        except Exception:
            LOG.exception("%s failed", name)
            return _text("That failed; what the session had so far stands. Try again.", failed=True)

    @server.list_resource_templates()  # type: ignore[no-untyped-call,untyped-decorator]
    async def templates() -> list[types.ResourceTemplate]:
        return [SUMMARY]

    @server.read_resource()  # type: ignore[no-untyped-call,untyped-decorator]
    async def read(uri: Any) -> list[ReadResourceContents]:
        session = str(uri).removeprefix("summary://").strip("/")
        text = await (await sessions()).summary(f"{tenant(server.request_context.request)}:{session}")
        return [ReadResourceContents(content=text, mime_type="text/plain")]

    return server


async def _called(
    sessions: "SessionTools", tenant: str, name: str, arguments: dict[str, Any]
) -> types.CallToolResult:
    if name == START.name:
        return _text(await sessions.begin(tenant))
    given = dict(arguments)
    session = given.pop("session", None)
    if not isinstance(session, str) or not session:
        raise InputError("Give the session that start_session returned as 'session'.")
    conversation = f"{tenant}:{session}"
    if name == CHAT.name:
        message = given.get("message")
        if not isinstance(message, str) or not message.strip():
            raise InputError("Give what the shopper says as 'message'.")
        return _json(await sessions.chat(conversation, message))
    if given.keys() == {"changes"} and isinstance(given["changes"], dict):  # how set_wishes took them at first
        given = given["changes"]
    run = await sessions.call(conversation, name, given)
    return _json(run.result, run.failed)


def _schema(tool: "Tool") -> dict[str, Any]:
    """What a tool takes, and the session that it works on."""
    schema = tool.arguments.model_json_schema()
    return schema | {
        "properties": {"session": SESSION, **schema.get("properties", {})},
        "required": ["session", *schema.get("required", [])],
    }


def _json(value: dict[str, Any], failed: bool = False) -> types.CallToolResult:
    text = json.dumps(value, ensure_ascii=False, default=str)
    content = types.TextContent(type="text", text=text)
    return types.CallToolResult(content=[content], structuredContent=json.loads(text), isError=failed)


def _text(text: str, failed: bool = False) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], isError=failed)
