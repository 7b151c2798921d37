"""The paper's first experiment: next items on held-out rows, InteraRec against its parts and strong baselines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from pydantic import BaseModel

from catalog.encoder import Encoder
from catalog.errors import InputError
from evaluation.metrics import Interval, paired, table
from tools.experts import LARGE, scorers
from tools.fusion import CHUNK, Candidates, ItemColumns, LearnedFusion, candidates, cross_fit
from tools.sasrec import SASRecScorer
from tools.scorers import History, Scorer, whole_sequences, word_weights

Row = tuple[History, int]
Step = Callable[[str], None]
MAX_RANKER_ROWS = 30_000
PAPER_POOL = 100
DESCRIPTION = 300


class Line(BaseModel):
    """One method's figures: metric to cut-off to interval."""

    name: str
    recall: dict[str, Interval]
    mrr: dict[str, Interval]
    ndcg: dict[str, Interval]


class RecommendReport(BaseModel):
    """What the evaluation prints."""

    items: int
    train_rows: int
    test_rows: int
    skipped_rows: int
    rows: list[Line]
    differences: list[Line]


def load_items(path: Path) -> pl.DataFrame:
    """Items with ``item_id`` and ``title`` and whatever else they have; InputError when a column is missing."""
    frame = _read(path)
    if not {"item_id", "title"} <= set(frame.columns):
        raise InputError(f"{path} has no item_id and title columns.")
    return frame.unique("item_id", keep="first", maintain_order=True)


def load_rows(path: Path, row_of: dict[str, int], wanted: set[str]) -> tuple[list[Row], int]:
    """Rows of ``history`` and ``next_item`` as catalog rows, and how many had to be skipped.

    A file with a ``split`` column is read for the ``wanted`` splits where it has any of them.
    """
    frame = _read(path)
    if not {"history", "next_item"} <= set(frame.columns):
        raise InputError(f"{path} has no history and next_item columns.")
    if "split" in frame.columns and frame["split"].is_in(list(wanted)).any():
        frame = frame.filter(pl.col("split").is_in(list(wanted)))
    rows: list[Row] = []
    for history, following in zip(frame["history"].to_list(), frame["next_item"].to_list(), strict=True):
        items = (
            history.replace("[", " ").replace("]", " ").replace("'", " ").replace(",", " ").split()
            if isinstance(history, str)
            else history
        )
        known = [row_of[i] for i in items or [] if i in row_of]
        if known and following in row_of:
            rows.append((known, row_of[following]))
    if not rows:
        raise InputError(f"{path} has no row whose items are among those of the item file.")
    return rows, frame.height - len(rows)


def _read(path: Path) -> pl.DataFrame:
    readers: dict[str, Callable[[Path], pl.DataFrame]] = {
        ".parquet": pl.read_parquet, ".csv": pl.read_csv, ".jsonl": pl.read_ndjson, ".json": pl.read_json,
    }  # fmt: skip
    if path.suffix not in readers:
        raise InputError(f"{path} has an ending that is not known; use .parquet, .csv, .jsonl or .json.")
    try:
        return readers[path.suffix](path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"{path} cannot be read; check the path and the format.") from error


def evaluate(
    items: Path, train: Path, test: Path, cache: Path, step: Step = lambda _: None
) -> RecommendReport:
    """Train on one file of rows, test on another, and compare all methods on the same rows."""
    frame = load_items(items)
    row_of = {item: row for row, item in enumerate(frame["item_id"].to_list())}
    train_rows, skipped_train = load_rows(train, row_of, {"train", "valid"})
    test_rows, skipped_test = load_rows(test, row_of, {"test"})
    step("embedding items")
    vectors = _vectors(frame, Encoder(cache))
    columns = _columns(frame)
    sequences = whole_sequences([(*h, t) for h, t in train_rows])
    n, words = len(row_of), word_weights(frame["title"].cast(pl.String).fill_null("").to_list())

    def make(of: list[History]) -> list[Scorer]:
        return scorers(of, n, vectors, words)

    step("training on all of the log")
    final = make(list(sequences))
    events = sum(map(len, sequences))
    folds = 4 if events < LARGE else 2
    sample = train_rows if len(train_rows) <= MAX_RANKER_ROWS else _sample(train_rows)
    groups, targets = cross_fit(
        sample, sequences, make, columns, folds, lambda f: step(f"cross-fitting, fold {f + 1} of {folds}")
    )
    step("learning the fusion")
    fusion = LearnedFusion.fit(groups, targets)
    step("training SASRec")
    beside = SASRecScorer.train(sequences, n)
    step("ranking the test rows")
    ranks = _ranks(test_rows, final, beside, fusion, columns)
    ours = ranks["interarec"]
    return RecommendReport(
        items=n, train_rows=len(train_rows), test_rows=len(test_rows), skipped_rows=skipped_train + skipped_test,
        rows=[Line(name=name, **table(r)) for name, r in ranks.items()],
        differences=[Line(name=f"interarec - {name}", **paired(ours, r)) for name, r in ranks.items() if name != "interarec"],
    )  # fmt: skip


