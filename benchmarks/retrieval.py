"""Retrieval from a million products: latency, recall against exact search, and incremental changes.

    interarec import ../shared/data/amazon-us-catalog/items.parquet --name amazon-us && interarec index --catalog amazon-us
    python -m benchmarks.retrieval --catalog amazon-us --products 1000000

Real titles are multiplied with variations (", blue", ", pack of 3", ...) until there are enough. A variation's
embedding is its title's, moved by what the same words move the embeddings of 200 other titles by, and by what is left
over of that: embedding a million titles takes this machine an hour, and the variations are told apart as real ones are.
"""

import argparse
import resource
import statistics
import time

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from catalog.index import VectorIndex
from catalog.lexical import LexicalIndex
from catalog.products import Catalog
from catalog.store import StoredCatalog
from interarec.app import open_catalog
from interarec.console import track
from interarec.settings import load_settings
from tools.filters import WishFilter
from tools.needs import Wishes
from tools.retrieval import Retriever

VARIATIONS = (
    ", blue",
    ", black",
    ", pack of 3",
    ", large",
    ", small",
    " with case",
    ", 2 count",
    ", red",
    ", refurbished",
    ", travel size",
)
SAMPLE = 200
QUERIES = 200
K = 10
FILTERS = {
    "none": Wishes(),
    "under $10": Wishes(max_price=10),
    "one category": Wishes(categories=["ABIS_BOOK"]),
    "$20 to $22": Wishes(min_price=20, max_price=22),
}  # fmt: skip


def multiplied(stored: StoredCatalog, count: int) -> tuple[Catalog, np.ndarray]:
    """A catalog of ``count`` products and their vectors (count, d)."""
    rng = np.random.default_rng(0)
    base, vectors = stored.catalog.frame, np.asarray(stored.vectors.vectors)
    sample = rng.choice(len(base), SAMPLE, replace=False)
    titles = stored.catalog.titles_with_brand
    frames, parts = [base], [vectors]
    for number, words in enumerate(VARIATIONS[: -(-count // len(base)) - 1]):
        moved = stored.encoder.encode([titles[i] + words for i in sample]) - vectors[sample]
        shift = moved[rng.integers(0, SAMPLE, len(base))]
        varied = vectors + shift
        parts.append((varied / np.linalg.norm(varied, axis=1, keepdims=True)).astype(np.float32))
        frames.append(base.with_columns(
            pl.col("item_id") + f"-{number}", pl.col("title") + words,
            (pl.col("price") * (0.7 + 0.1 * number)).round(2),
        ))  # fmt: skip
    return Catalog(pl.concat(frames)[:count], "million"), np.concatenate(parts)[:count]


def queries(catalog: Catalog) -> list[str]:
    """A few words of real titles, as a shopper types them."""
    rng = np.random.default_rng(3)
    chosen = [catalog.titles[i].split() for i in rng.integers(0, len(catalog), QUERIES)]
    return [" ".join(words[: int(rng.integers(2, 5))]) for words in chosen]


def main() -> None:
    """Read the arguments, build, and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--catalog", default="amazon-us")
    parser.add_argument("--products", type=int, default=1_000_000)
    given = parser.parse_args()
    console = Console()
    stored = open_catalog(load_settings(catalog=given.catalog), track)
    catalog, vectors = multiplied(stored, given.products)
    began = time.perf_counter()
    index = VectorIndex.build(vectors)
    console.print(
        f"{len(catalog):,} products; vectors indexed in {time.perf_counter() - began:.0f} s", end="; "
    )
    began = time.perf_counter()
    words = LexicalIndex(catalog.search_text)
    console.print(f"words in {time.perf_counter() - began:.0f} s")
    retriever = Retriever(stored.encoder, index, words, catalog.item_ids)
    wished = WishFilter(catalog)
    asked = queries(catalog)
    table = Table(title=f"{QUERIES} queries, k = {K}", title_justify="left")
    for column in (
        "filter",
        "allowed",
        "search p50",
        "p95",
        "dense p50",
        "recall@10 dense",
        "exact scan p50",
        "ratio",
    ):
        table.add_column(column, justify="right")
    embedded = stored.encoder.encode(asked)
    for name, wishes in FILTERS.items():
        allowed = wished.allowed(wishes)
        table.add_row(
            name, f"{allowed.sum():,}", *measured(retriever, index, vectors, asked, embedded, allowed)
        )
    console.print(table)
    changes(console, index, vectors)
    console.print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB at most")


def measured(
    retriever: Retriever, index: VectorIndex, vectors: np.ndarray, asked: list[str], embedded: np.ndarray, allowed: np.ndarray
) -> list[str]:  # fmt: skip
    """Times in ms and the share of the exact ten that is found."""
    rows = np.flatnonzero(allowed)
    search = [timed(lambda text=text: retriever.search(text, K, allowed))[0] for text in asked]
    found = [timed(lambda vector=vector: index.search(vector[None], K, allowed)) for vector in embedded]
    dense, exact, hits = [spent for spent, _ in found], [], []
    # The exact scans come last: each goes through all the memory, which no shopper's search does beside it.
    for vector, (_, (ids, _)) in zip(embedded[:60], found, strict=False):
        spent, similar = timed(lambda vector=vector: vectors @ vector)
        exact.append(spent)
        best = rows[np.argpartition(-similar[rows], K - 1)[:K]]
        edge = similar[best].min() - 1e-4  # one as near as the tenth is as good as the tenth
        hits.append(np.mean([i >= 0 and similar[i] >= edge for i in ids[0]]))
    p50, p95 = statistics.median(search), float(np.percentile(search, 95))
    scan = statistics.median(exact)
    return [
        f"{p50:.1f} ms", f"{p95:.1f} ms", f"{statistics.median(dense):.2f} ms", f"{np.mean(hits):.3f}",
        f"{scan:.0f} ms", f"{scan / statistics.median(dense):.0f}",
    ]  # fmt: skip


def timed(call):  # type: ignore[no-untyped-def]
    """Milliseconds and result of a call."""
    began = time.perf_counter()
    result = call()
    return (time.perf_counter() - began) * 1000, result


def changes(console: Console, index: VectorIndex, vectors: np.ndarray) -> None:
    """A thousand products change, a thousand go: how long the index takes, against building it."""
    rows = np.random.default_rng(5).choice(len(vectors) - 1000, 1000, replace=False)
    fewer = vectors[:-1000]
    spent, changed = timed(
        lambda: index.changed(fewer, np.concatenate([rows, np.arange(len(fewer), len(vectors))]))
    )
    ids, _ = changed.search(vectors[rows[:50]], 1)
    console.print(
        f"1,000 changed and 1,000 deleted in {spent / 1000:.2f} s; found again {np.mean(ids[:, 0] == rows[:50]):.2f}"
    )


if __name__ == "__main__":
    main()
