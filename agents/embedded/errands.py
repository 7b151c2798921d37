"""Questions that only another server's tool can answer: which tool, and with which arguments."""

import re
from typing import Any, NamedTuple

from agents.embedded.intents import Intent
from agents.embedded.request import Understood
from catalog.lexical import stem, terms

ASKED_OF = {
    "stock": ("stock", "availability", "available", "inventory"),
    "delivery": ("delivery", "deliver", "shipping", "ship", "arrive"),
}
PRODUCT = re.compile(r"item|product|sku|asin|article", re.IGNORECASE)
ORDER = re.compile(r"\b(?=[a-z0-9-]*\d)[a-z0-9][a-z0-9-]{3,}\b")
COMMON = 2  # words that a request shares with a tool's description


class Errand(NamedTuple):
    """A call of an external tool; ``of_order`` when it is about an order, and so about no product of the shop."""

    name: str
    arguments: dict[str, Any]
    of_order: bool


def errand(understood: Understood, tools: list[dict[str, Any]]) -> Errand | None:
    """The call of an external tool that answers a request; None when none fits or its arguments are not known."""
    for tool in (t["function"] for t in tools):
        if _answers(understood, tool) and (arguments := _arguments(understood, tool)) is not None:
            return Errand(str(tool["name"]), arguments, any("order" in name.lower() for name in arguments))
    return None


def _answers(understood: Understood, tool: dict[str, Any]) -> bool:
    about = {stem(w) for w in re.findall(r"[a-z]+", f"{tool['name']} {tool.get('description', '')}".lower())}
    shared = len(about & set(terms(understood.text)))
    if any("order" in name.lower() for name in tool.get("parameters", {}).get("required", [])):
        return shared >= COMMON and "order" in understood.text
    if understood.intent is Intent.DETAILS:
        return any(stem(w) in about for w in ASKED_OF.get(understood.aspect or "", ()))
    return understood.intent in (Intent.OUT_OF_SCOPE, Intent.UNCLEAR, Intent.SERVICE) and shared >= COMMON


def _arguments(understood: Understood, tool: dict[str, Any]) -> dict[str, Any] | None:
    parameters = tool.get("parameters", {})
    filled: dict[str, Any] = {}
    for name in parameters.get("required", []):
        if PRODUCT.search(name) and understood.handles:
            filled[name] = understood.handles[0]
        elif "order" in name.lower() and (number := ORDER.search(understood.text)):
            filled[name] = number.group().upper()
        else:
            return None
    return filled
