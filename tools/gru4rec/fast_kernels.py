"""The kernels of the fast step: what lies between its matrix products, in one pass each.

``uint16`` arrays are the bits of bfloat16, the upper half of those of float32.
"""

from typing import Any

import numpy as np
from numba import njit

from tools.gru4rec.kernels import (
    EPSILON,
    OPTIONS,
    ROW,
    TABLE,
    bpr_max_row,
    drop,
    exponentiate,
    gates_backward,
    gates_forward,
)

HALVES = "uint16[:,::1]"
ROUND = np.uint32(0x8000)  # half of the last place that bfloat16 keeps of a float32


@njit("void(int64[::1], int64[::1], int64[::1], boolean[::1])", **OPTIONS)
def chain_repeats(rows: np.ndarray, place: np.ndarray, chain: np.ndarray, again: np.ndarray) -> None:
    """Link the places of ``rows`` (n,) that name the same item: ``chain`` (n,) holds the next such place, or -1.

    ``place`` (n_items,) is scratch memory, -1 everywhere before and after; ``again`` (n,) marks all but first mentions.
    """
    for i in range(len(rows)):
        row = rows[i]
        chain[i] = -1
        again[i] = place[row] >= 0
        if again[i]:
            chain[place[row]] = i
        place[row] = i
    for i in range(len(rows)):
        place[rows[i]] = -1


@njit(f"void({TABLE}, uint16[:,::1])", **OPTIONS)
def round_rows(table: np.ndarray, rounded: np.ndarray) -> None:
    """Write a table of float32 as the bits of bfloat16, rounded to the nearest."""
    bits = table.view(np.uint32)
    for i in range(table.shape[0]):
        for k in range(table.shape[1]):
            rounded[i, k] = np.uint16((bits[i, k] + ROUND) >> np.uint32(16))


@njit(f"void({ROW}, {ROW}, {ROW}, {ROW}, float32, float32)", **OPTIONS)
def adagrad_all(
    weights: np.ndarray, squares: np.ndarray, velocity: np.ndarray, gradient: np.ndarray, rate: np.float32, momentum: np.float32,
) -> None:  # fmt: skip
    """Update every element, (n,), in place."""
    if momentum > 0:
        for k in range(len(weights)):
            squares[k] += gradient[k] * gradient[k]
            velocity[k] = momentum * velocity[k] - rate * gradient[k] / (np.sqrt(squares[k]) + EPSILON)
            weights[k] += velocity[k]
    else:
        for k in range(len(weights)):
            squares[k] += gradient[k] * gradient[k]
            weights[k] -= rate * gradient[k] / (np.sqrt(squares[k]) + EPSILON)


@njit(inline="always", fastmath=True, error_model="numpy")
def _adagrad_one(
    weights: Any, squares: Any, velocity: Any, at: Any, gradient: Any, rate: Any, momentum: Any
) -> None:
    """Update one element."""
    squares[at] += gradient * gradient
    step = -rate * gradient / (np.sqrt(squares[at]) + EPSILON)
    if momentum > 0:
        velocity[at] = momentum * velocity[at] + step
        step = velocity[at]
    weights[at] += step


