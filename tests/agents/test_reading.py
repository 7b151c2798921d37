"""Pages of the shop, in real Chromium, read back from the pixels."""

import io
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from agents.browser import ARGUMENTS, find_browser
from agents.screen_reader.page import PageInterpreter
from agents.screen_reader.reading import PageKind
from storefront.app import create_shop
from storefront.designs import DESIGNS
from storefront.sample import sample_catalog
from storefront.server import running


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with running(create_shop(sample_catalog())) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=[*ARGUMENTS, "--no-sandbox"]
        )
        yield browser.new_page(viewport={"width": 1280, "height": 800}, base_url=url)
        browser.close()


@pytest.fixture(scope="module")
def interpreter() -> PageInterpreter:
    return PageInterpreter()


def shot(page: Page, path: str) -> np.ndarray:
    page.goto(path)
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))


@pytest.mark.parametrize("design", sorted(DESIGNS))
def test_listing_prices_and_titles(page: Page, interpreter: PageInterpreter, design: str) -> None:
    reading = interpreter.read(shot(page, f"/search?q=lamp&design={design}&theme=light"))
    catalog = sample_catalog()
    assert reading.kind is PageKind.SEARCH and reading.query == "lamp"
    truth = {(p.title.lower(), p.price.amount if p.price else None) for p in catalog}
    assert len(reading.products) >= 2
    right = [p for p in reading.products if p.price and (p.title.lower(), p.price.amount) in truth]
    assert len(right) >= 0.8 * len(reading.products)


def test_a_product_page(page: Page, interpreter: PageInterpreter) -> None:
    reading = interpreter.read(shot(page, "/product/S0007?design=classic"))
    product = sample_catalog().get("S0007")
    assert reading.kind is PageKind.PRODUCT
    main = reading.products[0]
    assert main.main and main.title == product.title and main.brand == product.brand
    assert main.price == product.price and main.rating == product.rating
    assert any("Material" in s for s in main.specifications)


def test_delivery_filters_and_instalments_are_no_prices(page: Page, interpreter: PageInterpreter) -> None:
    reading = interpreter.read(shot(page, "/search?q=desk&design=ledger"))
    amounts = {p.price.amount for p in reading.products if p.price}
    assert not amounts & {Decimal("3.95"), Decimal("10.00"), Decimal("50.00"), Decimal("0")}


def test_compare_and_cart_pages(page: Page, interpreter: PageInterpreter) -> None:
    compared = interpreter.read(shot(page, "/compare?ids=S0001,S0002,S0003&design=classic"))
    assert compared.kind is PageKind.COMPARISON
    catalog = sample_catalog()
    assert [p.price for p in compared.products] == [catalog.get(f"S000{i}").price for i in (1, 2, 3)]


def test_a_blank_page_says_nothing(interpreter: PageInterpreter) -> None:
    reading = interpreter.read(np.full((400, 600, 3), 255, np.uint8))
    assert reading.kind is PageKind.OTHER and reading.products == []
