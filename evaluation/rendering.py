"""Shop pages whose truth is known: a catalog's products, rendered in every look, with what a shopper can see.

Designs in :data:`storefront.designs.HELD_OUT` were not looked at while the screen reader was written.
"""

import io
import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from agents.browser import ARGUMENTS, find_browser
from agents.screen_reader.reading import PageKind
from catalog.products import Catalog, Product
from storefront.app import create_shop
from storefront.designs import DESIGNS
from storefront.server import running

WIDTHS = (1100, 1280, 1600)
ZOOMS = (1.0, 1.25)
THEMES = ("light", "dark")
HEIGHT = 800
ALL_FIELDS = frozenset({"brand", "rating", "list_price", "promotion"})
STATED_IN_TABLES = {
    PageKind.COMPARISON: frozenset({"brand", "rating", "list_price"}),
    PageKind.CART: frozenset({"list_price"}),
}

# Item ids of the products whose title and price are wholly visible, and of those with any part in view.
VISIBLE = """() => {
  const box = p => p.getBoundingClientRect();
  const inside = p => { const b = box(p);
    return b.top >= 0 && b.bottom <= innerHeight && b.left >= 0 && b.right <= innerWidth; };
  const touches = p => box(p).bottom > 0 && box(p).top < innerHeight;
  const cards = [...document.querySelectorAll('.card, .detail')];
  const whole = cards.filter(card => {
    const parts = [card.querySelector('.title, h1'), card.querySelector('.price .now')];
    return parts.every(p => p && inside(p)); });
  const path = card => card.querySelector('a.picture')?.getAttribute('href') || location.pathname;
  const links = [...document.querySelectorAll('table.compare a, table.cart a')];
  const ids = (some, rows) => [...some.map(path), ...rows.map(a => a.getAttribute('href'))]
    .map(path => path.split('/').pop());
  return [ids(whole, links.filter(inside)), ids(cards.filter(touches), links.filter(touches))]; }"""


@dataclass(frozen=True)
class Rendered:
    """One page as a picture, with what is true of it."""

    design: str
    kind: PageKind
    products: list[Product]
    """Those whose title and price are wholly in view; of two that look the same, one."""
    partly: list[Product]
    """Those with any part in view: reading one of these is no mistake."""
    stated: frozenset[str]
    """The fields that the page states of a product: what is not on it cannot be read off it."""
    pixels: np.ndarray


@contextmanager
def shop_in_browser(catalog: Catalog) -> Iterator[tuple[str, Browser]]:
    """A shop with the catalog, and a browser to look at it with."""
    with running(create_shop(catalog)) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(), args=[*ARGUMENTS, "--no-sandbox"]
        )
        yield url, chromium
        chromium.close()


def render_pages(catalog: Catalog, pages: int, step: Callable[[str], None]) -> Iterator[Rendered]:
    """Every design, width, zoom and theme: ``pages`` searches and product pages each, and one other page."""
    rng = random.Random(5)
    others = itertools.cycle((PageKind.LISTING, PageKind.COMPARISON, PageKind.CART))
    with shop_in_browser(catalog) as (url, browser):
        for design, width, zoom, theme in itertools.product(DESIGNS, WIDTHS, ZOOMS, THEMES):
            step(f"{design}, {width} px, {zoom:g}, {theme}")
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHT}, device_scale_factor=zoom
            )
            page = context.new_page()
            kinds = [PageKind.SEARCH, PageKind.PRODUCT] * pages + [next(others)]
            for kind in kinds:
                path, cart = path_of(kind, catalog, rng)
                context.add_cookies([{"name": "cart", "value": cart, "url": url}])
                page.goto(f"{url}{path}{'&' if '?' in path else '?'}design={design}&theme={theme}")
                whole, partly = (distinct_products(catalog, ids) for ids in page.evaluate(VISIBLE))
                yield Rendered(design, kind, whole, partly, stated(kind, design), pixels_of(page))
            context.close()


def distinct_products(catalog: Catalog, ids: list[str]) -> list[Product]:
    """The products of these ids; of two with the same title and price, which no page tells apart, the first."""
    products = [catalog.get(i) for i in ids if i in catalog]
    return list({(p.title, str(p.price)): p for p in reversed(products)}.values())[::-1]


def stated(kind: PageKind, design: str) -> frozenset[str]:
    """The fields that a page of a kind shows in a design."""
    if kind is PageKind.PRODUCT:
        return ALL_FIELDS
    order = DESIGNS[design].order
    parts = {"brand": "brand", "rating": "rating", "list_price": "price", "promotion": "badge"}
    on_cards = frozenset(name for name, part in parts.items() if part in order)
    return STATED_IN_TABLES.get(kind, on_cards)


def search_word(product: Product, rng: random.Random) -> str:
    """A word of a title that a shopper might search for."""
    words = [w for w in product.title.lower().replace(",", " ").split() if w.isalpha() and len(w) > 3]
    return rng.choice(words) if words else "set"


def path_of(kind: PageKind, catalog: Catalog, rng: random.Random) -> tuple[str, str]:
    """The path of a page of a kind, about random products, and the cart's cookie."""
    ids = [catalog.item_ids[rng.randrange(len(catalog))] for _ in range(3)]
    match kind:
        case PageKind.SEARCH:
            return f"/search?q={search_word(catalog.get(ids[0]), rng)}", ""
        case PageKind.PRODUCT:
            return f"/product/{ids[0]}", ""
        case PageKind.COMPARISON:
            return f"/compare?ids={','.join(ids)}", ""
        case PageKind.CART:
            return "/cart", "|".join(ids)
        case _:
            return "/", ""


def pixels_of(page: Page) -> np.ndarray:
    """A screenshot of the viewport as RGB, (h, w, 3) uint8."""
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
