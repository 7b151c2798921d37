"""Times as session logs write them: ISO dates, Unix seconds to nanoseconds, dates with the day or the month first.

What a single value leaves open ("03/04/2024", "1716545160") is decided by the column as a whole.
"""

from dataclasses import dataclass

import polars as pl

UNIX = {"s": 1e8, "ms": 1e11, "us": 1e14, "ns": 1e17}
"""Unit of a Unix time to the least number that is one: 1973 in each unit, so that the ranges do not meet."""
DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d/%m/%y %H:%M", "%d/%m/%y")
MONTH_FIRST = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%m/%d/%y %H:%M", "%m/%d/%y")


@dataclass(frozen=True)
class ReadTimes:
    """A column of times, null where a value could not be read; ``note`` says what was assumed."""

    times: pl.Series
    note: str | None = None


def read_times(written: pl.Series) -> ReadTimes:
    """Times (microseconds, UTC) of a text column.

    >>> read_times(pl.Series(["1716545160", "1716545040"])).times.dt.strftime("%H:%M").to_list()
    ['10:06', '10:04']
    >>> read_times(pl.Series(["24/05/2024 10:06", "03/06/2024 09:00"])).times.dt.month().to_list()
    [5, 6]
    """
    text = written.cast(pl.String).str.strip_chars()
    numbers = text.cast(pl.Float64, strict=False)
    if numbers.null_count() < len(numbers) / 2:
        return ReadTimes(_from_unix(numbers))
    iso, other = _iso(text), _with_slashes(text.str.replace_all(r"[.\-]", "/"))
    return ReadTimes(iso) if iso.null_count() <= other.times.null_count() else other


def _from_unix(numbers: pl.Series) -> pl.Series:
    """Unix times, their unit told by how large most of them are."""
    middle = numbers.filter(numbers.is_finite()).median()
    size = abs(float(middle)) if isinstance(middle, int | float) else 0.0
    unit = next((u for u, least in reversed(UNIX.items()) if size >= least), "s")
    factor = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}[unit]
    scaled = numbers * factor
    usable = scaled.is_finite() & (scaled.abs() < 9e15)  # until the year 2255
    return pl.select(pl.when(usable).then(scaled).cast(pl.Int64, strict=False).cast(pl.Datetime("us"))).to_series()


def _iso(text: pl.Series) -> pl.Series:
    bare = text.str.replace(r"(?i)\s*(?:utc|gmt)$", "").str.replace(r" (\d\d:)", "T$1").str.replace(r"(?i)z$", "+00:00")
    zoned = bare.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", strict=False, time_unit="us", time_zone="UTC").dt.replace_time_zone(None)
    plain = [
        bare.str.to_datetime(form, strict=False, time_unit="us")
        for form in ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y/%m/%dT%H:%M:%S", "%Y%m%dT%H%M%S")
    ]
    days = [bare.str.to_date(form, strict=False).cast(pl.Datetime("us")) for form in ("%Y-%m-%d", "%Y/%m/%d")]
    return _first_of(text, [zoned, *plain, *days])


def _with_slashes(text: pl.Series) -> ReadTimes:
    day, month = (_first_of(text, [_parsed(text, form) for form in forms]) for forms in (DAY_FIRST, MONTH_FIRST))
    if day.null_count() != month.null_count():
        return ReadTimes(day if day.null_count() < month.null_count() else month)
    if day.null_count() == len(day):
        return ReadTimes(day)
    # Either reading fits every value: logs are written in order of time, so the one that is more nearly so is right.
    by_day, by_month = _disorder(day), _disorder(month)
    if by_day == by_month:
        return ReadTimes(day, "dates were read with the day first; nothing in them tells it from the month")
    return ReadTimes(day if by_day < by_month else month)


def _parsed(text: pl.Series, form: str) -> pl.Series:
    if "%H" in form:
        return text.str.to_datetime(form, strict=False, time_unit="us")
    return text.str.to_date(form, strict=False).cast(pl.Datetime("us"))


def _first_of(text: pl.Series, readings: list[pl.Series]) -> pl.Series:
    """Each value by the first of the readings that has one."""
    found = pl.Series(text.name, [None] * len(text), pl.Datetime("us"))
    for reading in readings:
        found = found.zip_with(found.is_not_null(), reading)
    return found


def _disorder(times: pl.Series) -> int:
    """How often the column turns back, in the direction that it mostly runs."""
    steps = times.drop_nulls().diff().drop_nulls().dt.total_microseconds()
    return int(min((steps < 0).sum(), (steps > 0).sum()))
