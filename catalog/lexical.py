"""Lexical search over product texts: BM25 with stemmed words, by the library bm25s."""

import copy
import json
import math
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import bm25s
import numpy as np

from catalog.errors import IndexMismatch

ABOUT = "about.json"
COMMON = 50_000  # rows: a list that long is worth looking up in instead of adding up
WORD = re.compile(r"[a-z0-9]+(?:[.'][a-z0-9]+)*")
STOP = frozenset(
    "a an and are as at be by for from in is it me my of on or that the this to with some any i you "
    "want need show find looking please something what".split()
)


IRREGULAR = {
    "mice": "mouse",
    "scarves": "scarf",
    "knives": "knife",
    "shelves": "shelf",
    "children": "child",
    "feet": "foot",
}


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A light plural stemmer: enough for product words, and it never joins two different products.

    >>> [stem(w) for w in ("cases", "watches", "glass", "batteries", "bags")]
    ['case', 'watch', 'glass', 'battery', 'bag']
    """
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def terms(text: str) -> list[str]:
    """The stemmed words of a text, without stop words.

    >>> terms("Phone cases for the iPhone 14")
    ['phone', 'case', 'iphone', '14']
    """
    return [stem(w) for w in WORD.findall(text.lower()) if w not in STOP]


class LexicalIndex:
    """BM25 of products for a query: of all of them, or of the best few without looking at the rest."""

    def __init__(self, texts: list[str]):
        self._size = len(texts)
        corpus = [terms(t) or ["nothing"] for t in texts]
        self._mean_length = float(np.mean([len(c) for c in corpus]))
        self._model = bm25s.BM25(method="lucene")
        self._model.index(corpus, show_progress=False)
        self._own: dict[int, Counter[str]] = {}
        self._stale = np.zeros(0, np.int64)

    def __len__(self) -> int:
        return self._size

    def changed(self, rows: np.ndarray, texts: list[str], size: int) -> "LexicalIndex":
        """The same index with other texts for ``rows``, and ``size`` rows in all.

        The changed rows are kept beside the lists, which stay as they are; each costs a query a microsecond.
        """
        other = copy.copy(self)
        fresh = {int(r): Counter(terms(t)) for r, t in zip(rows, texts, strict=True)}
        other._own = {r: c for r, c in {**self._own, **fresh}.items() if r < size}
        gone = np.arange(size, self._size)
        other._stale = np.unique(np.concatenate([self._stale, rows, gone])).astype(np.int64)
        other._size = size
        return other

    def save(self, folder: Path, fingerprint: str, lists: bool = True) -> None:
        """Write the lists and what they belong to; with ``lists`` false only what has changed beside them."""
        if lists:
            shutil.rmtree(folder, ignore_errors=True)
            self._model.save(str(folder), show_progress=False)
        about = {
            "fingerprint": fingerprint, "size": self._size, "mean_length": self._mean_length,
            "stale": self._stale.tolist(), "own": list(self._own),
        }  # fmt: skip
        unfinished = folder / f".about-{os.getpid()}"
        unfinished.write_text(json.dumps(about))
        os.replace(unfinished, folder / ABOUT)

    @classmethod
    def load(cls, folder: Path, fingerprint: str, text_of: Callable[[int], str]) -> "LexicalIndex":
        """Read an index, its lists left on disk; IndexMismatch when it is missing or of something else."""
        try:
            about = json.loads((folder / ABOUT).read_text())
            model = bm25s.BM25.load(str(folder), mmap=True)
        except (OSError, ValueError, KeyError) as error:
            raise IndexMismatch(f"{folder} holds no usable index of words.") from error
        if about["fingerprint"] != fingerprint:
            raise IndexMismatch(f"The index of words in {folder} was made for another catalog.")
        index = cls.__new__(cls)
        index._model, index._size, index._mean_length = model, about["size"], about["mean_length"]
        index._stale = np.array(about["stale"], np.int64)
        index._own = {row: Counter(terms(text_of(row))) for row in about["own"]}
        return index

    @property
    def changes(self) -> int:
        """How many rows are kept beside the lists."""
        return len(self._stale)

    def scores(self, query: str) -> np.ndarray:
        """BM25 of each row, (n,) float32; zero where no word of the query occurs."""
        total = np.zeros(max(self._size, int(self._model.scores["num_docs"])), np.float32)
        for rows, impacts in self._postings(query):
            total[rows] += impacts
        total[self._stale] = 0
        total = total[: self._size]
        rows, scores = self._of_changed(query)
        total[rows] = scores
        return total

    def top(self, query: str, k: int, allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The ``k`` best allowed rows that have a word of the query, best first, and their BM25; fewer where fewer have.

        Terms are taken from the rarest on. Once ``k`` rows score more than all that the common terms left could add,
        those are only looked up for the rows found so far (MaxScore; Turtle and Flood 1995).
        """
        postings = sorted(self._postings(query), key=lambda p: len(p[0]))
        ceilings = np.cumsum([float(impacts.max()) for _, impacts in postings[::-1]])[::-1]
        total = np.zeros(self._size, np.float32)
        named: list[np.ndarray] = []
        for i, (rows, impacts) in enumerate(postings):
            if named and len(rows) > COMMON:
                known = np.unique(np.concatenate(named))
                if len(known) >= k and np.partition(total[known], -k)[-k] >= ceilings[i]:
                    for listed, more in postings[i:]:
                        total[known] += _looked_up(known, listed, more)
                    break
            if len(self._stale):  # lists may name rows that are gone or have other words now
                usable = allowed[np.minimum(rows, self._size - 1)] & (rows < self._size)
                usable &= ~np.isin(rows, self._stale, assume_unique=True)
            else:
                usable = allowed[rows]
            total[rows[usable]] += impacts[usable]
            named.append(rows[usable])
        found = np.concatenate(named).astype(np.int64) if named else np.zeros(0, np.int64)
        enough = k * max(1, len(named))  # a row is named once by each of its words
        if len(found) > enough:
            found = found[np.argpartition(-total[found], enough - 1)[:enough]]
        found = np.unique(found)
        scores = total[found]
        own_rows, own = self._of_changed(query)
        if len(own_rows):
            usable = allowed[own_rows]
            found = np.concatenate([found, own_rows[usable]])
            scores = np.concatenate([scores, own[usable]])
        if len(found) > k:
            best = np.argpartition(-scores, k - 1)[:k]
            found, scores = found[best], scores[best]
        order = np.lexsort((found, -scores))
        return found[order], scores[order]

    def scores_of(self, query: str, rows: np.ndarray) -> np.ndarray:
        """BM25 of some rows, (m,) float32."""
        total = np.zeros(len(rows), np.float32)
        for listed, impacts in self._postings(query):
            total += _looked_up(rows, listed, impacts)
        total[np.isin(rows, self._stale)] = 0
        own = dict(zip(*(a.tolist() for a in self._of_changed(query)), strict=True))
        return np.where([int(r) in own for r in rows], [own.get(int(r), 0.0) for r in rows], total).astype(
            np.float32
        )

    def _postings(self, query: str) -> list[tuple[np.ndarray, np.ndarray]]:
        """Rows, ascending, and impacts of each word of the query that any product has."""
        lists, vocabulary = self._model.scores, self._model.vocab_dict
        tokens = [vocabulary[t] for t in dict.fromkeys(terms(query)) if t in vocabulary]
        spans = [slice(int(lists["indptr"][t]), int(lists["indptr"][t + 1])) for t in tokens]
        return [(lists["indices"][s], lists["data"][s]) for s in spans if s.stop > s.start]

    def _of_changed(self, query: str) -> tuple[np.ndarray, np.ndarray]:
        """The changed rows that have a word of the query, and their BM25 by the statistics of the lists."""
        if not self._own:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        lists, vocabulary = self._model.scores, self._model.vocab_dict
        documents = int(lists["num_docs"])
        scored: dict[int, float] = {}
        for term in dict.fromkeys(terms(query)):
            token = vocabulary.get(term)
            df = int(lists["indptr"][token + 1] - lists["indptr"][token]) if token is not None else 0
            idf = math.log(1 + (documents - df + 0.5) / (df + 0.5))
            for row, counted in self._own.items():
                if tf := counted.get(term, 0):
                    length = counted.total() / self._mean_length
                    k1, b = self._model.k1, self._model.b
                    scored[row] = scored.get(row, 0.0) + idf * tf / (k1 * (1 - b + b * length) + tf)
        return np.array(list(scored), np.int64), np.array(list(scored.values()), np.float32)


def _looked_up(wanted: np.ndarray, rows: np.ndarray, impacts: np.ndarray) -> np.ndarray:
    """The impacts of the wanted rows in an ascending list, zero where it has them not."""
    places = np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)
    return np.where(rows[places] == wanted, impacts[places], 0).astype(np.float32)
