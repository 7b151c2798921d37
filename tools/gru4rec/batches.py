"""Session-parallel mini-batches (ICLR 2016, figure 2) with their sampled negatives, prepared ahead."""

import heapq
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

TABLE_BITS = 22
BLOCK = 64
POSITION_BITS = 20


@dataclass
class Batch:
    """One step of the lanes, B of them active.

    ``rows`` (m + B,) are item rows: the B targets, the negatives (together m), then the B input items.
    ``repeats`` and ``firsts`` pair the places in ``rows`` that name an item named before with the place of
    its first mention. ``starts`` (B, 1) marks lanes that begin a session, or is None when none does;
    ``lanes`` says which lanes are active, or is None while all are.
    """

    rows: torch.Tensor
    size: int
    repeats: torch.Tensor
    firsts: torch.Tensor
    starts: torch.Tensor | None
    lanes: torch.Tensor | None


@dataclass
class Schedule:
    """Which event each lane reads at each step: ``source`` (steps, lanes), -1 where a lane is done."""

    source: np.ndarray
    starts: np.ndarray


def session_parallel(offsets: np.ndarray, lanes: int) -> Schedule:
    """Let ``lanes`` sessions run side by side; a lane that finishes takes the next session.

    ``offsets`` (s + 1,) says where each session begins among the events. The whole schedule is laid out at
    once with numpy: no work is done per event in Python.
    """
    steps = np.diff(offsets) - 1
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
    source[np.repeat(begins, steps) + within, np.repeat(lane_of, steps)] = (
        np.repeat(offsets[:-1], steps) + within
    )
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
    """The batches of one epoch; blocks of them are prepared in a thread while the last one is trained on."""
    ready: queue.Queue[list[Batch] | BaseException | None] = queue.Queue(maxsize=3)
    stopped = threading.Event()

    def prepare() -> None:
        generator = np.random.default_rng(seed)
        try:
            for begin in range(0, len(schedule.source), BLOCK):
                block = _block(items, schedule, slice(begin, begin + BLOCK), sampler, n_sample, generator)
                ready.put(block)
                if stopped.is_set():
                    return
            ready.put(None)
        except BaseException as error:
            ready.put(error)

    worker = threading.Thread(target=prepare, daemon=True)
    worker.start()
    try:
        while (block := ready.get()) is not None:
            if isinstance(block, BaseException):
                raise block
            yield from block
    finally:
        stopped.set()
        while not ready.empty():
            ready.get_nowait()


def _block(
    items: np.ndarray,
    schedule: Schedule,
    steps: slice,
    sampler: NegativeSampler,
    n_sample: int,
    generator: np.random.Generator,
) -> list[Batch]:
    source = schedule.source[steps]
    starts = schedule.starts[steps]
    negatives = sampler.draw((len(source), n_sample), generator)
    full = np.asarray((source >= 0).all(1))
    if full.all():
        rows = np.concatenate([items[source + 1], negatives, items[source]], 1)
        return [_batch(*args, None) for args in zip(rows, starts, _repeats(rows), strict=True)]
    out = []
    for step in range(len(source)):
        lanes = np.flatnonzero(source[step] >= 0)
        if len(lanes) < 2:  # one lane has no negatives among its fellows; the papers stop here too
            break
        events = source[step][lanes]
        rows = np.concatenate([items[events + 1], negatives[step], items[events]])[None]
        active = None if full[step] else torch.from_numpy(lanes)
        out.append(_batch(rows[0], starts[step][lanes], next(_repeats(rows)), active))
    return out


def _batch(
    rows: np.ndarray, starts: np.ndarray, repeats: tuple[np.ndarray, np.ndarray], lanes: torch.Tensor | None
) -> Batch:
    return Batch(
        rows=torch.from_numpy(rows.astype(np.int64)),
        size=len(starts),
        repeats=torch.from_numpy(repeats[0]),
        firsts=torch.from_numpy(repeats[1]),
        starts=torch.from_numpy(starts[:, None]) if starts.any() else None,
        lanes=lanes,
    )


def _repeats(rows: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each row of ``rows`` (steps, n): the places that repeat an item, and where it stood first."""
    width = rows.shape[1]
    keys = (rows.astype(np.int64) << POSITION_BITS) | np.arange(width)
    keys.sort(axis=1)
    places = keys & ((1 << POSITION_BITS) - 1)
    ids = keys >> POSITION_BITS
    new = np.ones(ids.shape, bool)
    np.not_equal(ids[:, 1:], ids[:, :-1], out=new[:, 1:])
    head = np.maximum.accumulate(np.where(new, np.arange(width), 0), axis=1)
    for step in range(len(rows)):
        again = np.flatnonzero(~new[step])
        yield places[step][again], places[step][head[step][again]]
