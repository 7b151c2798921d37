"""A running server takes up what `interarec update` and `interarec import` change, conversations included."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import polars as pl
import pytest

from catalog.changes import change
from catalog.store import CatalogStore, StoredCatalog
from interarec.app import open_shop
from interarec.reloading import ServedCatalog
from interarec.server.app import create_app
from interarec.settings import Settings
from storefront.app import create_shop
from storefront.server import running

SECONDS = 30.0


@pytest.fixture
def served(settings: Settings, stored: StoredCatalog, tmp_path: Path) -> Iterator[tuple[httpx.Client, StoredCatalog, str]]:
    stored.vectors, stored.words  # noqa: B018 - built once, copied with the folder
    shutil.copytree(stored.folder, tmp_path / "catalogs" / "sample")
    own = StoredCatalog(tmp_path / "catalogs" / "sample", stored.encoder)
    front = create_shop(own.catalog)
    app = create_app(
        settings.model_copy(update={"home": tmp_path}), open_shop(own), None, ServedCatalog(own), lambda s: front.state.shop.restock(s.catalog)
    )  # fmt: skip
    with running(app, lifespan="on") as url, running(front) as shop_url, httpx.Client(base_url=url, timeout=60) as client:
        yield client, own, shop_url


def until(holds: Callable[[], bool]) -> bool:
    ends = time.monotonic() + SECONDS
    while not holds() and time.monotonic() < ends:
        time.sleep(0.1)
    return holds()


def another(own: StoredCatalog) -> StoredCatalog:
    """The catalog as a second process has it."""
    return CatalogStore(own.folder.parent.parent).open(own.name)


def test_deleted_repriced_and_new_products_are_taken_up_in_a_conversation(served: tuple[httpx.Client, StoredCatalog, str]) -> None:
    client, own, shop_url = served
    session = client.post("/v1/sessions").json()["session_id"]

    def ask(message: str) -> dict:  # type: ignore[type-arg]
        answer = client.post(f"/v1/sessions/{session}/chat", json={"message": message})
        assert answer.status_code == 200
        return answer.json()  # type: ignore[no-any-return]

    before = ask("a kettle")["products"]
    gone, repriced = before[0], before[1]
    row = own.catalog.frame.filter(pl.col("item_id") == repriced["item_id"]).with_columns(price=pl.lit(1234.0), list_price=pl.lit(None, pl.Float64))
    new = row.with_columns(item_id=pl.lit("NEW-1"), title=pl.lit("Copper Samovar Kettle 3 L"), brand=pl.lit("Zarya"), price=pl.lit(149.0))
    change(another(own), pl.concat([row, new]), [gone["item_id"]])

    def found() -> list[str]:
        fresh = client.post("/v1/sessions").json()["session_id"]
        reply = client.post(f"/v1/sessions/{fresh}/chat", json={"message": "a samovar kettle by Zarya"}).json()
        return [p["item_id"] for p in reply["products"]]

    assert until(lambda: "NEW-1" in found())
    again = ask("compare the first two, then show me kettles again")
    assert gone["item_id"] not in str(again["products"])
    after = {p["item_id"]: p["price"] for p in ask("the dearest kettles you have")["products"]}
    assert after.get(repriced["item_id"]) in ("1234.00", "1234.0", "1234")
    assert client.get("/readyz").json()["products"] == len(another(own).catalog)
    assert httpx.get(f"{shop_url}/product/{gone['item_id']}").status_code == 404
    assert "1,234" in httpx.get(f"{shop_url}/product/{repriced['item_id']}").text


def test_a_damaged_catalog_leaves_the_old_one_served(served: tuple[httpx.Client, StoredCatalog, str]) -> None:
    client, own, _ = served
    products = client.get("/readyz").json()["products"]
    (own.folder / "products.parquet").write_bytes(b"PAR1 cut short")
    time.sleep(3)
    assert client.get("/readyz").json() == {"status": "ready", "products": products, "catalog": "sample"}
