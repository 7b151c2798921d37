"""The paper's claim, from pixels only: next items from screenshots against next items from the true log."""

import numpy as np
from pydantic import BaseModel

from catalog.errors import InputError
from catalog.products import Catalog
from catalog.sessions import SessionLog
from evaluation.dataset import DatasetSession
from evaluation.metrics import Interval, bootstrap, conservative_rank, paired, per_row, table
from evaluation.recommend import Line, RecommendReport
from tools.experts import train_gru4rec
from tools.fusion import LearnedFusion
from tools.learned import FusedModel, train_fusion
from tools.scorers import GRU4RecScorer, Scorer

K = 20


class PixelsReport(BaseModel):
    """The figures of the experiment."""

    report: RecommendReport
    linked: float
    """The share of the opened items that were recognised from the pixels."""
    lost: Interval
    """What GRU4Rec loses of the true log's Recall@20 from pixels, relative to it."""


def trained_without(
    catalog: Catalog, log: SessionLog, vectors: np.ndarray, sessions: list[DatasetSession]
) -> tuple[LearnedFusion, list[Scorer]]:
    """Scorers and fusion, trained on the log without the sessions of the dataset."""
    trained = train_fusion(catalog, vectors, _rest(log, sessions))
    if trained is None:
        raise InputError(
            f"The log of {catalog.name!r} without the dataset's sessions is too small to train on."
        )
    return trained


def gru_without(catalog: Catalog, log: SessionLog, sessions: list[DatasetSession]) -> GRU4RecScorer:
    """GRU4Rec, trained on the log without the sessions of the dataset."""
    known = [[catalog.row(i) for i in items if i in catalog] for items in _rest(log, sessions)]
    return train_gru4rec([s for s in known if len(s) > 1], len(catalog))


def _rest(log: SessionLog, sessions: list[DatasetSession]) -> list[list[str]]:
    held = {s.session_id for s in sessions}
    ids = log.frame["session_id"].to_list()
    return [items for session_id, items in zip(ids, log.items, strict=True) if session_id not in held]


def evaluate_pixels(
    catalog: Catalog, sessions: list[DatasetSession], fusion: LearnedFusion, experts: list[Scorer]
) -> PixelsReport:
    """Rank each session's next item from the true history and from what was read off its screenshots."""
    model = FusedModel(fusion, experts, catalog)
    gru = next(e for e in experts if isinstance(e, GRU4RecScorer))
    ranks: dict[str, list[int]] = {
        name: [] for name in ("gru4rec, log", "gru4rec, pixels", "interarec, log", "interarec, pixels")
    }
    for session in sessions:
        target = catalog.row(session.next_item)
        for name, items in (("log", session.history), ("pixels", session.linked)):
            ranks[f"gru4rec, {name}"].append(_rank(_gru(gru, catalog, items), target, len(catalog)))
            ranks[f"interarec, {name}"].append(_rank(model.scores(items), target, len(catalog)))
    arrays = {name: np.array(values) for name, values in ranks.items()}
    ours = arrays["interarec, pixels"]
    report = RecommendReport(
        items=len(catalog), train_rows=0, test_rows=len(sessions), skipped_rows=0,
        rows=[Line(name=name, **table(r)) for name, r in arrays.items()],
        differences=[Line(name=f"interarec, pixels - {name}", **paired(ours, r)) for name, r in arrays.items() if r is not ours],
    )  # fmt: skip
    from_log = per_row(arrays["gru4rec, log"], K)["recall"]
    from_pixels = per_row(arrays["gru4rec, pixels"], K)["recall"]
    share = (from_log - from_pixels) / max(from_log.mean(), 1e-9)
    opened = sum(len(s.history) for s in sessions)
    found = sum(len(set(s.history) & set(s.linked)) for s in sessions)
    return PixelsReport(report=report, linked=found / max(1, opened), lost=bootstrap(share))


def _gru(gru: GRU4RecScorer, catalog: Catalog, items: list[str]) -> np.ndarray | None:
    history = [catalog.row(i) for i in items if i in catalog]
    return np.asarray(gru.scores([history])[0]) if history else None


def _rank(scores: np.ndarray | None, target: int, n: int) -> int:
    return n if scores is None else conservative_rank(scores, target)
