"""Re-ranking: candidates by next-item score, closeness to the summary and the wishes, price and brand fit.

The paper's output re-ranking is the part called ``summary``: similarity of a product's title, brand and price
text to the behaviour summary. Measured on held-out next items, ranking by it alone loses against GRU4Rec, so
it is fused with the other signals instead of replacing them; every part is kept and told as a reason.
"""

from dataclasses import dataclass

import numpy as np

from catalog.encoder import Encoder
from catalog.products import Catalog, Product
from tools.needs import BehaviorSummary, Candidate, Recommendation, Wishes
from tools.synonyms import COLOURS, MATERIALS

WEIGHTS = {
    "search": 1.0,
    "next item": 0.7,
    "summary": 0.6,
    "seen like it": 0.5,
    "price": 0.35,
    "brand": 0.3,
    "rating": 0.15,
}
NEAR_DUPLICATE = 0.93
SAME_SORT = 0.5
"""From which products are alike where nobody has said what is looked for: then several sorts are shown."""
DIVERSITY = 0.25  # how much a candidate loses for being like one already chosen (maximal marginal relevance)


@dataclass
class Signals:
    """What is known about a candidate beside its own columns."""

    search: dict[str, float]
    next_item: dict[str, float]


class Reranker:
    """Orders candidates of one catalog."""

    def __init__(self, catalog: Catalog, encoder: Encoder, vectors: np.ndarray):
        self.catalog = catalog
        self.encoder = encoder
        self.vectors = vectors

    def rerank(
        self, candidates: list[Candidate], summary: BehaviorSummary, wishes: Wishes, k: int
    ) -> list[Recommendation]:
        """The ``k`` best candidates, best first, with their parts (each 0 to 1) and reasons."""
        signals = _signals(candidates)
        items = list(dict.fromkeys(c.item_id for c in candidates))
        if not items:
            return []
        rows = np.array([self.catalog.row(i) for i in items])
        vectors = np.asarray(self.vectors[rows], np.float32)
        parts = self._parts(items, rows, vectors, signals, summary, wishes)
        total = np.zeros(len(items))
        for name, values in parts.items():
            total += WEIGHTS[name] * values
        total /= max(sum(WEIGHTS[name] for name in parts), 1e-9)
        anything = not (wishes.query or wishes.must or wishes.interest or summary.products)
        chosen = _diverse(total, vectors, k, SAME_SORT if anything else NEAR_DUPLICATE)
        return [
            Recommendation(
                item_id=items[i],
                score=round(float(total[i]), 4),
                parts={name: round(float(values[i]), 3) for name, values in parts.items()},
                reasons=self._reasons(items[i], {n: float(v[i]) for n, v in parts.items()}, summary, wishes),
            )
            for i in chosen
        ]

    def _parts(
        self, items: list[str], rows: np.ndarray, vectors: np.ndarray, signals: Signals,
        summary: BehaviorSummary, wishes: Wishes,
    ) -> dict[str, np.ndarray]:  # fmt: skip
        parts: dict[str, np.ndarray] = {}
        if signals.search:
            parts["search"] = np.array([signals.search.get(i, 0.0) for i in items])
        if signals.next_item:
            parts["next item"] = np.array([signals.next_item.get(i, 0.0) for i in items])
        if text := summary.text():
            parts["summary"] = _stretched(vectors @ self.encoder.encode([text])[0])
        seen = [self.catalog.row(i) for i in self.catalog.known(summary.item_ids())][-8:]
        if seen:
            parts["seen like it"] = _stretched((vectors @ np.asarray(self.vectors[seen]).T).mean(1))
        parts |= self._fits(rows, summary, wishes)
        return parts

    def _fits(self, rows: np.ndarray, summary: BehaviorSummary, wishes: Wishes) -> dict[str, np.ndarray]:
        fits: dict[str, np.ndarray] = {}
        opened = [
            float(p.price.amount) for p in summary.products if p.price and p.price.amount > 0 and p.opened
        ]
        if opened and wishes.min_price is None and wishes.max_price is None:
            prices = np.nan_to_num(self.catalog.prices[rows], nan=np.median(opened))
            fits["price"] = np.exp(-np.abs(np.log(np.maximum(prices, 0.01) / np.median(opened))))
        preferred = {b.lower() for b in summary.brands}
        if preferred and not wishes.ignore_brand and not wishes.brands:
            fits["brand"] = np.isin(self.catalog.brand_of_row[rows], list(preferred)).astype(float)
        ratings = self.catalog.ratings[rows]
        if not np.isnan(ratings).all():
            fits["rating"] = np.nan_to_num(ratings, nan=3.5) / 5
        return fits

    def _reasons(
        self, item_id: str, parts: dict[str, float], summary: BehaviorSummary, wishes: Wishes
    ) -> list[str]:
        product = self.catalog.get(item_id)
        reasons = []
        opened = {p.item_id for p in summary.products if p.opened}
        if item_id in opened:
            reasons.append("you opened it while browsing")
        if wishes.must:
            reasons.append(_as_wished(wishes.must, product))
        if parts.get("brand", 0) > 0 and product.brand:
            count = sum(
                1 for p in summary.products if p.opened and (p.brand or "").lower() == product.brand.lower()
            )
            reasons.append(
                f"it is by {product.brand}, which you looked at" + (f" {count} times" if count > 1 else "")
            )
        if parts.get("next item", 0) > 0.6:
            reasons.append("shoppers with a similar visit went on to it")
        if parts.get("seen like it", 0) > 0.7 and item_id not in opened:
            reasons.append("it is close to what you opened")
        if parts.get("price", 0) > 0.8 and product.price:
            reasons.append("it is priced like the ones you opened")
        if product.list_price and product.price and product.list_price.amount > product.price.amount:
            reasons.append(f"it is reduced from {product.list_price}")
        elif product.promotion:
            reasons.append(f"it has an offer: {product.promotion}")
        if product.rating is not None and product.rating >= 4.4:
            reasons.append(f"it is rated {product.rating:g} out of 5")
        if not reasons and parts.get("search", 0) > 0.4 and not wishes.is_empty():
            reasons.append("it matches what you asked for")
        return reasons[:3]


