"""The learned fusion as a next-item model: what the assistant predicts with where a catalog has a log."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import lightgbm
import numpy as np
import polars as pl
import scipy.sparse as sparse

from catalog.errors import ModelMismatch
from catalog.products import Catalog
from tools.experts import LARGE, scorers
from tools.fusion import Candidates, ItemColumns, LearnedFusion, candidates, cross_fit
from tools.next_item import MAX_SESSION
from tools.scorers import (
    Content,
    CoOccurrence,
    GRU4RecScorer,
    History,
    Popularity,
    Scorer,
    SessionKNN,
    Words,
    whole_sequences,
    word_weights,
)

FORMAT = 2
MOST_ITEMS = 50_000  # with more, the content scorers take longer than a conversation waits
LEAST_ROWS = 200  # held-out rows to learn from
MOST_ROWS = 20_000
CONTENT_MODES = ("blend", "last", "mean", "max")
WORD_MODES = ("last", "max")


def columns_of(catalog: Catalog) -> ItemColumns:
    """Brand and category ids and prices of a catalog, as the fusion's features need them."""

    def ids(name: str) -> np.ndarray:
        column = catalog.frame[name].str.to_lowercase().rank("dense")
        return np.asarray(column.cast(pl.Int64).fill_null(-1).to_numpy())

    return ItemColumns(ids("brand"), ids("category"), catalog.prices)


def train_fusion(
    catalog: Catalog,
    vectors: np.ndarray,
    sessions: list[list[str]],
    step: Callable[[str], None] = lambda _: None,
) -> tuple[LearnedFusion, list[Scorer]] | None:
    """Train all scorers on the log and the fusion on what they say of sessions that they have not seen.

    None where the log is too small or the catalog too large for it.
    """
    known = [tuple(catalog.row(i) for i in s if i in catalog) for s in sessions]
    sequences = whole_sequences([s[-MAX_SESSION:] for s in known if len(s) > 1])
    rows: list[tuple[History, int]] = [(s[:-1], s[-1]) for s in sequences]
    if len(rows) < LEAST_ROWS or len(catalog) > MOST_ITEMS:
        return None
    if len(rows) > MOST_ROWS:
        chosen = np.random.default_rng(0).choice(len(rows), MOST_ROWS, replace=False)
        rows = [rows[i] for i in np.sort(chosen)]
    n, words = len(catalog), word_weights(catalog.titles)

    def make(of: list[History]) -> list[Scorer]:
        return scorers(of, n, vectors, words)

    folds = 3 if sum(map(len, sequences)) < LARGE else 2
    groups, targets = cross_fit(
        rows,
        sequences,
        make,
        columns_of(catalog),
        folds,
        lambda f: step(f"cross-fitting, fold {f + 1} of {folds}"),
    )
    step("learning the fusion")
    fusion = LearnedFusion.fit(groups, targets)
    step("training on the whole log")
    return fusion, make(list(sequences))


def save_fusion(folder: Path, fusion: LearnedFusion, experts: list[Scorer], catalog: Catalog) -> None:
    """Write the ranker and the scorers' tables; the folder is complete once ``about.json`` is there."""
    from tools.gru4rec import checkpoint

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "about.json").unlink(missing_ok=True)
    fusion.booster.save_model(str(folder / "ranker.txt"))
    for expert in experts:
        if isinstance(expert, Popularity):
            np.save(folder / "popularity.npy", expert.counts)
        elif isinstance(expert, CoOccurrence):
            sparse.save_npz(folder / "cooccurrence.npz", expert.similar)
        elif isinstance(expert, SessionKNN):
            sparse.save_npz(folder / "sessions.npz", expert.sessions)
        elif isinstance(expert, GRU4RecScorer):
            checkpoint.save(folder / "gru4rec.pt", expert.network, [str(r) for r in expert.rows.tolist()])
    unfinished = folder / f".about-{os.getpid()}"
    unfinished.write_text(json.dumps({"format": FORMAT, "item_ids": catalog.item_ids}))
    os.replace(unfinished, folder / "about.json")


class FusedModel:
    """The learned fusion over the rows of a catalog; it satisfies ``NextItemModel``."""

    name = "InteraRec fusion"

    def __init__(self, fusion: LearnedFusion, experts: list[Scorer], catalog: Catalog):
        self.fusion, self.experts, self.catalog = fusion, experts, catalog
        self.columns = columns_of(catalog)

    @classmethod
    def load(cls, folder: Path, catalog: Catalog, vectors: np.ndarray) -> "FusedModel":
        """Read what :func:`save_fusion` wrote; ModelMismatch when it is missing, damaged or of another catalog."""
        from tools.gru4rec import checkpoint

        try:
            about = json.loads((folder / "about.json").read_text())
            if about["format"] != FORMAT or about["item_ids"] != catalog.item_ids:
                raise ModelMismatch(
                    f"{folder} was trained for other products; train again with `interarec train`."
                )
            booster = lightgbm.Booster(model_file=str(folder / "ranker.txt"))
            network, rows, _ = checkpoint.load(folder / "gru4rec.pt")
            n, words = len(catalog), word_weights(catalog.titles)
            experts: list[Scorer] = [
                Popularity.of(np.load(folder / "popularity.npy")),
                CoOccurrence.of(sparse.load_npz(folder / "cooccurrence.npz")),
                SessionKNN.of(sparse.load_npz(folder / "sessions.npz")),
                GRU4RecScorer(network, np.array([int(r) for r in rows]), n),
                *(Content(vectors, mode) for mode in CONTENT_MODES),
                *(Words(words, mode) for mode in WORD_MODES),
            ]
        except (OSError, ValueError, KeyError, lightgbm.basic.LightGBMError) as error:
            raise ModelMismatch(
                f"{folder} holds no usable ranker; train again with `interarec train`."
            ) from error
        return cls(LearnedFusion(booster), experts, catalog)

    def scores(self, session: list[str]) -> np.ndarray | None:
        """The ranker's scores for its candidates; below them all other rows, by a plain sum of two scorers."""
        history = [self.catalog.row(i) for i in session if i in self.catalog][-MAX_SESSION:]
        if not history:
            return None
        scored = {e.name: e.scores([history])[0] for e in self.experts}
        group: Candidates = candidates([history], self.experts, self.columns, [scored])[0]
        ranked = self.fusion.scores(group)
        rest: np.ndarray = scored["gru4rec"] + scored["content"]
        out = np.asarray(rest - rest.max() + ranked.min() - 1.0, np.float32)
        out[group.rows] = ranked
        return out
