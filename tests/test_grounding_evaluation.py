"""The measure of the check of replies, on drafts made for it; the check itself on the development drafts."""

from pathlib import Path

import pytest

from agents.grounding.property_claims import WordVectors
from catalog.errors import InputError
from evaluation.grounding.drafts import load_drafts
from evaluation.grounding.measure import HONEST, evaluate_grounding
from tools.workspace import Shop

DRAFTS = """
scenes:
  - id: lamps
    currency: GBP
    shopper: a lamp under £30
    products:
      P1: {title: Ceramic Lamp, brand: Ergon, price: "19.99", list_price: "24.99", rating: 4.5, review_count: 80, description: "40 cm, E27."}
      P2: {title: Steel Lamp, brand: Voltix, price: "29.00", rating: 4.1, review_count: 12, description: "A 2 m cable."}
    results: {count: 2}
    other_catalog_brands: [Lumora]
cases:
  - {scene: lamps, kind: honest, honest: true, draft: "[[P1]] is £5 off, and £9.01 cheaper than the Voltix."}
  - {scene: lamps, kind: honest, honest: true, draft: "The Ergon is 20 % off and has 80 reviews. Shall I look for others?"}
  - {scene: lamps, kind: price, honest: false, draft: "I like the Ergon. It costs £18.", false_parts: ["£18"]}
  - {scene: lamps, kind: swapped, honest: false, draft: "The Ergon is rated 4.1 by 12 people.", false_parts: ["4.1"]}
  - {scene: lamps, kind: name, honest: false, draft: "Have a look at the Lumora.", false_parts: [Lumora]}
  - {scene: lamps, kind: missed, honest: false, draft: "I like it.", false_parts: [like]}
"""


@pytest.fixture
def vectors(shop: Shop) -> WordVectors:
    return WordVectors(shop.retriever.encoder.encode)


def test_what_is_caught_and_what_is_damaged_is_counted(tmp_path: Path, vectors: WordVectors) -> None:
    path = tmp_path / "drafts.yaml"
    path.write_text(DRAFTS, encoding="utf-8")
    lines = {line.kind: (line.right, line.drafts) for line in evaluate_grounding(load_drafts(path), vectors)}
    assert lines == {
        "price": (1, 1), "swapped": (1, 1), "name": (1, 1), "missed": (0, 1), "all inventions": (3, 4), HONEST: (2, 2),
    }  # fmt: skip


def test_a_file_without_drafts_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "drafts.yaml"
    path.write_text("scenes: 3", encoding="utf-8")
    with pytest.raises(InputError, match="holds no drafts"):
        load_drafts(path)


def test_most_inventions_are_caught_and_most_honest_drafts_stay(vectors: WordVectors) -> None:
    """On the drafts that the check was made with; the figures of README are those of the frozen ones."""
    drafts = load_drafts(Path(__file__).parent.parent / "evaluation/grounding/development.yaml")
    lines = {line.kind: line.right / line.drafts for line in evaluate_grounding(drafts, vectors)}
    assert lines["all inventions"] > 0.8
    assert lines[HONEST] > 0.9
