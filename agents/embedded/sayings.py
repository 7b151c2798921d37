"""What a message means that no pattern is sure of: it is sorted among things that shoppers say.

Patterns know the words that they were written with; people find others. ``sayings.yaml`` lists, for each plain
request that the patterns do know ("cheaper ones"), other ways to say it. A logistic regression over their
sentence embeddings tells which plain request a new message comes nearest to, or that it is none of them.
"""

import re
import threading
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from agents.embedded.references import HANDLE, NUMBERED, ORDINAL
from catalog.encoder import Encoder

FILE = Path(__file__).with_name("sayings.yaml")
SURE = 0.42  # probability; below it a message that says something else is taken at its word
LIKELY = 0.28  # where nothing else was understood
STRENGTH = 30.0  # inverse regularisation
AT_ITS_WORD = "at its word"
AMOUNT = re.compile(
    r"(?:[£$€¥]\s?)?\b\d+(?:[.,]\d{1,2})?\b(?:\s?(?:pounds?|quid|dollars?|bucks|euros?|£|\$|€))?"
)
SLOTS = {"it": "it", "them": "them", "count": "two", "amount": "30"}


class Sayings:
    """Sorts messages with one encoder; trained on first use, in about two seconds."""

    def __init__(self, encoder: Encoder):
        self.encoder = encoder
        self._training = threading.Lock()
        self._trained: Any = None

    def prepare(self) -> None:
        """Train now, so that no shopper waits for it."""
        _ = self._model

    def meaning(self, text: str, least: float = SURE) -> str | None:
        """The plain request, with its slots ("compare {them}"), that a lower-case message means.

        None where no probability reaches ``least``.
        """
        model = self._model
        chances = model.predict_proba(self.encoder.encode([_masked(text)]))[0]
        best = int(np.argmax(chances))
        meant = str(model.classes_[best])
        return None if chances[best] < least or meant == AT_ITS_WORD else meant

    @property
    def _model(self) -> Any:
        with self._training:
            if self._trained is None:
                self._trained = self._fitted()
            return self._trained

    def _fitted(self) -> Any:
        from sklearn.linear_model import LogisticRegression

        said, meant = [], []
        for group in yaml.safe_load(FILE.read_text(encoding="utf-8")):
            plain = group["means"]
            own = [plain.format(**SLOTS)] if plain else []
            said += [text.lower() for text in (*own, *group["said"])]
            meant += [plain or AT_ITS_WORD] * (len(own) + len(group["said"]))
        return LogisticRegression(C=STRENGTH, max_iter=300).fit(self.encoder.encode(said), meant)


def _masked(text: str) -> str:
    """A message without what differs from one to the next: products pointed at, amounts.

    >>> _masked("how does the second one stack up?"), _masked("another £12.50")
    ('how does it stack up?', 'another 30')
    """
    for pattern in (HANDLE, ORDINAL, NUMBERED):
        text = pattern.sub("it", text)
    return AMOUNT.sub("30", text)
