"""Changing the standing wishes, and saying which one to relax when nothing satisfies them all."""

import re
from decimal import Decimal
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from catalog.errors import ToolInputError
from catalog.lexical import stem
from catalog.money import Amount
from tools.measures import bound, measures_in, measures_of
from tools.needs import Wishes, distinct
from tools.relevance import carried, relevant_rows
from tools.synonyms import COLOURS, MATERIALS
from tools.workspace import NO_PRICES, Workspace

ONE_OF = (COLOURS, MATERIALS)
PRICE_CHANGES = {"min_price", "max_price", "cheaper_than", "dearer_than"}
CLEARABLE = tuple(Wishes.model_fields)


class WishChanges(BaseModel):
    """Changes to the shopper's standing wishes. Leave out what the shopper did not mention."""

    model_config = ConfigDict(extra="forbid")

    query: str | None = Field(default=None, description="the kind of product wanted now, e.g. 'phone case'")
    min_price: Amount | None = None
    max_price: Amount | None = None
    cheaper_than: str | None = Field(
        default=None, description="a handle, or 'shown' for all that was shown last"
    )
    dearer_than: str | None = Field(
        default=None, description="a handle, or 'shown' for all that was shown last"
    )
    bigger_than: str | None = Field(
        default=None,
        description="a handle, 'shown', or a size with its unit such as '24 cm': larger or with more capacity",
    )
    smaller_than: str | None = Field(default=None, description="a handle, 'shown', or a size such as '2 kg'")
    min_size: str | None = Field(
        default=None, description="the least size with its unit, such as '25 litres'"
    )
    max_size: str | None = Field(
        default=None, description="the largest size with its unit, such as '500 pieces'"
    )
    brands: list[str] | None = Field(default=None, description="only these brands")
    exclude_brands: list[str] | None = Field(
        default=None, description="brands to leave out, added to those before"
    )
    categories: list[str] | None = None
    must: list[str] | None = Field(
        default=None, description="words the product must have, e.g. 'green', 'iPhone 14'"
    )
    exclude_terms: list[str] | None = None
    min_rating: float | None = Field(default=None, ge=0, le=5)
    on_offer: bool | None = None
    min_discount: int | None = Field(
        default=None, ge=1, le=99, description="the least percentage off, such as 20"
    )
    reject: list[str] | None = Field(
        default=None, description="handles of products that the shopper does not want"
    )
    recipient: str | None = None
    interest: str | None = Field(
        default=None, max_length=60, description="what whoever it is for likes, e.g. 'cooking'"
    )
    mid_range: bool = Field(default=False, description="prices in the middle of what there is")
    ignore_brand: bool | None = None
    ignore_browsing: bool | None = Field(default=None, description="leave aside what was browsed")
    if_possible: bool = Field(
        default=False, description="leave these changes out again where nothing would be left"
    )
    clear: list[str] = Field(
        default_factory=list, description=f"wishes to withdraw: any of {', '.join(CLEARABLE)}"
    )
    reset: bool = Field(default=False, description="forget every wish first")
    undo: bool = Field(default=False, description="go back to the wishes before the last change")


NOT_POSSIBLE = "Nothing that fits has that as well, so I leave it aside."
UNSTATED = {"on_offer": "offers", "min_discount": "discounts", "min_rating": "ratings"}
"""Wishes about what many a shop states of none of its products."""


def _without_the_impossible(
    workspace: Workspace, wishes: Wishes, changes: WishChanges
) -> tuple[Wishes, str | None]:
    """The standing wishes without those that nothing in the shop satisfies, whatever else is wished, and a note.

    The reply before has told that nothing fits; kept, they would make every later request fail as well. What the
    changes speak of themselves is left to them.
    """
    spoken_of = changes.model_fields_set | set(changes.clear)
    kept, gone = possible(workspace, wishes, tuple(name for name in UNSTATED if name not in spoken_of))
    what = " or ".join(UNSTATED[name] for name in gone)
    return kept, f"Nothing in this shop has such {what}, so I no longer go by them." if gone else None


def possible(
    workspace: Workspace, wishes: Wishes, names: tuple[str, ...] = tuple(UNSTATED)
) -> tuple[Wishes, list[str]]:
    """The wishes without those of ``names`` that no product of the shop satisfies, and the names of those."""
    masks = workspace.shop.filter.masks(Wishes(**{name: getattr(wishes, name) for name in names}))
    gone = [name for name in names if name in masks and not masks[name].any()]
    defaults = {name: Wishes.model_fields[name].default for name in gone}
    return wishes.model_copy(deep=True, update=defaults), gone


