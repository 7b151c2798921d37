"""Catalogs on disk: one folder each, whose files are replaced whole."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from catalog.encoder import Encoder
from catalog.errors import CatalogError, IndexMismatch
from catalog.importers.report import ImportReport
from catalog.index import VectorIndex
from catalog.lexical import LexicalIndex
from catalog.products import Catalog
from catalog.sessions import SessionLog, empty_log

Track = Callable[[Iterable[int], int, str], Iterable[int]]
"""Wraps an iteration of known length with a progress bar: (iterable, total, description)."""


@dataclass
class StoredCatalog:
    """A catalog with its session log, its indexes and the place of its next-item model."""

    folder: Path
    encoder: Encoder
    track: Track | None = None

    @property
    def name(self) -> str:
        """The catalog's name: that of its folder."""
        return self.folder.name

    @cached_property
    def catalog(self) -> Catalog:
        """The products; CatalogError when the file is missing or broken."""
        return Catalog(_read_parquet(self.folder / "products.parquet", self.name), self.name)

    @cached_property
    def log(self) -> SessionLog:
        """The sessions, none when the import had none."""
        path = self.folder / "sessions.parquet"
        return SessionLog(_read_parquet(path, self.name)) if path.exists() else empty_log()

    @property
    def report(self) -> ImportReport | None:
        """What the import said, if it is still there."""
        path = self.folder / "import.json"
        return ImportReport.model_validate_json(path.read_text()) if path.exists() else None

    @property
    def model_path(self) -> Path:
        """Where the GRU4Rec of this catalog is kept."""
        return self.folder / "gru4rec.pt"

    @property
    def fusion_path(self) -> Path:
        """Where the learned fusion of this catalog is kept."""
        return self.folder / "fusion"

    @cached_property
    def vectors(self) -> VectorIndex:
        """The embeddings' index, built when it is missing or does not fit the catalog any more."""
        try:
            return self.load_vectors()
        except IndexMismatch:
            return self.build_vectors()

    def load_vectors(self, mapped: bool = True) -> VectorIndex:
        """The index on disk; IndexMismatch when it does not belong to this catalog and model."""
        return VectorIndex.load(self.folder / "index", self._fingerprints, len(self.catalog), mapped)

    def build_vectors(self) -> VectorIndex:
        """Embed every product and save the index."""
        track = self.track
        wrap = None if track is None else (lambda starts, total: track(starts, total, "embedding products"))
        vectors = self.encoder.encode(self.catalog.titles_with_brand, wrap)
        VectorIndex.build(vectors).save(self.folder / "index", self._fingerprints)
        return self.load_vectors()

    @cached_property
    def words(self) -> LexicalIndex:
        """The lexical index, built when it is missing or does not fit the catalog any more."""
        folder = self.folder / "words"
        try:
            return LexicalIndex.load(
                folder, self.catalog.text_fingerprint, lambda row: self.catalog.search_text[row]
            )
        except IndexMismatch:
            words = LexicalIndex(self.catalog.search_text)
            words.save(folder, self.catalog.text_fingerprint)
            return words

    @property
    def _fingerprints(self) -> dict[str, str]:
        return {"catalog": self.catalog.fingerprint, "encoder": self.encoder.fingerprint}


class CatalogStore:
    """The folder in which catalogs are kept, one folder each."""

    def __init__(self, home: Path, track: Track | None = None):
        self.home = home
        self.track = track
        self.encoder = Encoder(home / "encoder")

    def names(self) -> list[str]:
        """The catalogs that can be opened."""
        return sorted(p.parent.name for p in (self.home / "catalogs").glob("*/products.parquet"))

    def open(self, name: str) -> StoredCatalog:
        """A stored catalog by name; CatalogError when there is none."""
        folder = self.home / "catalogs" / name
        if not (folder / "products.parquet").exists():
            have = ", ".join(self.names()) or "none yet"
            raise CatalogError(
                f"There is no catalog {name!r} (there are: {have}); import one with `interarec import`."
            )
        return StoredCatalog(folder, self.encoder, self.track)

    def save(self, name: str, products: pl.DataFrame, log: SessionLog, report: ImportReport) -> StoredCatalog:
        """Write a catalog and its log; the old one of the same name is replaced when the new one is whole."""
        catalog = Catalog(products, name)
        target = self.home / "catalogs" / safe_name(name)
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        fresh.mkdir(parents=True, exist_ok=True)
        catalog.frame.write_parquet(fresh / "products.parquet", compression="zstd")
        if len(log):
            log.frame.write_parquet(fresh / "sessions.parquet", compression="zstd")
        (fresh / "import.json").write_text(json.dumps(report.model_dump(), indent=2))
        if target.exists():
            old = target.with_name(f".{target.name}.old.{os.getpid()}")
            os.replace(target, old)
            os.replace(fresh, target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.replace(fresh, target)
        return self.open(target.name)


def safe_name(name: str) -> str:
    """A name that can be a folder's.

    >>> safe_name("Online Retail (UCI)")
    'online-retail-uci'
    """
    cleaned = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not cleaned:
        raise CatalogError(f"{name!r} cannot name a catalog; use letters and digits.")
    return cleaned


def _read_parquet(path: Path, name: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise CatalogError(f"The catalog {name!r} is damaged ({path.name}); import it again.") from error
