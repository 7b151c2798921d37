"""From events to sessions: times read, order put right, shoppers' long histories cut by a pause."""

from datetime import timedelta

import polars as pl

from catalog.importers.layouts import Layout
from catalog.importers.report import ImportReport
from catalog.importers.tables import Tables
from catalog.importers.times import read_times
from catalog.sessions import SessionLog, collapse_repeats, empty_log, log_from_events

MIN_SESSION = 2
PAUSE = timedelta(minutes=30)  # what web analytics takes for the end of a visit
KEPT = 0.5  # of the events: a pause that leaves fewer of them in sessions fits another kind of log


def read_log(tables: Tables, layout: Layout, report: ImportReport) -> SessionLog:
    """The sessions of a layout, each of at least two items; what could not be read is counted in the report."""
    if layout.events is not None:
        log = _of_events(tables, layout, report)
    elif layout.sessions is not None:
        frame = tables.frame(layout.sessions)
        log = SessionLog(
            frame.select(
                pl.col("session_id").cast(pl.String),
                collapse_repeats(pl.col("items")).alias("items"),
                pl.lit(None, dtype=pl.Datetime("us")).alias("start"),
            )
        )
    else:
        return empty_log()
    return SessionLog(log.frame.filter(pl.col("items").list.len() >= MIN_SESSION))


def _of_events(tables: Tables, layout: Layout, report: ImportReport) -> SessionLog:
    assert layout.events is not None
    target = tables.scratch / "events.parquet"
    tables.copy(layout.events, target)
    events = pl.read_parquet(target, memory_map=False)
    events = _timed(events, report)
    whole = log_from_events(events.lazy())
    if not layout.of_users or events["timestamp"].null_count() == events.height:
        return whole
    cut = log_from_events(_cut(events).lazy())
    in_sessions = int(cut.frame.filter(pl.col("items").list.len() >= MIN_SESSION)["items"].list.len().sum() or 0)
    if in_sessions < KEPT * max(1, whole.events):
        report.notes.append("shoppers' histories were kept whole: a pause of 30 minutes would leave most of their events alone")
        return whole
    report.notes.append("shoppers' histories were cut into sessions where 30 minutes passed between two events")
    return cut


def _timed(events: pl.DataFrame, report: ImportReport) -> pl.DataFrame:
    """Events with their times read, without those that lack an item or, where others have one, a time."""
    named = pl.col("item_id").is_not_null() & pl.col("session_id").is_not_null() & (pl.col("item_id").str.strip_chars() != "")
    usable = events.filter(named)
    if usable["timestamp"].dtype == pl.String:
        read = read_times(usable["timestamp"])
        usable = usable.with_columns(read.times.alias("timestamp"))
        report.notes += [read.note] if read.note else []
    if usable["timestamp"].null_count() < usable.height:
        usable = usable.drop_nulls("timestamp")
        # Events of one moment keep the order of the source, which in a log with the newest first is reversed.
        steps = usable["timestamp"].diff().drop_nulls().dt.total_microseconds()
        if (steps < 0).sum() > (steps > 0).sum():
            usable = usable.reverse()
    report.bad_events = events.height - usable.height
    return usable


def _cut(events: pl.DataFrame) -> pl.DataFrame:
    """Events whose ``session_id`` goes on with a number that rises after each pause of a shopper."""
    ordered = events.sort("timestamp", maintain_order=True)
    rest = (pl.col("timestamp").diff() > PAUSE).fill_null(False).cast(pl.Int32).cum_sum().over("session_id")
    return ordered.with_columns((pl.col("session_id") + "/" + rest.cast(pl.String)).alias("session_id"))
