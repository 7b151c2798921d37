"""Linking: how often a title as it was read finds its catalog item, and how honest the link's score is.

    python -m benchmarks.linking --catalog amazon-us            # a catalog imported before
    python -m benchmarks.linking --catalog amazon-us --fit      # also prints the weights that fit the score

Titles are spoiled as pages and readers spoil them: cut off, in capitals, a letter misread, the brand or the price
missing. For half of the queries the item itself is taken out of the catalog: those must come back as unknown.
"""

import argparse
import random
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from catalog.money import Money
from catalog.products import Product
from interarec.app import open_catalog, open_shop
from interarec.console import track
from interarec.settings import load_settings
from tools.linking import Linker, features

BINS = 10
MISREAD = {"l": "1", "o": "0", "i": "l", "0": "O", "5": "S", "m": "rn", "g": "q", "B": "8"}


@dataclass(frozen=True)
class Query:
    """A product as it might be read, and whether the catalog holds it."""

    product: Product
    title: str
    brand: str | None
    price: Money | None
    known: bool


def spoiled(title: str, rng: random.Random) -> str:
    """A title as a page shows it and a reader reads it."""
    if len(title) > 40 and rng.random() < 0.4:
        at = rng.randrange(28, min(len(title), 90))
        title = title[:at].rstrip() + rng.choice(("…", "...", ""))
    if rng.random() < 0.1:
        title = title.upper()
    letters = [MISREAD.get(c, c) if rng.random() < 0.02 else c for c in title]
    return "".join(letters)


def queries(linker: Linker, count: int, seed: int) -> list[Query]:
    """Half of them about products of the catalog, half about products that are to be taken out of it."""
    rng = random.Random(seed)
    catalog = linker.catalog
    out = []
    for number in range(count):
        product = catalog.product(rng.randrange(len(catalog)))
        chance = rng.random()
        price = product.price if chance < 0.7 else None
        if price is not None and chance < 0.1:
            price = Money(amount=round(price.amount * 9 / 10, 2), currency=price.currency)
        brand = product.brand if rng.random() < 0.6 else None
        out.append(Query(product, spoiled(product.title, rng), brand, price, number % 2 == 0))
    return out


def run(linker: Linker, asked: list[Query]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each query: the best candidate's features (n, 3), its score (n,), whether it is the right item (n,)."""
    rows, scores, right = [], [], []
    for query in asked:
        without = [] if query.known else _twins(linker, query.product)
        best = linker.best(query.title, query.brand, query.price, without)
        if best is None:
            continue
        found = linker.catalog.get(best.item_id)
        rows.append(features(best))
        scores.append(best.score)
        same = (found.title, found.price) == (query.product.title, query.product.price)
        right.append(query.known and (found.item_id == query.product.item_id or same))
    return np.array(rows), np.array(scores), np.array(right)


def _twins(linker: Linker, product: Product) -> list[int]:
    """The rows that have a product's title: none of them may be found in its place."""
    return [i for i, title in enumerate(linker.catalog.titles) if title == product.title]


def reliability(scores: np.ndarray, right: np.ndarray) -> Table:
    """How often links of each score are right."""
    table = Table(title="score against truth", title_justify="left")
    for column in ("score", "links", "mean score", "right"):
        table.add_column(column, justify="right")
    for low in np.arange(0, 1, 1 / BINS):
        inside = (scores >= low) & (scores < low + 1 / BINS + (low > 0.85))
        if inside.any():
            table.add_row(
                f"{low:.1f} to {low + 1 / BINS:.1f}", str(inside.sum()), f"{scores[inside].mean():.3f}",
                f"{right[inside].mean():.3f}",
            )  # fmt: skip
    return table


def expected_calibration_error(scores: np.ndarray, right: np.ndarray) -> float:
    """The mean distance of score and truth over the bins, by their size (Naeini et al., AAAI 2015)."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    parts = [abs(scores[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return float(sum(parts))


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--catalog", default="sample")
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fit", action="store_true", help="also print the weights that fit these queries")
    given = parser.parse_args()
    stored = open_catalog(load_settings(catalog=given.catalog), track)
    linker = open_shop(stored).linker
    asked = queries(linker, given.queries, given.seed)
    rows, scores, right = run(linker, asked)
    known = np.array([q.known for q in asked])
    console = Console()
    accepted = scores >= 0.5
    console.print(reliability(scores, right))
    console.print(
        f"{len(linker.catalog):,} products, {known.sum()} known and {(~known).sum()} unknown queries"
    )
    console.print(
        f"known: linked rightly {(accepted & right)[known].mean():.4f}, first place right {right[known].mean():.4f}"
    )
    console.print(f"unknown: told as unknown {(~accepted)[~known].mean():.4f}")
    console.print(f"links given: right {right[accepted].mean():.4f}")
    console.print(
        f"expected calibration error {expected_calibration_error(scores, right):.4f}, "
        f"Brier score {brier_score_loss(right, scores):.4f}"
    )
    if given.fit:
        fitted = LogisticRegression(C=10.0).fit(rows, right)
        console.print(
            f"weights {np.round(fitted.coef_[0], 3).tolist()}, bias {float(fitted.intercept_[0]):.3f}"
        )


if __name__ == "__main__":
    main()
