"""What the paper left for later: screenshot interval, resolution, number of frames and summary length against quality."""

import io
import resource
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydantic import BaseModel

from agents.picture_decoder import FORMATS
from agents.screen_reader.page import PageInterpreter
from catalog.encoder import Encoder
from catalog.products import Catalog
from evaluation.dataset import DWELL, DatasetSession, opened_items, summarised
from evaluation.metrics import conservative_rank, per_row
from tools.linking import Linker
from tools.needs import BehaviorSummary
from tools.scorers import GRU4RecScorer

INTERVALS = (0.5, 2.0, 4.0, 8.0, 16.0)
SCALES = (1.0, 0.75, 0.5, 0.35)
FRAMES = (1, 2, 3, 5, 8)
TOKENS = (8, 16, 32, 64, 128)
SIMILARITY = 6.0  # how much a cosine weighs against a log-probability when the summary re-ranks
K = 20


class AblationLine(BaseModel):
    """One setting: what it finds, what it costs, and what it gives."""

    study: str
    setting: str
    frames: float
    recognised: float
    recall_at_20: float
    mrr_at_20: float
    cpu_seconds: float


def evaluate_ablation(
    catalog: Catalog, folder: Path, sessions: list[DatasetSession], gru: GRU4RecScorer, linker: Linker,
    encoder: Encoder, vectors: np.ndarray, step: Callable[[str], None] = lambda _: None,
) -> list[AblationLine]:  # fmt: skip
    """Vary one thing at a time over the sessions of a dataset."""
    study = _Study(catalog, folder, gru, linker, encoder, vectors)
    lines = []
    for interval in INTERVALS:
        step(f"an interval of {interval:g} s")
        lines.append(
            study.line("interval", f"{interval:g} s", sessions, partial(_sampled, interval=interval))
        )
    for scale in SCALES:
        step(f"pictures at {scale:.0%}")
        lines.append(study.line("resolution", f"{scale:.0%}", sessions, _all, scale=scale))
    for count in FRAMES:
        step(f"the last {count} frames")
        lines.append(study.line("last frames", str(count), sessions, partial(_last, count=count)))
    for tokens in TOKENS:
        step(f"summaries of {tokens} words")
        lines.append(study.summary_line(tokens, sessions))
    return lines


def _all(session: DatasetSession) -> Sequence[int]:
    return range(len(session.frames))


def _last(session: DatasetSession, count: int) -> Sequence[int]:
    return range(max(0, len(session.frames) - count), len(session.frames))


def _sampled(session: DatasetSession, interval: float) -> list[int]:
    """Which screenshots are taken at an interval: those whose page is in view when the shutter opens."""
    starts = session.seconds
    end = starts[-1] + sum(DWELL) / 2
    shots = np.arange(interval / 2, end, interval)
    return sorted({int(np.searchsorted(starts, t, side="right")) - 1 for t in shots})


class _Study:
    def __init__(
        self, catalog: Catalog, folder: Path, gru: GRU4RecScorer, linker: Linker, encoder: Encoder, vectors: np.ndarray
    ):  # fmt: skip
        self.catalog, self.folder, self.gru, self.linker = catalog, folder, gru, linker
        self.encoder, self.vectors = encoder, vectors
        self.interpreter = PageInterpreter()

    def line(
        self, study: str, setting: str, sessions: list[DatasetSession],
        picked: Callable[[DatasetSession], Sequence[int]], scale: float = 1.0,
    ) -> AblationLine:  # fmt: skip
        """Read the picked frames of every session anew, and predict from what is recognised."""
        began, used, found, ranks = _cpu(), 0, 0, []
        for session in sessions:
            chosen = list(picked(session))
            used += len(chosen)
            pictures = [(_scaled(self.folder / session.frames[i], scale), session.seconds[i]) for i in chosen]
            summary = summarised(pictures, self.linker, self.interpreter) if pictures else BehaviorSummary()
            linked = opened_items(summary)
            found += len(set(linked) & set(session.history))
            ranks.append(self._rank(linked, session.next_item))
        spent = (_cpu() - began) / len(sessions)
        return self._line(study, setting, used / len(sessions), found, sessions, ranks, spent)

    def summary_line(self, tokens: int, sessions: list[DatasetSession]) -> AblationLine:
        """GRU4Rec's scores and the similarity to a summary that is cut after so many words."""
        began = _cpu()
        texts = self.encoder.encode([" ".join(s.summary.split()[:tokens]) or "nothing" for s in sessions])
        ranks = [
            self._rank(s.linked, s.next_item, SIMILARITY * (self.vectors @ text))
            for s, text in zip(sessions, texts, strict=True)
        ]
        frames = sum(len(s.frames) for s in sessions) / len(sessions)
        found = sum(len(set(s.linked) & set(s.history)) for s in sessions)
        return self._line(
            "summary words", str(tokens), frames, found, sessions, ranks, (_cpu() - began) / len(sessions)
        )

    def _rank(self, linked: list[str], target: str, more: np.ndarray | None = None) -> int:
        history = [self.catalog.row(i) for i in linked]
        if not history:
            return len(self.catalog)
        scores = np.asarray(self.gru.scores([history])[0])
        return conservative_rank(scores if more is None else scores + more, self.catalog.row(target))

    def _line(
        self, study: str, setting: str, frames: float, found: int, sessions: list[DatasetSession], ranks: list[int], spent: float
    ) -> AblationLine:  # fmt: skip
        figures = per_row(np.array(ranks), K)
        return AblationLine(
            study=study, setting=setting, frames=round(frames, 2),
            recognised=round(found / max(1, sum(len(s.history) for s in sessions)), 4),
            recall_at_20=round(float(figures["recall"].mean()), 4), mrr_at_20=round(float(figures["mrr"].mean()), 4),
            cpu_seconds=round(spent, 2),
        )  # fmt: skip


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _scaled(path: Path, scale: float) -> bytes:
    if scale == 1.0:
        return path.read_bytes()
    with Image.open(path, formats=FORMATS) as picture:
        smaller = picture.resize(
            (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS
        )
    out = io.BytesIO()
    smaller.save(out, "PNG")
    return out.getvalue()


def plot(lines: list[AblationLine], path: Path) -> None:
    """One panel a study: recognised items and Recall@20."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    studies = list(dict.fromkeys(line.study for line in lines))
    figure, axes = pyplot.subplots(1, len(studies), figsize=(4 * len(studies), 3.4), sharey=True)
    for axis, study in zip(axes, studies, strict=True):
        own: list[Any] = [line for line in lines if line.study == study]
        places = [line.setting for line in own]
        axis.plot(
            places, [line.recognised for line in own], marker="o", color="#b9c4cf", label="items recognised"
        )
        axis.plot(places, [line.recall_at_20 for line in own], marker="o", color="#1f5f4a", label="Recall@20")
        axis.set_title(study)
        axis.set_ylim(0, 1.05)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, dpi=130)
    pyplot.close(figure)
