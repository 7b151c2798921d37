"""Which layout a path holds, and the SQL that turns it into our products and sessions.

Every layout yields two queries over text columns: ``products`` with the columns of
:data:`catalog.products.COLUMNS` that it knows, and ``events`` (``session_id``, ``item_id``, ``timestamp``)
or ``sessions`` (``session_id``, ``items``). Rows with no id or no title are counted as bad.
"""

from dataclasses import dataclass, field
from pathlib import Path

from catalog.errors import InputError
from catalog.importers.tables import Tables

LAYOUTS = ("amazon-m2", "online-retail", "amazon-reviews", "table")

LOCALE_CURRENCY = "CASE locale WHEN 'UK' THEN 'GBP' WHEN 'JP' THEN 'JPY' WHEN 'US' THEN 'USD' ELSE 'EUR' END"

# What generic tables call our columns; the first one present wins, and --map overrides.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "item_id": ("item_id", "id", "sku", "asin", "product_id", "parent_asin", "stockcode", "productid", "itemid"),
    "title": ("title", "name", "product_name", "description", "product_title"),
    "brand": ("brand", "manufacturer", "store", "vendor"),
    "category": ("category", "department", "main_category", "product_type", "categories"),
    "price": ("price", "unit_price", "unitprice", "sale_price", "amount"),
    "currency": ("currency", "currency_code"),
    "list_price": ("list_price", "rrp", "msrp", "was_price", "original_price"),
    "rating": ("rating", "average_rating", "stars"),
    "review_count": ("review_count", "rating_number", "reviews", "num_reviews"),
    "description": ("description", "desc", "details"),
    "image": ("image", "image_url", "picture"),
    "session_id": ("session_id", "session", "user_session", "sessionid", "order_id", "user_id", "userid", "customer_id", "visitorid"),
    "timestamp": ("timestamp", "time", "event_time", "eventtime", "date", "created_at", "ts", "unix_time"),
}
OF_USERS = ("user_id", "userid", "customer_id", "visitorid")
"""Columns that name a shopper, whose events go on for months: they are cut into sessions by a pause."""
TABLES = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson", ".xlsx", ".inter", ".item", ".gz")
NUMERIC = ("price", "list_price", "rating")


@dataclass
class Layout:
    """The queries of one layout; ``events`` and ``sessions`` are None where the source has none."""

    name: str
    products: str | None
    events: str | None = None
    sessions: str | None = None
    of_users: bool = False
    """Whether ``session_id`` of the events names a shopper rather than a session."""
    notes: list[str] = field(default_factory=list)


def detect(path: Path) -> str:
    """The layout that a file or folder looks like."""
    names = {p.name.lower() for p in path.iterdir()} if path.is_dir() else {path.name.lower()}
    if names & {"products_train.csv", "sessions_train.csv"} or names == {"sessions.parquet"}:
        return "amazon-m2"
    if any(
        "online_retail" in n.replace(" ", "_").replace("-", "_")
        for n in names
        if n.endswith((".csv", ".xlsx"))
    ):
        return "online-retail"
    if any(n.startswith("meta_") or "reviews" in n for n in names):
        return "amazon-reviews"
    return "table"


def read_layout(
    tables: Tables, path: Path, layout: str, mapping: dict[str, str], locale: str | None
) -> Layout:
    """Open the files of a layout and return its queries."""
    if layout == "amazon-m2":
        return _amazon_m2(tables, path, locale)
    if layout == "online-retail":
        return _online_retail(tables, path)
    if layout == "amazon-reviews":
        return _amazon_reviews(tables, path)
    if layout == "table":
        return _table(tables, path, mapping)
    raise InputError(f"The layout {layout!r} is not known; choose one of {', '.join(LAYOUTS)}.")


def _files(path: Path) -> list[Path]:
    return sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]


