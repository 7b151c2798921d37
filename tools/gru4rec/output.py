"""The output layer in training: scores of the sampled items, the loss, and the update of their rows."""

import torch
from torch import Tensor

from tools.gru4rec.batches import Batch
from tools.gru4rec.config import GRU4RecConfig
from tools.gru4rec.losses import bpr_max, cross_entropy
from tools.gru4rec.network import Network
from tools.gru4rec.optimizer import Repeats, SparseAdagrad


class SampledOutput:
    """Scores, loss and update in float32, for every configuration, on any device."""

    def __init__(
        self, network: Network, optimizer: SparseAdagrad, log_q_targets: Tensor, log_q_samples: Tensor
    ):
        self.network, self.optimizer = network, optimizer
        self._log_q = log_q_targets, log_q_samples

    def loss(self, h: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        """From states (B, h) and item rows (m,), the first B of them the targets: the loss, the gradient of the
        states (B, h), and what :meth:`update` needs.
        """
        config: GRU4RecConfig = self.network.config
        rows = self.network.tables["output"].index_select(0, targets)
        bias = self.network.tables["bias"].index_select(0, targets)
        if config.loss == "bpr-max":
            loss, d_scores = bpr_max(torch.addmm(bias.t(), h, rows.t()), config.elu, config.bpreg)
        else:
            loss, d_scores = cross_entropy(
                torch.addmm(self._corrected(bias, targets, len(h)).t(), h, rows.t())
            )
        return loss, d_scores @ rows, (d_scores, h)

    def update(self, batch: Batch, repeats: Repeats, gradient: tuple[Tensor, Tensor], d_x: Tensor) -> None:
        """Move the rows of the batch; ``d_x`` (B, e) is the gradient of the input vectors."""
        d_scores, h = gradient
        targets, items = batch.rows[: -batch.size], batch.rows[-batch.size :]
        optimizer = self.optimizer
        if self.network.input_table == "output":
            whole = d_x.new_empty(len(batch.rows), h.shape[1])
            torch.mm(d_scores.t(), h, out=whole[: len(targets)])
            whole[len(targets) :] = d_x
            optimizer.apply_rows("output", batch.rows, repeats, whole)
        else:
            optimizer.apply_rows("output", targets, repeats, d_scores.t() @ h)
            optimizer.apply_rows("input", items, repeats, d_x)
        optimizer.apply_rows("bias", targets, repeats, d_scores.sum(0)[:, None])

    def _corrected(self, bias: Tensor, targets: Tensor, batch: int) -> Tensor:
        """The bias (m, 1) with the sampling correction taken off it, which saves taking it off each of the scores."""
        strength = self.network.config.logq
        if not strength:
            return bias
        own, sampled = self._log_q
        return bias - strength * torch.cat([own[targets[:batch]], sampled[targets[batch:]]])[:, None]
