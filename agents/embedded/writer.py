"""The embedded writer: short, concrete replies from what the tools returned, products as handles."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

from agents.embedded.facts import details, joined
from agents.models import Brief
from tools.relaxations import BOTH

GREETING = "Hello! Tell me what you are after, or ask what I would pick from what you have been browsing."
HELP = (
    "I watch the pages that you browse (with your permission) and help you choose. Ask me what I would get, narrow it down "
    "(cheaper, a brand, a colour, under an amount, well rated), compare products, ask why, or ask for a set under a budget."
)
OUT_OF_SCOPE = (
    "That is outside what I can help with. I can help you find, compare and choose products from this shop."
)
ANYBODY = frozenset(
    "men women kids children boys girls adults teenagers everyone people ladies gentlemen".split()
)
HOW_CHOSEN = (
    "I go through this shop's products and order them by how well they fit what you ask for and what you looked at; "
    "nobody can pay for a place. Ask “why the first?” for the reasons of any that I show."
)
FIXED = {
    "how chosen": HOW_CHOSEN,
    "greet": GREETING,
    "help": HELP,
    "thanks": "You're welcome. Tell me if you would like to see anything else.",
    "bye": "Goodbye, and happy shopping.",
    "out of scope": OUT_OF_SCOPE,
    "service": "I know this shop's products and prices, but not how it delivers, takes back or is paid; the shop's own help pages say that.",
    "pleased": "Glad you like it. Ask me anything about it, or tell me what else to look for.",
    "waits": "I'm here, and there is no hurry. Tell me what to look for when you are ready.",
    "remark": "All right. Tell me what to look for, or ask about anything that I have shown you.",
    "picture": "Where the shop gives a picture, the product's card in the chat has it; the product's own page has the rest.",
    "haggle": "The prices are the shop's, and I can't lower them. I can look for something cheaper, or for what is on offer.",
    "cart": "I can't order or fill a basket for you; open the product's page to buy it. Shall I show you anything else?",
}


class EmbeddedWriter:
    """Phrases replies by rule; every fact in them comes from this turn's tool results."""

    async def write(self, brief: Brief) -> AsyncIterator[str]:
        """The reply in pieces, a line each."""
        for line in compose(brief):
            yield line + "\n"


def compose(brief: Brief) -> list[str]:
    """The lines of a reply."""
    results = {c["name"]: c["result"] for c in brief.calls if not c.get("failed")}
    lines: list[str] = list(brief.notes)
    if note := results.get("set_wishes", {}).get("note"):
        lines.append(note)
    lines += [c["result"]["error"] for c in brief.calls if c.get("failed") and c["name"] == "set_wishes"][:1]
    if quoted := _quoted(brief):
        product = results.get("product_details", {}).get("products", [])[:1]
        return lines + [f"[[{p['handle']}]]:" for p in product] + quoted
    for name, told in ANSWERS.items():
        if name in results:
            return lines + told(results[name], brief)
    if "rerank" in results or "search_catalog" in results:
        return lines + _recommendations(results, brief)
    if "set_wishes" in results:
        standing = results["set_wishes"].get("wishes") or []
        arguments: dict[str, Any] = next(
            (c["arguments"] for c in brief.calls if c["name"] == "set_wishes"), {}
        )
        if recipient := arguments.get("recipient"):
            whom = recipient if recipient in ANYBODY else f"your {recipient}"
            return lines + [f"A present for {whom}, noted. {_nothing_called(brief)[0]}"]
        return lines + [
            f"Noted: {joined(standing)}."
            if standing
            else "All right, I have forgotten your wishes. What are you after?"
        ]
    return lines + _nothing_called(brief)


def _quoted(brief: Brief) -> list[str]:
    """What other servers' tools said, in quotation marks: it is theirs, not ours."""
    said = []
    for call in brief.calls:
        if call.get("external"):
            result = call["result"]
            said.append(
                f"{result['server']} says: “{result['text']}”" if "text" in result else str(result["error"])
            )
    return said


def _nothing_called(brief: Brief) -> list[str]:
    intent = str(brief.understood.get("intent", ""))
    if intent in FIXED:
        return [FIXED[intent]]
    if intent == "wishes":
        return [
            f"You asked for: {joined(brief.wishes)}."
            if brief.wishes
            else "You have not asked for anything in particular yet."
        ]
    if intent == "compare":
        return ["Which products shall I compare? Show me some first, or name two of those on the list."]
    if intent in ("why", "details", "like"):
        return ["Which product do you mean? I have not shown you any yet; tell me what you are after."]
    choices = brief.understood.get("choices") or []
    examples = f" For example: {joined(choices, 'or')}." if choices else ""
    return [f"What kind of thing are you after?{examples}"]


