"""A catalog that is changed answers as one that was built anew."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from catalog import index as index_module
from catalog.changes import change
from catalog.errors import CatalogError
from catalog.importers.report import ImportReport
from catalog.lexical import LexicalIndex
from catalog.sessions import empty_log
from catalog.store import CatalogStore, StoredCatalog

WORDS = "oak pine steel glass lamp desk chair shelf mug kettle rug clock blue green small large".split()


def stored(home: Path, n: int = 240) -> StoredCatalog:
    rng = np.random.default_rng(0)
    titles = [" ".join(rng.choice(WORDS, 4, replace=False)) for _ in range(n)]
    frame = pl.DataFrame(
        {"item_id": [f"I{i}" for i in range(n)], "title": titles, "price": rng.uniform(1, 50, n).round(2)}
    )
    return CatalogStore(home).save("changing", frame, empty_log(), ImportReport(layout="table", products=n))


@pytest.mark.parametrize("flat", [True, False], ids=["flat", "lists"])
def test_a_changed_catalog_answers_as_one_built_anew(
    home: Path, flat: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "FLAT_UP_TO", 1000 if flat else 10)
    catalog = stored(home)
    _ = catalog.vectors, catalog.words
    upserts = pl.DataFrame(
        {
            "item_id": ["I3", "N1", "N2"],
            "title": ["turquoise velvet sofa", "velvet armchair", "brass floor lamp"],
            "price": [5.0, 6.0, 7.0],
        }
    )
    done = change(catalog, upserts, ["I0", "I239", "I30"])
    assert (done.added, done.updated, done.deleted, done.embedded) == (2, 1, 3, 3)
    again = CatalogStore(home).open("changing")
    assert (
        len(again.catalog) == 239
        and "I0" not in again.catalog
        and again.catalog.get("I3").title == "turquoise velvet sofa"
    )
    vectors = again.load_vectors()
    fresh = again.encoder.encode(again.catalog.titles_with_brand)
    assert np.allclose(vectors.vectors, fresh, atol=2e-3)
    ids, _ = vectors.search(again.encoder.encode(["velvet sofa"]), 2)
    assert {again.catalog.item_ids[i] for i in ids[0]} == {"I3", "N1"}
    everything = np.ones(len(again.catalog), bool)
    words = again.words
    assert words.changes and len(words) == 239
    rows, _ = words.top("velvet", 5, everything)
    assert {again.catalog.item_ids[r] for r in rows} == {"I3", "N1"}
    rebuilt = LexicalIndex(again.catalog.search_text)
    for query in ("oak lamp", "small blue desk", "floor lamp"):
        ours, theirs = (set(i.top(query, 20, everything)[0].tolist()) for i in (words, rebuilt))
        assert len(ours & theirs) >= 0.8 * len(theirs)
        best, scores = words.top(query, 20, everything)
        assert np.allclose(words.scores(query)[best], scores, atol=1e-4)
        assert np.allclose(words.scores_of(query, best), scores, atol=1e-4)


def test_the_best_few_are_those_of_all() -> None:
    rng = np.random.default_rng(1)
    texts = [" ".join(rng.choice(WORDS, int(rng.integers(2, 9)))) for _ in range(3000)]
    index = LexicalIndex(texts)
    allowed = rng.random(3000) < 0.3
    for _ in range(30):
        query = " ".join(rng.choice(WORDS, 3, replace=False))
        exact = np.where(allowed, index.scores(query), 0)
        rows, scores = index.top(query, 10, allowed)
        assert np.allclose(scores, np.sort(exact)[::-1][:10], atol=1e-4) and allowed[rows].all()


def test_an_empty_catalog_is_refused(home: Path) -> None:
    catalog = stored(home, 3)
    with pytest.raises(CatalogError, match="Nothing would be left"):
        change(catalog, None, ["I0", "I1", "I2"])
    assert len(CatalogStore(home).open("changing").catalog) == 3
