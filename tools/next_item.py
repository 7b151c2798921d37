"""Next-item prediction: one protocol, and GRU4Rec behind it."""

from pathlib import Path
from typing import Protocol

import numpy as np

from catalog.errors import ModelMismatch
from catalog.products import Catalog

MAX_SESSION = 50


class NextItemModel(Protocol):
    """Scores every catalog row as the next item of a session."""

    name: str

    def scores(self, session: list[str]) -> np.ndarray | None:
        """Scores in catalog row order, (n,) float32, higher is likelier, -inf for items it never saw.

        None when the model knows no item of the session.
        """
        ...


class GRU4RecModel:
    """A trained GRU4Rec over the rows of a catalog."""

    name = "GRU4Rec"

    def __init__(self, path: Path, catalog: Catalog):
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
        self._model_rows = np.array([m for m, _ in pairs], np.int64)
        self._catalog_rows = np.array([c for _, c in pairs], np.int64)
        self._size = len(catalog)

    def scores(self, session: list[str]) -> np.ndarray | None:
        """Run the session through the network; unknown items are passed over."""
        import torch

        rows = [self._item_row[i] for i in session if i in self._item_row][-MAX_SESSION:]
        if not rows:
            return None
        network = self.network
        with torch.inference_mode():
            state = network.initial_state(1)
            for row in rows:
                out, state, _ = network.step(network.embed(torch.tensor([row])), state)
            scored = network.scores(out)[0].numpy()
        full = np.full(self._size, -np.inf, np.float32)
        full[self._catalog_rows] = scored[self._model_rows]
        return full
