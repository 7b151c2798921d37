"""Fits the model that tells words about products' properties from words of conversation.

Positive are the words of product records, negative those that honest drafts use beside them. Run
``python -m evaluation.grounding.training`` to fit it again; it takes seconds.
"""

import json
import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from spellchecker import SpellChecker

from agents.grounding.property_claims import WEIGHTS, PropertyWords
from agents.grounding.records import WORD, stems
from catalog.encoder import Encoder
from evaluation.grounding.drafts import Drafts, load_drafts

FOLDER = Path(__file__).parent
COMMON = 2000  # words of the language that are no property of anything
STRENGTH = 3.0
MOST_TALK = 0.006  # share of conversation's words that may be taken for properties
MOST_ELSEWHERE = 0.1  # the same, of words that another product's record has


def fit(drafts: Drafts, encoder: Encoder) -> PropertyWords:
    """Fit on the scenes and the honest drafts, with the threshold from cross-validation."""
    talk, properties = words_of(drafts)
    x = encoder.encode([*properties, *talk])
    y = np.array([1] * len(properties) + [0] * len(talk))
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=2000)
    unseen = cross_val_predict(model, x, y, cv=10, method="predict_proba")[:, 1]
    certain, likely = (float(np.quantile(unseen[y == 0], 1 - share)) for share in (MOST_TALK, MOST_ELSEWHERE))
    model.fit(x, y)
    return PropertyWords(weights=[round(float(w), 4) for w in model.coef_[0]], bias=float(model.intercept_[0]), threshold=certain, threshold_elsewhere=likely)


def words_of(drafts: Drafts) -> tuple[list[str], list[str]]:
    """Words of conversation and words of properties, each sorted."""
    records = {s.id: s.known() for s in drafts.scenes}
    talk: set[str] = set()
    for case in drafts.cases:
        if case.honest:
            talk |= {w.lower() for w in WORD.findall(case.draft) if not set(stems(w)) <= records[case.scene].words}
    common = SpellChecker().word_frequency.dictionary
    talk |= set(sorted(common, key=lambda w: -common[w])[:COMMON])
    told = {w.lower() for s in drafts.scenes for p in s.products.values() for w in WORD.findall(p.get("description") or "")}
    spoken = set(stems(" ".join(talk)))
    return sorted(w for w in talk if len(w) > 2), sorted(w for w in told if len(w) > 2 and not set(stems(w)) <= spoken)


def main() -> None:
    """Fit on the development drafts and write the weights."""
    with tempfile.TemporaryDirectory() as cache:
        model = fit(load_drafts(FOLDER / "development.yaml"), Encoder(Path(cache)))
    WEIGHTS.write_text(json.dumps(model.model_dump()), encoding="utf-8")
    print(f"threshold {model.threshold:.3f}, written to {WEIGHTS.name}")


if __name__ == "__main__":
    main()
