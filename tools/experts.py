"""The scorers that the learned fusion listens to, trained together on one log."""

import numpy as np
import scipy.sparse as sparse

from tools.gru4rec.config import GRU4RecConfig
from tools.scorers import Content, CoOccurrence, GRU4RecScorer, History, Popularity, Scorer, SessionKNN, Words

LARGE = 100_000  # training events; above, fewer folds and epochs


def scorers(sequences: list[History], n: int, vectors: np.ndarray, words: sparse.csr_matrix) -> list[Scorer]:
    """Every scorer, trained on sequences of catalog rows; ``vectors`` (n, d) and ``words`` (n, w) are of their titles."""
    return [
        Popularity(sequences, n), CoOccurrence(sequences, n), SessionKNN(sequences, n), train_gru4rec(sequences, n),
        Content(vectors), Content(vectors, "last"), Content(vectors, "mean"), Content(vectors, "max"),
        Words(words, "last"), Words(words, "max"),
    ]  # fmt: skip


def train_gru4rec(sequences: list[History], n: int) -> GRU4RecScorer:
    """GRU4Rec on sequences of catalog rows; hyper-parameters by the size of the log."""
    from tools.gru4rec.training import Trainer, training_data

    data = training_data([[str(i) for i in s] for s in sequences])
    small = data.events < LARGE
    config = GRU4RecConfig(
        layers=(96,), batch_size=32 if small else 64, n_sample=min(1024, 4 * len(data.item_ids)), epochs=8 if small else 5,
        dropout_p_embed=0.4, dropout_p_hidden=0.2 if small else 0.0, learning_rate=0.08,
    )  # fmt: skip
    trainer = Trainer(data, config, "cpu")
    trainer.run()
    return GRU4RecScorer(trainer.network, np.array([int(i) for i in data.item_ids]), n)
