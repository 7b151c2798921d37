"""Next items of a session from 50,000: latency of one session and of a thousand, and FAISS against the exact top k.

    python -m benchmarks.next_item --sessions ../shared/data/amazon-m2/sessions.parquet
    python -m benchmarks.next_item --generated

A GRU4Rec is trained on the log's most frequent items, stored and opened again, as the assistant does it.
"""

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks.gru4rec import sessions_of
from catalog.products import Catalog
from tools.gru4rec import checkpoint
from tools.gru4rec.config import GRU4RecConfig
from tools.gru4rec.training import Trainer, training_data
from tools.next_item import GRU4RecModel

K = 20
ASKED = 1_000
ROUNDS = 5
EPOCHS = 3


def opened(sessions: list[list[str]], scratch: Path) -> GRU4RecModel:
    """A model trained on the sessions, read back from its file over a catalog of its items."""
    trainer = Trainer(training_data(sessions), GRU4RecConfig(epochs=EPOCHS))
    trainer.run()
    checkpoint.save(scratch / "model.pt", trainer.network, trainer.data.item_ids)
    frame = pl.DataFrame({"item_id": trainer.data.item_ids, "title": trainer.data.item_ids})
    return GRU4RecModel(scratch / "model.pt", Catalog(frame))


def exact(model: GRU4RecModel, session: list[str]) -> np.ndarray:
    """The exact top k rows: every item scored."""
    scores = model.scores(session)
    assert scores is not None
    best = np.argpartition(-scores, K)[:K]
    return best[np.argsort(-scores[best], kind="stable")]


def milliseconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--sessions", type=Path)
    source.add_argument("--generated", action="store_true")
    parser.add_argument("--items", type=int, default=50_000)
    arguments = parser.parse_args()
    every = sessions_of(arguments.sessions)
    frequent = {item for item, _ in Counter(chain.from_iterable(every)).most_common(arguments.items)}
    sessions = [kept for s in every if len(kept := [i for i in s if i in frequent]) > 1]
    asked = [s[:-1] for s in sessions[-ASKED:]]
    with tempfile.TemporaryDirectory() as scratch:
        model = opened(sessions[:-ASKED], Path(scratch))
    asked = [s for s in asked if model.scores(s) is not None]
    model.top(asked[:1], K)  # builds the index
    scanned = [milliseconds(lambda s=s: exact(model, s)) for s in asked]  # type: ignore[misc]
    searched = [milliseconds(lambda s=s: model.top([s], K)) for s in asked]  # type: ignore[misc]
    batch = [milliseconds(lambda: model.top(asked, K)) for _ in range(ROUNDS)]
    rows, _ = model.top(asked, K)
    truth = [exact(model, s) for s in asked]
    same = statistics.mean(
        len(set(a) & set(b)) / K for a, b in zip(rows.tolist(), map(np.ndarray.tolist, truth), strict=True)
    )
    table = Table(title=f"{int(model.scored.sum()):,} items, {len(asked):,} real sessions, top {K}")
    for name in ("", "p50", "p95"):
        table.add_column(name)
    table.add_row(
        "one session, every item scored", *(f"{np.percentile(scanned, q):.2f} ms" for q in (50, 95))
    )
    table.add_row("one session, FAISS", *(f"{np.percentile(searched, q):.2f} ms" for q in (50, 95)))
    table.add_row(
        f"{len(asked):,} sessions in one batch, FAISS",
        *(f"{np.percentile(batch, q):.0f} ms" for q in (50, 95)),
    )
    console = Console()
    console.print(table)
    console.print(
        f"FAISS finds {same:.3f} of the exact top {K}; {statistics.median(scanned) / statistics.median(searched):.1f} times faster"
    )


if __name__ == "__main__":
    main()
