"""Catalog retrieval: dense and lexical search, fused, among the rows that satisfy the wishes."""

import numpy as np

from catalog.encoder import Encoder
from catalog.index import VectorIndex
from catalog.lexical import LexicalIndex
from tools.needs import Candidate

LEXICAL_WEIGHT = 0.55
POOL = 120


class Retriever:
    """Search over one catalog's vectors and words."""

    def __init__(self, encoder: Encoder, vectors: VectorIndex, words: LexicalIndex, item_ids: list[str]):
        self.encoder = encoder
        self.vectors = vectors
        self.words = words
        self.item_ids = item_ids

    def search(self, query: str, k: int, allowed: np.ndarray) -> list[Candidate]:
        """The ``k`` best rows for a query among the allowed ones, (n,) bool, with a score from 0 to 1.

        Cosine similarity and BM25, each relative to its best, in a weighted sum. As many are returned as
        there are allowed rows, up to ``k``: filters never leave a result short.
        """
        if not allowed.any():
            return []
        vector = self.encoder.encode([query])
        pool = max(POOL, k)
        near, cosines = (found[0] for found in self.vectors.search(vector, pool, allowed))
        near, cosines = near[near >= 0], cosines[near >= 0]
        worded, impacts = self.words.top(query, pool, allowed)
        rows = np.union1d(near, worded)
        meaning = np.full(len(rows), np.nan, np.float32)
        meaning[np.searchsorted(rows, near)] = cosines
        missing = np.isnan(meaning)
        if missing.any():
            meaning[missing] = np.asarray(self.vectors.vectors[rows[missing]], np.float32) @ vector[0]
        lexical = np.full(len(rows), np.nan, np.float32)
        lexical[np.searchsorted(rows, worded)] = impacts
        unworded = np.isnan(lexical)
        lexical[unworded] = self.words.scores_of(query, rows[unworded])
        words = lexical / lexical.max() if lexical.max() > 0 else np.zeros(len(rows), np.float32)
        meaning = np.maximum(meaning, 0.0)
        scores = LEXICAL_WEIGHT * words + (1 - LEXICAL_WEIGHT) * meaning
        return [
            Candidate(
                item_id=self.item_ids[rows[i]], score=float(scores[i]), source="retrieval",
                parts={"words": round(float(words[i]), 4), "meaning": round(float(meaning[i]), 4)},
            )
            for i in np.lexsort((rows, -scores))[:k]
        ]  # fmt: skip
