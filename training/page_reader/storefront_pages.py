"""Pages of the sample shop in the designs that are not held out, read by the OCR."""

import random
from collections.abc import Iterator
from pathlib import Path

from agents.screen_reader.ocr import TextReader
from agents.screen_reader.reading import PageKind
from catalog.products import Catalog
from evaluation.rendering import HEIGHT, THEMES, WIDTHS, ZOOMS, path_of, pixels_of, shop_in_browser
from storefront.designs import DESIGNS, HELD_OUT
from training.page_reader.examples import Example, example_of
from training.page_reader.rendering import TRUTH, RenderedPage, piece_of

MARKS = (Path(__file__).parent / "storefront_truth.js").read_text(encoding="utf-8")
KINDS = {
    PageKind.SEARCH: "listing",
    PageKind.LISTING: "listing",
    PageKind.PRODUCT: "product",
    PageKind.COMPARISON: "comparison",
    PageKind.CART: "cart",
}
WEIGHTS = (8, 2, 8, 3, 3)


def storefront_examples(catalog: Catalog, pages: int) -> Iterator[Example]:
    """So many pages at random, in every width, zoom and theme."""
    rng, reader = random.Random(11), TextReader()
    designs = [d for d in DESIGNS if d not in HELD_OUT]
    with shop_in_browser(catalog) as (url, browser):
        for seed in range(pages):
            size = {"width": rng.choice(WIDTHS), "height": HEIGHT}
            zoom = rng.choice(ZOOMS)
            tab = browser.new_page(viewport=size, device_scale_factor=zoom)  # type: ignore[arg-type]
            kind = rng.choices(list(KINDS), WEIGHTS)[0]
            path, cart = path_of(kind, catalog, rng)
            tab.context.add_cookies([{"name": "cart", "value": cart, "url": url}])
            tab.goto(
                f"{url}{path}{'&' if '?' in path else '?'}design={rng.choice(designs)}&theme={rng.choice(THEMES)}"
            )
            tab.evaluate(MARKS)
            pieces = [piece_of(found, zoom) for found in tab.evaluate(TRUTH)]
            pixels = pixels_of(tab)
            tab.close()
            reader.seen.clear()
            example = example_of(RenderedPage(seed, KINDS[kind], pixels, pieces), reader.read(pixels))
            if example is not None:
                yield example
