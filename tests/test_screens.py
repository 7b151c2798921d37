"""The labels of real screenshots, and what is counted of a reading."""

from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from agents.screen_reader.reading import PageKind, PageReading, ReadProduct
from catalog.money import Money
from evaluation.screens.labels import LabelledProduct, LabelledScreen, OtherMoney, labelled_screens
from evaluation.screens.measure import Tally, count
from tests.interarec.test_cli import run

SCREEN = LabelledScreen(
    file="a.png", kind="product", other_money=[OtherMoney(text="$35", amount=35.0, what="free delivery threshold")],
    products=[LabelledProduct(title="Blue vase", brand="Acme", price=129.0, list_price=159.0, currency="USD", about=True)],
)  # fmt: skip


def figures(*products: ReadProduct) -> dict[str, list[int]]:
    tally = Tally()
    count(tally, SCREEN, PageReading(kind=PageKind.PRODUCT, products=list(products)))
    return dict(tally.counts)


def read(title: str, price: str, old: str | None = None) -> ReadProduct:
    return ReadProduct(
        title=title, brand="ACME", price=Money(amount=Decimal(price), currency="USD"),
        list_price=Money(amount=Decimal(old), currency="USD") if old else None,
    )  # fmt: skip


def test_every_label_is_whole_and_a_third_is_for_the_test() -> None:
    screens = labelled_screens()
    assert len({s.file for s in screens}) == len(screens) >= 130
    assert 0.25 < sum(s.is_test for s in screens) / len(screens) < 0.42
    assert all(p.title or p.price is not None for s in screens for p in s.products)


def test_a_right_reading_counts_in_every_figure() -> None:
    assert all(right == of for right, of in figures(read("Blue vase", "129", "159")).values())


def test_faults_are_counted_where_they_are() -> None:
    wrong = figures(read("Blue vase", "35"))
    assert wrong["price"] == [0, 1] and wrong["list price"] == [0, 1] and wrong["title"] == [1, 1]
    assert wrong["other money taken for no price"] == [0, 1]
    assert figures()["products found"] == [0, 1]
    assert figures(read("Newsletter", "35"))["read products that are there"] == [0, 1]


def test_the_command_reads_what_is_there_and_says_when_nothing_is(tmp_path: Path) -> None:
    assert "--pictures" in run(tmp_path, "evaluate", "screens", "--pictures", str(tmp_path), code=1).stderr
    labels = tmp_path / "labels.jsonl"
    labels.write_text(SCREEN.model_dump_json() + "\n")
    Image.new("RGB", (300, 200), "white").save(tmp_path / "a.png")
    told = run(tmp_path, "evaluate", "screens", "--pictures", str(tmp_path), "--labels", str(labels)).stdout
    assert "products found" in told


@pytest.mark.parametrize("line", ["{", '{"file": "a.png", "kind": "shop"}'])
def test_a_damaged_label_is_named(tmp_path: Path, line: str) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text(line + "\n")
    said = run(
        tmp_path, "evaluate", "screens", "--pictures", str(tmp_path), "--labels", str(labels), code=1
    ).stderr
    assert "line 1" in said
