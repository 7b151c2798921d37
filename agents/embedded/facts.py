"""What is known of a product, told: one fact that was asked for, whether something is so, or everything."""

import re
from typing import Any

from tools.synonyms import COLOURS, MATERIALS


def details(result: dict[str, Any], understood: dict[str, Any]) -> list[str]:
    """The lines that answer a question about products: one fact, a yes or no, or all that is known."""
    aspect, asked = understood.get("aspect"), understood.get("asked") or []
    lines = []
    for card in result["products"]:
        head = f"[[{card['handle']}]]"
        if asked and not aspect:
            lines.append(f"{head}: {_yes_or_no(card, asked)}")
            continue
        if aspect:
            lines.append(f"{head}: {_aspect(card, aspect) or _unknown(aspect)}.")
            continue
        facts = [
            f"{name} {card[name]}"
            for name in ("rating", "reviews", "offer", "list price", "specifications")
            if card.get(name)
        ]
        lines.append(
            f"{head}: " + ("; ".join(facts) + "." if facts else "that is all that the shop says of it.")
        )
        if card.get("description"):
            lines.append(str(card["description"]))
    if aspect == "price" and (together := result.get("together")):
        quantity = result.get("quantity", 1)
        lines.append(
            f"{quantity} of them cost {together}." if quantity > 1 else f"Together they cost {together}."
        )
    return lines


def _unknown(aspect: str) -> str:
    return (
        "no offer that the shop tells of"
        if aspect == "offer"
        else f"I don't know its {aspect}; the shop does not say"
    )


def _yes_or_no(card: dict[str, Any], asked: list[str]) -> str:
    """Whether a product is what was asked, as far as the shop says: what it does not say is not known."""
    details = [
        card["title"],
        *str(card.get("specifications") or "").split("; "),
        str(card.get("description") or ""),
        str(card.get("offer") or ""),
    ]
    stated = {word: next((d for d in details if _says(d, word)), None) for word in asked}
    unstated = [word for word, stating in stated.items() if stating is None]
    told = [f"{word}: “{said.strip()}”" for word, said in stated.items() if said]
    if told and not unstated:
        return f"yes, {told[0]}."
    if told:
        return f"the shop says nothing of {joined([f'“{w}”' for w in unstated], 'or')}; of {told[0]}."
    for kinds, aspect in ((COLOURS, "colour"), (MATERIALS, "material")):
        if any(word in kinds for word in asked) and (other := _aspect(card, aspect)):
            return f"no, {other.lower()}."
    return f"I don't know; the shop says nothing of {joined([f'“{word}”' for word in asked], 'or')}."


def _says(text: str, word: str) -> bool:
    return all(
        re.search(
            rf"(?<![a-z0-9]){re.escape(part)}(?:s|es|ed|{part[-1:]}?able|{part[-1:]}ed|ing)?(?![a-z0-9])",
            text.lower(),
        )
        for part in word.lower().split()
    )


ASPECT_FIELDS = {
    "price": ("price",), "rating": ("rating", "reviews"), "brand": ("brand",), "offer": ("offer", "list price"),
    "saving": ("offer", "list price"),
}  # fmt: skip
ASPECT_WORDS = {
    "colour": ("colour", "color"), "size": ("size", "width", "height", "length", "diameter", "dimension", "sqft", "cm", " mm", "inch", "volume", "capacity", "pieces", "pages", "players"),
    "material": ("material", "fabric"), "weight": ("weight", " kg", " g"), "capacity": ("capacity", "volume", "mah", " l"),
    "battery": ("playtime", "battery", "mah"), "power": ("power", " w"), "fit": ("fits", "compatib"),
    "pages": ("pages",), "age": (" age", " ages"), "memory": ("memory", "storage", " ram", " gb", " tb"), "pieces": ("pieces", "piece"),
}  # fmt: skip


def _aspect(card: dict[str, Any], aspect: str) -> str | None:
    fields = [f"{name} {card[name]}" for name in ASPECT_FIELDS.get(aspect, ()) if card.get(name)]
    if fields:
        return "; ".join(fields)
    details = str(card.get("specifications") or "").split("; ")
    words = ASPECT_WORDS.get(aspect, (aspect,))
    found = [d for d in details if d and any(w in f" {d.lower()} " for w in words)]
    return "; ".join(found) or _in_title(card["title"], aspect)


SIZE = r"\d+(?:[.,]\d+)?(?:[- ]\d{1,2}/\d{1,2})?"
LENGTH = r"(?:cm|mm|ml|m|l|inch(?:es)?|in|ft|oz|\"|”)"
IN_TITLE = {
    "pieces": re.compile(r"\b(?:pack|set|box|bag|roll)s?(?: of)? \d+\b|\b\d+[ -]?(?:packs?|pieces?|pcs|pc|count|ct)\b", re.IGNORECASE),
    "size": re.compile(rf"(?<![\d/.-]){SIZE}(?:[\s-]?{LENGTH})?(?:\s?[x×]\s?{SIZE}(?:[\s-]?{LENGTH})?)*(?<=[a-z\"”])(?![a-z])", re.IGNORECASE),
    "colour": re.compile(rf"\b(?:{'|'.join(sorted(COLOURS))})\b", re.IGNORECASE),
    "material": re.compile(rf"\b(?:{'|'.join(sorted(MATERIALS))})\b", re.IGNORECASE),
}  # fmt: skip


def counted(what: str) -> re.Pattern[str]:
    """How many of something a text states: "19 Sheet", of sheets."""
    return re.compile(rf"(?<![\d.,])\d[\d,.]*[ -]{re.escape(what.removesuffix('s'))}s?\b", re.IGNORECASE)


def _in_title(title: str, aspect: str) -> str | None:
    """What the title says where the shop states nothing: a number of pieces, a size, a colour, a material."""
    pattern = IN_TITLE.get(aspect) or counted(aspect)
    stated = [m.group() for m in pattern.finditer(title)]
    return f"its title says “{joined(stated)}”" if stated else None


def joined(items: list[str], last: str = "and") -> str:
    """Words as a sentence lists them.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    items = [str(i) for i in items]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
