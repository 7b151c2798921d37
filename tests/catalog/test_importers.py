import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from catalog.errors import InputError
from catalog.importers.run import import_path


def test_amazon_m2_as_published(tmp_path: Path) -> None:
    (tmp_path / "products_train.csv").write_text(
        "id,locale,title,price,brand,color,size,model,material,author,desc\n"
        'B001,UK,"Kettle, steel",19.99,Ergon,Black,,,Steel,,"Boils, fast"\n'
        "B001,DE,Wasserkocher,21.99,Ergon,,,,,,\n"
        "B002,UK,Mug,4.5,,,,,,,\n"
    )
    (tmp_path / "sessions_train.csv").write_text(
        "prev_items,next_item,locale\n\"['B001' 'B002'\n 'B001']\",B002,UK\n\"['B001' 'B001']\",B002,DE\n"
    )
    products, log, report = import_path(tmp_path, locale="UK")
    assert report.layout == "amazon-m2"
    assert products["item_id"].to_list() == ["B001", "B002"]
    first = products.row(0, named=True)
    assert (first["price"], first["currency"], first["description"]) == (19.99, "GBP", "Boils, fast")
    assert first["specifications"] == ["color: Black", "material: Steel"]
    assert log.items == [["B001", "B002", "B001", "B002"]]


def test_online_retail_as_published_in_latin1_and_excel(tmp_path: Path) -> None:
    rows = [
        ("536365", "85123A", "WHITE HEART HOLDER", 6, "12/1/2010 8:26", 2.55, "17850"),
        ("536365", "71053", "WHITE LANTERN £5", 6, "12/1/2010 8:26", 3.39, "17850"),
        ("C536366", "71053", "WHITE LANTERN £5", -1, "12/1/2010 9:00", 3.39, "17850"),
        ("536367", "POST", "POSTAGE", 1, "12/1/2010 9:00", 18.0, "17851"),
        ("536368", "85123A", "WHITE HEART HOLDER", 2, "12/2/2010 9:00", 2.95, "17851"),
    ]
    header = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID")
    text = "\n".join(",".join(map(str, r)) for r in [header, *rows])
    csv = tmp_path / "online_retail.csv"
    csv.write_bytes(text.encode("latin-1"))
    products, log, report = import_path(csv)
    assert report.layout == "online-retail"
    assert dict(zip(products["item_id"], products["price"], strict=True)) == {"85123A": 2.75, "71053": 3.39}
    assert "WHITE LANTERN £5" in products["title"].to_list()
    assert log.items == [["85123A", "71053"]]


def test_amazon_reviews_2018_and_2023(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    meta = [
        {
            "asin": "A1",
            "title": "Pen",
            "brand": "Inky",
            "price": "$2.99",
            "main_cat": "Office",
            "description": ["Blue", "fine"],
        }
    ]
    reviews = [
        {"reviewerID": "U1", "asin": "A2", "unixReviewTime": 200, "overall": 5.0},
        {"reviewerID": "U1", "asin": "A1", "unixReviewTime": 100, "overall": 4.0},
    ]
    (old / "meta_Office.json").write_text("\n".join(map(json.dumps, meta)) + "\nnot json at all\n")
    (old / "reviews_Office.json").write_text("\n".join(map(json.dumps, reviews)))
    products, log, report = import_path(old)
    assert products.row(0, named=True)["price"] == 2.99
    assert products.row(0, named=True)["brand"] == "Inky"
    assert log.items == [["A1", "A2"]]
    assert report.bad_rows == 1 and "not JSON" in report.examples[0]

    new = tmp_path / "meta_2023.jsonl.gz"
    row = {
        "parent_asin": "B1",
        "title": "Lamp",
        "store": "Lux",
        "price": 30.5,
        "average_rating": 4.5,
        "rating_number": 12,
        "main_category": "Home",
    }
    with gzip.open(new, "wt") as stream:
        stream.write(json.dumps(row))
    products, _, _ = import_path(new, layout="amazon-reviews")
    lamp = products.row(0, named=True)
    assert (lamp["brand"], lamp["price"], lamp["rating"], lamp["review_count"]) == ("Lux", 30.5, 4.5, 12)


def test_generic_table_with_a_mapping_counts_broken_rows(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text(
        'code,what,cost\n1,Chair,"1.299,00 €"\n2,,5\n3,"Table, oak",£40.50\n4,Bad,5,extra,columns\n1,Chair again,3\n'
    )
    products, _, report = import_path(path, mapping={"item_id": "code", "title": "what", "price": "cost"})
    assert dict(zip(products["title"], products["price"], strict=True)) == {
        "Chair": 1299.0,
        "Table, oak": 40.5,
    }
    assert report.bad_rows == 2
    assert report.duplicate_rows == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.parquet", b"not parquet", "cannot be read as Parquet"),
        ("a.csv", b"x,y\n1,2\n", "--map item_id=COLUMN"),
        ("a.pdf", b"%PDF", "ending"),
        ("a.jsonl", b"nothing here\n", "JSON"),
        ("a.xlsx", b"zip?", "Excel"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=says):
        import_path(tmp_path / name)


def test_missing_and_empty_paths(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file or folder"):
        import_path(tmp_path / "nowhere")
    with pytest.raises(InputError, match="is empty"):
        import_path(tmp_path)


def test_shared_real_data_imports(shared: Path) -> None:
    products, log, report = import_path(shared / "data" / "online-retail")
    assert (report.products, report.bad_rows) == (3284, 0)
    assert log.events > 390_000
    assert products.filter(pl.col("price").is_null()).is_empty()
