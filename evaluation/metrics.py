"""Ranking metrics with bootstrap intervals."""

from collections.abc import Iterable

import numpy as np
from pydantic import BaseModel
from scipy.stats import binomtest

CUT_OFFS = (10, 20, 50, 100)
RESAMPLES = 1000


class Interval(BaseModel):
    """A mean with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def conservative_rank(scores: np.ndarray, target: int) -> int:
    """Rank of the target from 1; items with the same score come before it (Hidasi and Czapp 2023).

    >>> conservative_rank(np.array([3.0, 2.0, 2.0, 1.0]), 1)
    3
    """
    return int((scores >= scores[target]).sum())


def per_row(ranks: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """Each row's share of Recall@k, MRR@k and NDCG@k, with one relevant item per row.

    >>> {m: v.tolist() for m, v in per_row(np.array([1, 3, 30]), 20).items()}
    {'recall': [1.0, 1.0, 0.0], 'mrr': [1.0, 0.3333333333333333, 0.0], 'ndcg': [1.0, 0.5, 0.0]}
    """
    hit = ranks <= k
    return {
        "recall": hit.astype(float),
        "mrr": np.where(hit, 1.0 / ranks, 0.0),
        "ndcg": np.where(hit, 1.0 / np.log2(ranks + 1.0), 0.0),
    }


def bootstrap(values: np.ndarray, seed: int = 0) -> Interval:
    """The mean of per-row values with a percentile interval over resampled rows."""
    rng = np.random.default_rng(seed)
    n = len(values)
    means = np.concatenate([values[rng.integers(0, n, (100, n))].mean(1) for _ in range(RESAMPLES // 100)])
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(value=float(values.mean()), low=float(low), high=float(high))


def table(ranks: np.ndarray, cut_offs: Iterable[int] = CUT_OFFS) -> dict[str, dict[str, Interval]]:
    """Metric to cut-off to interval."""
    out: dict[str, dict[str, Interval]] = {"recall": {}, "mrr": {}, "ndcg": {}}
    for k in cut_offs:
        for metric, values in per_row(ranks, k).items():
            out[metric][str(k)] = bootstrap(values)
    return out


def paired(
    ours: np.ndarray, theirs: np.ndarray, cut_offs: Iterable[int] = CUT_OFFS
) -> dict[str, dict[str, Interval]]:
    """The difference of two rankings of the same rows, resampled together."""
    out: dict[str, dict[str, Interval]] = {"recall": {}, "mrr": {}, "ndcg": {}}
    for k in cut_offs:
        mine, other = per_row(ours, k), per_row(theirs, k)
        for metric in out:
            out[metric][str(k)] = bootstrap(mine[metric] - other[metric])
    return out


def wilson(count: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927).

    >>> tuple(round(x, 3) for x in wilson(0, 100))
    (0.0, 0.037)
    """
    if not total:
        return 0.0, 1.0
    interval = binomtest(count, total).proportion_ci(0.95, "wilson")
    return float(interval.low), float(interval.high)
