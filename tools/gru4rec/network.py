"""The network of GRU4Rec: one recurrent step, its scores, and their gradient written out by hand.

Training never goes further back than one step (the hidden state enters as a constant, as in the paper), so
the gradient is a dozen matrix products. Writing them out is several times faster on a CPU than building and
walking an autograd graph for every mini-batch; the tests hold each against autograd.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tools.gru4rec.config import GRU4RecConfig
from tools.gru4rec.gates import Gates, close_gates, dropout_mask, open_gates


@dataclass
class Layer:
    """One GRU layer of ``h`` units over ``d`` inputs; gate order reset, update, new."""

    w_input: Tensor  # (3h, d)
    w_hidden: Tensor  # (3h, h)
    b_input: Tensor  # (3h,)
    b_hidden: Tensor  # (3h,)


@dataclass
class LayerTrace:
    """What the backward pass needs of a layer's forward pass."""

    x: Tensor
    h_before: Tensor
    gates: Gates
    hidden_new: Tensor
    dropout: Tensor | None


class Network:
    """The parameters of a GRU4Rec over ``n_items`` items and its one-step forward and backward passes.

    ``output`` is (n_items, h) with ``bias`` (n_items, 1); ``input`` is (n_items, e) for separate embeddings,
    (n_items, 3h) for none, and the output table itself when constrained.
    """

    def __init__(self, n_items: int, config: GRU4RecConfig, device: str = "cpu"):
        self.n_items = n_items
        self.config = config
        self.device = torch.device(device)
        generator = torch.Generator().manual_seed(config.seed)
        width = config.layers[-1]
        self.tables: dict[str, Tensor] = {
            "output": _glorot(n_items, width, generator),
            "bias": zeros(n_items, 1),
        }
        if config.embedding == "separate":
            self.tables["input"] = _glorot(n_items, config.embedding_size, generator)
        elif config.embedding == "none":
            self.tables["input"] = _glorot(n_items, 3 * config.layers[0], generator)
        self.layers = [
            _layer(inputs, units, generator)
            for inputs, units in zip(self._layer_inputs(), config.layers, strict=True)
        ]
        self.to(device)

    def _layer_inputs(self) -> list[int]:
        config = self.config
        first = {"constrained": config.layers[-1], "separate": config.embedding_size, "none": 0}
        return [first[config.embedding], *config.layers[:-1]]

    def to(self, device: str) -> None:
        """Move every parameter to a device."""
        self.device = torch.device(device)
        self.tables = {name: table.to(device) for name, table in self.tables.items()}
        for layer in self.layers:
            for name, value in vars(layer).items():
                setattr(layer, name, value.to(device))

    def dense_parameters(self) -> dict[str, Tensor]:
        """The layers' weights by name, such as ``0.w_hidden``."""
        return {
            f"{i}.{name}": value for i, layer in enumerate(self.layers) for name, value in vars(layer).items()
        }

    def state_dict(self) -> dict[str, Tensor]:
        """Every parameter by name."""
        return {**self.tables, **self.dense_parameters()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Take over every parameter; KeyError or RuntimeError when one is missing or of another shape."""
        for name, value in self.state_dict().items():
            value.copy_(state[name])

    def initial_state(self, batch: int) -> list[Tensor]:
        """Zero hidden states, one (batch, h) per layer."""
        return [torch.zeros(batch, units, device=self.device) for units in self.config.layers]

    def embed(self, items: Tensor) -> Tensor:
        """The input vectors of item rows: (B,) to (B, e)."""
        return self.tables[self.input_table].index_select(0, items)

    @property
    def input_table(self) -> str:
        """The table that input vectors come from."""
        return "output" if self.config.embedding == "constrained" else "input"

    def step(
        self, x: Tensor, state: list[Tensor], train: bool = False
    ) -> tuple[Tensor, list[Tensor], list[LayerTrace]]:
        """One event of every session: input vectors (B, e) and states to (B, h), new states and the traces."""
        states, traces = [], []
        for position, (layer, h) in enumerate(zip(self.layers, state, strict=True)):
            direct = position == 0 and self.config.embedding == "none"
            x, h_next, trace = self._cell(layer, x, h, direct, train)
            states.append(h_next)
            traces.append(trace)
        return x, states, traces

    def _cell(
        self, layer: Layer, x: Tensor, h: Tensor, direct: bool, train: bool
    ) -> tuple[Tensor, Tensor, LayerTrace]:
        units = h.shape[1]
        gates_x = x + layer.b_input if direct else torch.addmm(layer.b_input, x, layer.w_input.t())
        gates_h = torch.addmm(layer.b_hidden, h, layer.w_hidden.t())
        gates, h_next = open_gates(gates_x, gates_h, h)
        mask = dropout_mask(h_next, self.config.dropout_p_hidden) if train else None
        out = h_next if mask is None else h_next * mask
        return out, h_next, LayerTrace(x, h, gates, gates_h[:, 2 * units :], mask)

    def scores(self, h: Tensor) -> Tensor:
        """Scores of all items: (B, h) to (B, n_items)."""
        return torch.addmm(self.tables["bias"].t(), h, self.tables["output"].t())

    def backward(self, traces: list[LayerTrace], d_h: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """From the gradient of the last layer's output, (B, h), to that of ``x``, (B, e), and the layers' weights."""
        gradients: dict[str, Tensor] = {}
        for position in range(len(self.layers) - 1, -1, -1):
            direct = position == 0 and self.config.embedding == "none"
            d_h = self._cell_backward(position, traces[position], d_h, direct, gradients)
        return d_h, gradients

    def _cell_backward(
        self, position: int, trace: LayerTrace, d_out: Tensor, direct: bool, gradients: dict[str, Tensor]
    ) -> Tensor:
        layer = self.layers[position]
        if trace.dropout is not None:
            d_out = d_out * trace.dropout
        d_gates_x, d_gates_h = close_gates(trace.gates, trace.hidden_new, trace.h_before, d_out)
        gradients[f"{position}.w_hidden"] = d_gates_h.t() @ trace.h_before
        gradients[f"{position}.b_input"] = d_gates_x.sum(0)
        gradients[f"{position}.b_hidden"] = d_gates_h.sum(0)
        if direct:
            return d_gates_x
        gradients[f"{position}.w_input"] = d_gates_x.t() @ trace.x
        return d_gates_x @ layer.w_input


def _glorot(rows: int, columns: int, generator: torch.Generator) -> Tensor:
    bound = (6.0 / (rows + columns)) ** 0.5
    return zeros(rows, columns).uniform_(-bound, bound, generator=generator)


def zeros(rows: int, columns: int) -> Tensor:
    """A table of zeros in memory that numpy asked for, which comes in huge pages: rows anywhere in it are near."""
    return torch.from_numpy(np.zeros((rows, columns), np.float32))


def _layer(inputs: int, units: int, generator: torch.Generator) -> Layer:
    # Each gate is initialised as a matrix of its own; with none as embedding the input table holds w_input.
    w_input = (
        torch.cat([_glorot(units, inputs, generator) for _ in range(3)])
        if inputs
        else torch.zeros(3 * units, 0)
    )
    w_hidden = torch.cat([_glorot(units, units, generator) for _ in range(3)])
    return Layer(w_input, w_hidden, torch.zeros(3 * units), torch.zeros(3 * units))
