"""The network behind :class:`training.page_reader.reader.page_model.PageModel`, for training."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.page_reader.reader.features import BUCKETS, FEATURES
from training.page_reader.reader.page_model import KINDS, ROLES

PAIRED = 14  # numbers about the geometry of two nodes
MASKED = -1e4


def geometry(boxes: Tensor) -> Tensor:
    """How each two nodes stand to each other: (B, N, 4) boxes in line heights to (B, N, N, PAIRED)."""
    x0, y0, x1, y1 = boxes.unbind(-1)
    cx, cy, height = (x0 + x1) / 2, (y0 + y1) / 2, (y1 - y0).clamp(min=0.1)

    def between(side: Tensor) -> Tensor:
        return side[:, :, None] - side[:, None, :]

    def shared(low: Tensor, high: Tensor) -> Tensor:
        return torch.minimum(high[:, :, None], high[:, None, :]) - torch.maximum(
            low[:, :, None], low[:, None, :]
        )

    def damped(length: Tensor) -> Tensor:
        return torch.sign(length) * torch.log1p(length.abs())

    across, along = shared(x0, x1), shared(y0, y1)
    return torch.stack(
        [
            damped(between(cx)), damped(between(cy)), damped(between(x0)), damped(between(x1)), damped(between(y0)), damped(between(y1)),
            damped(across), damped(along), (across > 0).float(), (along > 0).float(), (between(x0).abs() < 0.4).float(),
            (between(cx).abs() < 0.5).float(), (between(x1).abs() < 0.4).float(), between(height.log()).clamp(-3, 3),
        ],
        -1,
    )  # fmt: skip


class Block(nn.Module):
    """Attention with a bias for each pair, and a feed-forward layer; both with the norm before (Xiong et al. 2020)."""

    def __init__(self, width: int, heads: int, dropout: float):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.forward_layers = nn.Sequential(
            nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """(B, N, width) and (B, heads, N, N) to (B, N, width)."""
        b, n, width = x.shape
        q, k, v = (
            self.qkv(self.before(x)).view(b, n, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        )
        attended = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        x = x + self.dropout(self.out(attended.transpose(1, 2).reshape(b, n, width)))
        return torch.add(x, self.dropout(self.forward_layers(self.between(x))))


class PageNetwork(nn.Module):
    """Roles, pairs, main product and kind of page from the nodes of a page."""

    def __init__(
        self, width: int = 160, heads: int = 8, depth: int = 4, embedded: int = 64, dropout: float = 0.1
    ):
        super().__init__()
        self.heads, self.depth = heads, depth
        self.words = nn.Embedding(BUCKETS, embedded, padding_idx=0)
        self.inside = nn.Sequential(nn.Linear(FEATURES + embedded, width), nn.GELU(), nn.Linear(width, width))
        self.bias = nn.Sequential(nn.Linear(PAIRED, 32), nn.GELU(), nn.Linear(32, heads * depth))
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.role, self.main, self.kind = (
            nn.Linear(width, len(ROLES)),
            nn.Linear(width, 1),
            nn.Linear(width, len(KINDS)),
        )
        self.left, self.near = (
            nn.Linear(width, 64),
            nn.Sequential(nn.Linear(PAIRED, 32), nn.GELU(), nn.Linear(32, 1)),
        )

    def forward(
        self, values: Tensor, tokens: Tensor, boxes: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        """Logits of roles (B, N, roles), pairs (B, N, N), main (B, N) and kinds (B, kinds); ``mask`` (B, N) bool, True for nodes."""
        b, n, _ = values.shape
        known = (tokens > 0).float()[..., None]
        words = (self.words(tokens.long()) * known).sum(2) / known.sum(2).clamp(min=1)
        x = self.inside(torch.cat([values, words], -1))
        pairs = geometry(boxes)
        biases = self.bias(pairs).view(b, n, n, self.depth, self.heads).permute(3, 0, 4, 1, 2)
        if mask is not None:
            biases = biases.masked_fill(~mask[None, :, None, None, :], MASKED)
        for i, block in enumerate(self.blocks):
            x = block(x, biases[i])
        x = self.norm(x)
        side = self.left(x)
        together = side @ side.transpose(1, 2) / 8 + self.near(pairs)[..., 0]
        together = (together + together.transpose(1, 2)) / 2
        weight = mask.float()[..., None] if mask is not None else torch.ones_like(x[..., :1])
        pooled = (x * weight).sum(1) / weight.sum(1)
        return self.role(x), together, self.main(x)[..., 0], self.kind(pooled)
