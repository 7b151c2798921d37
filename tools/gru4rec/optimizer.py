"""Adagrad with momentum that touches only the item rows of the mini-batch."""

import torch
from torch import Tensor

from tools.gru4rec.batches import Batch
from tools.gru4rec.network import Network

EPSILON = 1e-6


class SparseAdagrad:
    """Adagrad (Duchi et al. 2011) for dense weights and for the rows of item tables."""

    def __init__(self, network: Network, learning_rate: float, momentum: float):
        self.network = network
        self.learning_rate = learning_rate
        self.momentum = momentum
        parameters = network.state_dict()
        self.squares = {name: torch.zeros_like(value) for name, value in parameters.items()}
        self.velocity = (
            {name: torch.zeros_like(value) for name, value in parameters.items()} if momentum else {}
        )
        self._steps = torch.zeros(())

    def apply_dense(self, gradients: dict[str, Tensor]) -> None:
        """One step for whole parameters, by name."""
        parameters = self.network.dense_parameters()
        names = list(gradients)
        if not self.momentum:
            self._fused(
                [parameters[n] for n in names],
                [gradients[n] for n in names],
                [self.squares[n] for n in names],
            )
            return
        for name in names:
            update = self._scaled(gradients[name], self.squares[name])
            parameters[name].add_(self.velocity[name].mul_(self.momentum).sub_(update))

    def apply_rows(self, name: str, batch: Batch, rows: Tensor, values: Tensor, gradient: Tensor) -> None:
        """One step for the rows of a table; ``values`` are their present values, and are used up.

        ``rows``, (n,), is ``batch.rows`` or a part of it that holds all its repeats. A row that stands twice
        gets the sum of its gradients in both places, so that writing both back is harmless: no sorting here.
        """
        if len(batch.repeats):
            gradient.index_add_(0, batch.firsts, gradient.index_select(0, batch.repeats))
            gradient.index_copy_(0, batch.repeats, gradient.index_select(0, batch.firsts))
        squares = self.squares[name].index_select(0, rows)
        if self.momentum:
            update = self._scaled(gradient, squares)
            velocity = self.velocity[name].index_select(0, rows).mul_(self.momentum).sub_(update)
            self.velocity[name].index_copy_(0, rows, velocity)
            values.add_(velocity)
        else:
            self._fused([values], [gradient], [squares])
        self.squares[name].index_copy_(0, rows, squares)
        self.network.tables[name].index_copy_(0, rows, values)

    def _scaled(self, gradient: Tensor, squares: Tensor) -> Tensor:
        squares.addcmul_(gradient, gradient)
        return gradient.div(squares.sqrt().add_(EPSILON)).mul_(self.learning_rate)

    def _fused(self, parameters: list[Tensor], gradients: list[Tensor], squares: list[Tensor]) -> None:
        for parameter, gradient, square in zip(parameters, gradients, squares, strict=True):
            square.addcmul_(gradient, gradient)
            parameter.addcdiv_(gradient, square.sqrt().add_(EPSILON), value=-self.learning_rate)

    def state_dict(self) -> dict[str, dict[str, Tensor]]:
        """The accumulators, to resume from."""
        return {"squares": self.squares, "velocity": self.velocity}

    def load_state_dict(self, state: dict[str, dict[str, Tensor]]) -> None:
        """Take over the accumulators."""
        for kind in ("squares", "velocity"):
            for name, value in getattr(self, kind).items():
                value.copy_(state[kind][name])
