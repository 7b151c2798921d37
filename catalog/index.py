"""The vector index of a catalog: FAISS over unit vectors, so that inner product is cosine similarity."""

import json
import os
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from catalog.errors import IndexMismatch

FORMAT = 1
FLAT_UP_TO = 50_000
EXACT_BELOW = 3_000
"""With fewer allowed rows than this, comparing each of them is faster than a filtered search of the lists."""
LISTS_PER_ROOT = 4  # times the square root of the rows
CODED_FROM = 400_000
"""With more rows than this, product codes of four bits that are summed in registers (Andre et al. 2017): a tenth of the time in
a list, so that more lists can be searched."""
SHARE = {
    True: 0.18,
    False: 0.1,
}  # coded or not: of the allowed rows, how many the lists that are searched hold
SPREAD = (
    0.38  # by what power of its rarity that share grows when few rows are allowed: they lie further apart
)
EVENLY = 0.8  # what of that share is enough where every list holds some of them
MOST = 0.5
FEW = 0.5  # of the rows: with more of them allowed, all lists hold about the same share of allowed ones
SAMPLED = 50_000
"""So many allowed rows tell well enough how many of them each list holds."""
CROWDED = 0.6
"""Where a tenth of the lists hold more than this share of the allowed rows, these are of one sort, and lie further from a query."""
MOST_BESIDE = (
    50_000  # rows that changed: above, comparing each with a query takes longer than searching the lists
)
OVERFETCH = {
    True: 512,
    False: 64,
}  # coded or not: so many more are found by the codes, and ordered by the vectors


