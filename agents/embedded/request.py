"""A request as it is understood, and the situation that it is understood against."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from agents.embedded.intents import Intent
from agents.embedded.references import Shown

GUESSED = {"query", "must", "interest", "recipient", "exclude_terms"}
"""Wishes that any word may end in."""


@dataclass
class Understood:
    """A request, understood."""

    intent: Intent
    text: str
    changes: dict[str, Any] = field(default_factory=dict)
    """Arguments for ``set_wishes``."""
    handles: list[str] = field(default_factory=list)
    aspect: str | None = None
    parts: list[str] = field(default_factory=list)
    size: int | None = None
    budget: Decimal | None = None
    theme: str | None = None
    count: int | None = None
    quantity: int = 1
    """How many of a product a price is asked for."""
    fresh: bool = False
    pasted_title: bool = False
    words: list[str] = field(default_factory=list)
    """Words that were not understood as anything else."""
    said: list[str] = field(default_factory=list)
    """The same, with those that say for whom, when or how."""
    unsaid: list[str] = field(default_factory=list)
    """Devices that something is for, where no product of its kind says which it fits."""
    asked: list[str] = field(default_factory=list)
    """Words of a yes-or-no question about a product: "is it waterproof?"."""
    exclude: list[str] = field(default_factory=list)
    include: list[str] = field(default_factory=list)
    keep: list[str] = field(default_factory=list)
    """Products of the last set that stay in the next one where that can be."""
    cheaper_part: str | None = None
    """The handle of the product of a set that is to become cheaper."""
    distinct_brands: bool = False
    same_brand: bool = False
    max_each: Decimal | None = None
    """The most that one product of a set may cost."""
    order: str | None = None
    again: str | None = None
    """Which earlier list to show again: first, previous or last."""
    facet: str | None = None
    whole_shop: bool = False
    """Whether options are asked for of all that the shop sells, whatever is looked for."""


@dataclass
class Situation:
    """What a request is understood against."""

    wishes: dict[str, Any]
    shown: list[list[Shown]]
    focus: str | None
    browsed: bool
    spoken_of: list[str] = field(default_factory=list)
    """The products spoken of alone since the last list, the latest last."""
    bundle: dict[str, Any] | None = None
    turns: int = 0
    offer: str | None = None
    """The wish that the last reply offered to go without, such as ``must:black``."""
    bundle_last: bool = False
    """Whether the last list shown was that set."""

    @property
    def last(self) -> list[Shown]:
        """The products shown last; none where nothing was shown."""
        return self.shown[-1] if self.shown else []
