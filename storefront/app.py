"""The shop as a web application: any catalog, in any of the designs."""

import re
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from catalog.lexical import LexicalIndex
from catalog.products import Catalog, Product
from storefront.designs import DEFAULT, DESIGNS, Design
from storefront.pictures import picture

HERE = Path(__file__).parent
PAGE = 12
COOKIE_SECONDS = 86_400


@dataclass(frozen=True)
class Tile:
    """A product as a template sees it."""

    product: Product

    @property
    def whole(self) -> str:
        """The price before its decimal point, with the currency sign."""
        return str(self.product.price).partition(".")[0]

    @property
    def cents(self) -> str:
        """The two digits after the point, or nothing."""
        return str(self.product.price).partition(".")[2]

    @property
    def stars(self) -> int:
        """Full stars, 0 to 5."""
        return round(self.product.rating or 0)

    @property
    def facts(self) -> list[str]:
        """The specifications that a card shows."""
        return [s for s in self.product.specifications if not s.startswith("Type:")][:3]

    @property
    def per_month(self) -> bool:
        """Whether the price is a monthly rent."""
        return self.product.category == "Homes to rent"


class Shop:
    """A catalog with what its pages need: departments, a search index, slugs."""

    def __init__(self, catalog: Catalog, name: str = "Lantern & Loom", assistant: str | None = None):
        self.catalog = catalog
        self.name = name
        self.assistant = assistant

    def restock(self, catalog: Catalog) -> None:
        """Sell another catalog from now on, such as a later state of this one."""
        self.catalog = catalog
        for made in ("words", "departments"):
            self.__dict__.pop(made, None)

    @cached_property
    def words(self) -> LexicalIndex:
        """Search over titles, brands and specifications."""
        return LexicalIndex(self.catalog.search_text)

    @cached_property
    def departments(self) -> dict[str, str]:
        """Slug to name of each category, the largest first; at most nine in the menu."""
        return {re.sub(r"[^a-z0-9]+", "-", c.lower()).strip("-"): c for c in self.catalog.categories[:9]}

    def search(self, query: str) -> list[int]:
        """Rows that match the words of a query, best first."""
        scores = self.words.scores(query)
        best = np.argsort(-scores, kind="stable")[:120]
        return [int(r) for r in best if scores[r] > 0.35 * scores[best[0]] and scores[r] > 0]

    def shelf(self, slug: str) -> list[int]:
        """Rows of a department."""
        wanted = self.departments.get(slug, "").lower()
        return [int(r) for r in np.flatnonzero(self.catalog.category_of_row == wanted)] if wanted else []

    def similar(self, product: Product, count: int = 4) -> list[Product]:
        """Products whose words are nearest."""
        rows = [r for r in self.search(product.title) if self.catalog.item_ids[r] != product.item_id]
        return [self.catalog.product(r) for r in rows[:count]]

    def page(self, rows: list[int], number: int) -> tuple[list[Tile], int]:
        """The tiles of a page of results, and how many pages there are."""
        pages = max(1, ceil(len(rows) / PAGE))
        number = min(max(number, 1), pages)
        return [Tile(self.catalog.product(r)) for r in rows[(number - 1) * PAGE : number * PAGE]], pages


def create_shop(
    catalog: Catalog, name: str = "Lantern & Loom", design: str = DEFAULT, assistant: str | None = None
) -> Starlette:
    """The ASGI application of a shop. ``?design=`` and ``?theme=dark`` change its look and are remembered.

    ``assistant`` is the address of an InteraRec server whose widget its pages include.
    """
    shop = Shop(catalog, name, assistant)
    templates = Jinja2Templates(directory=HERE / "templates")
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    pages = _Pages(shop, templates, design)
    app = Starlette(
        routes=[
            Route("/", pages.home),
            Route("/search", pages.search),
            Route("/department/{slug}", pages.department),
            Route("/product/{item_id}", pages.product),
            Route("/compare", pages.compare),
            Route("/cart", pages.cart),
            Route("/cart/add", pages.add, methods=["POST"]),
            Route("/picture/{item_id}.svg", pages.picture),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ]
    )
    app.state.shop = shop
    return app


