"""Grounding: products stand in a draft as handles, and our code puts in what the catalog says of them.

A model cannot invent a product or a price, because it never writes one: ``[[P2]]`` becomes the title and the
price of the catalog record behind it. What else it wrote is checked sentence by sentence; a sentence with an
unknown handle, an amount of money that no tool returned, or a brand that is not in play is taken out.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from agents.screen_reader.amounts import AMOUNT, parse_number
from catalog.products import Product

HANDLE = re.compile(r"\[\[\s*(P\d+)(?:\.(\w+))?\s*\]\]", re.IGNORECASE)
LOOSE = re.compile(r"(?<![\w\[])\(?\bP(\d+)\b\)?(?![\w\]])")
# A number and a point at the head of a line is a list item, not the end of a sentence.
SENTENCE = re.compile(r"(?<=[^\s\d][.!?])\s+|(?<=\d\d[.!?])\s+(?=[A-Z])|\n+")
MOST_MENTIONS = 2  # of one product in a sentence
SHORTENED = 200
MARKUP = re.compile(r"<[^>]{0,300}>|!?\[[^\]]*\]\([^)]*\)|https?://\S+|`{3}.*?`{3}", re.DOTALL)


@dataclass
class Known:
    """What a reply may contain: products by handle, and the amounts and brands that are in play."""

    products: dict[str, Product]
    amounts: set[Decimal] = field(default_factory=set)
    brands: set[str] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)
    """Handles that were found for this reply but not chosen for it."""
    all_brands: Callable[[str], Iterable[str]] | None = None
    """Finds brands of the catalog in a lower-case text."""


@dataclass
class Grounded:
    """A checked reply: its text, the handles it names in order, and what was taken out and why."""

    text: str
    handles: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def ground(draft: str, known: Known) -> Grounded:
    """Put catalog records in place of handles and take out every sentence that cannot be backed."""
    result = Grounded("")
    kept: list[str] = []
    for paragraph in draft.split("\n"):
        sentences = [s for s in SENTENCE.split(paragraph) if s and s.strip()]
        good = [checked for s in sentences if (checked := _sentence(s, known, result)) is not None]
        kept.append(" ".join(good) if sentences else "")
    result.text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return result


def _sentence(sentence: str, known: Known, result: Grounded) -> str | None:
    sentence = MARKUP.sub("", LOOSE.sub(r"[[P\1]]", sentence))
    handles = [m.group(1).upper() for m in HANDLE.finditer(sentence)]
    unknown = [h for h in handles if h not in known.products]
    if unknown:
        result.removed.append(f"{sentence.strip()} (no such product: {', '.join(unknown)})")
        return None
    if withheld := known.withheld & set(handles):
        result.removed.append(f"{sentence.strip()} (found, but not chosen: {', '.join(sorted(withheld))})")
        return None
    if handles and max(Counter(handles).values()) > MOST_MENTIONS:
        result.removed.append(f"{sentence.strip()[:SHORTENED]} (goes round in circles)")
        return None
    bare = HANDLE.sub(" ", sentence)
    if why := _unbacked(bare, known, [known.products[h] for h in handles]):
        result.removed.append(f"{sentence.strip()} ({why})")
        return None
    spoken = [m.group(1).upper() for m in HANDLE.finditer(sentence) if m.group(2) != "title"]
    result.handles += [h for h in dict.fromkeys(spoken) if h not in result.handles]
    return HANDLE.sub(lambda m: _record(known.products[m.group(1).upper()], m.group(2)), sentence)


def _unbacked(text: str, known: Known, named: list[Product]) -> str | None:
    allowed = set(known.amounts)
    for product in [*named, *known.products.values()]:
        allowed |= {m.amount for m in (product.price, product.list_price) if m is not None}
    for match in AMOUNT.finditer(text):
        amount = parse_number(match.group("number") or match.group("number2"))
        if amount not in allowed and amount.quantize(Decimal("0.01")) not in allowed:
            return f"{match.group().strip()} is not an amount that a tool returned"
    if known.all_brands is not None:
        for brand in known.all_brands(text.lower()):
            if brand.lower() not in known.brands:
                return f"{brand} is not a brand in play"
    return None


def _record(product: Product, aspect: str | None) -> str:
    if aspect == "title":
        return product.title
    if aspect == "price":
        return str(product.price) if product.price else "price not known"
    price = f" ({product.price})" if product.price else ""
    by = (
        f" by {product.brand}" if product.brand and product.brand.lower() not in product.title.lower() else ""
    )
    return f"{product.title}{by}{price}"
