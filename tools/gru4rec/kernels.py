"""The parts of a training step that torch needs several passes for, in one pass each, compiled by numba.

On a CPU the passes over memory, not the arithmetic, are what the update of two thousand item rows spends its time on.
The kernels run without Python's lock, so that several workers train side by side.
"""

from typing import Any

import numpy as np
from numba import njit

EPSILON = np.float32(1e-6)
# ``error_model="numpy"``: a check for division by zero in each element would keep the loops from being vectorised.
OPTIONS: Any = {"nogil": True, "fastmath": True, "error_model": "numpy", "cache": True}
TABLE, ROW = "float32[:,::1]", "float32[::1]"


@njit("int64(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], boolean[::1])", **OPTIONS)
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


@njit(f"void({TABLE}, {TABLE}, int64[::1], {TABLE}, boolean[::1], float32)", **OPTIONS)
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


@njit(f"void({TABLE}, {TABLE}, {TABLE}, int64[::1], {TABLE}, boolean[::1], float32, float32)", **OPTIONS)
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


@njit(inline="always", fastmath=True, error_model="numpy")
def _tanh(x: Any) -> Any:
    """A rational function within 4e-7 of tanh: unlike the library's, it is vectorised."""
    x = max(np.float32(-7.9), min(np.float32(7.9), x))
    s = x * x
    above = np.float32(-2.76076847742355e-16) * s + np.float32(2.00018790482477e-13)
    above = above * s + np.float32(-8.60467152213735e-11)
    above = above * s + np.float32(5.12229709037114e-08)
    above = above * s + np.float32(1.48572235717979e-05)
    above = above * s + np.float32(6.37261928875436e-04)
    above = (above * s + np.float32(4.89352455891786e-03)) * x
    below = np.float32(1.19825839466702e-06) * s + np.float32(1.18534705686654e-04)
    below = below * s + np.float32(2.26843463243900e-03)
    below = below * s + np.float32(4.89352518554385e-03)
    return above / below


@njit(f"void({TABLE}, {TABLE}, {TABLE}, {TABLE}, {TABLE}, {TABLE}, {TABLE})", **OPTIONS)
def gates_forward(
    gates_x: np.ndarray, gates_h: np.ndarray, h: np.ndarray,
    reset: np.ndarray, update: np.ndarray, new: np.ndarray, after: np.ndarray,
) -> None:  # fmt: skip
    """A GRU cell's gates and its next state, written to ``reset``, ``update``, ``new`` and ``after``, (B, h) each."""
    half = np.float32(0.5)
    batch, units = h.shape
    for i in range(batch):
        x, g = gates_x[i], gates_h[i]
        for k in range(units):
            r = half * _tanh(half * (x[k] + g[k])) + half
            z = half * _tanh(half * (x[units + k] + g[units + k])) + half
            n = _tanh(x[2 * units + k] + r * g[2 * units + k])
            reset[i, k], update[i, k], new[i, k] = r, z, n
            after[i, k] = n + z * (h[i, k] - n)


@njit(f"void({TABLE}, {TABLE}, {TABLE}, {TABLE}, {TABLE}, {TABLE}, {TABLE}, {TABLE})", **OPTIONS)
def gates_backward(
    reset: np.ndarray, update: np.ndarray, new: np.ndarray, hidden_new: np.ndarray,
    h: np.ndarray, d_after: np.ndarray, d_x: np.ndarray, d_h: np.ndarray,
) -> None:  # fmt: skip
    """The gradients of both halves of the gates' inputs, written to ``d_x`` and ``d_h``, (B, 3h) each."""
    one = np.float32(1.0)
    batch, units = h.shape
    for i in range(batch):
        for k in range(units):
            r, z, n, d = reset[i, k], update[i, k], new[i, k], d_after[i, k]
            d_new = d * (one - z) * (one - n * n)
            d_reset = d_new * hidden_new[i, k] * r * (one - r)
            d_update = d * (h[i, k] - n) * z * (one - z)
            d_x[i, k], d_x[i, units + k], d_x[i, 2 * units + k] = d_reset, d_update, d_new
            d_h[i, k], d_h[i, units + k], d_h[i, 2 * units + k] = d_reset, d_update, d_new * r


