"""What a message means that no pattern is sure of: it is sorted among things that shoppers say.

Patterns know the words that they were written with; people find others. ``sayings.yaml`` lists, for each plain
request that the patterns do know ("cheaper ones"), other ways to say it. A logistic regression over sentence
embeddings and words tells which plain request a new message comes nearest to, or that it is none of them: the
embeddings carry what is meant, the words how it is usually put ("thank you for your help").
"""

import re
import threading
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from agents.embedded.references import HANDLE, NUMBERED, ORDINAL
from catalog.encoder import Encoder

FILE = Path(__file__).with_name("sayings.yaml")
SURE = 0.42  # probability; below it a message that says something else is taken at its word
LIKELY = 0.28  # where nothing else was understood
STRENGTH = 30.0  # inverse regularisation
AT_ITS_WORD = "at its word"
SMALL_TALK = frozenset({"hello", "bye", "thanks", "I like it", "are you there", "I see"})
"""Plain requests that want nothing of the shop; which of them a remark is matters less than that it is one."""
AMOUNT = re.compile(
    r"(?:[£$€¥]\s?)?\b\d+(?:[.,]\d{1,2})?\b(?:\s?(?:pounds?|quid|dollars?|bucks|euros?|£|\$|€))?"
)
SLOTS = {"it": "it", "them": "them", "count": "two", "amount": "30"}
FRAMES = (
    "{kind}", "a {kind}", "I need a {kind}", "show me {kind}s", "do you have any {kind}s", "I want to buy a {kind}",
    "a blue {kind}", "the black {kind}", "{kind}s for women", "I'm looking for a {kind}", "what about a {kind}",
)  # fmt: skip
"""How shoppers name what they want."""
KINDS = 60
"""How many of a shop's commonest kinds the sorter is told."""


class Said(NamedTuple):
    """The plain request that a message comes nearest to, with the probability that it means this."""

    meant: str
    chance: float


class Sayings:
    """Sorts messages with one encoder; trained on first use, in some three seconds.

    ``kinds`` are nouns that the shop's products are called by: asking for one of them is a wish and no remark.
    """

    def __init__(self, encoder: Encoder, kinds: list[str]):
        self.encoder = encoder
        self.kinds = kinds
        self._training = threading.Lock()
        self._trained: Any = None

    def prepare(self) -> None:
        """Train now, so that no shopper waits for it."""
        _ = self._model

    def meaning(self, text: str, least: float = SURE) -> str | None:
        """The plain request, with its slots ("compare {them}"), that a lower-case message means.

        None where no probability reaches ``least``.
        """
        said = self.said(text)
        return None if said.chance < least or said.meant == AT_ITS_WORD else said.meant

    @lru_cache(maxsize=512)  # noqa: B019 - lives as long as its catalog
    def said(self, text: str) -> Said:
        """What a lower-case message comes nearest to; the chances of all small talk count together."""
        words, model = self._model
        masked = _masked(text)
        chances = model.predict_proba(_features(words.transform([masked]), self.encoder.encode([masked])))[0]
        classes = [str(c) for c in model.classes_]
        talk = np.array([c in SMALL_TALK for c in classes])
        together = float(chances[talk].sum())
        best = int(np.argmax(np.where(talk, -1.0, chances)))
        if together > chances[best]:
            return Said(classes[int(np.argmax(np.where(talk, chances, -1.0)))], together)
        return Said(classes[best], float(chances[best]))

    @property
    def _model(self) -> Any:
        with self._training:
            if self._trained is None:
                self._trained = self._fitted()
            return self._trained

    def _fitted(self) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        said, meant = [], []
        for group in yaml.safe_load(FILE.read_text(encoding="utf-8")):
            plain = group["means"]
            own = [plain.format(**SLOTS)] if plain else []
            said += [_masked(str(text).lower()) for text in (*own, *group["said"])]
            meant += [plain or AT_ITS_WORD] * (len(own) + len(group["said"]))
        for kind, frame in zip([k for k in self.kinds for _ in (1, 2)], cycle(FRAMES), strict=False):
            said.append(frame.format(kind=kind).lower())
            meant.append(AT_ITS_WORD)
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)[\w']+")
        features = _features(words.fit_transform(said), self.encoder.encode(said))
        return words, LogisticRegression(C=STRENGTH, max_iter=300).fit(features, meant)


def _features(words: Any, vectors: np.ndarray) -> Any:
    """The words (n, w) beside the sentence embeddings (n, d), both of rows of length one."""
    from scipy.sparse import csr_matrix, hstack

    return hstack([csr_matrix(vectors), words]).tocsr()


def _masked(text: str) -> str:
    """A message without what differs from one to the next: products pointed at, amounts.

    >>> _masked("how does the second one stack up?"), _masked("another £12.50")
    ('how does it stack up?', 'another 30')
    """
    for pattern in (HANDLE, ORDINAL, NUMBERED):
        text = pattern.sub("it", text)
    return AMOUNT.sub("30", text)
