"""A training step of the usual configuration in few calls, with the products of the output layer in bfloat16.

For processors that multiply bfloat16 natively (AVX-512 BF16, AMX): the three products with the sampled rows are half of a
step in float32 and take half the time in bfloat16. Their sums are kept in float32, and so are weights, accumulators and
the softmax; beside the table of weights stands a rounded copy, from which the products take their rows. Everything
between two products is one compiled kernel that runs without Python's lock, so that several workers seldom wait for it.
"""

import statistics
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tools.gru4rec import fast_kernels as kernels
from tools.gru4rec.batches import Batch
from tools.gru4rec.config import GRU4RecConfig
from tools.gru4rec.network import Network
from tools.gru4rec.optimizer import SparseAdagrad

WARM_UP, TRIES = 5, 15
CLEARLY = 0.8  # of the time: less is noise
WORD = 2**32


class Buffers:
    """What a step of ``batch`` sessions with ``items`` sampled rows of ``width`` writes; made once, used again."""

    def __init__(self, batch: int, items: int, width: int):
        self.x, self.mask, self.before, self.reset, self.update, self.new, self.d_x = torch.zeros(
            7, batch, width
        ).unbind()
        self.gates_x, self.gates_h, self.d_gates_x, self.d_gates_h = torch.zeros(4, batch, 3 * width).unbind()
        self.d_input, self.d_hidden = torch.zeros(2, 3 * width, width).unbind()
        self.bias, self.d_bias = np.zeros((2, items), np.float32)
        self.d_b_input, self.d_b_hidden = np.zeros((2, 3 * width), np.float32)
        low = torch.bfloat16
        self.states, self.d_states = torch.zeros(2, batch, width, dtype=low).unbind()
        self.rows, self.d_rows = torch.zeros(2, items, width, dtype=low).unbind()
        self.scores = torch.zeros(batch, items, dtype=low)
        self.again, self.chain = np.zeros(items + batch, bool), np.zeros(items + batch, np.int64)


@dataclass
class Scratch:
    """One worker's memory: buffers by batch size, a place for each item, and its random numbers."""

    place: np.ndarray
    random: np.random.Generator
    buffers: dict[int, Buffers]