def _recommendations(results: dict[str, Any], brief: Brief) -> list[str]:
    search, ranked = results.get("search_catalog", {}), results.get("rerank", {})
    chosen = ranked.get("recommended") or []
    lines = []
    missing = search.get("not_carried")
    if missing and not chosen:
        return [f"We don't carry “{missing}”, and have nothing near it. Tell me what else you are after."]
    if missing:
        lines.append(f"We don't carry “{missing}”; the nearest that we have:")
    if chosen and not missing and (without := search.get("without")):
        lines.append(f"We don't carry {joined([f'“{w}”' for w in without])}.")
    if chosen and (unsaid := brief.understood.get("unsaid")):
        lines.append(f"None of these says whether it fits {joined([f'“{u}”' for u in unsaid])}.")
    if not chosen:
        if "search_catalog" not in results:
            return [f"I have nothing more like it that fits{_for(brief.wishes)}."]
        if search.get("found", 0) > 0:
            return ["That is everything that fits; I have shown you all of it. Relax a wish to see more."]
        return _nothing_fits(search, brief)
    if not missing and (lacking := search.get("inexact")):
        lines.append(f"Nothing here is “{lacking}”; the nearest that we have:")
    elif not missing and (unspoken := search.get("unspoken")):
        lines.append(f"Nothing here speaks of “{unspoken}”; the nearest that I can find:")
    elif not missing:
        arguments: dict[str, Any] = next((c["arguments"] for c in brief.calls if c["name"] == "rerank"), {})
        lines.append(_opening(chosen, arguments, brief))
    for number, item in enumerate(chosen, 1):
        lines.append(f"{number}. [[{item['handle']}]]{_because(item.get('reasons') or [])}")
    return lines


ORDERS = {
    "cheapest": "cheapest",
    "dearest": "dearest",
    "rating": "best rated",
    "popular": "most reviewed",
    "saving": "most reduced",
    "extremes": "cheapest and the dearest",
}


QUALIFYING = re.compile(
    r"^(?:with|without|to|at (?:most|least)|between|cheaper|dearer|by|not by|in|rated|on offer|over|under)\b"
)


def _for(wishes: list[str]) -> str:
    """The wishes after "picks": what is wanted, then how it must be."""
    wanted = [w for w in wishes if not QUALIFYING.match(w)]
    qualified = [w for w in wishes if QUALIFYING.match(w)]
    return (f" for {joined(wanted)}" if wanted else "") + (f", {joined(qualified)}" if qualified else "")


def _ordered(chosen: list[dict[str, Any]], order: str, brief: Brief) -> str:
    wishes = _for(brief.wishes)
    listed = len(chosen) > 1 and order != "extremes"
    return f"The {ORDERS[order]} that we have{wishes}{', in order:' if listed else ':'}"


def _opening(chosen: list[dict[str, Any]], arguments: dict[str, Any], brief: Brief) -> str:
    """What the products that follow are, by how they were asked for."""
    if arguments.get("among") and arguments.get("order") == "saving":
        return "The most reduced of these:"
    if arguments.get("among"):
        return (
            "Of these I would take:" if len(chosen) == 1 else f"The {len(chosen)} of these that I would keep:"
        )
    if arguments.get("goes_with"):
        return "These would go with it:" if len(chosen) > 1 else "This would go with it:"
    if order := arguments.get("order"):
        return _ordered(chosen, order, brief)
    wishes = _for(brief.wishes)
    seen = "" if brief.wishes or not brief.summary else " from what you browsed"
    if len(chosen) == 1:
        return f"One product fits{wishes}{seen}:"
    return f"My {len(chosen)} picks{wishes}{seen}:"


def _because(reasons: list[str]) -> str:
    return f": {joined(reasons)}." if reasons else "."


def _nothing_fits(search: dict[str, Any], brief: Brief) -> list[str]:
    wishes = joined(brief.wishes) if brief.wishes else "that"
    return [f"Nothing fits all of: {wishes}."] + _relax(search)


RELAX = {
    "max_price": "a higher price", "min_price": "a lower price", "brands": "other brands", "exclude_brands": "the brands that you ruled out",
    "categories": "other departments", "min_rating": "lower ratings", "on_offer": "products at full price", "min_discount": "smaller discounts",
    "size": "another size", "exclude_terms": "what you ruled out", "exclude_items": "the products that you turned down",
}  # fmt: skip


def _without(wish: str) -> str:
    return f"without “{wish.partition(':')[2]}”" if ":" in wish else f"with {RELAX.get(wish, wish)}"


def _are(count: int) -> str:
    return "is 1" if count == 1 else f"are {count}"


