"""Scripted conversations with what must hold after each turn, run against any assistant."""

import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.errors import InputError
from catalog.products import Catalog, Product

SCRIPTS = Path(__file__).parent / "conversations"
Ask = Callable[[str, str], Awaitable[dict[str, Any]]]
"""Runs one turn: (conversation, request) to ``reply``, ``products`` (with item_id) and ``calls``."""


class Turn(BaseModel):
    """A request and what must hold after it."""

    model_config = ConfigDict(extra="forbid")

    say: str
    tools: list[str] = Field(default_factory=list)
    arguments: dict[str, dict[str, Any]] = Field(default_factory=dict)
    all: dict[str, Any] = Field(default_factory=dict)
    count: tuple[int, int] | None = None
    first: int | None = None
    none: bool = False
    says: str | None = None
    fresh: bool = False


class Script(BaseModel):
    """A conversation; ``held_aside`` ones are not looked at while developing."""

    model_config = ConfigDict(extra="forbid")

    name: str
    held_aside: bool = False
    turns: list[Turn]


class Failure(BaseModel):
    """What did not hold, and where."""

    conversation: str
    say: str
    aspect: str
    reason: str


class Score(BaseModel):
    """Shares of 1 of what was checked, and the latency of turns."""

    conversations: int
    turns: int
    """Of one run."""
    runs: int
    """How often each conversation was run: a model that varies is asked several times."""
    passed: float
    """Conversations in which everything held (pass^1), the mean of the runs."""
    passed_each_run: float
    """Conversations in which everything held in every run (pass^k of tau-bench, Yao et al. 2024)."""
    tool_choice: float
    arguments: float
    constraints: float
    references: float
    grounded: float
    resolved: float
    """Turns in which everything held."""
    latency_ms: dict[str, float]


class ConversationReport(BaseModel):
    """The figures of all conversations and of those held aside, and every failure."""

    all: Score
    held_aside: Score
    failures: list[Failure]


Record = tuple[Script, list[dict[str, Any]]]
ASPECTS = ("tool_choice", "arguments", "constraints", "references", "grounded")


def load_scripts(path: Path) -> list[Script]:
    """The conversations of a YAML file."""
    try:
        return [Script.model_validate(s) for s in yaml.safe_load(path.read_text(encoding="utf-8"))]
    except (OSError, TypeError, yaml.YAMLError, ValidationError) as error:
        raise InputError(f"{path} is no list of conversations: {str(error).splitlines()[0]}") from error


async def run_scripts(
    scripts: list[Script],
    catalog: Catalog,
    ask: Ask,
    runs: int = 1,
    step: Callable[[str], None] = lambda _: None,
) -> ConversationReport:
    """Run every conversation, so many times, and check every turn."""
    records: list[Record] = []
    failures: list[Failure] = []
    for run in range(runs):
        for number, script in enumerate(scripts):
            step(f"conversation {number + 1} of {len(scripts)}, run {run + 1} of {runs}")
            name = f"eval-{number}-{time.monotonic_ns()}"
            records.append((script, await _run(script, name, catalog, ask, failures)))
    aside = [r for r in records if r[0].held_aside]
    return ConversationReport(all=_score(records, runs), held_aside=_score(aside, runs), failures=failures)


async def _run(
    script: Script, name: str, catalog: Catalog, ask: Ask, failures: list[Failure]
) -> list[dict[str, Any]]:
    shown: list[list[str]] = []
    turns = []
    for turn in script.turns:
        began = time.perf_counter()
        answer = await ask(name, turn.say)
        milliseconds = 1000 * (time.perf_counter() - began)
        items = [p["item_id"] for p in answer["products"]]
        checks: dict[str, list[str]] = {aspect: [] for aspect in ASPECTS}
        made = {a: _checked(turn, a) for a in ASPECTS}
        _check_calls(turn, answer, checks)
        _check_products(turn, items, shown, catalog, checks)
        _check_grounding(answer, items, catalog, checks)
        if turn.says and not re.search(turn.says, answer["reply"], re.IGNORECASE):
            checks["constraints"].append(f"the reply does not say {turn.says!r}: {answer['reply'][:80]!r}")
        for aspect, reasons in checks.items():
            failures += [
                Failure(conversation=script.name, say=turn.say, aspect=aspect, reason=r) for r in reasons
            ]
        turns.append({"ms": milliseconds, "ok": {a: not r for a, r in checks.items()}, "made": made})
        if len(items) > 1 or (items and not turn.first):
            shown.append(items)
    return turns


def _checked(turn: Turn, aspect: str) -> bool:
    return {
        "tool_choice": bool(turn.tools), "arguments": bool(turn.arguments),
        "constraints": bool(turn.all or turn.count or turn.none or turn.says or turn.fresh),
        "references": turn.first is not None, "grounded": True,
    }[aspect]  # fmt: skip


