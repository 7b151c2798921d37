"""When nothing satisfies all wishes: which to give up, and what that would leave."""

from itertools import combinations
from typing import Any

import numpy as np

from catalog.lexical import stem
from tools.relevance import relevant_rows
from tools.workspace import Workspace

BOTH = " + "
"""Between two wishes that have to be given up together."""


def relaxations(workspace: Workspace) -> list[dict[str, Any]]:
    """For each wish: what giving it up alone would leave, the most helpful first."""
    shop, wishes = workspace.shop, workspace.wishes
    kind = relevant_rows(workspace, wishes.query) & shop.filter.in_stock()
    masks = shop.filter.masks(wishes)
    found = []
    for name in masks:
        rows = kind.copy()
        for other, mask in masks.items():
            if other != name:
                rows &= mask
        count = int(rows.sum())
        if count:
            found.append(
                {"relax": name, "products": count, **_nearest(workspace, name, np.flatnonzero(rows))}
            )
    for word in _loose_words(workspace, wishes.query):
        rows = relevant_rows(workspace, " ".join(w for w in (wishes.query or "").split() if w != word))
        rows = np.logical_and.reduce([rows, shop.filter.in_stock(), *masks.values()])
        if (count := int(rows.sum())) and not rows.all():
            found.append({"relax": f"query:{word}", "products": count})
    found = found or _by_pairs(masks, kind)
    if kind.any() and not found and masks:
        found.append({"relax": "all of them", "products": int(kind.sum())})
    return sorted(found, key=lambda f: -int(f["products"]))


def _by_pairs(masks: dict[str, np.ndarray], kind: np.ndarray) -> list[dict[str, Any]]:
    """What giving up two wishes at once would leave, where giving up one leaves nothing."""
    found = []
    for pair in combinations(masks, 2):
        rest = [mask for name, mask in masks.items() if name not in pair]
        if rest and (count := int(np.logical_and.reduce([kind, *rest]).sum())):
            found.append({"relax": BOTH.join(pair), "products": count})
    return found


def _loose_words(workspace: Workspace, query: str | None) -> list[str]:
    """The words of a query that only describe the kind of thing."""
    words = (query or "").split()
    head = workspace.shop.kinds.head(query or "")
    return [w for w in words if stem(w) != head and w not in ("or", "and", "for")] if len(words) > 1 else []


def _nearest(workspace: Workspace, name: str, rows: np.ndarray) -> dict[str, Any]:
    catalog = workspace.shop.catalog
    prices = catalog.prices[rows]
    if name == "max_price" and not np.isnan(prices).all():
        product = catalog.product(int(rows[int(np.nanargmin(prices))]))
        return {"cheapest": str(product.price), "handle": workspace.handles.of(product.item_id)}
    if name == "min_price" and not np.isnan(prices).all():
        product = catalog.product(int(rows[int(np.nanargmax(prices))]))
        return {"dearest": str(product.price), "handle": workspace.handles.of(product.item_id)}
    return {}
