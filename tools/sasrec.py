"""SASRec, a second next-item model behind the seam that GRU4Rec stands behind.

Self-attentive sequential recommendation (Kang and McAuley, ICDM 2018) on the causal blocks of the transformers
library, trained with the full softmax, which Klenitskiy and Vasilev (RecSys 2023) found to beat the paper's binary loss.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import GPT2Config, GPT2Model

from catalog.products import Catalog
from tools.scorers import UNSEEN, History, Scorer

LENGTH = 30  # events of a session that the model looks at, the latest
WIDTH = 96
LAYERS = 2
HEADS = 2
DROPOUT = 0.4
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.01
BATCH = 64
STEPS = 1_500  # a small log is seen often, a large one less
MOST_EPOCHS = 40


class SASRecScorer:
    """A trained SASRec over ``n`` catalog rows; it satisfies ``Scorer``."""

    name = "sasrec"

    def __init__(self, network: GPT2Model, n: int, trained: np.ndarray):
        self.network = network.eval()
        self._n = n
        self._untrained = ~trained

    @classmethod
    def train(cls, sequences: Sequence[History], n: int, seed: int = 0) -> "SASRecScorer":
        """Learn from sequences of catalog rows; those of one event teach nothing and are passed over."""
        usable = [list(s)[-LENGTH - 1 :] for s in sequences if len(s) > 1]
        trained = np.zeros(n, bool)
        trained[[i for s in usable for i in s]] = True
        torch.manual_seed(seed)
        network = _network(n)
        optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        epochs = min(MOST_EPOCHS, max(3, STEPS * BATCH // max(len(usable), 1)))
        steps = epochs * -(-len(usable) // BATCH)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=max(steps, 2))
        order = torch.Generator().manual_seed(seed)
        network.train()
        for _ in range(epochs):
            for chosen in torch.split(torch.randperm(len(usable), generator=order), BATCH):
                loss = _loss(network, [usable[i] for i in chosen.tolist()])
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
                schedule.step()
        return cls(network, n, trained)

    @torch.inference_mode()
    def scores(self, histories: list[History]) -> np.ndarray:
        """Log-probabilities after the last event of each history, (B, n); never trained on: ``UNSEEN``."""
        items, lengths = _padded([list(h)[-LENGTH:] for h in histories])
        states = self.network(input_ids=items).last_hidden_state
        last = states[torch.arange(len(histories)), lengths - 1]
        out = torch.log_softmax(last @ self.network.wte.weight.T, 1).numpy()
        out[:, self._untrained] = UNSEEN
        return np.asarray(out, np.float32)


class ScoredModel:
    """Any :class:`Scorer` over a catalog's rows as a ``NextItemModel``, as the assistant calls it."""

    def __init__(self, scorer: Scorer, catalog: Catalog):
        self.name = scorer.name
        self._scorer, self._catalog = scorer, catalog

    def scores(self, session: list[str]) -> np.ndarray | None:
        """Scores in catalog row order, (n,); None when no item of the session is in the catalog."""
        history = [self._catalog.row(i) for i in session if i in self._catalog]
        return self._scorer.scores([history])[0] if history else None


def _network(n: int) -> GPT2Model:
    config = GPT2Config(
        vocab_size=n, n_positions=LENGTH, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS, n_inner=WIDTH, activation_function="relu",
        resid_pdrop=DROPOUT, embd_pdrop=DROPOUT, attn_pdrop=DROPOUT, use_cache=False,
    )  # fmt: skip
    return GPT2Model(config)


def _padded(sequences: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Item rows (B, longest), padded behind where a causal model never looks, and lengths (B,)."""
    padded = torch.nn.utils.rnn.pad_sequence([torch.tensor(s) for s in sequences], batch_first=True)
    return padded, torch.tensor([len(s) for s in sequences])


def _loss(network: GPT2Model, sequences: list[list[int]]) -> Tensor:
    """Cross-entropy of every next item of a batch over all items."""
    items, lengths = _padded(sequences)
    states = network(input_ids=items[:, :-1]).last_hidden_state
    real = torch.arange(items.shape[1] - 1) < (lengths - 1)[:, None]
    return functional.cross_entropy(states[real] @ network.wte.weight.T, items[:, 1:][real])
