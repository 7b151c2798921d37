"""Trains a GRU4Rec on a session log, resumable after every epoch."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from catalog.errors import InputError
from tools.gru4rec import checkpoint
from tools.gru4rec.batches import Batch, NegativeSampler, batches, session_parallel
from tools.gru4rec.config import GRU4RecConfig
from tools.gru4rec.losses import bpr_max, cross_entropy
from tools.gru4rec.network import Network, dropout_mask
from tools.gru4rec.optimizer import SparseAdagrad

Progress = Callable[[int, float], None]
"""Called now and then with the events done since the last call and the running loss."""

REPORT_EVERY = 50


@dataclass
class TrainingData:
    """Sessions as one array of item rows with offsets; ``item_ids`` gives the rows their meaning."""

    item_ids: list[str]
    items: np.ndarray  # (events,) int64
    offsets: np.ndarray  # (sessions + 1,) int64

    @property
    def events(self) -> int:
        """Training events of one epoch: every event of a session but its last is an input."""
        return len(self.items) - (len(self.offsets) - 1)


def training_data(sessions: Sequence[Sequence[str]], min_support: int = 1) -> TrainingData:
    """Number the items by first appearance; drop rare items (three times over) and sessions under two events.

    InputError when nothing is left.
    """
    kept: list[list[str]] = [list(s) for s in sessions if len(s) >= 2]
    for _ in range(3 if min_support > 1 else 0):
        support = Counter(item for session in kept for item in session)
        kept = [[i for i in session if support[i] >= min_support] for session in kept]
        kept = [session for session in kept if len(session) >= 2]
    if not kept:
        raise InputError("There is no session of two known items to train on; import a session log first.")
    item_ids = list(dict.fromkeys(item for session in kept for item in session))
    row_of = {item: row for row, item in enumerate(item_ids)}
    items = np.fromiter((row_of[i] for s in kept for i in s), np.int64)
    offsets = np.concatenate([[0], np.cumsum([len(s) for s in kept])]).astype(np.int64)
    return TrainingData(item_ids, items, offsets)


class Trainer:
    """One training run; ``network`` holds the result."""

    def __init__(self, data: TrainingData, config: GRU4RecConfig, device: str | None = None):
        self.data = data
        self.config = config
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self.network = Network(len(data.item_ids), config, device)
        self.optimizer = SparseAdagrad(self.network, config.learning_rate, config.momentum)
        support = np.bincount(data.items, minlength=len(data.item_ids))
        self.support = support
        self.sampler = NegativeSampler(support, config.sample_alpha)
        self._log_q_targets = torch.from_numpy(np.log(support / support.sum())).float().to(device)
        self._log_q_samples = torch.from_numpy(np.log(self.sampler.probabilities)).float().to(device)
        self.epoch = 0
        self.losses: list[float] = []

    def run(self, progress: Progress | None = None, checkpoint_path: Path | None = None) -> None:
        """Train the epochs that are left; with a path, save after each one and resume from it."""
        if checkpoint_path is not None and checkpoint_path.exists():
            checkpoint.resume(self, checkpoint_path)
        torch.manual_seed(self.config.seed + self.epoch)
        while self.epoch < self.config.epochs:
            self.losses.append(self._one_epoch(progress))
            self.epoch += 1
            if checkpoint_path is not None:
                checkpoint.save_progress(self, checkpoint_path)

    @torch.no_grad()
    def _one_epoch(self, progress: Progress | None) -> float:
        config, data = self.config, self.data
        schedule = session_parallel(data.offsets, config.batch_size)
        state = self.network.initial_state(schedule.source.shape[1])
        total = torch.zeros((), device=self.network.device)
        steps = events = 0
        seed = config.seed + self.epoch
        for batch in batches(data.items, schedule, self.sampler, config.n_sample, seed):
            state, loss = self._one_step(batch, state)
            total += loss
            steps += 1
            events += batch.size
            if progress is not None and steps % REPORT_EVERY == 0:
                progress(events, float(total) / steps)
                events = 0
        if progress is not None:
            progress(events, float(total) / max(steps, 1))
        return float(total) / max(steps, 1)

    def _one_step(self, batch: Batch, state: list[torch.Tensor]) -> tuple[list[torch.Tensor], torch.Tensor]:
        network, rows, size = self.network, batch.rows.to(self.network.device), batch.size
        current = state if batch.lanes is None else [h[batch.lanes] for h in state]
        if batch.starts is not None:
            current = [h.masked_fill(batch.starts.to(h.device), 0.0) for h in current]
        constrained = network.input_table == "output"
        targets, items = rows[:-size], rows[-size:]
        # One gather serves the scores, the gradient and the update.
        values = network.tables["output"].index_select(0, rows if constrained else targets)
        output = values[: len(targets)]
        x = values[len(targets) :] if constrained else network.embed(items)
        inputs, mask = x, dropout_mask(x, self.config.dropout_p_embed)
        if mask is not None:
            x = x * mask
        bias = network.tables["bias"].index_select(0, rows)
        h, after, traces = network.step(x, current, train=True)
        loss, d_scores = self._loss(torch.addmm(bias[: len(targets)].t(), h, output.t()), targets, size)

        d_x, dense = network.backward(traces, d_scores @ output)
        if mask is not None:
            d_x = d_x * mask
        d_values = torch.empty_like(values)
        torch.mm(d_scores.t(), h, out=d_values[: len(targets)])
        d_bias = torch.zeros_like(bias)
        d_bias[: len(targets), 0] = d_scores.sum(0)
        optimizer = self.optimizer
        if constrained:
            d_values[len(targets) :] = d_x
            optimizer.apply_rows("output", batch, rows, values, d_values)
        else:
            optimizer.apply_rows("output", _among(batch, 0, len(targets)), targets, values, d_values)
            optimizer.apply_rows("input", _among(batch, len(targets), len(rows)), items, inputs, d_x)
        optimizer.apply_rows("bias", batch, rows, bias, d_bias)
        optimizer.apply_dense(dense)
        if batch.lanes is not None:
            for old, new in zip(state, after, strict=True):
                old[batch.lanes] = new
            after = state
        return after, loss

    def _loss(
        self, scores: torch.Tensor, targets: torch.Tensor, batch: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        config = self.config
        if config.loss == "bpr-max":
            return bpr_max(scores, config.elu, config.bpreg)
        if not config.logq:
            return cross_entropy(scores, None)
        log_q = torch.cat([self._log_q_targets[targets[:batch]], self._log_q_samples[targets[batch:]]])
        return cross_entropy(scores, log_q * config.logq)


def _among(batch: Batch, begin: int, end: int) -> Batch:
    """The batch as seen by a table that only ``batch.rows[begin:end]`` concerns."""
    rows = batch.rows[begin:end]
    ids, first = np.unique(rows.numpy(), return_index=True)
    firsts = first[np.searchsorted(ids, rows.numpy())]
    repeats = np.flatnonzero(firsts != np.arange(len(rows)))
    return replace(
        batch, rows=rows, repeats=torch.from_numpy(repeats), firsts=torch.from_numpy(firsts[repeats])
    )
