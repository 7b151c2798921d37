from pathlib import Path

import numpy as np
import pytest

from catalog import index as index_module
from catalog.encoder import Encoder
from catalog.errors import IndexMismatch
from catalog.index import VectorIndex

PRINTS = {"catalog": "c", "encoder": "e"}


def unit_rows(n: int, d: int = 32) -> np.ndarray:
    rows = np.random.default_rng(1).normal(size=(n, d)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_finds_itself_and_respects_the_filter() -> None:
    vectors = unit_rows(500)
    index = VectorIndex.build(vectors)
    ids, scores = index.search(vectors[:3], 5)
    assert ids[:, 0].tolist() == [0, 1, 2]
    assert np.allclose(scores[:, 0], 1, atol=1e-5)
    allowed = np.zeros(500, bool)
    allowed[[7, 9]] = True
    ids, scores = index.search(vectors[:1], 5, allowed)
    assert set(ids[0][:2]) == {7, 9} and ids[0][2] == -1 and scores[0][2] == -np.inf


def test_inverted_lists_agree_with_exact_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "FLAT_UP_TO", 1000)
    monkeypatch.setattr(index_module, "EXACT_BELOW", 100)
    centres = unit_rows(40)
    rng = np.random.default_rng(2)
    vectors = centres[rng.integers(0, 40, 4000)] + 0.1 * rng.normal(size=(4000, 32)).astype(np.float32)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    allowed = rng.random(4000) < 0.5
    index = VectorIndex.build(vectors)
    ids, _ = index.search(vectors[:50], 10, allowed)
    exact = np.argsort(-np.where(allowed, vectors[:50] @ vectors.T, -9), axis=1)[:, :10]
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(ids, exact, strict=True)])
    assert recall > 0.9
    assert allowed[ids[ids >= 0]].all()


def test_a_saved_index_is_refused_when_it_does_not_fit(tmp_path: Path) -> None:
    VectorIndex.build(unit_rows(50)).save(tmp_path, PRINTS)
    assert len(VectorIndex.load(tmp_path, PRINTS, 50)) == 50
    with pytest.raises(IndexMismatch, match="another catalog or model"):
        VectorIndex.load(tmp_path, {**PRINTS, "catalog": "other"}, 50)
    (tmp_path / "vectors.faiss").write_bytes((tmp_path / "vectors.faiss").read_bytes()[:200])
    with pytest.raises(IndexMismatch, match="damaged"):
        VectorIndex.load(tmp_path, PRINTS, 50)
    with pytest.raises(IndexMismatch, match="no usable index"):
        VectorIndex.load(tmp_path / "nowhere", PRINTS, 50)


def test_the_encoder_gives_what_sentence_transformers_gives(home: Path) -> None:
    from sentence_transformers import SentenceTransformer

    encoder = Encoder(home / "encoder")
    texts = ["wireless phone charger", "a red ceramic mug, 350 ml", "x"]
    ours = encoder.encode(texts)
    theirs = SentenceTransformer(str(encoder.model), device="cpu").encode(texts, normalize_embeddings=True)
    assert ours.shape == (3, 384)
    assert (ours * theirs).sum(1).min() > 0.999
    assert encoder.encode([]).shape == (0, 384)


def test_codes_find_what_an_exact_search_finds_also_after_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (("FLAT_UP_TO", 1000), ("CODED_FROM", 1000), ("EXACT_BELOW", 100)):
        monkeypatch.setattr(index_module, name, value)
    rng = np.random.default_rng(2)
    centres = unit_rows(60, 48)
    vectors = centres[rng.integers(0, 60, 6000)] + 0.1 * rng.normal(size=(6000, 48)).astype(np.float32)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    built = VectorIndex.build(vectors)
    changed = vectors.copy()
    changed[:200] = unit_rows(200, 48)
    grown = built.changed(np.concatenate([changed, unit_rows(50, 48)[::-1]]), np.r_[0:200, 6000:6050])
    shrunk = grown.changed(grown.vectors[:5900], np.arange(5900, 6050))
    shrunk.save(tmp_path, PRINTS)
    for index in (built, grown, shrunk, VectorIndex.load(tmp_path, PRINTS, 5900)):
        now = np.asarray(index.vectors)
        for share in (1.0, 0.6, 0.1):
            allowed = rng.random(len(index)) < share
            ids, _ = index.search(now[:60], 10, allowed)
            exact = np.argsort(-np.where(allowed, now[:60] @ now.T, -9), axis=1)[:, :10]
            recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(ids, exact, strict=True)])
            assert recall > 0.9 and (ids < len(index)).all() and allowed[ids[ids >= 0]].all()
