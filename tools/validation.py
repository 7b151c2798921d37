"""The validation tool: what of the session can be relied on, and what the planner should drop."""

from pydantic import BaseModel, Field

from catalog.products import Catalog
from tools.needs import BehaviorSummary


class Validation(BaseModel):
    """What was found sound, what was not, and why."""

    session_items: list[str] = Field(
        default_factory=list, description="item ids that the catalog has, in order"
    )
    unknown_items: list[str] = Field(
        default_factory=list, description="ids or titles that the catalog does not have"
    )
    unknown_brands: list[str] = Field(default_factory=list)
    drop: list[str] = Field(default_factory=list, description="what not to rely on, a sentence each")


def validate_session(session: list[str], summary: BehaviorSummary, catalog: Catalog) -> Validation:
    """Check that session items exist, prices are ordered and in the shop's currency, and brands are known."""
    found = Validation(session_items=catalog.known(session))
    found.unknown_items = [i for i in session if i not in catalog]
    found.unknown_items += [p.title for p in summary.products if p.item_id is None and p.opened]
    if found.unknown_items:
        found.drop.append(f"{len(found.unknown_items)} products that were seen are not in the catalog")
    known = {b.lower() for b in catalog.brands}
    if known:
        found.unknown_brands = [b for b in summary.brands if b.lower() not in known]
    if found.unknown_brands:
        found.drop.append(f"brands that the shop does not carry: {', '.join(found.unknown_brands[:5])}")
    low, high = summary.lowest_price, summary.highest_price
    if low and high and low.amount > high.amount:
        found.drop.append("the price range, whose lowest is above its highest")
    currencies = {p.price.currency for p in summary.products if p.price and p.price.currency}
    if catalog.currency and currencies and catalog.currency not in currencies:
        found.drop.append(
            f"prices, which are in {', '.join(sorted(currencies))} and not in {catalog.currency}"
        )
    return found