class _Pages:
    def __init__(self, shop: Shop, templates: Jinja2Templates, design: str):
        self.shop, self.templates, self.design = shop, templates, design

    def _look(self, request: Request) -> tuple[Design, str]:
        name = request.query_params.get("design") or request.cookies.get("design") or self.design
        theme = request.query_params.get("theme") or request.cookies.get("theme") or "light"
        return DESIGNS.get(name, DESIGNS[DEFAULT]), "dark" if theme == "dark" else "light"

    def _render(self, request: Request, template: str, status: int = 200, **context: Any) -> Response:
        design, theme = self._look(request)
        context |= {"shop": self.shop, "design": design, "theme": theme, "cart_size": len(_cart(request))}
        page = self.templates.TemplateResponse(request, template, context, status_code=status)
        for key, value in (("design", design.name), ("theme", theme)):
            if key in request.query_params:
                page.set_cookie(key, value, max_age=COOKIE_SECONDS, samesite="lax")
        return page

    def _listing(
        self, request: Request, heading: str, rows: list[int], query: str = "", **more: Any
    ) -> Response:
        number = (
            int(request.query_params.get("page", "1"))
            if request.query_params.get("page", "1").isdigit()
            else 1
        )
        tiles, pages = self.shop.page(rows, number)
        brands = sorted({t.product.brand for t in tiles if t.product.brand})[:8]
        return self._render(
            request, "listing.html", heading=heading, tiles=tiles, total=len(rows), query=query, brands=brands,
            number=number, pages=pages, **more,
        )  # fmt: skip

    def home(self, request: Request) -> Response:
        rows = list(range(0, len(self.shop.catalog), max(1, len(self.shop.catalog) // PAGE)))[:PAGE]
        return self._listing(request, "Picked for this week", rows, hero=True)

    def search(self, request: Request) -> Response:
        query = request.query_params.get("q", "").strip()[:120]
        rows = self.shop.search(query) if query else []
        return self._listing(request, f"Results for “{query}”", rows, query)

    def department(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        if slug not in self.shop.departments:
            return self._missing(request)
        return self._listing(request, self.shop.departments[slug], self.shop.shelf(slug))

    def product(self, request: Request) -> Response:
        item_id = request.path_params["item_id"]
        if item_id not in self.shop.catalog:
            return self._missing(request)
        product = self.shop.catalog.get(item_id)
        similar = [Tile(p) for p in self.shop.similar(product)]
        return self._render(request, "product.html", tile=Tile(product), product=product, similar=similar)

    def compare(self, request: Request) -> Response:
        ids = self.shop.catalog.known(request.query_params.get("ids", "").split(","))[:4]
        return self._render(request, "compare.html", tiles=[Tile(self.shop.catalog.get(i)) for i in ids])

    def cart(self, request: Request) -> Response:
        tiles = [Tile(self.shop.catalog.get(i)) for i in self.shop.catalog.known(_cart(request))]
        total = sum(float(t.product.price.amount) for t in tiles if t.product.price)
        return self._render(
            request, "cart.html", tiles=tiles, total=total, currency=self.shop.catalog.currency
        )

    async def add(self, request: Request) -> Response:
        form = await request.form()
        item_id = str(form.get("item_id", ""))
        items = _cart(request)
        if item_id in self.shop.catalog:
            items = [*items, item_id][-20:]
        answer = RedirectResponse("/cart", status_code=303)
        answer.set_cookie("cart", "|".join(items), max_age=COOKIE_SECONDS, samesite="lax", httponly=True)
        return answer

    def picture(self, request: Request) -> Response:
        item_id = request.path_params["item_id"]
        if item_id not in self.shop.catalog:
            return HTMLResponse("no such picture", status_code=404)
        product = self.shop.catalog.get(item_id)
        return Response(picture(product.title, product.category), media_type="image/svg+xml")

    def _missing(self, request: Request) -> Response:
        return self._render(request, "missing.html", status=404)


def _cart(request: Request) -> list[str]:
    return [i for i in request.cookies.get("cart", "").split("|") if i]
