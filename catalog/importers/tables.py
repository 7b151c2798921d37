"""Opens CSV, JSON lines, Parquet and Excel files as DuckDB relations in which every column is text.

DuckDB streams from disk and spills, so a million rows stay within ``MEMORY_LIMIT``; rows that it cannot
read are collected, not fatal.
"""

from pathlib import Path

import duckdb
import fastexcel
import polars as pl

from catalog.errors import InputError

MEMORY_LIMIT = "1GB"
EXAMPLES = 5
JSON_SUFFIXES = (".jsonl", ".json", ".ndjson", ".jsonl.gz", ".json.gz", ".ndjson.gz")
CSV_SUFFIXES = (".csv", ".tsv", ".csv.gz", ".txt", ".inter", ".item")  # the last two are RecBole's
EXCEL_SUFFIXES = (".xlsx", ".xls")


class Tables:
    """One DuckDB connection for an import, with a temporary folder for what does not fit in memory."""

    def __init__(self, scratch: Path):
        self.scratch = scratch
        self.connection = duckdb.connect()
        self.connection.execute(f"SET memory_limit='{MEMORY_LIMIT}'")
        self.connection.execute("SET threads=2; SET preserve_insertion_order=true")
        self.connection.execute(f"SET temp_directory='{_quoted(scratch)}'")
        self.connection.execute("SET enable_progress_bar=false")
        self.connection.execute(NUMBER_MACRO)
        self.bad_rows = 0
        self.examples: list[str] = []

    def close(self) -> None:
        """Give the connection back; its temporary files go with it."""
        self.connection.close()

    def open(self, path: Path, view: str) -> list[str]:
        """Make the file a view named ``view`` and return its column names; InputError when it is broken."""
        if not path.exists():
            raise InputError(f"There is no file {path}; check the path.")
        try:
            return self._open(path, view)
        except (
            duckdb.Error,
            fastexcel.FastExcelError,
            pl.exceptions.PolarsError,
            OSError,
            ValueError,
        ) as error:
            reason = str(error).splitlines()[0][:160]
            raise InputError(f"{path} cannot be read as {_kind(path)}: {reason}") from error

    def _open(self, path: Path, view: str) -> list[str]:
        kind = _kind(path)
        if kind == "Parquet":
            self.run(f"CREATE VIEW {view} AS SELECT * FROM read_parquet('{_quoted(path)}')")
        elif kind == "JSON lines":
            self._open_json(path, view)
        elif kind == "Excel":
            converted = self.scratch / f"{view}.parquet"
            pl.read_excel(path, infer_schema_length=0).write_parquet(converted)
            self.run(f"CREATE VIEW {view} AS SELECT * FROM read_parquet('{_quoted(converted)}')")
        else:
            self._open_csv(path, view)
        columns = [row[0] for row in self.run(f"DESCRIBE {view}").fetchall()]
        self.run(f"SELECT * FROM {view} LIMIT 1").fetchall()
        return columns

    def _open_csv(self, path: Path, view: str) -> None:
        encoding = _encoding(path)
        self.run(
            f"CREATE TABLE {view} AS SELECT * FROM read_csv('{_quoted(path)}', all_varchar=true, header=true,"
            f" store_rejects=true, encoding='{encoding}', rejects_limit=0,"
            " null_padding=false, strict_mode=true, sample_size=20000)"
        )
        rejects = self.run("SELECT line, error_message FROM reject_errors ORDER BY line").fetchall()
        lines = {line for line, _ in rejects}
        self.bad_rows += len(lines)
        for line, message in rejects[: EXAMPLES - len(self.examples)]:
            self.examples.append(f"{path.name} line {line}: {message.splitlines()[0][:100]}")

    def _open_json(self, path: Path, view: str) -> None:
        self.run(
            f"CREATE VIEW {view}_lines AS SELECT line FROM read_csv('{_quoted(path)}',"
            " columns={'line': 'VARCHAR'}, delim='\x01', quote='', escape='', header=false,"
            " auto_detect=false, max_line_size=10000000) WHERE length(trim(line)) > 0"
        )
        self.run(f"CREATE VIEW {view}_valid AS SELECT line AS json FROM {view}_lines WHERE json_valid(line)")
        total, valid = self.run(
            f"SELECT count(*), count(*) FILTER (WHERE json_valid(line)) FROM {view}_lines"
        ).fetchone() or (0, 0)
        if not valid:
            raise ValueError("no line of it is JSON")
        self.bad_rows += total - valid
        if total > valid:
            bad = self.run(f"SELECT line FROM {view}_lines WHERE NOT json_valid(line) LIMIT {EXAMPLES}")
            self.examples += [f"{path.name}: not JSON: {line[:80]!r}" for (line,) in bad.fetchall()]
        keys = self.run(
            f"SELECT DISTINCT unnest(json_keys(json)) FROM (SELECT json FROM {view}_valid LIMIT 2000)"
        ).fetchall()
        columns = ", ".join(
            f'json_extract_string(json, \'$."{key}"\') AS "{key}"'
            for (key,) in sorted(keys)
            if '"' not in key
        )
        self.run(f"CREATE VIEW {view} AS SELECT {columns} FROM {view}_valid")

    def run(self, sql: str) -> duckdb.DuckDBPyConnection:
        """Execute one statement."""
        return self.connection.execute(sql)

    def count(self, sql: str) -> int:
        """The single number that a query returns."""
        row = self.run(sql).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def frame(self, sql: str) -> pl.DataFrame:
        """The result of a query, by way of a Parquet file so that it never stands twice in memory."""
        target = self.scratch / "result.parquet"
        self.copy(sql, target)
        return pl.read_parquet(target, memory_map=False)

    def copy(self, sql: str, target: Path) -> None:
        """Stream the result of a query into a Parquet file."""
        self.run(f"COPY ({sql}) TO '{_quoted(target)}' (FORMAT parquet, COMPRESSION zstd)")


# A price as shops write it: "£1,234.56", "1.234,56 €", "$12.99 - $15.99" (the first), "4,95"; or as a spreadsheet does: "1.2E+03".
NUMBER_MACRO = r"""
CREATE MACRO number_of(written) AS try_cast(
    CASE
        WHEN regexp_full_match(trim(written), '[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,2}') THEN trim(written)
        WHEN regexp_matches(trim(written), '^-') THEN NULL
        WHEN regexp_matches(regexp_extract(written, '[0-9][0-9.,]*'), ',[0-9]{1,2}$')
        THEN replace(replace(regexp_extract(written, '[0-9][0-9.,]*'), '.', ''), ',', '.')
        ELSE regexp_replace(replace(regexp_extract(written, '[0-9][0-9.,]*'), ',', ''), '\.$', '')
    END AS DOUBLE)
"""


def _kind(path: Path) -> str:
    name = path.name.lower()
    if name.endswith(".parquet"):
        return "Parquet"
    if name.endswith(JSON_SUFFIXES):
        return "JSON lines"
    if name.endswith(EXCEL_SUFFIXES):
        return "Excel"
    if name.endswith(CSV_SUFFIXES):
        return "CSV"
    raise InputError(f"{path} has an ending that is not known; use .csv, .parquet, .jsonl or .xlsx.")


def _encoding(path: Path) -> str:
    """UTF-8 unless the first megabyte is not: the UCI file, for one, is Latin-1."""
    if path.name.endswith(".gz"):
        return "utf-8"
    with path.open("rb") as stream:
        head = stream.read(1 << 20)
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8" if error.start > len(head) - 4 else "latin-1"
    return "utf-8"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
