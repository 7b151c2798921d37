"""Simulated shoppers: a session log for the sample shop, from invented tastes (it is not real behaviour)."""

import random
from collections import defaultdict

from catalog.products import Catalog, Product
from catalog.sessions import SessionLog, log_of
from storefront.sample import kind_of

SESSIONS = 3000
GOES_WITH = {
    "phone case": ("screen protector", "phone charger", "charging cable"),
    "screen protector": ("phone case", "charging cable"),
    "phone charger": ("charging cable", "power bank", "wireless charger"),
    "earbuds": ("phone case", "power bank"),
    "desk": ("office chair", "desk lamp", "monitor stand"),
    "office chair": ("desk", "desk lamp"),
    "keyboard": ("mouse", "monitor stand", "desk organiser"),
    "mouse": ("keyboard", "desk organiser"),
    "desk lamp": ("desk", "desk organiser", "notebook"),
    "raincoat": ("backpack", "trainers"),
    "backpack": ("raincoat", "notebook"),
    "dress": ("scarf", "trainers"),
    "t-shirt": ("trainers", "dress"),
    "kettle": ("mug set", "frying pan"),
    "mug set": ("kettle", "throw blanket"),
    "cushion": ("throw blanket", "table lamp"),
    "table lamp": ("cushion", "throw blanket"),
    "jigsaw puzzle": ("board game", "soft toy"),
    "board game": ("jigsaw puzzle", "building blocks"),
    "building blocks": ("remote control car", "soft toy"),
}


def simulated_log(catalog: Catalog, sessions: int = SESSIONS, seed: int = 7) -> SessionLog:
    """Sessions of shoppers who each have a kind in mind, a favourite brand and a price level."""
    rng = random.Random(seed)
    products = list(catalog)
    by_kind: dict[str, list[Product]] = defaultdict(list)
    for product in products:
        by_kind[kind_of(product)].append(product)
    # A few products of each kind are far more popular than the rest.
    popularity = {p.item_id: rng.paretovariate(1.2) for p in products}
    kinds = sorted(by_kind)
    return log_of([_session(rng, by_kind, kinds, popularity) for _ in range(sessions)])


def _session(
    rng: random.Random, by_kind: dict[str, list[Product]], kinds: list[str], popularity: dict[str, float]
) -> list[str]:
    kind = rng.choice(kinds)
    favourite = rng.choice(by_kind[kind])
    seen: list[str] = []
    for _ in range(2 + min(int(rng.expovariate(0.35)), 10)):
        shelf = by_kind[kind]
        weights = [
            popularity[p.item_id] * _liking(p, favourite) * (0.02 if p.item_id in seen else 1) for p in shelf
        ]
        seen.append(rng.choices(shelf, weights)[0].item_id)
        if rng.random() < 0.25 and kind in GOES_WITH:
            kind = rng.choice(GOES_WITH[kind])
    return seen


def _liking(product: Product, favourite: Product) -> float:
    liking = 1.0
    if product.brand == favourite.brand:
        liking *= 6
    if product.price and favourite.price:
        ratio = float(product.price.amount) / max(float(favourite.price.amount), 0.01)
        liking *= 3 if 0.6 < ratio < 1.6 else 1
    shared = set(product.specifications) & set(favourite.specifications)
    return liking * (1 + 2 * max(len(shared) - 1, 0))
