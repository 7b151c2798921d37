"""Lexical search over product texts: BM25 with stemmed words, by the library bm25s."""

import re
from functools import lru_cache

import bm25s
import numpy as np

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
    """BM25 scores of every product for a query."""

    def __init__(self, texts: list[str]):
        self._size = len(texts)
        corpus = [terms(t) or ["nothing"] for t in texts]
        self._model = bm25s.BM25(method="lucene")
        self._model.index(corpus, show_progress=False)

    def scores(self, query: str) -> np.ndarray:
        """BM25 of each row, (n,) float32; zero where no word of the query occurs."""
        words = [t for t in terms(query) if t in self._model.vocab_dict]
        if not words:
            return np.zeros(self._size, np.float32)
        return np.asarray(self._model.get_scores(words), np.float32)
