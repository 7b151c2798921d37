"""Tools of other MCP servers (stock, delivery, orders) that the planner may use beside our own.

Only tools on a server's allow-list are taken, each call has a time limit, and what comes back is text: data that
is quoted to the shopper, never an instruction.
"""

import asyncio
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from catalog.errors import InputError

log = logging.getLogger(__name__)
LONGEST = 600  # characters of a result that are kept
HANDLE = re.compile(r"P\d{1,4}")


class ExternalServer(BaseModel):
    """How to reach an MCP server, and which of its tools may be used."""

    model_config = ConfigDict(extra="forbid")

    command: str | None = Field(
        default=None, description="a program that speaks MCP on standard input and output"
    )
    args: list[str] = Field(default_factory=list)
    url: str | None = Field(default=None, description="or the address of a streamable HTTP server")
    headers: dict[str, str] = Field(default_factory=dict)
    tools: list[str] = Field(min_length=1, description="the tools that may be used")
    timeout: float = Field(default=5.0, gt=0, le=60, description="seconds that a call may take")

    def connection(self) -> dict[str, Any]:
        """What the MCP client needs; InputError when it is neither a program nor an address."""
        if self.command:
            return {"transport": "stdio", "command": self.command, "args": self.args}
        if self.url:
            return {"transport": "streamable_http", "url": self.url, "headers": self.headers}
        raise InputError("An MCP server needs a 'command' or a 'url'.")


@dataclass(frozen=True)
class ExternalTool:
    """One tool of another server."""

    server: str
    tool: BaseTool
    timeout: float


class ExternalTools:
    """The tools taken from other servers, by name."""

    def __init__(self, tools: dict[str, ExternalTool], problems: list[str] | None = None):
        self.tools = tools
        self.problems = problems or []
        """Servers that could not be reached, a sentence each."""

    def schemas(self) -> list[dict[str, Any]]:
        """Every tool as function calling wants it."""
        return [convert_to_openai_tool(t.tool) for t in self.tools.values()]

    async def call(
        self, name: str, arguments: dict[str, Any], item_of: Callable[[str], str | None]
    ) -> tuple[dict[str, Any], bool]:
        """Call a tool: its result and whether it failed. A product handle among the arguments becomes its item id."""
        external = self.tools[name]
        given = {
            k: (item_of(v) or v) if isinstance(v, str) and HANDLE.fullmatch(v) else v
            for k, v in arguments.items()
        }
        try:
            answer = await asyncio.wait_for(external.tool.ainvoke(given), external.timeout)
        except TimeoutError:
            return {"error": f"{external.server} did not answer within {external.timeout:g} s."}, True
        except Exception as error:  # whatever another server does, the turn goes on
            log.info("external tool %s failed: %s", name, type(error).__name__)
            return {"error": f"{external.server} could not answer that."}, True
        return {"server": external.server, "text": _plain(answer)}, False


async def load_external(path: Path | None, own: set[str]) -> ExternalTools:
    """The tools of the servers that a JSON file names; ``own`` names are never replaced.

    The file maps a name to an :class:`ExternalServer`. InputError when the file cannot be used; a server that cannot be
    reached is told in ``problems`` and left out.
    """
    if path is None:
        return ExternalTools({})
    servers = _servers(path)
    found: dict[str, ExternalTool] = {}
    problems = []
    for name, server in servers.items():
        try:
            offered = await asyncio.wait_for(_tools_of(name, server), 4 * server.timeout)
        except Exception as error:
            log.info("MCP server %s failed: %s", name, type(error).__name__)
            problems.append(f"The MCP server {name!r} cannot be reached; its tools are left out.")
            continue
        for tool in offered:
            if tool.name in server.tools and tool.name not in own and tool.name not in found:
                found[tool.name] = ExternalTool(name, tool, server.timeout)
    return ExternalTools(found, problems)


def _servers(path: Path) -> dict[str, ExternalServer]:
    try:
        servers = TypeAdapter(dict[str, ExternalServer]).validate_python(
            json.loads(path.read_text(encoding="utf-8"))
        )
    except OSError as error:
        raise InputError(f"{path} cannot be read; check INTERAREC_MCP_SERVERS.") from error
    except (ValueError, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise InputError(f"{path} is no list of MCP servers: {reason}.") from error
    for server in servers.values():
        server.connection()
    return servers


async def _tools_of(name: str, server: ExternalServer) -> list[BaseTool]:
    from langchain_mcp_adapters.client import MultiServerMCPClient

    client = MultiServerMCPClient({name: server.connection()})  # type: ignore[dict-item]
    return await client.get_tools()


def _plain(answer: Any) -> str:
    """The text of a result, in one line, with nothing in it that could pass for a handle."""
    if isinstance(answer, list):
        answer = " ".join(str(b.get("text", "")) if isinstance(b, dict) else str(b) for b in answer)
    text = re.sub(r"\s+", " ", str(answer)).strip()[:LONGEST]
    return re.sub(r"\bP(?=\d)", "P ", text.replace("[[", "").replace("]]", ""))
