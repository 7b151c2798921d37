"""Catalog retrieval: dense and lexical search, fused, among the rows that satisfy the wishes."""

import numpy as np

from catalog.encoder import Encoder
from catalog.index import VectorIndex
from catalog.lexical import LexicalIndex
from tools.needs import Candidate

LEXICAL_WEIGHT = 0.55
POOL = 200


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
        dense_ids, dense_scores = self.vectors.search(vector, max(POOL, k), allowed)
        dense = {int(i): float(s) for i, s in zip(dense_ids[0], dense_scores[0], strict=True) if i >= 0}
        worded, impacts = self.words.top(query, POOL, allowed)
        lexical = dict(zip(worded.tolist(), impacts.tolist(), strict=True))
        best_lexical = max(lexical.values(), default=0.0)
        unworded = np.array([r for r in dense if r not in lexical], np.int64)
        lexical |= dict(zip(unworded.tolist(), self.words.scores_of(query, unworded).tolist(), strict=True))
        rows = set(dense) | set(lexical)
        missing = [r for r in rows if r not in dense]
        if missing:
            similar = np.asarray(self.vectors.vectors[missing]) @ vector[0]
            dense |= dict(zip(missing, similar.tolist(), strict=True))
        scored = []
        for row in rows:
            word_part = lexical[row] / best_lexical if best_lexical > 0 else 0.0
            meaning = max(0.0, dense[row])
            score = LEXICAL_WEIGHT * word_part + (1 - LEXICAL_WEIGHT) * meaning
            scored.append((score, -row, {"words": round(word_part, 4), "meaning": round(meaning, 4)}))
        scored.sort(key=lambda s: (-s[0], -s[1]))
        return [
            Candidate(item_id=self.item_ids[-row], score=score, source="retrieval", parts=parts)
            for score, row, parts in scored[:k]
        ]
