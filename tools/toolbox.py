"""The tools by name: their arguments, their schemas for function calling, and how a call is run."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from catalog.errors import InteraRecError, ToolInputError
from catalog.json_limits import JsonLimits, check
from tools.answering import (
    AgainArguments,
    CompareArguments,
    DetailArguments,
    HandleArguments,
    NoArguments,
    OptionArguments,
    compare,
    details,
    explain,
    list_options,
    show_again,
    summarize,
    validate,
)
from tools.recommending import PredictArguments, RerankArguments, SearchArguments, predict, rerank, search
from tools.sets import BundleArguments, bundle
from tools.wishes import WishChanges, change_wishes
from tools.workspace import Workspace

LOG = logging.getLogger(__name__)
LIMITS = JsonLimits(depth=6, values=400, text=4000)
"""What the arguments of one call may hold: a model can be led to write anything."""
LONGEST_ERROR = 1000  # characters


@dataclass(frozen=True)
class Tool:
    """A tool: what it is called, what it does, what it takes, and its function."""

    name: str
    description: str
    arguments: type[BaseModel]
    run: Callable[[Workspace, Any], dict[str, Any]]

    def schema(self) -> dict[str, Any]:
        """The tool as OpenAI-style function calling wants it."""
        parameters = self.arguments.model_json_schema()
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": parameters},
        }


@dataclass(frozen=True)
class ToolRun:
    """One call that was made: its result, whether it failed, and how long it took."""

    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]
    failed: bool
    milliseconds: float


def run_tool(workspace: Workspace, name: str, arguments: dict[str, Any]) -> ToolRun:
    """Validate the arguments and run a tool; what is wrong with a call becomes its result, never an exception."""
    began = time.perf_counter()
    failed, before = True, workspace.kept()
    try:
        tool = TOOLS.get(name)
        if tool is None:
            raise ToolInputError(f"There is no such tool; the tools are {', '.join(TOOLS)}.")
        check(arguments, LIMITS)
        result = tool.run(workspace, tool.arguments.model_validate(arguments))
        failed = False
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(p) for p in first["loc"]) or "arguments"
        result = {"error": f"Bad arguments for {name}: {place}: {first['msg']}"[:LONGEST_ERROR]}
    except InteraRecError as error:
        result = {"error": str(error)[:LONGEST_ERROR]}
    except Exception:  # a fault of ours must not cost the shopper the conversation
        LOG.exception("%s failed", name)
        result = {"error": f"{name} failed; go on without it."}
    if failed:
        workspace.take_back(before)
    return ToolRun(name, arguments, result, failed, round(1000 * (time.perf_counter() - began), 2))


TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("summarize_browsing", "What the shopper's screenshots show: the eight-category behaviour summary and the products opened.", NoArguments, summarize),
        Tool("validate_session", "Check which seen items the catalog has and what of the summary not to rely on. Call before predicting.", NoArguments, validate),
        Tool("set_wishes", "Change the shopper's standing wishes (price, brand, attributes, rating, offers). Call first whenever the message states, changes or withdraws a wish.", WishChanges, change_wishes),
        Tool("search_catalog", "Find catalog products by words among those that satisfy the standing wishes.", SearchArguments, search),
        Tool("predict_next_items", "Predict with GRU4Rec what the shopper would look at next, among products that satisfy the wishes.", PredictArguments, predict),
        Tool("rerank", "Order the candidates of this turn by fit to the behaviour summary and the wishes; its result is what is shown. Call last when recommending.", RerankArguments, rerank),
        Tool("product_details", "Everything known of products by handle, or of one by its title.", DetailArguments, details),
        Tool("compare_products", "A table of the facts in which two or more products differ.", CompareArguments, compare),
        Tool("show_again", "Show an earlier list of this conversation again.", AgainArguments, show_again),
        Tool("list_options", "Which brands, colours, kinds or departments there are among the products that satisfy the wishes.", OptionArguments, list_options),
        Tool("explain_recommendation", "Why products were recommended: the reasons and the parts of their scores.", HandleArguments, explain),
        Tool("optimize_bundle", "Choose a set of products with a solver: one per part or a number of different ones, under a budget.", BundleArguments, bundle),
    )
}  # fmt: skip


def schemas() -> list[dict[str, Any]]:
    """Every tool as function calling wants it."""
    return [tool.schema() for tool in TOOLS.values()]
