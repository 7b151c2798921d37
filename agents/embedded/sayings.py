"""What a message means that no pattern is sure of: it is sorted among things that shoppers say.

Patterns know the words that they were written with; people find others. ``sayings.yaml`` lists, for each plain
request that the patterns do know ("cheaper ones"), other ways to say it. A logistic regression over sentence
embeddings and words tells which plain request a new message comes nearest to, or that it is none of them: the
embeddings carry what is meant, the words how it is usually put ("thank you for your help"). Its weights are kept
beside the encoder's model, and fitted again when the sayings change.
"""

import hashlib
import json
import logging
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
from tools.synonyms import COLOURS

log = logging.getLogger(__name__)
FILE = Path(__file__).with_name("sayings.yaml")
SURE = 0.42  # probability; below it a message that says something else is taken at its word
LIKELY = 0.28  # where nothing else was understood
STRENGTH = 10.0  # inverse regularisation
WORDS = 2**12  # buckets that words and pairs of words are hashed to
AT_ITS_WORD = "at its word"
SMALL_TALK = frozenset({"hello", "bye", "thanks", "I like it", "are you there", "I see"})
"""Plain requests that want nothing of the shop; which of them a remark is matters less than that it is one."""
AMOUNT = re.compile(
    r"(?:[£$€¥]\s?)?\b\d+(?:[.,]\d{1,2})?\b(?:\s?(?:pounds?|quid|dollars?|bucks|euros?|£|\$|€))?"
)
COLOUR = re.compile(rf"\b(?:{'|'.join(sorted(COLOURS))})\b")
SLOTS = {"it": "it", "them": "them", "count": "two", "amount": "30", "brand": "techgear", "colour": "green"}
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


class Sorter(NamedTuple):
    """A fitted logistic regression."""

    classes: list[str]
    weights: np.ndarray
    """(classes, dimension of the embeddings and buckets of words) float32."""
    bias: np.ndarray
    """(classes,) float32."""


class Sayings:
    """Sorts messages with one encoder; fitted on first use, in some five seconds, unless it was before.

    ``kinds`` are nouns that the shop's products are called by: asking for one of them is a wish and no remark.
    """

    def __init__(self, encoder: Encoder, kinds: list[str]):
        self.encoder = encoder
        self.kinds = kinds
        self._fitting = threading.Lock()
        self._fitted: Sorter | None = None
        # Kept with this object: a cache of the class would keep catalogs that are no longer served.
        self.said = lru_cache(maxsize=512)(self._said)

    def prepare(self) -> None:
        """Fit now, so that no shopper waits for it."""
        _ = self._sorter

    def _said(self, text: str) -> Said:
        """What a lower-case message comes nearest to; the chances of all small talk count together."""
        sorter, masked = self._sorter, [_masked(text)]
        vectors, words = self.encoder.encode(masked), _hashed(masked)
        size = vectors.shape[1]
        likely = vectors @ sorter.weights[:, :size].T + words @ sorter.weights[:, size:].T + sorter.bias
        chances = np.exp(likely[0] - likely[0].max())
        chances /= chances.sum()
        talk = np.array([c in SMALL_TALK for c in sorter.classes])
        together = float(chances[talk].sum())
        best = int(np.argmax(np.where(talk, -1.0, chances)))
        if together > chances[best]:
            return Said(sorter.classes[int(np.argmax(np.where(talk, chances, -1.0)))], together)
        return Said(sorter.classes[best], float(chances[best]))

    @property
    def _sorter(self) -> Sorter:
        with self._fitting:
            if self._fitted is None:
                said, meant = self._examples()
                told = json.dumps([said, meant, STRENGTH, WORDS]).encode()
                kept = self.encoder.cache / f"sayings-{hashlib.sha256(told).hexdigest()[:16]}.npz"
                self._fitted = _read(kept) or _fit(self.encoder, said, meant)
                if not kept.exists():
                    _keep(kept, self._fitted)
            return self._fitted

    def _examples(self) -> tuple[list[str], list[str]]:
        said, meant = [], []
        for group in yaml.safe_load(FILE.read_text(encoding="utf-8")):
            plain = group["means"]
            own = [plain.format(**SLOTS)] if plain else []
            said += [_masked(str(text).lower()) for text in (*own, *group["said"])]
            meant += [plain or AT_ITS_WORD] * (len(own) + len(group["said"]))
        for kind, frame in zip([k for k in self.kinds for _ in (1, 2)], cycle(FRAMES), strict=False):
            said.append(frame.format(kind=kind).lower())
            meant.append(AT_ITS_WORD)
        return said, meant


def _fit(encoder: Encoder, said: list[str], meant: list[str]) -> Sorter:
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    features = hstack([csr_matrix(encoder.encode(said)), _hashed(said)]).tocsr()
    model = LogisticRegression(C=STRENGTH, max_iter=300).fit(features, meant)
    weights, bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
    return Sorter([str(c) for c in model.classes_], weights, bias)


def _hashed(texts: list[str]) -> Any:
    """The words and pairs of words of texts, (n, ``WORDS``) sparse with rows of length one."""
    from sklearn.feature_extraction.text import HashingVectorizer

    words = HashingVectorizer(
        ngram_range=(1, 2), n_features=WORDS, alternate_sign=False, token_pattern=r"(?u)[\w']+"
    )
    return words.transform(texts)


def _read(path: Path) -> Sorter | None:
    """What was kept; None where there is nothing or it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return Sorter([str(c) for c in kept["classes"]], kept["weights"], kept["bias"])
    except (OSError, ValueError, KeyError):
        return None


def _keep(path: Path, sorter: Sorter) -> None:
    """Keep a sorter for the next start; where that cannot be, the next start fits it again."""
    partial = path.with_name(f"{path.stem}-{threading.get_ident()}.partial.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(partial, classes=np.array(sorter.classes), weights=sorter.weights, bias=sorter.bias)
        partial.replace(path)
    except OSError as error:
        log.warning("the sorter of sayings is not kept: %s", error)


def _masked(text: str) -> str:
    """A message without what differs from one to the next: products pointed at, amounts, colours.

    >>> _masked("how does the second one stack up?"), _masked("another £12.50")
    ('how does it stack up?', 'another 30')
    """
    for pattern in (HANDLE, ORDINAL, NUMBERED):
        text = pattern.sub("it", text)
    return COLOUR.sub("green", AMOUNT.sub("30", text))