def _amazon_m2(tables: Tables, path: Path, locale: str | None) -> Layout:
    folder = path if path.is_dir() else path.parent
    wanted = f"locale = '{_text(locale)}'" if locale else "true"
    layout = Layout("amazon-m2", None)
    products = folder / "products_train.csv"
    if products.exists() and path.name.lower() not in ("sessions.parquet", "sessions_train.csv"):
        have = tables.open(products, "m2_products")
        extras = [c for c in ("color", "size", "model", "material", "author") if c in have]
        specifications = ", ".join(
            f"CASE WHEN nullif(trim({c}), '') IS NOT NULL THEN '{c}: ' || trim({c}) END" for c in extras
        )
        layout.products = (
            "SELECT id AS item_id, title, brand, number_of(price) AS price, "
            f'{LOCALE_CURRENCY} AS currency, "desc" AS description, '
            f"list_filter([{specifications or 'NULL'}]::VARCHAR[], lambda x: x IS NOT NULL) AS specifications "
            f"FROM m2_products WHERE {wanted}"
        )
    sessions = next(
        (
            f
            for f in (path, folder / "sessions_train.csv", folder / "sessions.parquet")
            if f.is_file() and "sessions" in f.name.lower()
        ),
        None,
    )
    if sessions is not None:
        columns = tables.open(sessions, "m2_sessions")
        previous = (
            "prev_items"
            if sessions.suffix == ".parquet"
            else r"regexp_extract_all(prev_items, '[A-Za-z0-9]{4,}')"
        )
        items = f"list_append({previous}, next_item)" if "next_item" in columns else previous
        layout.sessions = f"SELECT 'M' || row_number() OVER () AS session_id, {items} AS items FROM m2_sessions WHERE {wanted}"
    if layout.products is None and layout.sessions is None:
        raise InputError(f"{path} has neither products_train.csv nor sessions; pass the Amazon-M2 folder.")
    return layout


def _online_retail(tables: Tables, path: Path) -> Layout:
    source = next((f for f in _files(path) if f.suffix.lower() in (".csv", ".xlsx", ".xls")), None)
    if source is None:
        raise InputError(f"{path} has no CSV or Excel file of UCI Online Retail.")
    columns = {c.lower().replace(" ", ""): c for c in tables.open(source, "retail_raw")}
    named = {
        "invoice": _pick(columns, source, "invoiceno", "invoice"),
        "code": _pick(columns, source, "stockcode"),
        "title": _pick(columns, source, "description"),
        "quantity": _pick(columns, source, "quantity"),
        "date": _pick(columns, source, "invoicedate"),
        "price": _pick(columns, source, "unitprice", "price"),
        "customer": _pick(columns, source, "customerid"),
    }
    chosen = ", ".join(f'CAST("{column}" AS VARCHAR) AS {name}' for name, column in named.items())
    # Cancelled invoices begin with C; codes without five digits are postage, fees and adjustments.
    tables.run(
        f"CREATE VIEW retail AS SELECT invoice, upper(trim(code)) AS code, trim(title) AS title, "
        f"number_of(price) AS price, nullif(customer, '') AS customer, "
        f"coalesce(try_cast(date AS TIMESTAMP), try_strptime(date, ['%m/%d/%Y %H:%M', '%m/%d/%y %H:%M', "
        f"'%d/%m/%Y %H:%M', '%d-%m-%Y %H:%M'])) AS time FROM (SELECT {chosen} FROM retail_raw) "
        "WHERE NOT starts_with(upper(invoice), 'C') AND regexp_matches(code, '^[0-9]{5}') "
        "AND try_cast(quantity AS DOUBLE) > 0 AND number_of(price) > 0"
    )
    return Layout(
        "online-retail",
        "SELECT code AS item_id, mode(title) AS title, median(price) AS price, 'GBP' AS currency "
        "FROM retail GROUP BY code",
        events="SELECT customer || '-' || strftime(time, '%Y%m%dT%H%M') AS session_id, code AS item_id, "
        "time AS timestamp FROM retail WHERE customer IS NOT NULL AND time IS NOT NULL",
    )


def _amazon_reviews(tables: Tables, path: Path) -> Layout:
    layout = Layout("amazon-reviews", None)
    for position, source in enumerate(_files(path)):
        columns = set(tables.open(source, f"reviews_{position}"))
        item = "parent_asin" if "parent_asin" in columns else "asin"
        if item not in columns:
            continue
        if "title" in columns and columns & {"brand", "store", "main_cat", "main_category", "category"}:
            layout.products = _review_metadata(f"reviews_{position}", item, columns)
        elif columns & {"reviewerID", "user_id"}:
            user, time = (
                ("reviewerID", "to_timestamp(try_cast(unixReviewTime AS BIGINT))")
                if "reviewerID" in columns
                else ("user_id", "to_timestamp(try_cast(timestamp AS BIGINT) / 1000)")
            )
            layout.events = (
                f"SELECT {user} AS session_id, {item} AS item_id, CAST({time} AS TIMESTAMP) AS timestamp "
                f"FROM reviews_{position}"
            )
    if layout.products is None and layout.events is None:
        raise InputError(f"{path} has no Amazon Reviews metadata or reviews in JSON lines.")
    return layout