def _without_the_soft(changes: WishChanges) -> WishChanges:
    """The changes without what was wished "if possible": the words beside a new kind of thing, else all of them."""
    return changes.model_copy(update={"must": None}) if changes.query else WishChanges()


def change_wishes(workspace: Workspace, changes: WishChanges) -> dict[str, Any]:
    """Apply changes and tell the wishes that stand now, and how many products satisfy them."""
    before = workspace.wishes
    note = None
    if not workspace.shop.catalog.priced and (priced := changes.model_fields_set & PRICE_CHANGES):
        changes = changes.model_copy(update=dict.fromkeys(priced))
        note = NO_PRICES
    if changes.undo:
        if workspace.previous_wishes:
            workspace.wishes = workspace.previous_wishes.pop()
    else:
        changes, unsized = _comparable(workspace, changes)
        standing, let_go = (
            (Wishes(), None) if changes.reset else _without_the_impossible(workspace, before, changes)
        )
        if standing.relative_price and not _any_left(workspace, standing):
            # "Cheaper", where nothing is, was answered; it does not stand in the way of what comes next.
            standing.min_price = standing.max_price = None
            standing.relative_price = False
        note = unsized or note or let_go
        workspace.wishes = _changed(workspace, standing.model_copy(deep=True), changes)
        if changes.if_possible and not _any_left(workspace, workspace.wishes):
            less = _changed(workspace, standing, _without_the_soft(changes))
            if _any_left(workspace, less):
                workspace.wishes, note = less, NOT_POSSIBLE
        if workspace.wishes != before:
            workspace.previous_wishes = [*workspace.previous_wishes, before][-10:]
    allowed = workspace.shop.filter.allowed(workspace.wishes)
    satisfying = int((allowed & relevant_rows(workspace, workspace.wishes.query)).sum())
    if satisfying and changes.cheaper_than == "shown" and _not_below_all(workspace):
        note = "Nothing that fits costs less than the cheapest of those; these cost less than the dearest."
    if workspace.wishes.ignore_browsing:
        workspace.leave_aside_browsing()
    told = {"note": note} if note else {}
    return told | {
        "wishes": workspace.wishes.sentences(workspace.shop.catalog.currency),
        "products_that_satisfy_them": satisfying,
    }


def _comparable(workspace: Workspace, changes: WishChanges) -> tuple[WishChanges, str | None]:
    """The changes without "bigger" where nothing states a size to compare with, if they say more than that, and a note."""
    sized = changes.model_fields_set & {"bigger_than", "smaller_than"}
    if not sized or not changes.model_fields_set - sized:
        return changes, None
    try:
        for reference in (changes.bigger_than, changes.smaller_than):
            if reference is not None and not measures_in(reference):
                _compared_sizes(workspace, reference)
    except ToolInputError as error:
        return changes.model_copy(update=dict.fromkeys(sized)), str(error)
    return changes, None


def _changed(workspace: Workspace, wishes: Wishes, changes: WishChanges) -> Wishes:
    unknown = [name for name in changes.clear if name not in CLEARABLE]
    if unknown:
        raise ToolInputError(f"'clear' takes {', '.join(CLEARABLE)}; not {', '.join(unknown)}.")
    if changes.min_price is not None or changes.max_price is not None:
        wishes.relative_price = False
    for name in changes.clear:
        setattr(wishes, name, Wishes.model_fields[name].get_default(call_default_factory=True))
    if changes.query is not None and changes.query != wishes.query:
        _leave_topic(wishes)
        _drop_foreign(workspace, wishes, changes.query)
    if changes.query is None and changes.interest and wishes.query and not carried(workspace, wishes.query):
        wishes.query = None  # what the shop does not have is no topic to go on about
    _replace(wishes, changes)
    _extend(wishes, changes)
    if changes.reject is not None:
        wishes.exclude_items = distinct([*wishes.exclude_items, *workspace.items(changes.reject)])
    _relative_prices(workspace, wishes, changes)
    _sizes(workspace, wishes, changes)
    if changes.mid_range:
        _mid_range(workspace, wishes)
    one_sided = (changes.min_price is None) != (changes.max_price is None)
    if (
        wishes.min_price is not None
        and wishes.max_price is not None
        and (wishes.min_price > wishes.max_price or (one_sided and wishes.min_price == wishes.max_price))
    ):
        # The newest bound is what the shopper means; the older one gives way.
        if changes.max_price is not None or changes.cheaper_than is not None:
            wishes.min_price = None
        else:
            wishes.max_price = None
    _purpose_aside(workspace, wishes)
    return wishes