class VectorIndex:
    """Nearest products by embedding; ids are catalog rows.

    Flat for small catalogs, inverted lists above ``FLAT_UP_TO``. The vectors themselves lie in a memory-mapped
    file beside the index, for exact search among few allowed rows.
    """

    def __init__(self, index: faiss.Index, vectors: np.ndarray, beside: np.ndarray | None = None):
        self._index = index
        self.vectors = vectors
        self._beside = np.zeros(0, np.int64) if beside is None else beside
        """Rows that changed since the lists were made: what these say of them is passed over, and each is compared exactly."""

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
            code = f"PQ{d // 3}x4fs" if n > CODED_FROM and d % 6 == 0 else "SQfp16"
            index = faiss.index_factory(d, f"IVF{lists},{code}", faiss.METRIC_INNER_PRODUCT)
            sample = np.random.default_rng(0).choice(n, min(n, lists * 64), replace=False)
            index.train(np.ascontiguousarray(vectors[np.sort(sample)]))
        index.add(vectors)
        return cls(index, vectors)

    def search(
        self, queries: np.ndarray, k: int, allowed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The ``k`` nearest rows of each query among the allowed: ids and scores, both (q, k).

        ``queries`` (q, d) float32; ``allowed`` (n,) bool. Missing places hold id -1 and score -inf.
        """
        queries = np.ascontiguousarray(queries, np.float32)
        if allowed is not None and allowed.all():
            allowed = None
        if allowed is not None and np.count_nonzero(allowed) <= EXACT_BELOW:
            return self._among(queries, k, np.flatnonzero(allowed))
        if isinstance(self._index, faiss.IndexFlat):
            parameters = faiss.SearchParameters(sel=_selector(allowed)) if allowed is not None else None
            scores, ids = self._index.search(queries, k, params=parameters)
            return ids, np.where(ids < 0, -np.inf, scores)
        own = self._beside[self._beside < len(self)]
        own = own if allowed is None else own[allowed[own]]
        allowed = self._in_lists(allowed)
        ids, scores = np.empty((len(queries), k), np.int64), np.empty((len(queries), k), np.float32)
        held = self._held(allowed)
        for row, query in enumerate(queries):
            ids[row], scores[row] = self._best(
                query, k, np.concatenate([self._found(query, k, allowed, held), own])
            )
        return ids, scores

    def _in_lists(self, allowed: np.ndarray | None) -> np.ndarray | None:
        """The rows that the lists may answer with, (listed,) bool: the allowed ones that did not change since."""
        if not len(self._beside) and self._index.ntotal == len(self):
            return allowed
        usable = np.zeros(max(self._index.ntotal, len(self)), bool)
        usable[: len(self)] = True if allowed is None else allowed
        usable[self._beside] = False
        return usable[: self._index.ntotal]

    @property
    def _coded(self) -> bool:
        return isinstance(self._index, faiss.IndexIVFPQFastScan)

    def _held(self, allowed: np.ndarray | None) -> np.ndarray | float:
        """How many allowed rows each list holds, (lists,); or the share of the lists to search, where all hold alike."""
        count = 0 if allowed is None else int(np.count_nonzero(allowed))
        if allowed is None or count > FEW * len(allowed):
            return SHARE[self._coded]
        step = max(1, count // SAMPLED)
        counted = np.bincount(self._list_of_row[::step][allowed[::step]], minlength=len(self._centroids))
        return step * counted

    def _lists_for(self, query: np.ndarray, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The lists nearest to a query that hold enough allowed rows, and their likeness to it."""
        lists, allowed = len(held), max(1, int(held.sum()))
        fullest = np.partition(held, -(lists // 10))[-(lists // 10) :]
        crowded = fullest.sum() > CROWDED * allowed
        spread = (self._index.ntotal / allowed) ** SPREAD if crowded else EVENLY
        share = min(MOST, SHARE[self._coded] * spread)
        likeness = self._centroids @ query
        nearest = np.argsort(-likeness)
        if crowded:
            nearest = nearest[held[nearest] > 0]
        reached = np.cumsum(held[nearest])
        chosen = nearest[: max(16, int(np.searchsorted(reached, share * allowed)) + 1)]
        return chosen, likeness[chosen]

    @cached_property
    def _centroids(self) -> np.ndarray:
        lists = faiss.extract_index_ivf(self._index)
        centroids: np.ndarray = lists.quantizer.reconstruct_n(0, lists.nlist)
        return centroids

    @cached_property
    def _list_of_row(self) -> np.ndarray:
        lists = faiss.extract_index_ivf(self._index)
        held: Any = lists.invlists
        of_row = np.zeros(self._index.ntotal, np.int32)
        for number in range(lists.nlist):
            if size := held.list_size(number):
                of_row[faiss.rev_swig_ptr(held.get_ids(number), size)] = number
        return of_row

    def _found(
        self, query: np.ndarray, k: int, allowed: np.ndarray | None, held: np.ndarray | float
    ) -> np.ndarray:
        """The rows that the lists near a query offer: more than ``k``, since their codes order them only roughly."""
        wanted = k + OVERFETCH[self._coded]
        if isinstance(held, float):
            nprobe = max(16, int(held * len(self._centroids)))
            parameters = faiss.SearchParametersIVF(nprobe=nprobe)
            if allowed is not None:
                parameters = faiss.SearchParametersIVF(sel=_selector(allowed), nprobe=nprobe)
            _, found = self._index.search(query[None], wanted, params=parameters)
        else:
            assert allowed is not None
            lists, likeness = self._lists_for(query, held)
            parameters = faiss.SearchParametersIVF(sel=_selector(allowed), nprobe=len(lists))
            found = _search_lists(self._index, query, wanted, lists, likeness, parameters)
        rows: np.ndarray = found[0][found[0] >= 0]
        return rows

    def _best(self, query: np.ndarray, k: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The ``k`` rows nearest to a query by the exact vectors; missing places hold -1 and -inf."""
        ids, scores = np.full(k, -1, np.int64), np.full(k, -np.inf, np.float32)
        if len(rows):
            similar = np.asarray(self.vectors[rows], np.float32) @ query
            best = np.argsort(-similar, kind="stable")[:k]
            ids[: len(best)], scores[: len(best)] = rows[best], similar[best]
        return ids, scores

    def _among(self, queries: np.ndarray, k: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = [self._best(query, k, rows) for query in queries]
        return np.stack([ids for ids, _ in found]), np.stack([scores for _, scores in found])

    def changed(self, vectors: np.ndarray, rows: np.ndarray) -> "VectorIndex":
        """The same index over ``vectors`` (n', d) instead, of which only ``rows`` differ, are new, or are gone (>= n').

        Inverted lists are kept: the rows are set beside them, and each costs a query a fraction of a microsecond. A
        flat index, or one with more than ``MOST_BESIDE`` such rows, is made anew.
        """
        beside = np.unique(np.concatenate([self._beside, rows, np.arange(len(vectors), len(self))])).astype(
            np.int64
        )
        if (
            isinstance(self._index, faiss.IndexFlat)
            or len(vectors) <= FLAT_UP_TO
            or len(beside) > MOST_BESIDE
        ):
            return VectorIndex.build(vectors)
        known = max(self._index.ntotal, len(vectors))
        return VectorIndex(self._index, vectors, beside[beside < known])

    def save(self, folder: Path, fingerprints: dict[str, str]) -> None:
        """Write index, vectors and what they were made for; each file is replaced whole."""
        folder.mkdir(parents=True, exist_ok=True)
        mark = os.getpid()
        np.save(folder / f".vectors-{mark}.npy", np.asarray(self.vectors))
        faiss.write_index(self._index, str(folder / f".index-{mark}"))
        about = {"format": FORMAT, "rows": len(self), "beside": self._beside.tolist(), **fingerprints}
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
        beside = np.array(about.pop("beside", []), np.int64)
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
        unlisted = np.setdiff1d(np.arange(index.ntotal, rows), beside)
        unmade = np.setdiff1d(np.arange(rows, index.ntotal), beside)
        if vectors.shape[0] != rows or len(unlisted) or len(unmade):
            raise IndexMismatch(f"The index in {folder} is truncated; rebuild it with `interarec index`.")
        return cls(index, vectors, beside)


def _selector(allowed: np.ndarray) -> faiss.IDSelector:
    return faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))


def _search_lists(
    index: faiss.Index, query: np.ndarray, k: int, lists: np.ndarray, likeness: np.ndarray, parameters: Any
) -> np.ndarray:
    """The ids that these lists of an index offer a query, (1, k), -1 where there are fewer.

    FAISS's own wrapper of this search takes no parameters, and so no selector.
    """
    x, lists = np.ascontiguousarray(query, np.float32), np.ascontiguousarray(lists, np.int64)
    likeness = np.ascontiguousarray(likeness, np.float32)
    scores, ids = np.empty((1, k), np.float32), np.empty((1, k), np.int64)
    pointers = (faiss.swig_ptr(a) for a in (lists, likeness, scores, ids))
    index.search_preassigned_c(1, faiss.swig_ptr(x), k, *pointers, False, parameters)
    return ids
