"""The learned fusion: a small ranker (LightGBM LambdaMART) over the candidates of several scorers.

Re-ranking by text alone loses against GRU4Rec, and a plain average wins little; a ranker that learns from the
log how far to trust each signal wins a lot. Its training rows are scored by models that have not seen them
(cross-fitting), or it would learn to trust whichever model memorises best.
"""

from collections.abc import Callable
from dataclasses import dataclass

import lightgbm
import numpy as np

from tools.scorers import History, Scorer

TOP = 100  # candidates from each scorer
RANKED = 200  # ranks beyond it are all alike
CHUNK = 256
PARAMETERS = {
    "objective": "lambdarank", "lambdarank_truncation_level": 50, "learning_rate": 0.05, "num_leaves": 15,
    "min_data_in_leaf": 50, "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1, "seed": 1,
    "deterministic": True, "force_row_wise": True, "verbose": -1,
}  # fmt: skip
ROUNDS = 200
PROPOSERS = ("gru4rec", "cooccurrence", "knn", "content max", "content mean", "content last", "words max")


@dataclass
class ItemColumns:
    """What the features need of the catalog, in row order: brand and category ids (-1 unknown), prices (NaN unknown)."""

    brands: np.ndarray
    categories: np.ndarray
    prices: np.ndarray


@dataclass
class Candidates:
    """Of one history: catalog rows (c,) and their features (c, f)."""

    rows: np.ndarray
    features: np.ndarray


def candidates(
    histories: list[History],
    scorers: list[Scorer],
    columns: ItemColumns,
    scored: list[dict[str, np.ndarray]] | None = None,
) -> list[Candidates]:
    """Gather each history's candidates with their features, a chunk of histories at a time.

    ``scored`` gives each history's scores by scorer where they are known already.
    """
    if scored is not None:
        return [_of_one(h, s, columns) for h, s in zip(histories, scored, strict=True)]
    out: list[Candidates] = []
    for start in range(0, len(histories), CHUNK):
        chunk = histories[start : start + CHUNK]
        chunked = {s.name: s.scores(chunk) for s in scorers}
        out += [_of_one(h, {k: v[j] for k, v in chunked.items()}, columns) for j, h in enumerate(chunk)]
    return out


def _of_one(history: History, scores: dict[str, np.ndarray], columns: ItemColumns) -> Candidates:
    ranks = {name: _ranks(values) for name, values in scores.items()}
    proposed = [np.flatnonzero(ranks[name] < TOP) for name in PROPOSERS if name in ranks]
    rows = np.unique(np.concatenate(proposed))
    features = [values[rows] for values in scores.values()]
    features += [values[rows] - values.max() for values in scores.values()]
    features += [np.log1p(ranks[name][rows]) for name in ranks]
    features.append(np.min([ranks[name][rows] for name in PROPOSERS if name in ranks], axis=0))
    past = np.asarray(history)
    for known in (columns.brands, columns.categories):
        own, seen = known[rows], known[past]
        features += [(own == seen[-1]) & (own >= 0), np.isin(own, seen) & (own >= 0)]
        features.append((own[:, None] == seen[None, :]).mean(1) * (own >= 0))
    features.append(np.isin(rows, past))
    features.append(np.full(len(rows), len(past)))
    with np.errstate(divide="ignore", invalid="ignore"):
        features.append(
            np.abs(np.log(columns.prices[rows] / np.nanmedian([*columns.prices[past], np.nan])))
            if _priced(columns, past)
            else np.full(len(rows), np.nan)
        )
    return Candidates(rows, np.stack([np.asarray(f, np.float32) for f in features], axis=1))


def _priced(columns: ItemColumns, past: np.ndarray) -> bool:
    return bool(np.isfinite(columns.prices[past]).any())


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Rank of each row from 0, exact within the first ``RANKED``."""
    top = np.argpartition(-scores, min(RANKED, len(scores) - 1))[:RANKED]
    top = top[np.argsort(-scores[top], kind="stable")]
    ranks = np.full(len(scores), 2 * RANKED)
    ranks[top] = np.arange(len(top))
    return ranks


class LearnedFusion:
    """Orders candidates by a ranker trained on rows whose next item is known."""

    name = "interarec"

    def __init__(self, booster: lightgbm.Booster):
        self.booster = booster

    @classmethod
    def fit(cls, groups: list[Candidates], targets: list[int]) -> "LearnedFusion":
        """Train on candidate groups with the row of the true next item; groups without it teach nothing."""
        useful = [(g, t) for g, t in zip(groups, targets, strict=True) if t in g.rows]
        features = np.concatenate([g.features for g, _ in useful])
        labels = np.concatenate([(g.rows == t).astype(np.int8) for g, t in useful])
        data = lightgbm.Dataset(features, labels, group=[len(g.rows) for g, _ in useful])
        return cls(lightgbm.train(PARAMETERS, data, ROUNDS))

    def scores(self, group: Candidates) -> np.ndarray:
        """A score for each candidate, (c,)."""
        return np.asarray(self.booster.predict(group.features))

    def order(self, group: Candidates) -> np.ndarray:
        """The candidates' catalog rows, best first."""
        return np.asarray(group.rows[np.argsort(-self.scores(group), kind="stable")])


def cross_fit(
    rows: list[tuple[History, int]],
    sequences: list[tuple[int, ...]],
    make: Callable[[list[History]], list[Scorer]],
    columns: ItemColumns,
    folds: int,
    on_fold: Callable[[int], None] | None = None,
) -> tuple[list[Candidates], list[int]]:
    """Candidates for every training row from scorers that were trained without its sequence."""
    owner: dict[tuple[int, ...], int] = {}
    for number, sequence in enumerate(sequences):
        for k in range(2, len(sequence) + 1):
            owner.setdefault(sequence[:k], number)
    fold_of = np.random.default_rng(0).integers(0, folds, len(sequences))
    place = np.array([fold_of[owner[(*h, t)]] for h, t in rows])
    groups: list[Candidates] = []
    targets: list[int] = []
    for fold in range(folds):
        scorers = make([s for s, f in zip(sequences, fold_of, strict=True) if f != fold])
        held = [rows[i] for i in np.flatnonzero(place == fold)]
        groups += candidates([h for h, _ in held], scorers, columns)
        targets += [t for _, t in held]
        if on_fold is not None:
            on_fold(fold)
    return groups, targets
