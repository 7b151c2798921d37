"""The optimiser: a set of products under a budget, chosen by a constraint solver (OR-Tools CP-SAT)."""

from collections import Counter
from decimal import Decimal

from ortools.sat.python import cp_model
from pydantic import BaseModel, Field

from catalog.money import Amount
from catalog.products import Product

SECONDS = 0.8
CENTS = 100
FIT_SCALE = 10_000


class Offer(BaseModel):
    """A product that may go into the set, with how well it fits, 0 to 1, and the part that it would play."""

    product: Product
    fit: float
    part: str
    kind: str


class BundleRequest(BaseModel):
    """What the set must be: typed constraints, never code."""

    parts: list[str] = Field(
        default_factory=list,
        description="one product for each of these parts; a part named twice is wanted twice",
    )
    size: int | None = Field(
        default=None, ge=1, le=12, description="how many products, when parts are not named"
    )
    budget: Amount | None = None
    include: list[str] = Field(default_factory=list, description="item ids that must be in")
    exclude: list[str] = Field(default_factory=list, description="item ids that must not be in")
    distinct_brands: bool = Field(default=False, description="no two of the same brand")
    same_brand: bool = Field(default=False, description="all of one brand")
    differ: bool = Field(default=True, description="no two of the same kind")


class Bundle(BaseModel):
    """The chosen set, or why there is none."""

    item_ids: list[str] = Field(default_factory=list)
    parts: list[str] = Field(default_factory=list)
    total: Decimal = Decimal(0)
    feasible: bool = True
    optimal: bool = False
    conflict: str | None = Field(default=None, description="which wish cannot be met, in a sentence")
    cheapest_total: Decimal | None = Field(default=None, description="what the set would cost at least")


def optimize_bundle(offers: list[Offer], request: BundleRequest) -> Bundle:
    """Maximise the summed fit under the budget; when it cannot be done, say what is in the way.

    Products without a price are left out, unless no product has one and there is no budget.
    """
    unpriced = request.budget is None and all(o.product.price is None for o in offers)
    offers = [o for o in offers if unpriced or o.product.price is not None]
    offers = [o for o in offers if o.product.item_id not in request.exclude]
    missing = [part for part in request.parts if not any(o.part == part for o in offers)]
    if missing or not offers:
        wanted = ", ".join(missing) or "any part"
        return Bundle(feasible=False, conflict=f"there is nothing for {wanted} that meets the other wishes")
    solved = _solve(offers, request, cheapest=False)
    if solved is not None:
        return solved
    cheapest = _solve(offers, request.model_copy(update={"budget": None}), cheapest=True)
    if cheapest is None:
        lacking = (
            "no one brand has all of it"
            if request.same_brand
            else "there are not enough products of different kinds"
        )
        return Bundle(feasible=False, conflict=lacking)
    return Bundle(
        feasible=False,
        conflict="the budget is too small for the whole set",
        cheapest_total=cheapest.total,
        item_ids=cheapest.item_ids,
        parts=cheapest.parts,
        total=cheapest.total,
    )


def _solve(offers: list[Offer], request: BundleRequest, cheapest: bool) -> Bundle | None:
    model = cp_model.CpModel()
    taken = [model.new_bool_var(f"{o.part}:{o.product.item_id}") for o in offers]
    for part, count in Counter(request.parts).items():
        model.add(sum(v for v, o in zip(taken, offers, strict=True) if o.part == part) == count)
    if not request.parts and request.size is not None:
        model.add(sum(taken) == request.size)
    for item_id in {o.product.item_id for o in offers}:
        same = [v for v, o in zip(taken, offers, strict=True) if o.product.item_id == item_id]
        (model.add_exactly_one if item_id in request.include else model.add_at_most_one)(same)
    if request.differ and not request.parts:
        for kind in {o.kind for o in offers}:
            model.add_at_most_one(v for v, o in zip(taken, offers, strict=True) if o.kind == kind)
    _brand_rules(model, taken, offers, request)
    prices = [_cents(o.product) for o in offers]
    cost = sum(v * p for v, p in zip(taken, prices, strict=True))
    if request.budget is not None:
        model.add(cost <= int(request.budget * CENTS))
    if cheapest:
        model.minimize(cost)
    else:
        model.maximize(sum(v * int(o.fit * FIT_SCALE) for v, o in zip(taken, offers, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = SECONDS
    solver.parameters.num_workers = 1  # one worker gives the same answer every time
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    chosen = [o for v, o in zip(taken, offers, strict=True) if solver.value(v)]
    if request.parts:
        chosen.sort(key=lambda o: request.parts.index(o.part))
    return Bundle(
        item_ids=[o.product.item_id for o in chosen],
        parts=[o.part for o in chosen],
        total=sum((o.product.price.amount for o in chosen if o.product.price), Decimal(0)),
        optimal=status == cp_model.OPTIMAL,
    )


def _brand_rules(
    model: cp_model.CpModel, taken: list[cp_model.IntVar], offers: list[Offer], request: BundleRequest
) -> None:
    """No two of a brand, or all of the one that is chosen; what names no brand is of none."""
    by_brand = [(v, o.product.brand) for v, o in zip(taken, offers, strict=True)]
    brands = sorted({brand for _, brand in by_brand if brand})
    if request.distinct_brands:
        for brand in brands:
            model.add_at_most_one(v for v, of in by_brand if of == brand)
    if request.same_brand:
        chosen = {brand: model.new_bool_var(f"brand:{brand}") for brand in brands}
        model.add_at_most_one(chosen.values())
        for var, of in by_brand:
            model.add(var <= (chosen[of] if of else 0))


def _cents(product: Product) -> int:
    return int(product.price.amount * CENTS) if product.price else 0