@njit(
    f"void({TABLE}, {HALVES}, {TABLE}, {TABLE}, {ROW}, {ROW}, {ROW}, int64[::1], {HALVES}, {TABLE}, {TABLE}, {ROW}, "
    "boolean[::1], int64[::1], float32, float32)", **OPTIONS,
)  # fmt: skip
def adagrad_halves(
    table: np.ndarray, rounded: np.ndarray, squares: np.ndarray, velocity: np.ndarray,
    bias: np.ndarray, bias_squares: np.ndarray, bias_velocity: np.ndarray,
    rows: np.ndarray, gradient: np.ndarray, d_x: np.ndarray, mask: np.ndarray, d_bias: np.ndarray,
    again: np.ndarray, chain: np.ndarray, rate: np.float32, momentum: np.float32,
) -> None:  # fmt: skip
    """Update ``table[rows]`` (n, d), its rounded copy and ``bias[rows]`` in place.

    The gradients are the bits of bfloat16, (m, d), for the first m rows and ``d_x * mask``, (n - m, d), for the rest; those
    of one row are summed along its chain. ``d_bias`` (m,) belongs to the first m rows. Velocities are not looked at
    where there is no momentum.
    """
    width, m = table.shape[1], len(gradient)
    bits = np.empty(width, np.uint32)
    half = bits.view(np.float32)
    total = np.empty(width, np.float32)
    for i in range(len(rows)):
        if again[i]:
            continue
        total[:] = np.float32(0.0)
        d_b = np.float32(0.0)
        at = i
        while at >= 0:
            if at < m:
                for k in range(width):
                    bits[k] = np.uint32(gradient[at, k]) << np.uint32(16)
                for k in range(width):
                    total[k] += half[k]
                d_b += d_bias[at]
            else:
                for k in range(width):
                    total[k] += d_x[at - m, k] * mask[at - m, k]
            at = chain[at]
        row = rows[i]
        weights, sums, low = table[row], squares[row], rounded[row]
        if momentum > 0:
            adagrad_all(weights, sums, velocity[row], total, rate, momentum)
        else:  # written out: a call for each row costs a fifth of the step
            for k in range(width):
                sums[k] += total[k] * total[k]
                weights[k] -= rate * total[k] / (np.sqrt(sums[k]) + EPSILON)
        words = weights.view(np.uint32)
        for k in range(width):
            low[k] = np.uint16((words[k] + ROUND) >> np.uint32(16))
        if d_b != 0:
            _adagrad_one(bias, bias_squares, bias_velocity, row, d_b, rate, momentum)


@njit(
    f"void(int64[::1], int64[::1], boolean[::1], {TABLE}, {TABLE}, {HALVES}, {ROW}, {ROW}, {ROW}, "
    f"{TABLE}, {TABLE}, {TABLE}, {HALVES}, {ROW}, uint32, uint32, float32)", **OPTIONS,
)  # fmt: skip
def gather_step(
    rows: np.ndarray, lanes: np.ndarray, starts: np.ndarray, state: np.ndarray,
    table: np.ndarray, rounded: np.ndarray, bias_table: np.ndarray, log_q_own: np.ndarray, log_q_sampled: np.ndarray,
    x: np.ndarray, mask: np.ndarray, before: np.ndarray, sampled: np.ndarray, bias: np.ndarray,
    seed: np.uint32, below: np.uint32, scale: np.float32,
) -> None:  # fmt: skip
    """Collect what a step reads: inputs ``x`` (B, d) with dropout, states ``before`` (B, h), sampled rows and their bias.

    The sampling correction is taken off the bias.
    """
    batch, width = x.shape
    m = len(rows) - batch
    drop(mask.reshape(-1), seed, below, scale)
    for i in range(batch):
        item, lane = rows[m + i], lanes[i]
        for k in range(width):
            x[i, k] = table[item, k] * mask[i, k]
            before[i, k] = np.float32(0.0) if starts[i] else state[lane, k]
    for i in range(m):
        row = rows[i]
        bias[i] = bias_table[row] - (log_q_own[row] if i < batch else log_q_sampled[row])
        for k in range(width):
            sampled[i, k] = rounded[row, k]


@njit(f"void({TABLE}, {TABLE}, {TABLE}, int64[::1], {TABLE}, {TABLE}, {TABLE}, {TABLE}, {HALVES})", **OPTIONS)
def state_step(
    gates_x: np.ndarray, gates_h: np.ndarray, before: np.ndarray, lanes: np.ndarray,
    reset: np.ndarray, update: np.ndarray, new: np.ndarray, state: np.ndarray, states: np.ndarray,
) -> None:  # fmt: skip
    """The cell's gates; the next states go to their lanes of ``state`` and, as bits of bfloat16, to ``states`` (B, h)."""
    after = np.empty(before.shape, np.float32)
    gates_forward(gates_x, gates_h, before, reset, update, new, after)
    round_rows(after, states)
    for i in range(len(lanes)):
        state[lanes[i]] = after[i]


