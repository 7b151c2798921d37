"""Sessions: the items that one shopper engaged with, in order; and splits of a log by time."""

from dataclasses import dataclass
from typing import Any

import polars as pl

SCHEMA: dict[str, Any] = {"session_id": pl.String, "items": pl.List(pl.String), "start": pl.Datetime("us")}


@dataclass(frozen=True)
class SessionLog:
    """A log of sessions, one row each: ``session_id``, ``items`` in order, ``start`` (null where unknown).

    Rows are in the order of time; where the source has no time, in the order of the source.
    """

    frame: pl.DataFrame

    def __len__(self) -> int:
        return self.frame.height

    @property
    def items(self) -> list[list[str]]:
        """The items of each session, in order."""
        return self.frame["items"].to_list()

    @property
    def events(self) -> int:
        """How many item events the log holds."""
        return int(self.frame["items"].list.len().sum()) if self.frame.height else 0

    def split(self, test_share: float) -> tuple["SessionLog", "SessionLog"]:
        """The earlier sessions to train on and the latest ``test_share`` of them to test on."""
        cut = round(len(self) * (1 - test_share))
        return SessionLog(self.frame[:cut]), SessionLog(self.frame[cut:])


def empty_log() -> SessionLog:
    """A log with no sessions."""
    return SessionLog(pl.DataFrame(schema=SCHEMA))


def log_of(sessions: list[list[str]]) -> SessionLog:
    """A log from lists of item ids, oldest first, with no times."""
    return SessionLog(
        pl.DataFrame(
            {"session_id": [f"S{i}" for i in range(len(sessions))], "items": sessions, "start": None},
            schema=SCHEMA,
        )
    )


def collapse_repeats(items: pl.Expr) -> pl.Expr:
    """Drop immediate repeats of an item inside each session (a list expression)."""
    return items.list.eval(pl.element().filter((pl.element() != pl.element().shift(1)).fill_null(True)))


def log_from_events(events: pl.LazyFrame) -> SessionLog:
    """Group events (``session_id``, ``item_id``, ``timestamp``) into sessions in the order of their start.

    Events of the same time keep the order of the source.
    """
    grouped = (
        events.sort("timestamp", maintain_order=True)
        .group_by("session_id", maintain_order=True)
        .agg(pl.col("item_id").alias("items"), pl.col("timestamp").min().alias("start"))
        .with_columns(collapse_repeats(pl.col("items")))
        .select(pl.col("session_id").cast(pl.String), "items", pl.col("start").cast(pl.Datetime("us")))
        .collect(engine="streaming")
    )
    return SessionLog(grouped.sort("start", maintain_order=True))