def _review_metadata(view: str, item: str, columns: set[str]) -> str:
    def first(*names: str) -> str:
        present = [n for n in names if n in columns]
        return f"nullif(coalesce({', '.join(present)}), '')" if present else "NULL"

    rating = "average_rating" if "average_rating" in columns else "NULL"
    reviews = "rating_number" if "rating_number" in columns else "NULL"
    return (
        f"SELECT {item} AS item_id, title, {first('brand', 'store')} AS brand, "
        f"{first('main_cat', 'main_category')} AS category, number_of({first('price')}) AS price, "
        f"'USD' AS currency, try_cast({rating} AS DOUBLE) AS rating, try_cast({reviews} AS BIGINT) AS review_count, "
        f"left(array_to_string(try_cast({first('description')} AS VARCHAR[]), ' '), 2000) AS description FROM {view}"
    )


def _table(tables: Tables, path: Path, mapping: dict[str, str]) -> Layout:
    layout = Layout("table", None)
    seen: set[str] = set()
    for position, source in enumerate(_files(path)):
        if path.is_dir() and not source.name.lower().endswith(TABLES):
            layout.notes.append(f"{source.name} was not used: it is no table")
            continue
        view = f"table_{position}"
        columns = {_plain_name(c): c for c in tables.open(source, view)}
        seen |= columns.keys()
        found = _mapped(columns, mapping)
        if not _add_table(layout, view, columns, found):
            why = "it names no item" if "item_id" not in found else "its items have neither a title nor a session"
            layout.notes.append(f"{source.name} was not used: {why}")
    if missing := sorted(c for c in mapping.values() if c.lower() not in seen):
        raise InputError(f"No file of {path} has the column {missing[0]!r} that --map names; it has: {', '.join(sorted(seen))}.")
    if layout.products is None and layout.events is None and layout.sessions is None:
        raise InputError(
            f"{path} has no columns that name an item and its title; say which with --map item_id=COLUMN "
            "--map title=COLUMN."
        )
    return layout


def _add_table(layout: Layout, view: str, columns: dict[str, str], found: dict[str, str]) -> bool:
    """Take a table for what it is: events, products, or histories; False when it is none of them, or a second one."""
    if "item_id" in found and "session_id" in found and "title" not in found and layout.events is None:
        time = f'CAST("{found["timestamp"]}" AS VARCHAR)' if "timestamp" in found else "NULL::VARCHAR"
        layout.events = (
            f'SELECT CAST("{found["session_id"]}" AS VARCHAR) AS session_id, '
            f'CAST("{found["item_id"]}" AS VARCHAR) AS item_id, {time} AS timestamp FROM {view}'
        )
        layout.of_users = _plain_name(found["session_id"]) in OF_USERS
    elif "item_id" in found and "title" in found and layout.products is None:
        layout.products = (
            f"SELECT {', '.join(_column(n, c) for n, c in found.items() if n in PRODUCT)} FROM {view}"
        )
    elif "history" in columns and "next_item" in columns and layout.sessions is None:
        layout.sessions = f"SELECT 'H' || row_number() OVER () AS session_id, list_append(history, next_item) AS items FROM {view}"
    else:
        return False
    return True


def _plain_name(column: str) -> str:
    """A column's name in lower case, without the type that RecBole writes behind it ("item_id:token")."""
    return column.lower().partition(":")[0].strip()


PRODUCT = tuple(n for n in SYNONYMS if n not in ("session_id", "timestamp"))


def _mapped(columns: dict[str, str], mapping: dict[str, str]) -> dict[str, str]:
    """Our names to a table's columns: those that were named, where the table has them, then the usual names."""
    found = {ours: columns[theirs.lower()] for ours, theirs in mapping.items() if theirs.lower() in columns}
    for name, synonyms in SYNONYMS.items():
        if name in found:
            continue
        taken = set(found.values())
        match = next((columns[s] for s in synonyms if s in columns and columns[s] not in taken), None)
        if match is not None:
            found[name] = match
    return found


def _column(name: str, column: str) -> str:
    written = f'CAST("{column}" AS VARCHAR)'
    if name in NUMERIC:
        return f"number_of({written}) AS {name}"
    if name == "review_count":
        return f"try_cast({written} AS BIGINT) AS {name}"
    return f"nullif(trim({written}), '') AS {name}"


def _pick(columns: dict[str, str], source: Path, *names: str) -> str:
    for name in names:
        if name in columns:
            return columns[name]
    raise InputError(f"{source} has no column {names[0]!r}; is it the UCI Online Retail file?")


def _text(value: str | None) -> str:
    return (value or "").replace("'", "''")