@njit(
    f"void({TABLE}, {TABLE}, {TABLE}, {TABLE}, {TABLE}, {HALVES}, {TABLE}, {TABLE}, {ROW}, {ROW})", **OPTIONS
)
def back_step(
    reset: np.ndarray, update: np.ndarray, new: np.ndarray, gates_h: np.ndarray, before: np.ndarray, d_states: np.ndarray,
    d_gates_x: np.ndarray, d_gates_h: np.ndarray, d_b_input: np.ndarray, d_b_hidden: np.ndarray,
) -> None:  # fmt: skip
    """The gradients of both halves of the gates' inputs and their sums over the batch; ``d_states`` are bits of bfloat16."""
    batch, units = before.shape
    bits = np.empty((batch, units), np.uint32)
    for i in range(batch):
        for k in range(units):
            bits[i, k] = np.uint32(d_states[i, k]) << np.uint32(16)
    hidden_new = np.ascontiguousarray(gates_h[:, 2 * units :])
    gates_backward(reset, update, new, hidden_new, before, bits.view(np.float32), d_gates_x, d_gates_h)
    d_b_input[:] = np.float32(0.0)
    d_b_hidden[:] = np.float32(0.0)
    for i in range(batch):
        for k in range(3 * units):
            d_b_input[k] += d_gates_x[i, k]
            d_b_hidden[k] += d_gates_h[i, k]


@njit("float64(uint16[:,::1], float32[::1], float32[::1])", **OPTIONS)
def softmax_gradient(scores: np.ndarray, bias: np.ndarray, d_bias: np.ndarray) -> float:
    """The mean cross-entropy of (B, m) scores, whose targets are on the diagonal, and its gradient in place of them.

    Scores and gradient are the bits of bfloat16; ``bias`` (m,) is added to each row, its gradient goes to ``d_bias``.
    """
    batch, m = scores.shape
    share = np.float32(1.0 / batch)
    bits = np.empty(m, np.uint32)
    s = bits.view(np.float32)
    power = np.empty(m, np.int32)
    loss = 0.0
    d_bias[:] = np.float32(0.0)
    for i in range(batch):
        row = scores[i]
        top = np.float32(-np.inf)
        for k in range(m):
            bits[k] = np.uint32(row[k]) << np.uint32(16)
        for k in range(m):
            s[k] += bias[k]
            top = max(top, s[k])
        own = s[i]
        for k in range(m):
            s[k] -= top
        exponentiate(s, power)
        whole = np.float32(0.0)
        for k in range(m):
            whole += s[k]
        loss += np.log(whole) - (own - top)
        scale = share / whole
        for k in range(m):
            s[k] *= scale
        s[i] -= share
        for k in range(m):
            d_bias[k] += s[k]
            row[k] = np.uint16((bits[k] + ROUND) >> np.uint32(16))
    return float(loss / batch)


@njit("float64(uint16[:,::1], float32[::1], float32[::1], float32, float32)", **OPTIONS)
def bpr_max_halves(
    scores: np.ndarray, bias: np.ndarray, d_bias: np.ndarray, elu: np.float32, bpreg: np.float32
) -> float:
    """The same for BPR-max."""
    batch, m = scores.shape
    work, power = np.empty((4, m), np.float32), np.empty(m, np.int32)
    bits = np.empty(m, np.uint32)
    s = bits.view(np.float32)
    loss = 0.0
    d_bias[:] = np.float32(0.0)
    for i in range(batch):
        row = scores[i]
        for k in range(m):
            bits[k] = np.uint32(row[k]) << np.uint32(16)
        for k in range(m):
            s[k] += bias[k]
        loss += bpr_max_row(s, i, work, power, np.float32(1.0 / batch), elu, bpreg)
        for k in range(m):
            d_bias[k] += s[k]
            row[k] = np.uint16((bits[k] + ROUND) >> np.uint32(16))
    return float(loss / batch)