def _relax(search: dict[str, Any]) -> list[str]:
    lines = []
    for option in search.get("relax") or []:
        name = option["relax"]
        if name == "all of them":
            lines.append(f"Without any of these wishes there {_are(option['products'])}.")
            continue
        what = joined([_without(one) for one in name.split(BOTH)])
        # What does not meet the wishes is told by its price, not shown as if it did.
        bound = option.get("cheapest") or option.get("dearest")
        detail = f", {'from' if option.get('cheapest') else 'up to'} {bound}" if bound else ""
        lines.append(f"If you go {what}, there {_are(option['products'])}{detail}.")
    return lines or ["Tell me which wish to drop, or what else you are after."]


OF = {"brand": "brands", "category": "departments", "colour": "colours", "kind": "kinds"}


def _options(result: dict[str, Any]) -> list[str]:
    what = OF[result["of"]]
    wished = f" for {joined(result['wishes'])}" if result["wishes"] else ""
    if not result["options"]:
        return [f"The shop states no {what}{wished}."]
    listed = joined([f"{o['name']} ({o['products']})" for o in result["options"]])
    return [f"These {what} are there{wished}: {listed}."]


def _why(result: dict[str, Any]) -> list[str]:
    lines = []
    for item in result["products"]:
        reasons = item.get("reasons") or []
        lines.append(
            f"[[{item['handle']}]]: "
            + (f"{joined(reasons)}." if reasons else "it is the closest match to what you asked for.")
        )
    if seen := result.get("what_was_seen", {}).get("Brand Preference"):
        lines.append(f"What I saw: {seen}.")
    if result.get("wishes"):
        lines.append(f"Your wishes: {joined(result['wishes'])}.")
    return lines


def _comparison(result: dict[str, Any]) -> list[str]:
    handles = [p["handle"] for p in result["products"]]
    lines = ["Here is where they differ:"]
    lines += [f"{i}. [[{h}]]" for i, h in enumerate(handles, 1)]
    for name, values in result["differ"].items():
        if name != "title":
            lines.append(f"- {name}: " + " · ".join(f"{i}. {v}" for i, v in enumerate(values, 1)))
    if result.get("same"):
        lines.append("Alike in " + joined([f"{k} ({v})" for k, v in list(result["same"].items())[:3]]) + ".")
    if cheapest := result.get("cheapest"):
        best = result.get("best_rated")
        also = " and the best rated" if best == cheapest else ""
        lines.append(f"Number {handles.index(cheapest) + 1} is the cheapest{also}.")
        if best and best != cheapest:
            lines.append(f"Number {handles.index(best) + 1} is the best rated.")
    return lines


def _bundle(result: dict[str, Any]) -> list[str]:
    products = result.get("products") or []
    listed = [
        f"{i}. [[{p['handle']}]]" + (f", as the {p['part']}" if p.get("part") else "") + "."
        for i, p in enumerate(products, 1)
    ]
    if result.get("feasible"):
        left = f", which leaves {result['left']}" if result.get("left") else ""
        lacking = result.get("lacking")
        lines = [str(result["note"])] if result.get("note") else []
        lines += [f"We have no {joined(lacking, 'or')}; there I took the nearest."] if lacking else []
        costs = f" for {result['total']} in all{left}" if result.get("total") else ""
        lines += [f"A set of {len(products)}{costs}:", *listed]
        if change := result.get("difference"):
            lines.append(change)
        return lines
    lines = [f"That set cannot be put together: {result.get('conflict')}."]
    if result.get("cheapest_total"):
        lines.append(f"The cheapest that I can make of it comes to {result['cheapest_total']}.")
    return lines


def _browsing(result: dict[str, Any]) -> list[str]:
    summary = result.get("summary")
    if result.get("left_aside"):
        return ["You asked me to leave aside what you looked at, so I go by what you tell me alone."]
    if not isinstance(summary, dict) or not summary:
        return ["I have not seen you browse yet, so I know nothing of what you looked at."]
    lines = ["From your screens I read:"]
    lines += [f"- {name}: {text}" for name, text in summary.items()]
    if opened := result.get("opened"):
        lines.append("You opened " + joined([f"[[{p['handle']}]]" for p in opened]) + ".")
    lines.append("Tell me if any of this is wrong.")
    return lines


def _again(result: dict[str, Any]) -> list[str]:
    return [
        "Here they are again:",
        *(f"{i}. [[{p['handle']}]]." for i, p in enumerate(result["products"], 1)),
    ]


ANSWERS: dict[str, Callable[[dict[str, Any], Brief], list[str]]] = {
    "explain_recommendation": lambda result, _: _why(result),
    "compare_products": lambda result, _: _comparison(result),
    "optimize_bundle": lambda result, _: _bundle(result),
    "product_details": lambda result, brief: details(result, brief.understood),
    "show_again": lambda result, _: _again(result),
    "list_options": lambda result, _: _options(result),
    "summarize_browsing": lambda result, _: _browsing(result),
}
"""How the result of a tool that answers by itself is told; the first that was called is."""
