"""Scorers of next items: each gives every catalog row a score for each history of a batch.

Histories are lists of catalog rows, oldest first, never empty. Higher is likelier.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import scipy.sparse as sparse
import torch

from catalog.lexical import terms
from tools.gru4rec.network import Network

History = Sequence[int]
RECENCY = 0.8
UNSEEN = -20.0  # log-probability given to items that a model was not trained on


class Scorer(Protocol):
    """A next-item model over ``n`` catalog rows."""

    name: str

    def scores(self, histories: list[History]) -> np.ndarray:
        """(B, n) float32."""
        ...


class Popularity:
    """How often an item occurs in the log."""

    name = "popularity"

    def __init__(self, sequences: list[History], n: int):
        self.counts = np.bincount([i for s in sequences for i in s], minlength=n).astype(np.float32)

    @classmethod
    def of(cls, counts: np.ndarray) -> "Popularity":
        """From its table, (n,)."""
        made = cls.__new__(cls)
        made.counts = counts
        return made

    def scores(self, histories: list[History]) -> np.ndarray:
        """The same for every history."""
        return np.tile(np.log1p(self.counts), (len(histories), 1))


class CoOccurrence:
    """Items that occur near each other in the log; cosine-normalised, what comes after counting twice."""

    name = "cooccurrence"
    WINDOW = 6
    SHRINK = 5.0

    def __init__(self, sequences: list[History], n: int):
        rows, columns, values = [], [], []
        for sequence in sequences:
            for i, item in enumerate(sequence):
                for j in range(max(0, i - self.WINDOW), min(len(sequence), i + self.WINDOW + 1)):
                    if i != j:
                        rows.append(item)
                        columns.append(sequence[j])
                        values.append((1.0 if j > i else 0.5) * RECENCY ** (abs(i - j) - 1))
        together = sparse.csr_matrix((values, (rows, columns)), shape=(n, n), dtype=np.float32)
        counts = np.bincount([i for s in sequences for i in s], minlength=n)
        scale = sparse.diags((1 / np.sqrt(counts + self.SHRINK)).astype(np.float32))
        self.similar = (scale @ together @ scale).tocsr()

    @classmethod
    def of(cls, similar: sparse.csr_matrix) -> "CoOccurrence":
        """From its table, (n, n)."""
        made = cls.__new__(cls)
        made.similar = similar
        return made

    def scores(self, histories: list[History]) -> np.ndarray:
        """Sum over the history, the latest item counting most."""
        weights = _weighted(
            histories, self.similar.shape[0], lambda place, length: RECENCY ** (length - 1 - place)
        )
        return np.asarray((weights @ self.similar).todense(), np.float32)


class SessionKNN:
    """V-SKNN: items of the sessions most like this one (Ludewig and Jannach, UMUAI 2018)."""

    name = "knn"

    def __init__(self, sequences: list[History], n: int, neighbours: int = 200):
        pairs = [(s, i) for s, sequence in enumerate(sequences) for i in set(sequence)]
        rows, columns = zip(*pairs, strict=True)
        ones = np.ones(len(rows), np.float32)
        self._take(sparse.csr_matrix((ones, (rows, columns)), shape=(len(sequences), n)), neighbours)

    @classmethod
    def of(cls, sessions: sparse.csr_matrix, neighbours: int = 200) -> "SessionKNN":
        """From its table of which session holds which item, (s, n)."""
        made = cls.__new__(cls)
        made._take(sessions.tocsr(), neighbours)
        return made

    def _take(self, sessions: sparse.csr_matrix, neighbours: int) -> None:
        self.sessions = sessions
        support = np.asarray(self.sessions.sum(0)).ravel()
        self._idf = sparse.diags(np.log(sessions.shape[0] / np.maximum(support, 1)).astype(np.float32))
        self._lengths = np.sqrt(np.asarray(self.sessions.sum(1)).ravel())
        self.neighbours = neighbours

    def scores(self, histories: list[History]) -> np.ndarray:
        """Weighted by the similarity of the nearest sessions and the rarity of the items."""
        weights = _weighted(histories, self.sessions.shape[1], lambda place, length: (place + 1) / length)
        alike = np.asarray((weights @ self._idf @ self.sessions.T).todense()) / self._lengths
        if alike.shape[1] > self.neighbours:
            edge = np.partition(alike, -self.neighbours, axis=1)[:, -self.neighbours, None]
            alike[alike < edge] = 0
        return np.asarray((sparse.csr_matrix(alike) @ self.sessions @ self._idf).todense(), np.float32)


class Content:
    """Similarity of texts: to the last item, to the whole history, or to its nearest item."""

    def __init__(self, vectors: np.ndarray, mode: str = "blend"):
        self.name = "content" if mode == "blend" else f"content {mode}"
        self.vectors = vectors
        self.mode = mode

    def scores(self, histories: list[History]) -> np.ndarray:
        """Cosine similarities, (B, n)."""
        return np.stack([self._one(list(h)) for h in histories])

    def _one(self, history: list[int]) -> np.ndarray:
        similar = self.vectors[history] @ self.vectors.T
        if self.mode == "last":
            return np.asarray(similar[-1], np.float32)
        if self.mode == "max":
            return np.asarray(similar.max(0), np.float32)
        weights = RECENCY ** np.arange(len(history))[::-1]
        mean = weights @ similar / weights.sum()
        return np.asarray(mean if self.mode == "mean" else (mean + similar[-1]) / 2, np.float32)


def word_weights(titles: Sequence[str]) -> sparse.csr_matrix:
    """The words of titles by TF-IDF, (n, w), rows of length 1; they depend on no log."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    # A catalog whose titles have no word at all still has its other scorers.
    weigh = TfidfVectorizer(analyzer=lambda title: terms(title) or ["nothing"], sublinear_tf=True)
    return weigh.fit_transform(titles).astype(np.float32).tocsr()