def _sample(rows: list[Row]) -> list[Row]:
    chosen = np.random.default_rng(0).choice(len(rows), MAX_RANKER_ROWS, replace=False)
    return [rows[i] for i in np.sort(chosen)]


def _vectors(frame: pl.DataFrame, encoder: Encoder) -> np.ndarray:
    def column(name: str) -> list[str]:
        return (
            frame[name].cast(pl.String).fill_null("").to_list()
            if name in frame.columns
            else [""] * frame.height
        )

    texts = [
        ", ".join(filter(None, [title, brand])) + (f". {description[:DESCRIPTION]}" if description else "")
        for title, brand, description in zip(
            column("title"), column("brand"), column("description"), strict=True
        )
    ]
    return encoder.encode(texts)


def _columns(frame: pl.DataFrame) -> ItemColumns:
    def ids(name: str) -> np.ndarray:
        if name not in frame.columns:
            return np.full(frame.height, -1)
        return (
            frame[name]
            .cast(pl.String)
            .cast(pl.Categorical)
            .to_physical()
            .cast(pl.Int64)
            .fill_null(-1)
            .to_numpy()
        )

    priced = "price" in frame.columns
    prices = (
        frame["price"].cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
        if priced
        else np.full(frame.height, np.nan)
    )
    return ItemColumns(ids("brand"), ids("category"), prices)


def _ranks(
    rows: list[Row], final: list[Scorer], beside: Scorer, fusion: LearnedFusion, columns: ItemColumns
) -> dict[str, np.ndarray]:
    """The rank of the true next item by each method, full ranking over all items.

    ``beside`` is compared but is no part of the fusion.
    """
    reported = ("popularity", "knn", "gru4rec", "content", "cooccurrence", beside.name)
    out: dict[str, list[int]] = {name: [] for name in (*reported, "paper re-ranking", "interarec")}
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        histories, targets = [h for h, _ in chunk], np.array([t for _, t in chunk])
        scored = {s.name: s.scores(histories) for s in (*final, beside)}
        for name in reported:
            own = scored[name][np.arange(len(chunk)), targets]
            out[name] += (scored[name] >= own[:, None]).sum(1).tolist()
        groups = candidates(histories, final, columns)
        for j, (group, target) in enumerate(zip(groups, targets.tolist(), strict=True)):
            out["interarec"].append(
                _place(fusion, group, target, scored["gru4rec"][j] + scored["content"][j])
            )
            out["paper re-ranking"].append(_paper(scored["gru4rec"][j], scored["content"][j], target))
    return {name: np.array(values) for name, values in out.items()}


def _place(fusion: LearnedFusion, group: Candidates, target: int, rest: np.ndarray) -> int:
    """Rank among the candidates; items that are none come after them all, by a plain sum of scores."""
    order = fusion.order(group)
    found = np.flatnonzero(order == target)
    if len(found):
        return int(found[0]) + 1
    others = np.ones(len(rest), bool)
    others[group.rows] = False
    return len(order) + int((rest[others] >= rest[target]).sum())


def _paper(predicted: np.ndarray, similar: np.ndarray, target: int) -> int:
    """The paper's output re-ranking: GRU4Rec's first hundred, ordered by text similarity alone."""
    top = np.argpartition(-predicted, min(PAPER_POOL, len(predicted) - 1))[:PAPER_POOL]
    if target not in top:
        return max(int((predicted >= predicted[target]).sum()), PAPER_POOL + 1)
    return int((similar[top] >= similar[target]).sum())


def plot(report: RecommendReport, path: Path) -> None:
    """Recall and MRR at 20 with their intervals, as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(11, 4), sharey=True)
    names = [line.name for line in report.rows]
    for axis, metric in zip(axes, ("recall", "mrr"), strict=True):
        values: list[Any] = [getattr(line, metric)["20"] for line in report.rows]
        errors = np.array([[v.value - v.low, v.high - v.value] for v in values]).T
        axis.barh(
            names,
            [v.value for v in values],
            xerr=errors,
            color=["#1f5f4a" if n == "interarec" else "#b9c4cf" for n in names],
        )
        axis.set_title(f"{metric.upper() if metric == 'mrr' else 'Recall'}@20")
        axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=130)
    pyplot.close(figure)
