"""The comparison tool: the facts in which products differ, and those they share."""

from pydantic import BaseModel, Field

from catalog.products import Product
from tools.needs import facts_of


class Comparison(BaseModel):
    """A table: one row per fact, one value per product, in the order of ``item_ids``."""

    item_ids: list[str]
    differing: dict[str, list[str]] = Field(default_factory=dict)
    shared: dict[str, str] = Field(default_factory=dict)
    cheapest: str | None = None
    best_rated: str | None = None


UNKNOWN = "not known"


def compare(products: list[Product]) -> Comparison:
    """Lay the known facts of two or more products side by side."""
    tables = [_facts(p) for p in products]
    names = list(dict.fromkeys(name for table in tables for name in table))
    result = Comparison(item_ids=[p.item_id for p in products])
    for name in names:
        values = [table.get(name, UNKNOWN) for table in tables]
        if len(set(values)) == 1:
            result.shared[name] = values[0]
        else:
            result.differing[name] = values
    priced = [p for p in products if p.price]
    rated = [p for p in products if p.rating is not None]
    if len(priced) == len(products):
        result.cheapest = min(priced, key=lambda p: p.price.amount if p.price else 0).item_id
    if rated:
        result.best_rated = max(rated, key=lambda p: p.rating or 0).item_id
    return result


def _facts(product: Product) -> dict[str, str]:
    facts = facts_of(product)
    facts.pop("title", None)
    facts.pop("specifications", None)
    for specification in product.specifications:
        name, separator, value = specification.partition(": ")
        if not separator:
            facts.setdefault("features", "")
            facts["features"] = ", ".join(filter(None, [facts["features"], name]))
        elif name != "Type":
            facts[name.lower()] = value
    return facts