def _check_calls(turn: Turn, answer: dict[str, Any], checks: dict[str, list[str]]) -> None:
    made = [c["name"] for c in answer["calls"]]
    checks["tool_choice"] += [
        f"{name} was not called (but {', '.join(made) or 'nothing'})"
        for name in turn.tools
        if name not in made
    ]
    for name, wanted in turn.arguments.items():
        given: dict[str, Any] = next((c["arguments"] for c in answer["calls"] if c["name"] == name), {})
        checks["arguments"] += [
            f"{name}: {k} is {given.get(k)!r}, not {v!r}" for k, v in wanted.items() if given.get(k) != v
        ]


def _check_products(
    turn: Turn, items: list[str], shown: list[list[str]], catalog: Catalog, checks: dict[str, list[str]]
) -> None:
    wrong = checks["constraints"]
    if turn.none and items:
        wrong.append(f"{len(items)} products were shown where none should be")
    if turn.count and not turn.count[0] <= len(items) <= turn.count[1]:
        wrong.append(f"{len(items)} products were shown, not {turn.count[0]} to {turn.count[1]}")
    if turn.fresh and (again := set(items) & {i for s in shown for i in s}):
        wrong.append(f"{len(again)} products were shown before")
    if turn.first is not None:
        expected = shown[-1][turn.first - 1] if shown and len(shown[-1]) >= turn.first else None
        if items[:1] != [expected]:
            checks["references"].append(f"product {turn.first} of the last list was meant")
    products = [catalog.get(i) for i in items]
    before = [catalog.get(i) for i in shown[-1]] if shown else []
    for name, value in turn.all.items():
        wrong += [
            f"{p.title!r} breaks {name}: {value}" for p in products if not HOLDS[name](p, value, before)
        ]
        if name == "total_at_most" and sum(_price(p) for p in products) > value:
            wrong.append(f"the set costs more than {value}")


def _price(product: Product) -> float:
    return float(product.price.amount) if product.price else 0.0


def _text(product: Product) -> str:
    text = " ".join([product.title, *product.specifications, product.description or ""])
    return text.lower().replace("gray", "grey")


def _has(product: Product, words: str) -> bool:
    """Whether a product states words, with a hyphen or without."""
    text = _text(product)
    return words.lower() in text or words.lower().replace("-", " ") in text.replace("-", " ")


HOLDS: dict[str, Callable[[Product, Any, list[Product]], bool]] = {
    "brand": lambda p, v, _: p.brand == v,
    "not_brand": lambda p, v, _: p.brand != v,
    "max_price": lambda p, v, _: p.price is not None and _price(p) <= v,
    "min_price": lambda p, v, _: _price(p) >= v,
    "min_rating": lambda p, v, _: (p.rating or 0) >= v,
    "title": lambda p, v, _: str(v).lower() in p.title.lower(),
    "text": lambda p, v, _: all(_has(p, str(t)) for t in (v if isinstance(v, list) else [v])),
    "not_text": lambda p, v, _: not re.search(rf"\b{re.escape(str(v).lower())}\b", _text(p)),
    "on_offer": lambda p, v, _: bool(p.promotion or p.list_price) is v,
    "cheaper_than_before": lambda p, v, before: not before or _price(p) < max(map(_price, before)),
    "total_at_most": lambda p, v, _: True,
}


def _check_grounding(
    answer: dict[str, Any], items: list[str], catalog: Catalog, checks: dict[str, list[str]]
) -> None:
    """Every product is of the catalog with the catalog's price, and is named in the reply."""
    if not answer["reply"].strip():
        checks["grounded"].append("the reply is empty")
    for product in answer["products"]:
        if product["item_id"] not in catalog:
            checks["grounded"].append(f"{product['item_id']} is not in the catalog")
            continue
        known = catalog.get(product["item_id"])
        if known.title not in answer["reply"]:
            checks["grounded"].append(f"{known.title!r} is shown and not named")
        if known.price is not None and str(known.price.amount) != str(product["price"]):
            checks["grounded"].append(f"{known.title!r} has another price")


def _score(records: list[Record], runs: int) -> Score:
    turns = [t for _, ts in records for t in ts]

    def share(aspect: str) -> float:
        checked = [t["ok"][aspect] for t in turns if t["made"][aspect]]
        return round(sum(checked) / len(checked), 4) if checked else 1.0

    latencies = [t["ms"] for t in turns] or [0.0]
    whole = [all(all(t["ok"].values()) for t in ts) for _, ts in records]
    each = np.array(whole, bool).reshape(runs, -1)
    return Score(
        conversations=len(records) // runs, turns=len(turns) // runs, runs=runs,
        passed_each_run=round(float(each.all(0).mean()) if each.size else 0.0, 4), passed=round(sum(whole) / max(len(whole), 1), 4),
        resolved=round(sum(all(t["ok"].values()) for t in turns) / max(len(turns), 1), 4),
        latency_ms={"p50": round(float(np.percentile(latencies, 50)), 1), "p95": round(float(np.percentile(latencies, 95)), 1)},
        **{a: share(a) for a in ASPECTS},
    )  # fmt: skip
