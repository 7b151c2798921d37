"""Made-up pages, rendered in real Chromium, and the learned reader on them."""

from collections.abc import Iterator

import numpy as np
import pytest

from agents.screen_reader.ocr import TextReader
from training.page_reader.examples import example_of
from training.page_reader.pages import KINDS, LABELS, made_page
from training.page_reader.products import Products
from training.page_reader.reader.features import FEATURES, TOKENS
from training.page_reader.reader.page import interpret
from training.page_reader.reader.page_model import ROLES, PageModel
from training.page_reader.rendering import RenderedPage, rendered

SEEDS = range(9_000_000, 9_000_008)  # far from those that are trained on


@pytest.fixture(scope="module")
def products() -> Products:
    return Products.from_files([])


@pytest.fixture(scope="module")
def pages(products: Products) -> list[RenderedPage]:
    return list(rendered((seed, made_page(seed, products)) for seed in SEEDS))


@pytest.fixture(scope="module")
def reader() -> Iterator[TextReader]:
    yield TextReader()


def test_a_seed_always_gives_the_same_page(products: Products) -> None:
    assert made_page(7, products) == made_page(7, products)
    assert made_page(7, products) != made_page(8, products)
    assert set(LABELS) == set(KINDS)


def test_rendered_pages_tell_what_each_text_is(pages: list[RenderedPage]) -> None:
    assert len(pages) == len(SEEDS)
    roles = {piece.role for page in pages for piece in page.pieces}
    assert {"title", "price", "navigation"} <= roles
    for page in pages:
        height, width = page.pixels.shape[:2]
        assert all(-50 < p.x0 < width and -50 < p.y0 < height for p in page.pieces)


def test_most_nodes_of_pages_it_has_not_met_are_told_rightly(
    pages: list[RenderedPage], reader: TextReader
) -> None:
    model, right, told = PageModel(), 0, 0
    for page in pages:
        example = example_of(page, reader.read(page.pixels))
        assert example is not None
        features = example.features()
        assert features.values.shape == (len(example.nodes), FEATURES)
        assert features.tokens.shape == (len(example.nodes), TOKENS)
        prediction = model.predict(features)
        assert prediction.together.shape == (len(example.nodes), len(example.nodes))
        right += int((prediction.roles.argmax(1) == example.allowed.argmax(1)).sum())
        told += len(example.nodes)
    assert prediction.roles.shape[1] == len(ROLES)
    assert right / told > 0.85


def test_a_blank_picture_says_nothing() -> None:
    assert interpret(np.full((400, 600, 3), 255, np.uint8), [], PageModel()).products == []
