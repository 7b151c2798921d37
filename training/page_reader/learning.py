"""Trains the page network on examples, keeps it after every epoch, and exports it for OpenVINO."""

import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.page_reader.examples import Example
from training.page_reader.network import PageNetwork
from training.page_reader.reader.assembly import GROUPED
from training.page_reader.reader.features import FEATURES, TOKENS
from training.page_reader.reader.page_model import ROLES

BATCH = 8
RATE = 1.2e-3
OF_PRODUCTS = tuple(ROLES.index(role) for role in (*GROUPED, "specification", "variant"))


@dataclass
class Batch:
    """Examples padded to one length."""

    values: Tensor
    tokens: Tensor
    boxes: Tensor
    mask: Tensor
    allowed: Tensor
    products: Tensor
    main: Tensor
    kinds: Tensor
    weights: Tensor


def batch_of(examples: list[Example], rng: random.Random | None) -> Batch:
    """Examples as tensors; spoilt at random where a generator is given."""
    features = [e.features(rng) for e in examples]
    most = max(len(e.nodes) for e in examples)

    def padded(arrays: list[np.ndarray], fill: float = 0) -> Tensor:
        out = np.full((len(arrays), most, *arrays[0].shape[1:]), fill, arrays[0].dtype)
        for i, array in enumerate(arrays):
            out[i, : len(array)] = array
        return torch.from_numpy(out)

    return Batch(
        padded([f.values for f in features]), padded([f.tokens for f in features]), padded([f.boxes for f in features]),
        padded([np.ones(len(e.nodes), bool) for e in examples]), padded([e.allowed for e in examples], True), padded([e.products for e in examples], -2),
        padded([e.main for e in examples], -1), torch.tensor([e.kind for e in examples]), torch.tensor([e.weight for e in examples]),
    )  # fmt: skip


def loss_of(network: PageNetwork, batch: Batch) -> Tensor:
    """The loss of roles (of what is allowed, the sum), pairs of product texts, main product and kind."""
    roles, together, main, kinds = network(batch.values, batch.tokens, batch.boxes, batch.mask)
    log = functional.log_softmax(roles, -1).masked_fill(~batch.allowed, -1e4)
    told = batch.mask & ~batch.allowed.all(-1)
    per_node = -torch.logsumexp(log, -1) * batch.weights[:, None]
    role_loss = per_node[told].sum() / told.sum().clamp(min=1)
    return (
        role_loss
        + 0.5 * _pair_loss(together, batch)
        + 0.2 * _main_loss(main, batch)
        + 0.2 * _kind_loss(kinds, batch)
    )


def _pair_loss(together: Tensor, batch: Batch) -> Tensor:
    of_product = (
        batch.allowed[..., list(OF_PRODUCTS)].any(-1) & ~batch.allowed.all(-1) & (batch.products >= 0)
    )
    pairs = of_product[:, :, None] & of_product[:, None, :]
    same = (batch.products[:, :, None] == batch.products[:, None, :]).float()
    each = (
        functional.binary_cross_entropy_with_logits(together, same, reduction="none")
        * batch.weights[:, None, None]
    )
    alike, apart = pairs & (same > 0), pairs & (same == 0)
    return each[alike].sum() / alike.sum().clamp(min=1) + each[apart].sum() / apart.sum().clamp(min=1)


def _main_loss(main: Tensor, batch: Batch) -> Tensor:
    told = batch.mask & (batch.main >= 0)
    each = functional.binary_cross_entropy_with_logits(main, (batch.main > 0).float(), reduction="none")
    return each[told].sum() / told.sum().clamp(min=1)


def _kind_loss(kinds: Tensor, batch: Batch) -> Tensor:
    told = batch.kinds >= 0
    return functional.cross_entropy(kinds[told], batch.kinds[told]) if told.any() else kinds.sum() * 0


def train(examples: list[Example], epochs: int, kept: Path, seed: int = 0) -> PageNetwork:
    """Train for so many epochs, or go on where ``kept`` left off; the weights returned are the mean of the last quarter's."""
    torch.manual_seed(seed)
    network = PageNetwork()
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02)
    steps = epochs * -(-len(examples) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1, pct_start=0.08)
    first, mean, averaged = 0, None, 0
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        first, mean, averaged = state["epoch"], state["mean"], state["averaged"]
    for epoch in range(first, epochs):
        began, loss = (
            time.perf_counter(),
            _epoch(network, optimiser, schedule, examples, random.Random(seed + epoch)),
        )
        if epoch >= epochs - max(1, epochs // 4):
            now = {k: v.clone() for k, v in network.state_dict().items()}
            mean = (
                now if mean is None else {k: mean[k] + (v - mean[k]) / (averaged + 1) for k, v in now.items()}
            )
            averaged += 1
        torch.save(
            {
                "network": network.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict(),
                "epoch": epoch + 1, "mean": mean, "averaged": averaged,
            },
            kept,
        )  # fmt: skip
        print(
            f"epoch {epoch + 1} of {epochs}: loss {loss:.4f}, {time.perf_counter() - began:.0f} s", flush=True
        )
    if mean is not None:
        network.load_state_dict(mean)
    return network.eval()


def _epoch(
    network: PageNetwork,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    examples: list[Example],
    rng: random.Random,
) -> float:
    network.train()
    order = sorted(examples, key=lambda e: len(e.nodes) + 30 * rng.random())
    batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    rng.shuffle(batches)
    total = 0.0
    for examples_of in batches:
        loss = loss_of(network, batch_of(examples_of, rng))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += float(loss.detach())
    return total / len(batches)


def export(network: PageNetwork, path: Path) -> None:
    """Write the network for OpenVINO, at half precision: ``path`` and its ``.bin``."""
    import openvino as ov

    nodes = 7
    given = (
        torch.zeros(1, nodes, FEATURES),
        torch.zeros(1, nodes, TOKENS, dtype=torch.int32),
        torch.zeros(1, nodes, 4),
    )
    model = ov.convert_model(
        network.eval(), example_input=given, input=[(1, -1, FEATURES), (1, -1, TOKENS), (1, -1, 4)]
    )
    ov.save_model(model, path, compress_to_fp16=True)


def accuracies(network: PageNetwork, examples: list[Example]) -> dict[str, float]:
    """On examples whose truth is whole: the F1 of each role, the share of pairs that are right, of main nodes, of kinds."""
    right, read, true = (np.zeros(len(ROLES)) for _ in range(3))
    counts = np.zeros((3, 2))
    with torch.no_grad():
        for example in examples:
            b = batch_of([example], None)
            roles, together, main, kinds = network.eval()(b.values, b.tokens, b.boxes, b.mask)
            best, truth = roles[0].argmax(-1).numpy(), example.allowed.argmax(1)
            np.add.at(right, truth[best == truth], 1)
            np.add.at(read, best, 1)
            np.add.at(true, truth, 1)
            of = np.isin(truth, OF_PRODUCTS) & (example.products >= 0)
            same = example.products[:, None] == example.products[None]
            agree = ((together[0].numpy() > 0) == same)[np.ix_(of, of)]
            counts += [
                [agree.sum(), agree.size],
                [((main[0].numpy() > 0) == example.main).sum(), len(best)],
                [kinds[0].argmax() == example.kind, 1],
            ]
    f1 = {
        r: round(float(2 * right[i] / max(1, read[i] + true[i])), 3) for i, r in enumerate(ROLES) if true[i]
    }
    shares = {
        k: round(float(a / max(1, n)), 4) for k, (a, n) in zip(("pairs", "main", "kind"), counts, strict=True)
    }
    return {**f1, **shares}
