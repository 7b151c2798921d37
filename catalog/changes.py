"""Changes of a stored catalog: products added, updated and deleted, with its indexes changed and not rebuilt."""

import os
from collections.abc import Iterable

import numpy as np
import polars as pl
from pydantic import BaseModel

from catalog.errors import CatalogError, IndexMismatch
from catalog.index import VectorIndex
from catalog.lexical import LexicalIndex
from catalog.products import COLUMNS, Catalog
from catalog.store import StoredCatalog

TOO_MANY = (
    0.05  # of the catalog: with more changed rows than that beside them, the lists of words are made anew
)


class Change(BaseModel):
    """What a change did."""

    added: int = 0
    updated: int = 0
    deleted: int = 0
    embedded: int = 0


def change(stored: StoredCatalog, upserts: pl.DataFrame | None, deletes: Iterable[str] = ()) -> Change:
    """Add or replace the products of ``upserts`` (columns as in a catalog), delete others, and keep the indexes right.

    Only products whose text changed are embedded again. A deleted product's row is taken by the last one, so that
    rows stay without gaps. CatalogError when nothing would be left.
    """
    old, vectors, words = stored.catalog, _whole(stored), stored.words
    frame, done, gone = _changed_frame(old, upserts, set(deletes))
    new = Catalog(frame, stored.name)
    texts, before = new.titles_with_brand, old.titles_with_brand
    shared = min(len(old), len(new))
    differ = np.fromiter((texts[i] != before[i] for i in range(shared)), bool, shared)
    rows = np.concatenate([np.flatnonzero(differ), np.arange(shared, len(new))]).astype(np.int64)
    moved = {item: old.row(item) for item in (new.item_ids[r] for r in rows) if item in old}
    fresh = np.array([r for r in rows if _is_fresh(int(r), new, old, moved, texts, before)], np.int64)
    matrix = np.empty((len(new), vectors.vectors.shape[1]), np.float32)
    matrix[:shared] = vectors.vectors[:shared]
    for row in rows:
        if (place := moved.get(new.item_ids[row])) is not None:
            matrix[row] = vectors.vectors[place]
    if len(fresh):
        matrix[fresh] = stored.encoder.encode([texts[r] for r in fresh])
    beyond = np.arange(len(new), len(old))
    index = vectors.changed(matrix, np.concatenate([rows, beyond]))
    words_rows = np.array([i for i in range(shared) if new.search_text[i] != old.search_text[i]], np.int64)
    words_rows = np.concatenate([words_rows, np.arange(shared, len(new))]).astype(np.int64)
    changed_words = words.changed(words_rows, [new.search_text[r] for r in words_rows], len(new))
    _save(stored, new, index, changed_words)
    return done.model_copy(update={"deleted": gone, "embedded": len(fresh)})


def _whole(stored: StoredCatalog) -> VectorIndex:
    """The index, in memory, where it can be changed."""
    try:
        return stored.load_vectors(mapped=False)
    except IndexMismatch:
        return stored.build_vectors()


def _is_fresh(
    row: int, new: Catalog, old: Catalog, moved: dict[str, int], texts: list[str], before: list[str]
) -> bool:
    place = moved.get(new.item_ids[row])
    return place is None or texts[row] != before[place]


def _changed_frame(
    old: Catalog, upserts: pl.DataFrame | None, deletes: set[str]
) -> tuple[pl.DataFrame, Change, int]:
    frame, done = old.frame, Change()
    if upserts is not None and upserts.height:
        incoming = Catalog(upserts.unique("item_id", keep="last", maintain_order=True)).frame
        known = incoming.filter(pl.col("item_id").is_in(old.item_ids))
        added = incoming.filter(~pl.col("item_id").is_in(old.item_ids))
        rows = [old.row(i) for i in known["item_id"].to_list()]
        untouched = frame.with_row_index("_row").filter(~pl.col("_row").is_in(rows))
        replaced = known.with_columns(pl.Series("_row", rows, dtype=pl.UInt32))
        frame = pl.concat([untouched, replaced.select(untouched.columns)]).sort("_row").drop("_row")
        frame = pl.concat([frame, added.select(frame.columns)])
        done = Change(added=added.height, updated=known.height)
    leaving = sorted(i for i, item in enumerate(frame["item_id"].to_list()) if item in deletes)
    if len(leaving) == frame.height:
        raise CatalogError(f"Nothing would be left of the catalog {old.name!r}; keep at least one product.")
    keep = frame.height - len(leaving)
    order = np.arange(keep)
    gaps = [i for i in leaving if i < keep]
    staying = [i for i in range(keep, frame.height) if i not in set(leaving)]
    order[gaps] = staying
    return frame[order.tolist()].select(list(COLUMNS)), done, len(leaving)


def _save(stored: StoredCatalog, new: Catalog, index: VectorIndex, words: LexicalIndex) -> None:
    """The indexes first, the products last: whatever is cut short is noticed by its fingerprint and built anew."""
    index.save(stored.folder / "index", {"catalog": new.fingerprint, "encoder": stored.encoder.fingerprint})
    if words.changes > TOO_MANY * len(new):
        words = LexicalIndex(new.search_text)
        words.save(stored.folder / "words", new.text_fingerprint)
    else:
        words.save(stored.folder / "words", new.text_fingerprint, lists=False)
    unfinished = stored.folder / f".products-{os.getpid()}.parquet"
    new.frame.write_parquet(unfinished, compression="zstd")
    os.replace(unfinished, stored.folder / "products.parquet")
    for name in ("catalog", "vectors", "words"):
        stored.__dict__.pop(name, None)
