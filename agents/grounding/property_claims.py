"""Claims about what a product is, has or does, in words that its record does not have.

Whether a word speaks of a product's properties ("dishwasher") or belongs to conversation ("lovely") is told by a
logistic model over the word's embedding; ``evaluation.grounding.training`` fits it and writes the weights.
"""

import json
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from cachetools import LRUCache
from pydantic import BaseModel

from agents.grounding.records import WORD, Known, stems
from agents.grounding.subjects import PLAIN, Sentence, mentioned

WEIGHTS = Path(__file__).parent / "property_words.json"
KEPT = 20_000  # words
ALIKE = 0.62  # cosine: from here on one word stands for another, as "cordless" for "wireless"


class WordVectors:
    """Embeddings of single words by an encoder, kept: a conversation uses few."""

    def __init__(self, encode: Callable[[list[str]], np.ndarray]):
        self._encode = encode
        self._kept: LRUCache[str, np.ndarray] = LRUCache(KEPT)
        self._lock = threading.Lock()

    def __call__(self, words: list[str]) -> np.ndarray:
        """Embed ``n`` words: (n, d), rows of length 1."""
        with self._lock:
            new = [w for w in dict.fromkeys(words) if w not in self._kept]
            found = dict(zip(new, self._encode(new), strict=True)) if new else {}
            self._kept.update(found)
            return np.stack([found[w] if w in found else self._kept[w] for w in words])


class PropertyWords(BaseModel):
    """A logistic model over word embeddings, (d,) weights and a bias, with the score from which a word counts."""

    weights: list[float]
    bias: float
    threshold: float
    threshold_elsewhere: float
    """The score from which a word counts that another product's record has."""

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """How surely words with these embeddings, (n, d), speak of a product's properties: (n,), 0 to 1."""
        return np.asarray(1 / (1 + np.exp(-(vectors @ np.array(self.weights) + self.bias))))


@cache
def property_words() -> PropertyWords:
    """The model that is shipped."""
    return PropertyWords.model_validate(json.loads(WEIGHTS.read_text(encoding="utf-8")))


def false_property(sentence: Sentence, known: Known) -> str | None:
    """A property in the sentence that the record of its product does not have, as a reason."""
    if sentence.asks or sentence.denies or sentence.supposes or known.encode is None:
        return None
    own = frozenset[str]().union(*(known.records[h].affirmed | known.records[h].name for h in sentence.about))
    if _first_word_alone(sentence, known):
        own = own.union(*(known.records[h].affirmed for h in sentence.earlier))
    strict = sentence.definite and not sentence.compares
    # What another product's record says is no property of this one, even if the shopper asked for it.
    elsewhere = (known.words - own - PLAIN) if strict else frozenset()
    told = frozenset[str]().union(*(r.words for r in known.records.values())) if strict else frozenset[str]()
    backed = (own | (known.said_words - told)) if strict else own | known.words
    words = list(dict.fromkeys(w.lower() for w in WORD.findall(sentence.text) if not set(stems(w)) <= backed and len(w) > 2))
    if not words:
        return None
    model = property_words()
    vectors = known.encode(words)
    for word, vector, score in zip(words, vectors, model.scores(vectors), strict=True):
        needed = model.threshold_elsewhere if set(stems(word)) & elsewhere else model.threshold
        if score >= needed and not _means_a_backed_one(word, vector, sentence, known):
            return f"no record says “{word}” of this product"
    return None


def _first_word_alone(sentence: Sentence, known: Known) -> bool:
    """Whether only the capital that begins any sentence speaks for a name: "Memory foam, removable cover."."""
    first = WORD.search(sentence.text)
    return first is not None and not mentioned(sentence.text[first.end() :], known)


def _means_a_backed_one(word: str, vector: np.ndarray, sentence: Sentence, known: Known) -> bool:
    assert known.encode is not None
    texts = " ".join(known.records[h].text for h in sentence.about)
    said = sorted({w.lower() for w in WORD.findall(texts) if len(w) > 2 and w.lower() != word})
    return bool(said) and float((known.encode(said) @ vector).max()) >= ALIKE
