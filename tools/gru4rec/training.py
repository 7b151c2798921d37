"""Trains a GRU4Rec on a session log, resumable after every epoch."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from catalog.errors import InputError
from tools.gru4rec import checkpoint
from tools.gru4rec.batches import Batch, NegativeSampler, batches, session_parallel
from tools.gru4rec.config import GRU4RecConfig
from tools.gru4rec.fast_step import FastStep
from tools.gru4rec.gates import dropout_mask
from tools.gru4rec.network import Network
from tools.gru4rec.optimizer import Repeats, SparseAdagrad
from tools.gru4rec.output import SampledOutput

Progress = Callable[[int, float], None]
"""Called now and then with the events done since the last call and the running loss."""

REPORT_EVERY = 50
LARGE = 50_000  # events; a smaller log is trained by one worker
MOST_WORKERS = 4
SEEDS_APART = 1_000_003


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
    """One training run; ``network`` holds the result.

    On a CPU, a large log is trained by one worker for each core: each runs every n-th session through lanes of its
    own and updates the shared parameters without locks (Hogwild; Niu et al., NIPS 2011). Updates touch few rows, so
    they rarely meet. That each sees the others' late acts like a momentum of 1 - 1/workers (Mitliagkas et al., Allerton
    2016), which is taken off the one asked for: BPR-max loses a tenth of its recall where both are at work. One worker
    gives the same result every time on a machine.
    """

    def __init__(
        self, data: TrainingData, config: GRU4RecConfig, device: str | None = None, workers: int | None = None
    ):
        self.data = data
        self.config = config
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self.workers = workers or _workers(data.events, device)
        self.network = Network(len(data.item_ids), config, device)
        momentum = max(0.0, config.momentum - (1 - 1 / self.workers))
        self.optimizer = SparseAdagrad(self.network, config.learning_rate, momentum)
        support = np.bincount(data.items, minlength=len(data.item_ids))
        self.support = support
        self.sampler = NegativeSampler(support, config.sample_alpha)
        self._log_q_targets = torch.from_numpy(np.log(support / support.sum())).float().to(device)
        self._log_q_samples = torch.from_numpy(np.log(self.sampler.probabilities)).float().to(device)
        self._fast: FastStep | None = None
        self._output = SampledOutput(self.network, self.optimizer, self._log_q_targets, self._log_q_samples)
        self.epoch = 0
        self.losses: list[float] = []

    def run(self, progress: Progress | None = None, checkpoint_path: Path | None = None) -> None:
        """Train the epochs that are left; with a path, save after each one and resume from it."""
        if checkpoint_path is not None and checkpoint_path.exists():
            checkpoint.resume(self, checkpoint_path)
        self._fast = self._fast_step()
        torch.manual_seed(self.config.seed + self.epoch)
        while self.epoch < self.config.epochs:
            self.losses.append(self._one_epoch(progress))
            self.epoch += 1
            if checkpoint_path is not None:
                checkpoint.save_progress(self, checkpoint_path)

    def _fast_step(self) -> FastStep | None:
        """The step in reduced precision where it pays; a small log is trained the same to the last bit on any machine."""
        small = self.workers == 1 and self.data.events < LARGE
        if small or not FastStep.fits(self.config, self.network.device.type):
            return None
        return FastStep(self.network, self.optimizer, (self._log_q_targets, self._log_q_samples))

    def _one_epoch(self, progress: Progress | None) -> float:
        if self.workers == 1:
            done = [self._work(0, progress)]
        else:
            threads = torch.get_num_threads()
            lock = threading.Lock()

            def told(events: int, loss: float) -> None:
                with lock:
                    if progress is not None:
                        progress(events, loss)

            def work(number: int) -> tuple[float, int]:
                torch.set_num_threads(1)  # the cores are the workers'
                return self._work(number, told)

            try:
                with ThreadPoolExecutor(self.workers) as pool:
                    done = list(pool.map(work, range(self.workers)))
            finally:
                torch.set_num_threads(threads)
        return sum(loss for loss, _ in done) / max(1, sum(steps for _, steps in done))

    @torch.no_grad()
    def _work(self, number: int, progress: Progress | None) -> tuple[float, int]:
        """One worker's share of an epoch: the sum of its losses and its steps."""
        config, data = self.config, self.data
        schedule = session_parallel(data.offsets, config.batch_size, slice(number, None, self.workers))
        state = self.network.initial_state(schedule.source.shape[1])
        repeats = Repeats(self.network.n_items)
        total: float | torch.Tensor = 0.0
        steps = events = 0
        seed = config.seed + self.epoch + SEEDS_APART * number
        fast = self._fast
        scratch = fast.scratch(seed) if fast is not None else None
        for batch in batches(data.items, schedule, self.sampler, config.n_sample, seed):
            if fast is not None and scratch is not None:
                total += fast.run(batch, state[0], scratch)
            else:
                state, loss = self._one_step(batch, state, repeats)
                total = total + loss
            steps += 1
            events += batch.size
            if progress is not None and steps % REPORT_EVERY == 0:
                progress(events, float(total) / steps)
                events = 0
        if progress is not None:
            progress(events, float(total) / max(steps, 1))
        return float(total), steps

    def _one_step(
        self, batch: Batch, state: list[torch.Tensor], repeats: Repeats
    ) -> tuple[list[torch.Tensor], torch.Tensor]:
        network, size = self.network, batch.size
        rows = batch.rows.to(network.device)
        current = state if batch.lanes is None else [h[batch.lanes] for h in state]
        if batch.starts is not None:
            current = [h.masked_fill(batch.starts.to(h.device), 0.0) for h in current]
        targets, items = rows[:-size], rows[-size:]
        x = network.embed(items)
        mask = dropout_mask(x, self.config.dropout_p_embed)
        if mask is not None:
            x = x * mask
        h, after, traces = network.step(x, current, train=True)
        loss, d_h, gradient = self._output.loss(h, targets)
        d_x, dense = network.backward(traces, d_h)
        if mask is not None:
            d_x = d_x * mask
        self._output.update(batch, repeats, gradient, d_x)
        self.optimizer.apply_dense(dense)
        if batch.lanes is not None:
            for old, new in zip(state, after, strict=True):
                old[batch.lanes] = new
            after = state
        return after, loss


def _workers(events: int, device: str) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 1 if device != "cpu" or events < LARGE else min(MOST_WORKERS, cores)
