"""The vector index of a catalog: FAISS over unit vectors, so that inner product is cosine similarity."""

import json
import os
from pathlib import Path

import faiss
import numpy as np

from catalog.errors import IndexMismatch

FORMAT = 1
FLAT_UP_TO = 50_000
EXACT_BELOW = 20_000
"""With fewer allowed rows than this, comparing each of them is faster than a filtered graph or list search."""


class VectorIndex:
    """Nearest products by embedding; ids are catalog rows.

    Flat for small catalogs, inverted lists above ``FLAT_UP_TO``. The vectors themselves lie in a memory-mapped
    file beside the index, for exact search among few allowed rows.
    """

    def __init__(self, index: faiss.Index, vectors: np.ndarray):
        self._index = index
        self.vectors = vectors

    def __len__(self) -> int:
        return int(self.vectors.shape[0])

    @classmethod
    def build(cls, vectors: np.ndarray) -> "VectorIndex":
        """Index unit vectors, (n, d) float32."""
        n, d = vectors.shape
        if n <= FLAT_UP_TO:
            index: faiss.Index = faiss.IndexFlatIP(d)
        else:
            lists = int(4 * np.sqrt(n))
            index = faiss.index_factory(d, f"IVF{lists},SQfp16", faiss.METRIC_INNER_PRODUCT)
            sample = np.random.default_rng(0).choice(n, min(n, lists * 64), replace=False)
            index.train(np.ascontiguousarray(vectors[np.sort(sample)]))
            index.nprobe = max(16, lists // 40)
        index.add(vectors)
        return cls(index, vectors)

    def search(
        self, queries: np.ndarray, k: int, allowed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The ``k`` nearest rows of each query among the allowed: ids and scores, both (q, k).

        ``queries`` (q, d) float32; ``allowed`` (n,) bool. Missing places hold id -1 and score -inf.
        """
        queries = np.ascontiguousarray(queries, np.float32)
        if allowed is None:
            scores, ids = self._index.search(queries, k)
            return ids, np.where(ids < 0, -np.inf, scores)
        rows = np.flatnonzero(allowed)
        if len(rows) <= EXACT_BELOW:
            return self._among(queries, k, rows)
        selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        if isinstance(self._index, faiss.IndexFlat):
            parameters = faiss.SearchParameters(sel=selector)
        else:
            parameters = faiss.SearchParametersIVF(
                sel=selector, nprobe=faiss.extract_index_ivf(self._index).nprobe
            )
        scores, ids = self._index.search(queries, k, params=parameters)
        return ids, np.where(ids < 0, -np.inf, scores)

    def _among(self, queries: np.ndarray, k: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ids = np.full((len(queries), k), -1, np.int64)
        scores = np.full((len(queries), k), -np.inf, np.float32)
        if len(rows):
            similarity = queries @ np.asarray(self.vectors[rows], np.float32).T
            best = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
            ids[:, : best.shape[1]] = rows[best]
            scores[:, : best.shape[1]] = np.take_along_axis(similarity, best, 1)
        return ids, scores

    def save(self, folder: Path, fingerprints: dict[str, str]) -> None:
        """Write index, vectors and what they were made for; each file is replaced whole."""
        folder.mkdir(parents=True, exist_ok=True)
        mark = os.getpid()
        np.save(folder / f".vectors-{mark}.npy", np.asarray(self.vectors))
        faiss.write_index(self._index, str(folder / f".index-{mark}"))
        about = {"format": FORMAT, "rows": len(self), **fingerprints}
        (folder / f".about-{mark}").write_text(json.dumps(about))
        os.replace(folder / f".vectors-{mark}.npy", folder / "vectors.npy")
        os.replace(folder / f".index-{mark}", folder / "vectors.faiss")
        os.replace(folder / f".about-{mark}", folder / "index.json")

    @classmethod
    def load(cls, folder: Path, fingerprints: dict[str, str], rows: int) -> "VectorIndex":
        """Read an index; IndexMismatch when it is missing, damaged, or was made for something else."""
        try:
            about = json.loads((folder / "index.json").read_text())
        except (OSError, ValueError) as error:
            raise IndexMismatch(
                f"{folder} holds no usable index; rebuild it with `interarec index`."
            ) from error
        expected = {"format": FORMAT, "rows": rows, **fingerprints}
        if about != expected:
            raise IndexMismatch(
                f"The index in {folder} was made for another catalog or model; rebuild it with `interarec index`."
            )
        try:
            vectors = np.load(folder / "vectors.npy", mmap_mode="r")
            index = faiss.read_index(str(folder / "vectors.faiss"), faiss.IO_FLAG_MMAP)
        except (OSError, ValueError, RuntimeError) as error:
            raise IndexMismatch(
                f"The index in {folder} is damaged; rebuild it with `interarec index`."
            ) from error
        if vectors.shape[0] != rows or index.ntotal != rows:
            raise IndexMismatch(f"The index in {folder} is truncated; rebuild it with `interarec index`.")
        return cls(index, vectors)
