"""The parts of a training step that torch needs several passes for, in one pass each, compiled by numba.

On a CPU the passes over memory, not the arithmetic, are what the update of two thousand item rows spends its time on.
The kernels run without Python's lock, so that several workers train side by side.
"""

from typing import Any

import numpy as np
from numba import njit

EPSILON = np.float32(1e-6)
# ``error_model="numpy"``: a check for division by zero in each element would keep the loops from being vectorised.
_OPTIONS: Any = {"nogil": True, "fastmath": True, "error_model": "numpy", "cache": True}
_TABLE = "float32[:,::1]"


@njit("int64(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], boolean[::1])", **_OPTIONS)
def find_repeats(
    rows: np.ndarray,
    place: np.ndarray,
    repeats: np.ndarray,
    firsts: np.ndarray,
    touched: np.ndarray,
    again: np.ndarray,
) -> int:
    """Where an item is named again in ``rows`` (n,): how many such places, written with their first mention.

    ``place`` (n_items,) is scratch memory, -1 everywhere before and after; ``again`` (n,) marks the places.
    """
    count = 0
    for i in range(len(rows)):
        row = rows[i]
        touched[i] = row
        again[i] = place[row] >= 0
        if again[i]:
            repeats[count], firsts[count] = i, place[row]
            count += 1
        else:
            place[row] = i
    for i in range(len(rows)):
        place[touched[i]] = -1
    return count


@njit(f"void({_TABLE}, {_TABLE}, int64[::1], {_TABLE}, boolean[::1], float32)", **_OPTIONS)
def adagrad_rows(
    table: np.ndarray,
    squares: np.ndarray,
    rows: np.ndarray,
    gradient: np.ndarray,
    again: np.ndarray,
    rate: np.float32,
) -> None:
    """Update ``table[rows]`` (n, d) in place; places where ``again`` is true repeat a row and are passed over."""
    for i in range(len(rows)):
        if again[i]:
            continue
        weights, sums, g = table[rows[i]], squares[rows[i]], gradient[i]
        for k in range(len(g)):
            sums[k] += g[k] * g[k]
            weights[k] -= rate * g[k] / (np.sqrt(sums[k]) + EPSILON)


@njit(f"void({_TABLE}, {_TABLE}, {_TABLE}, int64[::1], {_TABLE}, boolean[::1], float32, float32)", **_OPTIONS)
def momentum_rows(
    table: np.ndarray, squares: np.ndarray, velocity: np.ndarray, rows: np.ndarray, gradient: np.ndarray,
    again: np.ndarray, rate: np.float32, momentum: np.float32,
) -> None:  # fmt: skip
    """The same with momentum."""
    for i in range(len(rows)):
        if again[i]:
            continue
        weights, sums, speed, g = table[rows[i]], squares[rows[i]], velocity[rows[i]], gradient[i]
        for k in range(len(g)):
            sums[k] += g[k] * g[k]
            speed[k] = momentum * speed[k] - rate * g[k] / (np.sqrt(sums[k]) + EPSILON)
            weights[k] += speed[k]
