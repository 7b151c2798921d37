"""Next-item prediction: one protocol, and GRU4Rec behind it."""

from functools import cached_property
from pathlib import Path
from typing import Protocol

import faiss
import numpy as np

from catalog.errors import ModelMismatch
from catalog.products import Catalog

MAX_SESSION = 50
FAISS_ABOVE = 20_000  # items; with fewer, scoring all of them is as fast
LISTS_PER_ROOT = 4
PROBED = 10  # one list of so many is searched
LEAST_KNOWN = 50  # items to learn from how texts and items go together
RIDGE = 0.5
MOST_UNSEEN = 300_000  # catalog rows up to which items that the model never saw get a score


class NextItemModel(Protocol):
    """Scores every catalog row as the next item of a session."""

    name: str

    def scores(self, session: list[str]) -> np.ndarray | None:
        """Scores in catalog row order, (n,) float32, higher is likelier, -inf for items that it cannot score.

        None when the model knows no item of the session.
        """
        ...


class GRU4RecModel:
    """A trained GRU4Rec over the rows of a catalog.

    With ``vectors``, the catalog's text embeddings (n, d), items that the model never saw are scored as if they
    had the item vector that a ridge regression from text to item vectors expects of them.
    """

    name = "GRU4Rec"

    def __init__(self, path: Path, catalog: Catalog, vectors: np.ndarray | None = None):
        from tools.gru4rec import checkpoint

        self.network, item_ids, about = checkpoint.load(path)
        trained_on = about.get("catalog")
        if (
            trained_on
            and trained_on != catalog.fingerprint
            and not any(i in catalog for i in item_ids[:2000])
        ):
            raise ModelMismatch(
                f"The model {path.name} was trained on another catalog; train one for {catalog.name!r} with "
                "`interarec train`."
            )
        self._item_row = {item: row for row, item in enumerate(item_ids)}
        pairs = [(row, catalog.row(item)) for item, row in self._item_row.items() if item in catalog]
        model_rows = np.array([m for m, _ in pairs], np.int64)
        known = np.array([c for _, c in pairs], np.int64)
        tables = self.network.tables
        learnt = np.hstack([tables["output"].numpy(), tables["bias"].numpy()])
        self._table = np.zeros((len(catalog), learnt.shape[1]), np.float32)
        self._table[known] = learnt[model_rows]
        self.scored = np.zeros(len(catalog), bool)
        self.scored[known] = True
        if vectors is not None and len(known) >= LEAST_KNOWN and len(catalog) <= MOST_UNSEEN:
            self._imagine(np.asarray(vectors, np.float32), known)

    def _imagine(self, vectors: np.ndarray, known: np.ndarray) -> None:
        unseen = np.flatnonzero(~self.scored)
        if not len(unseen):
            return
        x, y = vectors[known], self._table[known]
        mean_x, mean_y = x.mean(0), y.mean(0)
        x = x - mean_x
        weights = np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1], dtype=np.float32), x.T @ (y - mean_y))
        self._table[unseen] = (vectors[unseen] - mean_x) @ weights + mean_y
        self.scored[unseen] = True

    def scores(self, session: list[str]) -> np.ndarray | None:
        """Run the session through the network; unknown items are passed over."""
        states = self._states([session])
        if states is None:
            return None
        return np.where(self.scored, self._table @ states[0], -np.inf).astype(np.float32)

    def top(self, sessions: list[list[str]], k: int) -> tuple[np.ndarray, np.ndarray]:
        """The ``k`` likeliest catalog rows of each session and their scores, both (s, k).

        Above ``FAISS_ABOVE`` items they come from inverted lists by inner product. Sessions of unknown items get
        row -1 and score -inf.
        """
        states = self._states(sessions)
        rows = np.full((len(sessions), k), -1, np.int64)
        scores = np.full((len(sessions), k), -np.inf, np.float32)
        if states is None:
            return rows, scores
        found, ids = self._index.search(states, min(k, int(self.scored.sum())))
        known = np.any(states != 0, axis=1)
        rows[known, : ids.shape[1]] = np.where(ids >= 0, self._searched[np.maximum(ids, 0)], -1)[known]
        scores[known, : ids.shape[1]] = found[known]
        return rows, scores

    @cached_property
    def _searched(self) -> np.ndarray:
        return np.flatnonzero(self.scored)

    @cached_property
    def _index(self) -> faiss.Index:
        table = np.ascontiguousarray(self._table[self._searched])
        n, width = table.shape
        if n <= FAISS_ABOVE:
            index: faiss.Index = faiss.IndexFlatIP(width)
        else:
            lists = int(LISTS_PER_ROOT * np.sqrt(n))
            index = faiss.index_factory(width, f"IVF{lists},Flat", faiss.METRIC_INNER_PRODUCT)
            index.train(table)
            faiss.extract_index_ivf(index).nprobe = max(16, lists // PROBED)
        index.add(table)
        return index

    def _states(self, sessions: list[list[str]]) -> np.ndarray | None:
        """The last hidden state of each session with a one for the bias, (s, h + 1); zeros where nothing is known."""
        import torch

        known = [[self._item_row[i] for i in s if i in self._item_row][-MAX_SESSION:] for s in sessions]
        if not any(known):
            return None
        network = self.network
        order = sorted(range(len(known)), key=lambda j: -len(known[j]))
        out = torch.zeros(len(known), network.config.layers[-1] + 1)
        with torch.inference_mode():
            state = network.initial_state(len(known))
            for step in range(len(known[order[0]])):
                # Longest first: those that are still going on are the first so many.
                going = sum(len(known[j]) > step for j in order)
                x = network.embed(torch.tensor([known[j][step] for j in order[:going]]))
                last, state, _ = network.step(x, [h[:going] for h in state])
                places = torch.tensor(order[:going])
                out[places, :-1] = last
                out[places, -1] = 1.0
        return np.ascontiguousarray(out.numpy())
