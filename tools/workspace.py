"""What the tools of one turn share: the shop's parts, what is known of the shopper, and what was found so far."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from catalog.errors import ToolInputError
from catalog.products import Catalog, Product
from catalog.store import StoredCatalog
from tools.bundles import Bundle
from tools.comparison import Comparison
from tools.filters import WishFilter
from tools.kinds import Kinds
from tools.linking import Linker
from tools.needs import BehaviorSummary, Candidate, Recommendation, Wishes, facts_of
from tools.next_item import NextItemModel
from tools.reranking import Reranker
from tools.retrieval import Retriever


@dataclass
class Shop:
    """One catalog with everything that works on it; shared by all conversations."""

    catalog: Catalog
    retriever: Retriever
    filter: WishFilter
    reranker: Reranker
    linker: Linker
    kinds: Kinds
    next_item: NextItemModel | None = None
    next_item_problem: str | None = None

    @classmethod
    def open(
        cls, stored: StoredCatalog, next_item: NextItemModel | None = None, problem: str | None = None
    ) -> "Shop":
        """Put the parts of a stored catalog together."""
        catalog = stored.catalog
        retriever = Retriever(stored.encoder, stored.vectors, stored.words, catalog.item_ids)
        return cls(
            catalog=catalog,
            retriever=retriever,
            filter=WishFilter(catalog),
            reranker=Reranker(catalog, stored.encoder, stored.vectors.vectors),
            linker=Linker(catalog, retriever),
            kinds=Kinds(catalog),
            next_item=next_item,
            next_item_problem=problem,
        )

    def next_items(self, session: list[str], allowed: np.ndarray, k: int) -> list[Candidate] | None:
        """The ``k`` allowed rows (a mask, (n,)) that the next-item model expects after a session, the best scored 1.

        None where there is no model or it knows no item of the session.
        """
        scores = self.next_item.scores(session) if self.next_item is not None else None
        if scores is None:
            return None
        masked = np.where(allowed & np.isfinite(scores), scores, -np.inf)
        best = np.argsort(-masked, kind="stable")[:k]
        best = best[np.isfinite(masked[best])]
        return [
            Candidate(
                item_id=self.catalog.item_ids[int(row)],
                score=float(np.exp(masked[row] - masked[best[0]])),
                source="next-item",
            )
            for row in best
        ]


@dataclass
class Handles:
    """Short names for products (``P1``, ``P2``, ...), the only way in which a model may speak of them."""

    item_of: dict[str, str] = field(default_factory=dict)

    def of(self, item_id: str) -> str:
        """The handle of an item, made on first use."""
        for handle, item in self.item_of.items():
            if item == item_id:
                return handle
        # Handles of products that left the catalog are gone; their numbers are not given to others.
        handle = f"P{max((int(h[1:]) for h in self.item_of), default=0) + 1}"
        self.item_of[handle] = item_id
        return handle

    def item(self, handle: str) -> str | None:
        """The item of a handle, however it is written (``P1``, ``p1``, ``[[P1]]``); None when there is none."""
        return self.item_of.get(handle.strip("[]() ").upper())


CHANGED_BY_TOOLS = (
    "wishes", "previous_wishes", "candidates", "recommendations", "comparison", "bundle", "last_bundle", "chosen", "topics",
)  # fmt: skip
NO_PRICES = "This shop's catalog has no prices, so I cannot go by them."


@dataclass
class Workspace:
    """The state of one turn that tools read and change."""

    shop: Shop
    summary: BehaviorSummary
    session: list[str]
    wishes: Wishes
    shown: list[list[str]]
    handles: Handles
    previous_wishes: list[Wishes] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    recommendations: list[Recommendation] = field(default_factory=list)
    comparison: Comparison | None = None
    bundle: Bundle | None = None
    last_bundle: dict[str, Any] | None = None
    """The request, the ``items`` and the ``total`` of the set before this one."""
    chosen: list[str] = field(default_factory=list)
    """Items to show with the reply, in order."""
    topics: list[str] = field(default_factory=list)
    """What was searched for in this turn, in words."""

    def leave_aside_browsing(self) -> None:
        """Go on as if nothing had been browsed; the state keeps it."""
        self.summary, self.session = BehaviorSummary(), []

    def kept(self) -> dict[str, Any]:
        """What tools change, for :meth:`take_back`."""
        values = ((name, getattr(self, name)) for name in CHANGED_BY_TOOLS)
        return {name: list(value) if isinstance(value, list) else value for name, value in values}

    def take_back(self, kept: dict[str, Any]) -> None:
        """Be as before a call that failed."""
        for name, value in kept.items():
            setattr(self, name, value)

    def product(self, item_id: str) -> Product:
        """A catalog product."""
        return self.shop.catalog.get(item_id)

    def card(self, item_id: str) -> dict[str, str]:
        """What a model may know of a product, with its handle."""
        return {"handle": self.handles.of(item_id), **facts_of(self.product(item_id))}

    def items(self, handles: list[str]) -> list[str]:
        """The items of handles; ToolInputError names one that is unknown."""
        found = []
        for handle in handles:
            item = self.handles.item(handle)
            if item is None:
                known = ", ".join(self.handles.item_of) or "none yet"
                raise ToolInputError(
                    f"There is no product with the handle {handle!r}; known handles: {known}."
                )
            found.append(item)
        return found

    def last_shown(self) -> list[str]:
        """The items shown most recently."""
        return self.shown[-1] if self.shown else []