def _as_wished(must: list[str], product: Product) -> str:
    """The wishes that a product meets, said of it: colours and materials are what it is, other words what it states."""
    text = " ".join([product.title, *product.specifications, product.description or ""]).lower()
    must = [next((part for part in t.split(" or ") if part.lower() in text), t) for t in must]
    plain = [t for t in must if set(t.lower().split(" or ")) <= COLOURS | MATERIALS]
    stated = [f"“{t}”" for t in must if t not in plain]
    parts = ([f"is {', '.join(plain)}"] if plain else []) + ([f"has {', '.join(stated)}"] if stated else [])
    return "it " + " and ".join(parts)


def _signals(candidates: list[Candidate]) -> Signals:
    search = {c.item_id: c.score for c in candidates if c.source != "next-item"}
    predicted = {c.item_id: c.score for c in candidates if c.source == "next-item"}
    return Signals(_relative(search), _relative(predicted))


def _relative(scores: dict[str, float]) -> dict[str, float]:
    if not scores:
        return {}
    best = max(scores.values())
    return {item: score / best if best > 0 else 0.0 for item, score in scores.items()}


def _stretched(values: np.ndarray) -> np.ndarray:
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high - low > 1e-6 else np.ones_like(values)


def _diverse(scores: np.ndarray, vectors: np.ndarray, k: int, alike_from: float) -> list[int]:
    """Maximal marginal relevance (Carbonell and Goldstein 1998) against what is alike, near-duplicates most of all."""
    order = np.argsort(-scores, kind="stable")
    chosen: list[int] = []
    weight = DIVERSITY if alike_from == NEAR_DUPLICATE else 1.0
    penalty = np.zeros(len(scores))
    for _ in range(min(k, len(order))):
        left = [int(i) for i in order if int(i) not in chosen]
        best = max(left, key=lambda i: scores[i] - penalty[i])
        chosen.append(best)
        alike = vectors @ vectors[best]
        penalty = np.maximum(penalty, weight * np.clip((alike - alike_from) / (1 - alike_from), 0, 1))
    return chosen
