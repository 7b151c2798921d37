"""Pages laid out as many shops lay theirs out, in real Chromium, read back from the pixels and held to their sources.

The layouts are no shop's own pages: marketplaces, fashion, groceries, furniture, homes, a cart, a comparison, in
dollars, pounds, euros and yen, with raised cents, old prices, instalments, unit prices and filters in between.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from agents.browser import ARGUMENTS, find_browser
from agents.screen_reader.page import PageInterpreter
from agents.screen_reader.reading import PageReading, ReadProduct

FOLDER = Path(__file__).parent / "layouts"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))
ALIKE = 0.9  # a letter or two may be misread


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PageReading]:
    interpreter = PageInterpreter()
    folder = tmp_path_factory.mktemp("layouts")
    found = {}
    for name, path in _pictures(folder):
        found[name] = interpreter.read(np.asarray(Image.open(path).convert("RGB")))
    return found


def _pictures(folder: Path) -> Iterator[tuple[str, Path]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=[*ARGUMENTS, "--no-sandbox"]
        )
        for name, page in EXPECTED.items():
            yield name, _picture(browser, name, page, folder / f"{name}.png")
        browser.close()


def _picture(browser: Browser, name: str, page: dict[str, Any], path: Path) -> Path:
    size = {"width": page["width"], "height": page["height"]}
    tab = browser.new_page(viewport=size, device_scale_factor=page["scale"])  # type: ignore[arg-type]
    tab.goto((FOLDER / f"{name}.html").as_uri())
    try:
        tab.screenshot(path=str(path))
    except PlaywrightError:  # now and then a busy Chromium has no picture to give yet
        tab.screenshot(path=str(path))
    tab.close()
    return path


def found_in(reading: PageReading, title: str) -> ReadProduct | None:
    """The product whose title is most like this one, alike enough."""
    best = max(reading.products, key=lambda p: _likeness(p.title, title), default=None)
    return best if best is not None and _likeness(best.title, title) >= ALIKE else None


def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a.lower(), b.lower()).ratio()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_products_and_prices(readings: dict[str, PageReading], name: str) -> None:
    reading, page = readings[name], EXPECTED[name]
    assert reading.kind.value == page["kind"]
    for product in page["products"]:
        seen = found_in(reading, product["title"])
        assert seen is not None, f"{product['title']!r} was not read: {[p.title for p in reading.products]}"
        assert str(seen.price) == product["price"], product["title"]
        if "list_price" in product:
            assert str(seen.list_price) == product["list_price"], product["title"]
    assert len(reading.products) <= len(page["products"]) + page.get("others", 0)


def test_brands_ratings_and_reviews(readings: dict[str, PageReading]) -> None:
    """Of all layouts together: single ones fail on a letter or a star."""
    right = dict.fromkeys(("brand", "rating", "reviews"), 0)
    told = dict.fromkeys(right, 0)
    for name, page in EXPECTED.items():
        for product in page["products"]:
            seen = found_in(readings[name], product["title"])
            given = {
                "brand": seen and seen.brand, "rating": seen and seen.rating, "reviews": seen and seen.review_count,
            }  # fmt: skip
            for field in right.keys() & product.keys():
                told[field] += 1
                right[field] += given[field] == product[field]
    assert {f: right[f] / told[f] > 0.8 for f in right} == dict.fromkeys(right, True), (right, told)
