"""The vector index of a catalog: FAISS over unit vectors, so that inner product is cosine similarity."""

import json
import os
from pathlib import Path

import faiss
import numpy as np

from catalog.errors import IndexMismatch

FORMAT = 1
FLAT_UP_TO = 50_000
EXACT_BELOW = 3_000
"""With fewer allowed rows than this, comparing each of them is faster than a filtered search of the lists."""
LISTS_PER_ROOT = 4  # times the square root of the rows
CODED_FROM = 400_000
"""With more rows than this, product codes: a sixth of the time in a list, so that more lists can be searched."""
PROBED_SHARE = 10  # one list of so many is searched when every row is allowed
SPREAD = 0.65  # by what power of their rarity more lists are searched when few rows are allowed
OVERFETCH = {
    True: 256,
    False: 64,
}  # coded or not: so many more are found by the codes, and ordered by the vectors


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
            lists = int(LISTS_PER_ROOT * np.sqrt(n))
            code = f"PQ{d // 6}" if n > CODED_FROM and d % 6 == 0 else "SQfp16"
            index = faiss.index_factory(d, f"IVF{lists},{code}", faiss.METRIC_INNER_PRODUCT)
            sample = np.random.default_rng(0).choice(n, min(n, lists * 64), replace=False)
            index.train(np.ascontiguousarray(vectors[np.sort(sample)]))
            faiss.extract_index_ivf(index).nprobe = max(16, lists // PROBED_SHARE)
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
            return self._refined(queries, k, None)
        count = int(np.count_nonzero(allowed))
        if count <= EXACT_BELOW:
            return self._among(queries, k, np.flatnonzero(allowed))
        selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        if isinstance(self._index, faiss.IndexFlat):
            parameters = faiss.SearchParameters(sel=selector)
        else:
            # The fewer rows a list has that are allowed, the more lists have to be searched for as many of them.
            lists = faiss.extract_index_ivf(self._index)
            nprobe = min(lists.nlist, int(lists.nprobe * (len(allowed) / count) ** SPREAD))
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=nprobe)
        return self._refined(queries, k, parameters)

    def _refined(
        self, queries: np.ndarray, k: int, parameters: faiss.SearchParameters | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Search; what lists hold as codes is ordered again by the exact vectors."""
        exact = isinstance(self._index, faiss.IndexFlat)
        more = 0 if exact else OVERFETCH[isinstance(self._index, faiss.IndexIVFPQ)]
        scores, ids = self._index.search(queries, k + more, params=parameters)
        scores = np.where(ids < 0, -np.inf, scores)
        if exact:
            return ids, scores
        for row, query in enumerate(queries):
            there = np.flatnonzero(ids[row] >= 0)
            scores[row, there] = np.asarray(self.vectors[ids[row, there]], np.float32) @ query
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(ids, order, 1), np.take_along_axis(scores, order, 1)

    def _among(self, queries: np.ndarray, k: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ids = np.full((len(queries), k), -1, np.int64)
        scores = np.full((len(queries), k), -np.inf, np.float32)
        if len(rows):
            similarity = queries @ np.asarray(self.vectors[rows], np.float32).T
            best = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
            ids[:, : best.shape[1]] = rows[best]
            scores[:, : best.shape[1]] = np.take_along_axis(similarity, best, 1)
        return ids, scores

    def changed(self, vectors: np.ndarray, rows: np.ndarray) -> "VectorIndex":
        """The same index over ``vectors`` (n', d) instead, of which only ``rows`` differ, are new, or are gone (>= n').

        Inverted lists are kept: only those rows leave them and come back in. A flat index is made anew, which is a
        copy of memory.
        """
        if isinstance(self._index, faiss.IndexFlat) or len(vectors) <= FLAT_UP_TO:
            return VectorIndex.build(vectors)
        index = faiss.clone_index(self._index)
        index.remove_ids(faiss.IDSelectorBatch(rows[rows < len(self)].astype(np.int64)))
        kept = rows[rows < len(vectors)].astype(np.int64)
        if len(kept):
            index.add_with_ids(np.ascontiguousarray(vectors[kept], np.float32), kept)
        return VectorIndex(index, vectors)

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
    def load(
        cls, folder: Path, fingerprints: dict[str, str], rows: int, mapped: bool = True
    ) -> "VectorIndex":
        """Read an index; IndexMismatch when it is missing, damaged, or was made for something else.

        ``mapped``: leave its lists on disk, where the system reads what is needed; to change it, read it whole.
        """
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
            index = faiss.read_index(str(folder / "vectors.faiss"), faiss.IO_FLAG_MMAP if mapped else 0)
        except (OSError, ValueError, RuntimeError) as error:
            raise IndexMismatch(
                f"The index in {folder} is damaged; rebuild it with `interarec index`."
            ) from error
        if vectors.shape[0] != rows or index.ntotal != rows:
            raise IndexMismatch(f"The index in {folder} is truncated; rebuild it with `interarec index`.")
        return cls(index, vectors)
