"""Adagrad with momentum that touches only the item rows of the mini-batch."""

import numpy as np
import torch
from torch import Tensor

from tools.gru4rec.kernels import adagrad_rows, find_repeats, momentum_rows
from tools.gru4rec.network import Network, zeros

EPSILON = 1e-6


class Repeats:
    """Finds the places of a mini-batch that name an item again; one worker's scratch memory."""

    def __init__(self, n_items: int):
        self._place = np.full(n_items, -1, np.int64)

    def of(self, rows: Tensor) -> tuple[Tensor, Tensor, np.ndarray]:
        """The repeating places, those of their first mentions, and a mask (n,) of the former."""
        named = rows.numpy()
        repeats, firsts, touched = np.empty((3, len(named)), np.int64)
        again = np.empty(len(named), bool)
        count = find_repeats(named, self._place, repeats, firsts, touched, again)
        return torch.from_numpy(repeats[:count]), torch.from_numpy(firsts[:count]), again


class SparseAdagrad:
    """Adagrad (Duchi et al. 2011) for dense weights and for the rows of item tables."""

    def __init__(self, network: Network, learning_rate: float, momentum: float):
        self.network = network
        self.learning_rate = learning_rate
        self.momentum = momentum
        parameters = network.state_dict()
        self.squares = {name: _like(value) for name, value in parameters.items()}
        self.velocity = {name: _like(value) for name, value in parameters.items()} if momentum else {}

    def apply_dense(self, gradients: dict[str, Tensor]) -> None:
        """One step for whole parameters, by name."""
        parameters = self.network.dense_parameters()
        for name, gradient in gradients.items():
            if gradient.device.type == "cpu":
                lines = gradient.view(-1, gradient.shape[-1])
                rows = np.arange(len(lines))
                self._rows_on_cpu(name, parameters[name], rows, lines, np.zeros(len(lines), bool))
            else:
                square = self.squares[name].addcmul_(gradient, gradient)
                self._move(parameters[name], gradient, square, self.velocity.get(name))

    def apply_rows(self, name: str, rows: Tensor, repeats: Repeats, gradient: Tensor) -> None:
        """One step for the rows (n,) of a table with their gradient (n, d), which is used up.

        A row that stands several times gets the sum of its gradients.
        """
        again_at, first_at, again = repeats.of(rows)
        device = gradient.device
        if len(again_at):
            again_at = again_at.to(device)
            gradient.index_add_(0, first_at.to(device), gradient.index_select(0, again_at))
        if device.type == "cpu":
            self._rows_on_cpu(name, self.network.tables[name], rows.numpy(), gradient, again)
            return
        once = torch.from_numpy(np.flatnonzero(~again)).to(device)
        rows, gradient = rows.to(device)[once], gradient[once]
        square = self.squares[name].index_select(0, rows).addcmul_(gradient, gradient)
        values = self.network.tables[name].index_select(0, rows)
        velocity = self.velocity[name].index_select(0, rows) if self.momentum else None
        self._move(values, gradient, square, velocity)
        self.squares[name].index_copy_(0, rows, square)
        self.network.tables[name].index_copy_(0, rows, values)
        if velocity is not None:
            self.velocity[name].index_copy_(0, rows, velocity)

    def _rows_on_cpu(
        self, name: str, parameter: Tensor, rows: np.ndarray, gradient: Tensor, again: np.ndarray
    ) -> None:
        width = gradient.shape[1]
        table, squares = parameter.view(-1, width).numpy(), self.squares[name].view(-1, width).numpy()
        given = gradient.contiguous().numpy()
        rate = np.float32(self.learning_rate)
        if self.momentum:
            velocity = self.velocity[name].view(-1, width).numpy()
            momentum_rows(table, squares, velocity, rows, given, again, rate, np.float32(self.momentum))
        else:
            adagrad_rows(table, squares, rows, given, again, rate)

    def _move(self, parameter: Tensor, gradient: Tensor, square: Tensor, velocity: Tensor | None) -> None:
        if velocity is None:
            parameter.addcdiv_(gradient, square.sqrt().add_(EPSILON), value=-self.learning_rate)
            return
        update = gradient.div(square.sqrt().add_(EPSILON)).mul_(self.learning_rate)
        parameter.add_(velocity.mul_(self.momentum).sub_(update))

    def state_dict(self) -> dict[str, dict[str, Tensor]]:
        """The accumulators, to resume from."""
        return {"squares": self.squares, "velocity": self.velocity}

    def load_state_dict(self, state: dict[str, dict[str, Tensor]]) -> None:
        """Take over the accumulators."""
        for kind in ("squares", "velocity"):
            for name, value in getattr(self, kind).items():
                if name in state[kind]:  # another number of workers may have needed no momentum
                    value.copy_(state[kind][name])


def _like(value: Tensor) -> Tensor:
    if value.dim() < 2 or value.device.type != "cpu":
        return torch.zeros_like(value)
    return zeros(*value.shape)
