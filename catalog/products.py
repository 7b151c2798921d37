"""Products, and the catalog that holds them column by column."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from catalog.errors import CatalogError
from catalog.money import MOST, Money, money

COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "item_id": pl.String,
    "title": pl.String,
    "brand": pl.String,
    "category": pl.String,
    "price": pl.Float64,
    "currency": pl.String,
    "list_price": pl.Float64,
    "rating": pl.Float64,
    "review_count": pl.Int64,
    "promotion": pl.String,
    "specifications": pl.List(pl.String),
    "description": pl.String,
    "image": pl.String,
    "in_stock": pl.Boolean,
}


class Product(BaseModel):
    """One thing that the shop sells. What the catalog does not know is None, never a guess."""

    model_config = ConfigDict(frozen=True)

    item_id: str
    title: str
    brand: str | None = None
    category: str | None = None
    price: Money | None = None
    list_price: Money | None = None
    rating: float | None = Field(default=None, description="mean stars, 0 to 5")
    review_count: int | None = None
    promotion: str | None = None
    specifications: list[str] = Field(default_factory=list)
    description: str | None = None
    image: str | None = None
    in_stock: bool = True

    def text(self) -> str:
        """Title, brand and price as one line: the text that re-ranking compares with the summary."""
        parts = [self.title]
        if self.brand and self.brand.lower() not in self.title.lower():
            parts.append(f"by {self.brand}")
        if self.price:
            parts.append(str(self.price))
        return ", ".join(parts)


class Catalog:
    """Products in columns: a million of them fit in memory, and filters are numpy masks.

    ``len(catalog)`` products; *row* always means the position of a product, 0 to ``len - 1``.
    """

    def __init__(self, frame: pl.DataFrame, name: str = "catalog"):
        if frame.is_empty():
            raise CatalogError(f"The catalog {name!r} is empty; import products with `interarec import`.")
        self.name = name
        self.frame = _with_all_columns(frame)
        self._row_of = {item: row for row, item in enumerate(self.frame["item_id"].to_list())}

    def __len__(self) -> int:
        return self.frame.height

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._row_of

    def __iter__(self) -> Iterator[Product]:
        return (self.product(row) for row in range(len(self)))

    def row(self, item_id: str) -> int:
        """The row of an item; KeyError when the catalog does not have it."""
        return self._row_of[item_id]

    def known(self, item_ids: Iterable[str]) -> list[str]:
        """Those of the ids that the catalog has, in order."""
        return [item for item in item_ids if item in self._row_of]

    def product(self, row: int) -> Product:
        """The product at a row."""
        return _product(self.frame.row(row, named=True))

    def get(self, item_id: str) -> Product:
        """The product with this id; KeyError when the catalog does not have it."""
        return self.product(self._row_of[item_id])

    @cached_property
    def item_ids(self) -> list[str]:
        """The ids in row order."""
        return self.frame["item_id"].to_list()

    @cached_property
    def titles(self) -> list[str]:
        """The titles in row order."""
        return self.frame["title"].to_list()

    @cached_property
    def prices(self) -> np.ndarray:
        """Prices in row order, (n,) float64, NaN where unknown."""
        return _amounts(self.frame["price"])

    @cached_property
    def priced(self) -> bool:
        """Whether any product has a price."""
        return not bool(np.isnan(self.prices).all())

    @cached_property
    def list_prices(self) -> np.ndarray:
        """List prices in row order, (n,) float64, NaN where unknown."""
        return _amounts(self.frame["list_price"])

    @cached_property
    def ratings(self) -> np.ndarray:
        """Mean stars in row order, (n,) float64, NaN where unknown."""
        return self.frame["rating"].fill_null(float("nan")).to_numpy()

    @cached_property
    def brands(self) -> list[str]:
        """The distinct brands, most frequent first."""
        return _by_frequency(self.frame["brand"])

    @cached_property
    def categories(self) -> list[str]:
        """The distinct categories, most frequent first."""
        return _by_frequency(self.frame["category"])

    @cached_property
    def brand_of_row(self) -> np.ndarray:
        """Lower-case brand of each row, (n,) object array, "" where unknown."""
        return self.frame["brand"].fill_null("").str.to_lowercase().to_numpy()

    @cached_property
    def category_of_row(self) -> np.ndarray:
        """Lower-case category of each row, (n,) object array, "" where unknown."""
        return self.frame["category"].fill_null("").str.to_lowercase().to_numpy()

    @cached_property
    def titles_with_brand(self) -> list[str]:
        """Title and, where the title does not say it, brand and category of each row: what is embedded."""
        frame = self.frame.select("title", pl.col("brand").fill_null(""), pl.col("category").fill_null(""))
        return [
            ", ".join(
                [title, *(part for part in (brand, category) if part and part.lower() not in title.lower())]
            )
            for title, brand, category in frame.iter_rows()
        ]

    @cached_property
    def search_text(self) -> list[str]:
        """Title, brand, category, promotion and specifications of each row: what words are looked up in."""
        joined = self.frame.select(
            pl.concat_str(
                [
                    pl.col("title"),
                    pl.col("brand"),
                    pl.col("category"),
                    pl.col("specifications").list.join(" "),
                ],
                separator=" ",
                ignore_nulls=True,
            )
        )
        return joined.to_series().to_list()

    @cached_property
    def currency(self) -> str | None:
        """The currency of most prices, or None when the catalog has no prices."""
        found = _by_frequency(self.frame["currency"])
        return found[0] if found else None

    @cached_property
    def fingerprint(self) -> str:
        """A digest of what retrieval depends on; an index or a model keeps the one it was made for."""
        return _digest(self.frame.select("item_id", "title", "brand", "price"))

    @cached_property
    def text_fingerprint(self) -> str:
        """A digest of what words are looked up in."""
        return _digest(self.frame.select("item_id", "title", "brand", "category", "specifications"))


def _digest(frame: pl.DataFrame) -> str:
    return hashlib.sha256(frame.hash_rows(seed=7).to_numpy().tobytes()).hexdigest()[:16]


def _by_frequency(column: pl.Series) -> list[str]:
    named = column.drop_nulls()
    return (
        named.value_counts(sort=True)
        .sort(["count", column.name], descending=[True, False])[column.name]
        .to_list()
    )


def _amounts(column: pl.Series) -> np.ndarray:
    """A column of amounts, (n,) float64, NaN where there is none or what there is is no price."""
    amounts = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.where((amounts >= 0) & (amounts <= float(MOST)), amounts, np.nan)


def _with_all_columns(frame: pl.DataFrame) -> pl.DataFrame:
    present = [
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in COLUMNS.items()
    ]
    return frame.select(present)


def _product(record: dict[str, object]) -> Product:
    currency = record.pop("currency")
    assert currency is None or isinstance(currency, str)
    for name in ("price", "list_price"):
        value = record[name]
        assert value is None or isinstance(value, float)
        record[name] = money(value, currency)
    record["specifications"] = record["specifications"] or []
    record["in_stock"] = record["in_stock"] is not False
    return Product.model_validate(record)


def catalog_of(products: Iterable[Product], name: str = "catalog") -> Catalog:
    """A catalog from product objects."""
    records = []
    for product in products:
        record = product.model_dump()
        record["currency"] = product.price.currency if product.price else None
        for column in ("price", "list_price"):
            value = getattr(product, column)
            record[column] = float(value.amount) if value else None
        records.append(record)
    if not records:
        raise CatalogError(f"The catalog {name!r} is empty; import products with `interarec import`.")
    return Catalog(pl.DataFrame(records, schema_overrides=COLUMNS, infer_schema_length=None), name)