class FastStep:
    """One layer, constrained embedding, no hidden dropout, on a CPU; shared by workers."""

    def __init__(self, network: Network, optimizer: SparseAdagrad, log_q: tuple[Tensor, Tensor]):
        self.network, self.optimizer, self.config = network, optimizer, network.config
        corrected = network.config.logq if network.config.loss == "cross-entropy" else 0.0
        self._log_q_own, self._log_q_sampled = (np.float32(corrected) * side.numpy() for side in log_q)
        output = network.tables["output"]
        self._rounded = torch.empty(output.shape, dtype=torch.bfloat16)
        self._table, self._halves = output.numpy(), halves(self._rounded)
        self._bias = network.tables["bias"].view(-1).numpy()
        kernels.round_rows(self._table, self._halves)

    @staticmethod
    def fits(config: GRU4RecConfig, device: str) -> bool:
        """Whether this is the step of a configuration, and this machine is one that it pays on."""
        usual = config.embedding == "constrained" and len(config.layers) == 1
        if not usual or config.dropout_p_hidden or device != "cpu":
            return False
        return _pays(config.batch_size, config.batch_size + config.n_sample, config.layers[0])

    def scratch(self, seed: int) -> Scratch:
        """Memory for one worker."""
        return Scratch(np.full(self.network.n_items, -1, np.int64), np.random.default_rng(seed), {})

    def run(self, batch: Batch, state: Tensor, scratch: Scratch) -> float:
        """Train on a batch; ``state`` (lanes, h) moves on in place. Returns the loss."""
        size, items = batch.size, len(batch.rows) - batch.size
        if size not in scratch.buffers:
            scratch.buffers[size] = Buffers(size, items, state.shape[1])
        b, layer, rows = scratch.buffers[size], self.network.layers[0], batch.rows.numpy()
        lanes = np.arange(size) if batch.lanes is None else batch.lanes.numpy()
        starts = np.zeros(size, bool) if batch.starts is None else batch.starts.view(-1).numpy()
        drop = self.config.dropout_p_embed
        kernels.gather_step(
            rows, lanes, starts, state.numpy(), self._table, self._halves, self._bias,
            self._log_q_own, self._log_q_sampled,
            b.x.numpy(), b.mask.numpy(), b.before.numpy(), halves(b.rows), b.bias,
            np.uint32(scratch.random.integers(WORD)), np.uint32(drop * WORD), np.float32(1 / (1 - drop)),
        )  # fmt: skip
        torch.addmm(layer.b_input, b.x, layer.w_input.t(), out=b.gates_x)
        torch.addmm(layer.b_hidden, b.before, layer.w_hidden.t(), out=b.gates_h)
        kernels.state_step(
            b.gates_x.numpy(), b.gates_h.numpy(), b.before.numpy(), lanes,
            b.reset.numpy(), b.update.numpy(), b.new.numpy(), state.numpy(), halves(b.states),
        )  # fmt: skip
        torch.mm(b.states, b.rows.t(), out=b.scores)
        loss = self._loss(b)
        torch.mm(b.scores, b.rows, out=b.d_states)
        torch.mm(b.scores.t(), b.states, out=b.d_rows)
        kernels.back_step(
            b.reset.numpy(), b.update.numpy(), b.new.numpy(), b.gates_h.numpy(), b.before.numpy(), halves(b.d_states),
            b.d_gates_x.numpy(), b.d_gates_h.numpy(), b.d_b_input, b.d_b_hidden,
        )  # fmt: skip
        torch.mm(b.d_gates_h.t(), b.before, out=b.d_hidden)
        torch.mm(b.d_gates_x.t(), b.x, out=b.d_input)
        torch.mm(b.d_gates_x, layer.w_input, out=b.d_x)
        self._update(b, rows, scratch)
        return float(loss)

    def _loss(self, b: Buffers) -> float:
        """The loss; its gradient stands in place of the scores."""
        if self.config.loss == "cross-entropy":
            return float(kernels.softmax_gradient(halves(b.scores), b.bias, b.d_bias))
        elu, bpreg = np.float32(self.config.elu), np.float32(self.config.bpreg)
        return float(kernels.bpr_max_halves(halves(b.scores), b.bias, b.d_bias, elu, bpreg))

    def _update(self, b: Buffers, rows: np.ndarray, scratch: Scratch) -> None:
        layer, rate, momentum = self.network.layers[0], np.float32(self.config.learning_rate), np.float32(self.optimizer.momentum)  # fmt: skip
        kernels.chain_repeats(rows, scratch.place, b.chain, b.again)
        squares, velocity = self._sums("output")
        bias_squares, bias_velocity = self._sums("bias")
        kernels.adagrad_halves(
            self._table, self._halves, squares.numpy(), velocity.numpy(),
            self._bias, bias_squares.view(-1).numpy(), bias_velocity.view(-1).numpy(),
            rows, halves(b.d_rows), b.d_x.numpy(), b.mask.numpy(), b.d_bias, b.again, b.chain, rate, momentum,
        )  # fmt: skip
        gradients = {
            "w_input": b.d_input.view(-1).numpy(), "w_hidden": b.d_hidden.view(-1).numpy(),
            "b_input": b.d_b_input, "b_hidden": b.d_b_hidden,
        }  # fmt: skip
        for name, gradient in gradients.items():
            squares, velocity = (side.view(-1) for side in self._sums(f"0.{name}"))
            weights = getattr(layer, name).view(-1).numpy()
            kernels.adagrad_all(weights, squares.numpy(), velocity.numpy(), gradient, rate, momentum)

    def _sums(self, name: str) -> tuple[Tensor, Tensor]:
        """A parameter's squares and its velocity; without momentum the squares stand for what is not looked at."""
        squares = self.optimizer.squares[name]
        return squares, self.optimizer.velocity.get(name, squares)


def halves(value: Tensor) -> np.ndarray:
    """The bits of a bfloat16 tensor, as uint16 of the same shape."""
    bits: np.ndarray = value.view(torch.int16).numpy().view(np.uint16)
    return bits


def _pays(batch: int, items: int, width: int) -> bool:
    """Whether one core multiplies (batch, width) states and (items, width) rows clearly faster in bfloat16."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        full, reduced = (_seconds(batch, items, width, kind) for kind in (torch.float32, torch.bfloat16))
    finally:
        torch.set_num_threads(threads)
    return reduced < CLEARLY * full


def _seconds(batch: int, items: int, width: int, kind: torch.dtype) -> float:
    h, rows = torch.zeros(batch, width, dtype=kind), torch.zeros(items, width, dtype=kind)
    times = []
    for _ in range(WARM_UP + TRIES):
        began = time.perf_counter()
        scores = torch.mm(h, rows.t())
        torch.mm(scores, rows)
        torch.mm(scores.t(), h)
        times.append(time.perf_counter() - began)
    return statistics.median(times[WARM_UP:])