class Words:
    """Likeness of titles by their words, to the last item or to the nearest of the history.

    Sentence embeddings blur names that products share ("RETROSPOT"); the words do not.
    """

    def __init__(self, weights: sparse.csr_matrix, mode: str):
        self.name, self.mode = f"words {mode}", mode
        self.weights, self._by_word = weights, weights.T.tocsr()

    def scores(self, histories: list[History]) -> np.ndarray:
        """Cosine similarities of the words, (B, n)."""
        return np.stack([self._one(list(h)) for h in histories])

    def _one(self, history: list[int]) -> np.ndarray:
        of = history[-1:] if self.mode == "last" else history
        return np.asarray((self.weights[of] @ self._by_word).toarray().max(0), np.float32)


class GRU4RecScorer:
    """A trained GRU4Rec, whose own item rows are ``rows`` of the catalog."""

    name = "gru4rec"

    def __init__(self, network: Network, rows: np.ndarray, n: int):
        self.network = network
        self.rows = rows
        self._own = {int(row): i for i, row in enumerate(rows)}
        self._n = n

    @torch.no_grad()
    def scores(self, histories: list[History]) -> np.ndarray:
        """Log-probabilities after the last known item of each history."""
        network = self.network
        known = [[self._own[i] for i in h if i in self._own] for h in histories]
        state = network.initial_state(len(known))
        last = torch.zeros(len(known), network.config.layers[-1])
        for step in range(max(map(len, known), default=0)):
            active = [j for j, h in enumerate(known) if step < len(h)]
            x = network.embed(torch.tensor([known[j][step] for j in active]))
            out, after, _ = network.step(x, [h[active] for h in state])
            for whole, part in zip(state, after, strict=True):
                whole[active] = part
            last[active] = out
        full = np.full((len(known), self._n), UNSEEN, np.float32)
        full[:, self.rows] = torch.log_softmax(network.scores(last), 1).numpy()
        full[[j for j, h in enumerate(known) if not h]] = UNSEEN
        return full


def _weighted(histories: list[History], n: int, weight: object) -> sparse.csr_matrix:
    assert callable(weight)
    rows, columns, values = [], [], []
    for j, history in enumerate(histories):
        for place, item in enumerate(history):
            rows.append(j)
            columns.append(item)
            values.append(weight(place, len(history)))
    return sparse.csr_matrix((np.array(values, np.float32), (rows, columns)), shape=(len(histories), n))


def whole_sequences(sequences: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """The sequences that are no beginning of another: rows of growing histories tell each event once."""
    kept: list[tuple[int, ...]] = []
    beginnings: set[tuple[int, ...]] = set()
    for sequence in sorted({tuple(s) for s in sequences}, key=lambda s: (-len(s), s)):
        if sequence in beginnings:
            continue
        kept.append(sequence)
        beginnings.update(sequence[:k] for k in range(2, len(sequence) + 1))
    return kept
