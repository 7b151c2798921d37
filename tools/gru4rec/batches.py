"""Session-parallel mini-batches (ICLR 2016, figure 2) with their sampled negatives."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

TABLE_BITS = 22
BLOCK = 64


@dataclass
class Batch:
    """One step of the lanes, B of them active.

    ``rows`` (m + B,) are item rows: the B targets, the negatives (together m), then the B input items.
    ``starts`` (B, 1) marks lanes that begin a session, or is None when none does; ``lanes`` says which lanes
    are active, or is None while all are.
    """

    rows: torch.Tensor
    size: int
    starts: torch.Tensor | None
    lanes: torch.Tensor | None


@dataclass
class Schedule:
    """Which event each lane reads at each step: ``source`` (steps, lanes), -1 where a lane is done."""

    source: np.ndarray
    starts: np.ndarray


def session_parallel(offsets: np.ndarray, lanes: int, part: slice = slice(None)) -> Schedule:
    """Let ``lanes`` sessions run side by side; a lane that finishes takes the next session.

    ``offsets`` (s + 1,) says where each session begins among the events; ``part`` picks sessions. The schedule is laid out at
    once with numpy: no work is done per event in Python.
    """
    steps, first = (np.diff(offsets) - 1)[part], offsets[:-1][part]
    lanes = min(lanes, len(steps))
    free = [(0, lane) for lane in range(lanes)]
    lane_of = np.empty(len(steps), np.int64)
    begins = np.empty(len(steps), np.int64)
    for position, count in enumerate(steps.tolist()):
        begin, lane = heapq.heappop(free)
        lane_of[position], begins[position] = lane, begin
        heapq.heappush(free, (begin + count, lane))
    source = np.full((int((begins + steps).max()), lanes), -1, np.int64)
    within = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    source[np.repeat(begins, steps) + within, np.repeat(lane_of, steps)] = np.repeat(first, steps) + within
    starts = np.zeros(source.shape, bool)
    starts[begins, lane_of] = True
    return Schedule(source, starts)


class NegativeSampler:
    """Draws items with probability proportional to ``support ** alpha``.

    A table in which each item stands as often as it is likely turns a draw into one random index:
    many times faster than a multinomial, exact to one in four million.
    """

    def __init__(self, support: np.ndarray, alpha: float):
        weights = np.asarray(support, np.float64) ** alpha
        self.probabilities = weights / weights.sum()
        size = max(1 << TABLE_BITS, 4 * len(support))
        edges = np.round(np.cumsum(self.probabilities) * size).astype(np.int64)
        self._table = np.repeat(np.arange(len(support), dtype=np.int32), np.diff(edges, prepend=0))

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> np.ndarray:
        """Item rows with replacement, int32."""
        return self._table[generator.integers(0, len(self._table), shape, dtype=np.int32)]


def batches(
    items: np.ndarray, schedule: Schedule, sampler: NegativeSampler, n_sample: int, seed: int
) -> Iterator[Batch]:
    """The batches of one epoch, prepared a block of steps at a time."""
    generator = np.random.default_rng(seed)
    for begin in range(0, len(schedule.source), BLOCK):
        yield from _block(items, schedule, slice(begin, begin + BLOCK), sampler, n_sample, generator)


def _block(
    items: np.ndarray,
    schedule: Schedule,
    steps: slice,
    sampler: NegativeSampler,
    n_sample: int,
    generator: np.random.Generator,
) -> Iterator[Batch]:
    source = schedule.source[steps]
    starts = schedule.starts[steps]
    negatives = sampler.draw((len(source), n_sample), generator)
    negatives.sort(axis=1)  # their order means nothing, and walking a table upwards is easier on the memory
    if (source >= 0).all():
        rows = np.concatenate([items[source + 1], negatives, items[source]], 1)
        for named, begun in zip(rows, starts, strict=True):
            yield _batch(named, begun, None)
        return
    for step in range(len(source)):
        lanes = np.flatnonzero(source[step] >= 0)
        if len(lanes) < 2:  # one lane has no negatives among its fellows; the papers stop here too
            return
        events = source[step][lanes]
        rows = np.concatenate([items[events + 1], negatives[step], items[events]])
        active = None if len(lanes) == source.shape[1] else torch.from_numpy(lanes)
        yield _batch(rows, starts[step][lanes], active)


def _batch(rows: np.ndarray, starts: np.ndarray, lanes: torch.Tensor | None) -> Batch:
    return Batch(
        rows=torch.from_numpy(rows.astype(np.int64)),
        size=len(starts),
        starts=torch.from_numpy(starts[:, None]) if starts.any() else None,
        lanes=lanes,
    )