@njit("void(float32[::1], uint32, uint32, float32)", **OPTIONS)
def drop(mask: np.ndarray, seed: np.uint32, below: np.uint32, scale: np.float32) -> None:
    """Fill a mask with zeros (where a hash of seed and place lies below ``below``) and ``scale``."""
    for i in range(len(mask)):
        # A counter through a finalizer of full avalanche (Wellons' "lowbias32"): random enough, and it is vectorised.
        x = np.uint32(np.uint32(i) * np.uint32(0x9E3779B9) + seed)
        x = np.uint32((x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D))
        x = np.uint32((x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B))
        x = np.uint32(x ^ (x >> np.uint32(16)))
        mask[i] = np.float32(0.0) if x < below else scale


@njit(f"void({ROW}, int32[::1])", **OPTIONS)
def exponentiate(x: np.ndarray, power: np.ndarray) -> None:
    """The exponential of every element (n,), in place; ``power`` (n,) is scratch memory. Elements beyond 80 are cut off.

    Two to a whole number times a polynomial: unlike the library's, it is vectorised.
    """
    two = power.view(np.float32)
    for k in range(len(x)):
        v = min(max(x[k], np.float32(-80.0)), np.float32(80.0)) * np.float32(1.44269504)
        n = np.floor(v + np.float32(0.5))
        f = (v - n) * np.float32(0.693147181)
        p = np.float32(1.0 / 720) * f + np.float32(1.0 / 120)
        p = p * f + np.float32(1.0 / 24)
        p = p * f + np.float32(1.0 / 6)
        p = p * f + np.float32(0.5)
        p = p * f + np.float32(1.0)
        x[k] = p * f + np.float32(1.0)
        power[k] = (np.int32(n) + np.int32(127)) << np.int32(23)
    for k in range(len(x)):
        x[k] *= two[k]


@njit(f"float64({ROW}, int64, {TABLE}, int32[::1], float32, float32, float32)", **OPTIONS)
def bpr_max_row(
    row: np.ndarray, own: int, work: np.ndarray, power: np.ndarray, share: np.float32, elu: np.float32, bpreg: np.float32,
) -> float:  # fmt: skip
    """The BPR-max loss of one session's scores (m,), whose target is at ``own``, and ``share`` of its gradient in place.

    The same as :func:`tools.gru4rec.losses.bpr_max`; ``work`` (4, m) and ``power`` (m,) are scratch memory.
    """
    one, m = np.float32(1.0), len(row)
    value, slope, weight, sigma = work[0], work[1], work[2], work[3]
    value[:] = row
    slope[:] = one
    if elu > 0:
        for k in range(m):
            slope[k] = min(row[k], np.float32(0.0))
        exponentiate(slope, power)
        for k in range(m):
            below = row[k] <= 0
            value[k] = elu * (slope[k] - one) if below else row[k]
            slope[k] = elu * slope[k] if below else one
    target = value[own]
    value[own] = np.float32(-np.inf)
    top = np.float32(-np.inf)
    for k in range(m):
        top = max(top, value[k])
    value[own] = target
    for k in range(m):
        weight[k] = value[k] - top
    exponentiate(weight, power)
    lead = np.exp(min(top - target, np.float32(80.0)))  # exp(value - target) is exp(value - top) times this
    weight[own] = np.float32(0.0)
    whole = gained = penalty = np.float32(0.0)
    for k in range(m):
        sigma[k] = one / (one + weight[k] * lead)
        whole += weight[k]
        gained += weight[k] * sigma[k]
        penalty += weight[k] * value[k] * value[k]
    scale = one / whole
    gain, penalty = gained * scale + np.float32(1e-24), penalty * scale
    moved = np.float32(0.0)
    for k in range(m):
        w, s, v = weight[k] * scale, sigma[k], value[k]
        through = w * s * (one - s) / gain
        moved += through
        row[k] = share * slope[k] * (through - w * (s - gain) / gain + bpreg * w * (v * v - penalty + 2 * v))
    row[own] = -share * slope[own] * moved
    return float(-np.log(gain) + bpreg * penalty)


@njit(f"float64({TABLE}, float32, float32)", **OPTIONS)
def bpr_max_gradient(scores: np.ndarray, elu: np.float32, bpreg: np.float32) -> float:
    """The mean BPR-max loss of (B, m) scores, whose targets are on the diagonal, and its gradient in place of them."""
    batch, m = scores.shape
    work, power = np.empty((4, m), np.float32), np.empty(m, np.int32)
    loss = 0.0
    for i in range(batch):
        loss += bpr_max_row(scores[i], i, work, power, np.float32(1.0 / batch), elu, bpreg)
    return float(loss / batch)