def _purpose_aside(workspace: Workspace, wishes: Wishes) -> None:
    """What something is for is searched for and not required, where products that say so meet no other wish.

    "A backpack for hiking" that is to be waterproof may be one that does not speak of hiking.
    """
    thing, _, purpose = (wishes.query or "").partition(" for ")
    if not purpose or _any_left(workspace, wishes):
        return
    if _any_left(workspace, wishes.model_copy(update={"query": thing})):
        wishes.query, wishes.interest = thing, wishes.interest or purpose


def _replace(wishes: Wishes, changes: WishChanges) -> None:
    for name in (
        "query",
        "min_price",
        "max_price",
        "categories",
        "min_rating",
        "on_offer",
        "min_discount",
        "recipient",
        "interest",
        "ignore_brand",
        "ignore_browsing",
    ):
        value = getattr(changes, name)
        if value is not None:
            setattr(wishes, name, value)


def _extend(wishes: Wishes, changes: WishChanges) -> None:
    if changes.brands is not None:
        wishes.brands = distinct(changes.brands)
        wishes.exclude_brands = [b for b in wishes.exclude_brands if b not in wishes.brands]
    if changes.exclude_brands is not None:
        wishes.exclude_brands = distinct([*wishes.exclude_brands, *changes.exclude_brands])
        wishes.brands = [b for b in wishes.brands if b not in changes.exclude_brands]
    if changes.must is not None:
        kept = [t for t in wishes.must if not any(_replaces(new, t) for new in changes.must)]
        wishes.must = distinct([*kept, *changes.must])
        wishes.exclude_terms = [t for t in wishes.exclude_terms if t not in changes.must]
    if changes.exclude_terms is not None:
        wishes.exclude_terms = distinct([*wishes.exclude_terms, *changes.exclude_terms])
        wishes.must = [t for t in wishes.must if t not in changes.exclude_terms]
        if changes.query is None and wishes.query:
            said = {stem(w) for w in wishes.query.split()}
            terms = [{stem(w) for w in term.split()} for term in changes.exclude_terms]
            gone = {w for term in terms if term <= said for w in term}
            wishes.query = _without_words(wishes.query, gone)


def _without_words(query: str, gone: set[str]) -> str | None:
    """A query without some words, and without the "or" that led to them; None where nothing is left.

    >>> _without_words("throw or cushion", {"cushion"}), _without_words("mugs", {"mug"})
    ('throw', None)
    """
    kept = " ".join(w for w in query.split() if stem(w) not in gone)
    return re.sub(r"^(?:or|and|for)\b|\b(?:or|and|for)$", "", kept).strip() or None


def _replaces(new: str, old: str) -> bool:
    """Whether a word takes another's place: a thing has one colour, one material, one size, and fits one model.

    "iphone 15" gives way to "iphone 14".
    """
    names, had = set(new.lower().split(" or ")), set(old.lower().split(" or "))
    if any(names <= facet and had & facet for facet in ONE_OF):
        return True
    plain = [re.sub(r"\d+(?:[.,]\d+)?|(?<=size )\w+", "#", t.lower()) for t in (old, new)]
    return old.lower() != new.lower() and plain[0] == plain[1] and "#" in plain[0]


def _mid_range(workspace: Workspace, wishes: Wishes) -> None:
    """Bounds around the middle third of the prices of what is wanted."""
    free = wishes.model_copy(update={"min_price": None, "max_price": None})
    rows = workspace.shop.filter.allowed(free) & relevant_rows(workspace, wishes.query)
    prices = workspace.shop.catalog.prices[rows]
    prices = prices[~np.isnan(prices)]
    if len(prices):
        low, high = np.quantile(prices, [1 / 3, 2 / 3])
        wishes.min_price, wishes.max_price = (Decimal(str(round(float(p), 2))) for p in (low, high))
        wishes.relative_price = False


def _relative_prices(workspace: Workspace, wishes: Wishes, changes: WishChanges) -> None:
    if wishes.relative_price and (changes.cheaper_than is not None or changes.dearer_than is not None):
        wishes.min_price = wishes.max_price = None  # "dearer" after "cheaper" turns round, it does not narrow
    if changes.cheaper_than is not None and (prices := _prices(workspace, changes.cheaper_than)):
        wishes.max_price = _bound_below(workspace, wishes, prices)
        wishes.relative_price = True
    if changes.dearer_than is not None and (prices := _prices(workspace, changes.dearer_than)):
        wishes.min_price = max(prices) + Decimal("0.01")
        wishes.relative_price = True
        if not _any_left(workspace, wishes):
            wishes.min_price = min(prices) + Decimal("0.01")


