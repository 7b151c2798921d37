"""The elementwise part of a GRU cell, forward and backward: one compiled pass on a CPU, torch's operations elsewhere."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from tools.gru4rec.kernels import drop, gates_backward, gates_forward

WORD = 2**32


class Gates(NamedTuple):
    """What a cell's gates let through, each (B, h)."""

    reset: Tensor
    update: Tensor
    new: Tensor


def open_gates(gates_x: Tensor, gates_h: Tensor, h: Tensor) -> tuple[Gates, Tensor]:
    """From both halves of the gates' inputs, (B, 3h) in the order reset, update, new, to the gates and the next state."""
    units = h.shape[1]
    if h.device.type == "cpu" and not torch.is_grad_enabled():
        reset, update, new, after = torch.empty(4, *h.shape).unbind()
        gates_forward(
            gates_x.numpy(), gates_h.numpy(), h.contiguous().numpy(),
            reset.numpy(), update.numpy(), new.numpy(), after.numpy(),
        )  # fmt: skip
        return Gates(reset, update, new), after
    both = torch.sigmoid(gates_x[:, : 2 * units] + gates_h[:, : 2 * units])
    reset, update = both[:, :units], both[:, units:]
    new = torch.addcmul(gates_x[:, 2 * units :], reset, gates_h[:, 2 * units :]).tanh_()
    return Gates(reset, update, new), torch.lerp(new, h, update)


def close_gates(gates: Gates, hidden_new: Tensor, h: Tensor, d_after: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients of both halves of the gates' inputs, (B, 3h) each, from that of the next state (B, h).

    ``hidden_new`` (B, h) is the new gate's half that came from the state ``h``.
    """
    if h.device.type == "cpu" and not torch.is_grad_enabled():
        d_x, d_h = torch.empty(2, h.shape[0], 3 * h.shape[1]).unbind()
        gates_backward(
            gates.reset.contiguous().numpy(), gates.update.contiguous().numpy(), gates.new.numpy(), hidden_new.contiguous().numpy(),
            h.contiguous().numpy(), d_after.contiguous().numpy(), d_x.numpy(), d_h.numpy(),
        )  # fmt: skip
        return d_x, d_h
    reset, update, new = gates
    d_new = d_after * (1 - update) * (1 - new * new)
    d_update = d_after * (h - new) * update * (1 - update)
    d_reset = d_new * hidden_new * reset * (1 - reset)
    return torch.cat([d_reset, d_update, d_new], 1), torch.cat([d_reset, d_update, d_new * reset], 1)


def dropout_mask(like: Tensor, p: float) -> Tensor | None:
    """Inverted dropout of probability ``p``: 0 or 1 / (1 - p) for each element, or None for p = 0."""
    if p == 0:
        return None
    if like.device.type == "cpu":
        mask = torch.empty(like.shape)
        seed = int(torch.randint(WORD, ()))
        drop(mask.view(-1).numpy(), np.uint32(seed), np.uint32(p * WORD), np.float32(1.0 / (1.0 - p)))
        return mask
    kept = torch.rand_like(like) >= p
    scaled: Tensor = torch.where(kept, 1.0 / (1.0 - p), 0.0)
    return scaled.to(like.dtype)
