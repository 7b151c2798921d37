"""InteraRec as an MCP server: its tools, and what was seen as a resource, for any MCP client."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from mcp.server.fastmcp import FastMCP

from graphs.desk import open_desk, save_desk
from graphs.shopping import KEEP_TURNS, LISTING
from graphs.state import ShoppingState
from interarec.app import Assistant, thread
from tools.needs import NOT_AVAILABLE, BehaviorSummary
from tools.toolbox import run_tool

PREFIX = "mcp:"
ABOUT = (
    "Recommends products of one shop from what a shopper browsed and wished. Begin with `start_session`, then chat, or call "
    "the tools. Products are named by handles such as P1; never name a product or a price that a tool did not return."
)


def make_mcp(assistant: Assistant) -> FastMCP:
    """The MCP server of an assistant."""
    mcp = FastMCP("InteraRec", instructions=ABOUT, stateless_http=True, streamable_http_path="/")

    async def call(session: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Run one of the planner's tools on a session."""
        config = thread(PREFIX + session)
        state: ShoppingState = (await assistant.graph.aget_state(config)).values  # type: ignore[assignment]
        desk = open_desk(state, assistant.context)
        run = run_tool(desk, name, arguments)
        values = dict(save_desk(desk))
        if name in LISTING and not run.failed and desk.chosen:  # "the second one" points into it
            values["shown"] = [*state.get("shown", []), desk.chosen][-KEEP_TURNS:]
        await assistant.graph.aupdate_state(config, values, as_node="respond")
        return run.result

    @mcp.tool()
    async def start_session() -> str:
        """Begin a session and return its id, which the other tools take."""
        session = uuid.uuid4().hex
        await assistant.graph.aupdate_state(thread(PREFIX + session), {"turns": 0}, as_node="respond")
        return session

    @mcp.tool()
    async def chat(session: str, message: str) -> dict[str, Any]:
        """Say something as the shopper; returns the reply and the products that it names."""
        result = await assistant.turn(PREFIX + session, message[:4000])
        return {"reply": result.reply, "products": result.products}

    _planner_tools(mcp, call)

    @mcp.resource("summary://{session}", mime_type="text/plain")
    async def summary(session: str) -> str:
        """The behaviour summary of a session in its eight categories."""
        state = (await assistant.graph.aget_state(thread(PREFIX + session))).values
        known = BehaviorSummary.model_validate(state.get("summary") or {})
        lines = [f"{c.value}: {text}" for c, text in known.categories.items()]
        return "\n".join(lines) if lines else NOT_AVAILABLE

    return mcp


Call = Callable[[str, str, dict[str, Any]], Awaitable[dict[str, Any]]]


def _planner_tools(mcp: FastMCP, call: Call) -> None:
    """The tools that the planner has, each on a session."""

    @mcp.tool()
    async def set_wishes(session: str, changes: dict[str, Any]) -> dict[str, Any]:
        """Change the standing wishes: query, min_price, max_price, brands, must, exclude_terms, min_rating, clear, ..."""
        return await call(session, "set_wishes", changes)

    @mcp.tool()
    async def search_catalog(session: str, query: str | None = None, k: int = 20) -> dict[str, Any]:
        """Products of the shop that satisfy the standing wishes, by words and meaning."""
        return await call(session, "search_catalog", {"query": query, "k": k})

    @mcp.tool()
    async def predict_next_items(session: str) -> dict[str, Any]:
        """What shoppers with a visit like this one look at next."""
        return await call(session, "predict_next_items", {})

    @mcp.tool()
    async def rerank(session: str, k: int = 4, order: str | None = None) -> dict[str, Any]:
        """Order the candidates found so far, with the reasons for each; or all that fits: cheapest, dearest, rating, popular."""
        return await call(session, "rerank", {"k": k, "order": order})

    @mcp.tool()
    async def list_options(session: str, of: str) -> dict[str, Any]:
        """Which brands, colours, kinds or categories (``of``: one of these, singular) satisfy the standing wishes."""
        return await call(session, "list_options", {"of": of})

    @mcp.tool()
    async def product_details(session: str, handles: list[str]) -> dict[str, Any]:
        """Everything known of products, by their handles."""
        return await call(session, "product_details", {"handles": handles})

    @mcp.tool()
    async def compare_products(session: str, handles: list[str]) -> dict[str, Any]:
        """The facts in which products differ."""
        return await call(session, "compare_products", {"handles": handles})

    @mcp.tool()
    async def optimize_bundle(
        session: str, parts: list[str] | None = None, size: int | None = None, budget: float | None = None
    ) -> dict[str, Any]:
        """A set of products under a budget, chosen by a solver."""
        arguments = {"parts": parts or [], "size": size, "budget": budget}
        return await call(session, "optimize_bundle", {k: v for k, v in arguments.items() if v is not None})