def _leave_topic(wishes: Wishes) -> None:
    """What was relative to the products of one topic means nothing for the next."""
    if wishes.relative_price:
        wishes.min_price = wishes.max_price = None
        wishes.relative_price = False
    wishes.min_measure, wishes.max_measure = {}, {}
    wishes.categories = []
    if wishes.recipient is None:
        wishes.interest = None


def _drop_foreign(workspace: Workspace, wishes: Wishes, query: str) -> None:
    """Attributes that nothing of the new kind has belong to the old topic ("for an iPhone 14", to lamps)."""
    kind = relevant_rows(workspace, query)
    wishes.must = [t for t in wishes.must if bool((kind & workspace.shop.filter.term(t)).any())]


def _sizes(workspace: Workspace, wishes: Wishes, changes: WishChanges) -> None:
    for size, name in ((changes.min_size, "min_measure"), (changes.max_size, "max_measure")):
        if size is not None:
            setattr(wishes, name, _stated_bound(size, inclusive=True, low=name == "min_measure"))
            _without_sizes(wishes)
    for reference, name in ((changes.bigger_than, "min_measure"), (changes.smaller_than, "max_measure")):
        if reference is None:
            continue
        if measures_in(reference):
            setattr(wishes, name, _stated_bound(reference, inclusive=False, low=name == "min_measure"))
            _without_sizes(wishes)
            continue
        stated = _compared_sizes(workspace, reference)
        dimensions = {d for sizes in stated for d in sizes}
        pick = max if name == "min_measure" else min
        bounds = {d: pick(s[d] for s in stated if d in s) for d in dimensions}
        leading = max(bounds, key=lambda d: sum(d in s for s in stated))
        setattr(wishes, name, {leading: bounds[leading]})
        _without_sizes(wishes)
        if not _any_left(workspace, wishes):  # beyond all of them there is nothing: beyond the least will do
            weaker = min if name == "min_measure" else max
            setattr(wishes, name, {leading: weaker(s[leading] for s in stated if leading in s)})


def _compared_sizes(workspace: Workspace, reference: str) -> list[dict[str, float]]:
    """The sizes of the products that a wish compares with, by dimension; ToolInputError when none states any."""
    items = workspace.last_shown() if reference == "shown" else workspace.items([reference])
    stated = [measures_of(workspace.product(i)) for i in items]
    if not any(stated):
        raise ToolInputError("None of the products shown states a size to compare with.")
    return stated


def _without_sizes(wishes: Wishes) -> None:
    """A bound on a size takes the place of a size that was stated: "bigger" after "3 inch"."""
    bounded = {*wishes.min_measure, *wishes.max_measure}
    wishes.must = [t for t in wishes.must if not bounded & measures_in(t).keys()]


def _stated_bound(size: str, inclusive: bool, low: bool) -> dict[str, float]:
    if not (bounds := bound(size, inclusive, low)):
        raise ToolInputError(f"{size!r} is no size; give a number with its unit, such as '25 litres'.")
    return bounds


def _bound_below(workspace: Workspace, wishes: Wishes, prices: list[Decimal]) -> Decimal:
    """Under the cheapest of them where something is; else under the dearest, so that the wish can be met."""
    bound = min(prices) - Decimal("0.01")
    if len(prices) > 1 and not _any_left(
        workspace, wishes.model_copy(update={"max_price": bound, "min_price": None})
    ):
        return max(prices) - Decimal("0.01")
    return bound


def _not_below_all(workspace: Workspace) -> bool:
    """Whether "cheaper" could only be met by what costs less than the dearest of what was shown."""
    bound, prices = workspace.wishes.max_price, _prices(workspace, "shown")
    return bound is not None and len(prices) > 1 and bound >= min(prices)


def _any_left(workspace: Workspace, wishes: Wishes) -> bool:
    allowed = workspace.shop.filter.allowed(wishes)
    return bool((allowed & relevant_rows(workspace, wishes.query)).any())


def _prices(workspace: Workspace, reference: str) -> list[Decimal]:
    items = workspace.last_shown() if reference == "shown" else workspace.items([reference])
    products = [workspace.product(i) for i in items]
    found = [p.price.amount for p in products if p.price]
    if not found:  # nothing was shown yet: compare with what was looked at
        found = [p.price.amount for p in workspace.summary.products if p.price and (p.opened or not products)]
    return found
