"""The comparison tool: the facts in which products differ, and those they share."""

from collections.abc import Mapping
from decimal import Decimal

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
    result.cheapest = _first({p.item_id: -p.price.amount for p in products if p.price}, of=len(products))
    result.best_rated = _first({p.item_id: p.rating for p in products if p.rating is not None}, of=2)
    return result


def _first(values: Mapping[str, float | Decimal], of: int) -> str | None:
    """The one item with the greatest value; None where several share it, or fewer than ``of`` are known."""
    most = max(values.values(), default=0)
    best = [item for item, value in values.items() if value == most]
    return best[0] if len(best) == 1 and len(values) >= of else None


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
