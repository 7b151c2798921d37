"""Runs one import: from a path in any known layout to products and sessions on disk."""

import tempfile
from pathlib import Path

import polars as pl

from catalog.errors import InputError
from catalog.importers.layouts import Layout, detect, read_layout
from catalog.importers.logs import read_log
from catalog.importers.report import ImportReport
from catalog.importers.tables import Tables
from catalog.products import COLUMNS
from catalog.sessions import SessionLog

LONGEST_TITLE, LONGEST_TEXT = 500, 4000  # characters; patterns are made for no more


def import_path(
    path: Path,
    layout: str | None = None,
    mapping: dict[str, str] | None = None,
    locale: str | None = None,
) -> tuple[pl.DataFrame, SessionLog, ImportReport]:
    """Read a file or folder into products (columns as in :data:`catalog.products.COLUMNS`) and sessions.

    ``mapping`` goes from our column names to the source's, for generic tables. Broken rows are counted in
    the report; a path with nothing usable raises InputError.
    """
    if not path.exists():
        raise InputError(f"There is no file or folder {path}; check the path.")
    if path.is_dir() and not any(path.iterdir()):
        raise InputError(f"The folder {path} is empty; pass one with a catalog in it.")
    with tempfile.TemporaryDirectory() as scratch:
        tables = Tables(Path(scratch))
        try:
            found = read_layout(tables, path, layout or detect(path), mapping or {}, locale)
            report = ImportReport(layout=found.name)
            log = read_log(tables, found, report)
            products = _products(tables, found, log, path, report)
        finally:
            tables.close()
    report.sessions, report.events = len(log), log.events
    report.notes = found.notes + report.notes
    return products, log, report


def _products(
    tables: Tables, layout: Layout, log: SessionLog, path: Path, report: ImportReport
) -> pl.DataFrame:
    if layout.products is None:
        items = log.frame.select(
            pl.col("items").explode().unique(maintain_order=True).alias("item_id")
        ).drop_nulls()
        frame = items.with_columns(pl.col("item_id").alias("title"))
    else:
        tables.run(
            f"CREATE TABLE all_products AS SELECT row_number() OVER () AS place, * FROM ({layout.products})"
        )
        usable = "nullif(trim(item_id), '') IS NOT NULL AND nullif(trim(title), '') IS NOT NULL"
        unusable = tables.count(f"SELECT count(*) FROM all_products WHERE NOT ({usable})")
        report.bad_rows += unusable
        if unusable:
            report.examples.append(f"{unusable:,} rows have no item id or no title")
        frame = tables.frame(
            f"SELECT * FROM all_products WHERE {usable} "
            "AND place IN (SELECT min(place) FROM all_products GROUP BY item_id) ORDER BY place"
        )
        report.duplicate_rows = (
            tables.count(f"SELECT count(*) FROM all_products WHERE {usable}") - frame.height
        )
    if frame.is_empty():
        raise InputError(f"{path} has no product with an id and a title; nothing was imported.")
    report.bad_rows += tables.bad_rows
    report.examples += tables.examples
    report.products = frame.height
    frame = frame.select([c for c in COLUMNS if c in frame.columns])
    # Codes of the terminal and line breaks are no part of a title, and end up in every surface otherwise.
    plain = pl.col(pl.String).str.replace_all(r"[\p{Cc}\s]+", " ").str.strip_chars()
    frame = frame.with_columns(plain.str.slice(0, LONGEST_TEXT))
    frame = frame.with_columns(pl.col("title").str.slice(0, LONGEST_TITLE))
    report.unpriced = int(frame["price"].null_count()) if "price" in frame.columns else frame.height
    return frame
