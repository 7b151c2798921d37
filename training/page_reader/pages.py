"""Whole made-up pages by kind: listings, product pages, carts, comparisons, homes, reviews, landing pages."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from training.page_reader.asides import article, chat, logo, notice, promises
from training.page_reader.cards import card_of, grid, rows
from training.page_reader.elements import money, picture, stars, text, value_of
from training.page_reader.product_pages import detail, heading
from training.page_reader.products import Products
from training.page_reader.styles import Style, style_of
from training.page_reader.surroundings import announcement, banner, filters, footer, navigation, popup

WIDTHS = (1000, 1100, 1200, 1280, 1280, 1366, 1366, 1440, 1440, 1536, 1600, 1680, 1800, 1900, 1920, 2400)
ZOOMS = ((1500, (1, 1, 1, 1, 1.25, 1.5, 1.75, 2)), (2000, (1, 1, 1, 1.25)), (3000, (1,)))
HEIGHTS = (437, 600, 700, 720, 768, 800, 812, 850, 874, 900, 916, 1000, 1100, 1300)
NARROW = ((390, 844), (414, 896), (360, 740), (768, 1024), (480, 800), (320, 640))
KINDS = {
    "grid": 33,
    "list": 13,
    "detail": 36,
    "cart": 5,
    "comparison": 5,
    "homes": 6,
    "home": 3,
    "reviews": 4,
    "landing": 5,
    "other": 5,
}
LABELS = {
    "grid": "listing", "list": "listing", "detail": "product", "cart": "cart", "comparison": "comparison", "homes": "listing", "home": "product",
    "reviews": "reviews", "landing": "home", "other": "other",
}  # fmt: skip


@dataclass(frozen=True)
class MadePage:
    """A page's HTML, its viewport in CSS pixels, its zoom and its kind."""

    html: str
    width: int
    height: int
    zoom: float
    kind: str


def made_page(seed: int, products: Products) -> MadePage:
    """The page of a seed: always the same."""
    rng = random.Random(seed)
    s = style_of(rng)
    width, height = rng.choice(WIDTHS), rng.choice(HEIGHTS)
    if s.chance(0.09):
        width, height = rng.choice(NARROW)
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    if width < 700 and kind in ("comparison", "homes", "home"):
        kind = "grid"
    body = BODIES[kind](s, products, width)
    if kind in ("grid", "list", "reviews") and width >= 900 and s.chance(0.45):
        body = f'<div style="display:flex;gap:24px">{filters(s, products)}<div style="flex:1;min-width:0">{body}</div></div>'
    if kind in ("grid", "list") and s.chance(0.2):
        body = banner(s, products) + body
    zoom = rng.choice(next(zooms for most, zooms in ZOOMS if width < most))
    return MadePage(_document(s, products, body, width), width, height, zoom, LABELS[kind])


def _document(s: Style, products: Products, body: str, width: int) -> str:
    widest = s.one(width, width, min(width, 1200), min(width, 1400))
    scrolled = s.rng.randint(0, 320) if s.chance(0.4) else 0
    css = (
        f"*{{box-sizing:border-box}}body{{margin:0;background:{s.ground};color:{s.ink};font-family:'{s.font}',sans-serif;font-size:{s.base}px;"
        f"line-height:{s.line_height:.2f}}}h1,h2,h3{{margin:10px 0}}"
    )
    end = footer(s, products) if s.chance(0.3) else ""
    over = popup(s, products) if s.chance(0.1) else ""
    over += (chat(s, products) if s.chance(0.12) else "") + (notice(s, products) if s.chance(0.05) else "")
    head = logo(s, products) + navigation(s, products) if s.chance(0.4) else navigation(s, products)
    head += promises(s) if s.chance(0.12) else ""
    return (
        f'<!doctype html><meta charset="utf-8"><style>{css}</style><div style="margin-top:-{scrolled}px">{head}'
        f'<div style="max-width:{widest}px;margin:0 auto;padding:{s.rng.randint(6, 30)}px">{body}</div>{end}</div>{over}'
    )


def _grid(s: Style, products: Products, width: int) -> str:
    columns = s.rng.randint(1, 2) if width < 700 else s.rng.randint(2, 7)
    count = s.rng.randint(1, 3) * columns + s.rng.randint(0, columns - 1)
    out = heading(s, products.some_words(s.rng, 1, 3).title()) if s.chance(0.5) else ""
    return out + _tally(s, count) + grid(s, products, count, columns)


def _tally(s: Style, count: int) -> str:
    if not s.chance(0.6):
        return ""
    of = f"1-{count} of {s.one('', 'over ')}{s.rng.randint(20, 9000):,} {s.one('results', 'products', 'items', 'Artikel')}"
    sorting = text(
        "other",
        s.one("Sort by: Featured", "Sort by: Price: Low to High", "Filter", "Sortieren"),
        "float:right",
    )
    return f'<div style="color:{s.muted}">{text("other", s.one("Showing ", "") + of)} {sorting}</div>'


def _list(s: Style, products: Products, width: int) -> str:
    return _tally(s, 7) + rows(s, products, s.rng.randint(2, 7))


def _cart(s: Style, products: Products, width: int) -> str:
    out, total = (
        heading(s, s.one("Shopping Cart", "Your basket", "My Bag", "Your cart", "Warenkorb", "Checkout")),
        0.0,
    )
    for i in range(s.rng.randint(1, 5)):
        card, count = card_of(s, products), s.rng.randint(1, 3)
        total += card.price * count
        each = (
            f'<div style="min-width:80px">{money(s, card.price * count, "money" if count > 1 else "price")}</div>'
            if s.chance(0.4)
            else ""
        )
        out += (
            f'<div data-p="{i}" style="display:flex;gap:16px;padding:12px 0;border-bottom:1px solid #ddd">{picture(s, products, "90px", "90px")}<div style="flex:1;min-width:0">'
            f"{card.parts['t']}{card.parts.get('v', '')}{text('other', f'Qty {count} | Remove', '', 'div')}</div><div>{card.parts['p']}</div>{each}</div>"
        )
    sums = [("Subtotal", total), ("Shipping", 4.99), ("Estimated tax", total * 0.08), ("Total", total + 4.99)]
    return out + "".join(
        f'<div style="display:flex;justify-content:space-between;width:280px">{text("other", label)}{money(s, value, "money")}</div>' for label, value in s.rng.sample(sums, s.rng.randint(1, 4))
    ) + text("button", s.one("Proceed to checkout", "Checkout", "Zur Kasse"), f"background:{s.accent};color:#fff;padding:8px 20px;display:inline-block")  # fmt: skip


def _comparison(s: Style, products: Products, width: int) -> str:
    cards = [card_of(s, products) for _ in range(s.rng.randint(2, 4))]

    def row(label: str, cells: list[str]) -> str:
        columns = "".join(
            f'<td data-p="{i}" style="padding:8px;vertical-align:top">{cell}</td>'
            for i, cell in enumerate(cells)
        )
        return f"<tr><td>{text('other', label, f'color:{s.muted}') if label else ''}</td>{columns}</tr>"

    out = row("", [picture(s, products, "140px", "120px") + c.parts["t"] for c in cards])
    out += row("Price" if s.chance(0.8) else "", [c.parts["p"] for c in cards])
    if s.chance(0.6):
        out += row(
            s.one("Customer Rating", "Rating"), [c.parts.get("r") or text("other", "-") for c in cards]
        )
    if s.chance(0.5):
        out += row("Brand", [text("brand", products.brand(s.rng)) for _ in cards])
    for _ in range(s.rng.randint(1, 5)):
        out += row(
            products.some_words(s.rng, 1, 2).title(),
            [text("specification", products.some_words(s.rng, 1, 2)) for _ in cards],
        )
    above = (
        heading(s, s.one("Compare products", "Compare", "Product comparison", "Compare with similar items"))
        if s.chance(0.8)
        else ""
    )
    return f'{above}<table style="width:100%;table-layout:fixed">{out}</table>'


def _home_parts(s: Style, products: Products, value: float, rent: bool) -> list[str]:
    per = text("other", s.one("/mo", "+ 2 bds", "/month", " pcm")) if rent else ""
    cost = f"<div>{money(s, value, 'price', f'font-size:{s.price_size + 2}px;font-weight:{s.price_weight}')}{per}</div>"
    facts = f"{s.rng.randint(1, 6)} bds | {s.rng.randint(1, 4)} ba | {s.rng.randint(500, 4000):,} sqft{s.one(' - House for sale', '', ' - Apartment')}"
    return [
        cost,
        text("specification", facts, "", "div"),
        text("title", products.address(s.rng), f"font-size:{s.title_size}px", "div"),
    ]


def _homes(s: Style, products: Products, width: int) -> str:
    s.cents = False
    out = ""
    for i in range(s.rng.randint(2, 6)):
        value = s.rng.choice([s.rng.randint(8, 60) * 100, s.rng.randint(100, 4000) * 1000])
        parts = _home_parts(s, products, value, value < 10000)
        s.rng.shuffle(parts)
        agent = (
            text(
                "other",
                products.some_words(s.rng, 2, 4).upper(),
                f"font-size:{s.base - 3}px;color:{s.muted}",
                "div",
            )
            if s.chance(0.5)
            else ""
        )
        css = f"background:{s.card};border:{s.border};border-radius:{s.radius}px;overflow:hidden"
        out += f'<div data-p="{i}" style="{css}">{picture(s, products, "100%", f"{s.rng.randint(120, 220)}px")}<div style="padding:8px">{"".join(parts)}{agent}</div></div>'
    map_ = picture(s, products, "100%", "600px")
    pins = "".join(
        text("picture", s.pattern % f"{s.rng.randint(100, 990)}K", f"position:absolute;left:{s.rng.randint(2, 90)}%;top:{s.rng.randint(2, 90)}%;background:#a00;color:#fff;font-size:11px;padding:2px 5px;border-radius:9px")
        for _ in range(s.rng.choice([0, 3, 8]))
    )  # fmt: skip
    listed = f'<div style="flex:1.2;display:grid;grid-template-columns:repeat({s.rng.randint(1, 3)},1fr);gap:{s.gap}px;align-content:start">{out}</div>'
    return f'<div style="display:flex;gap:14px"><div style="flex:{s.one(0, 1, 1)};min-width:0;overflow:hidden">{map_[:-6]}{pins}</div></div>{listed}</div>'


def _home(s: Style, products: Products, width: int) -> str:
    s.cents = False
    value = s.rng.randint(100, 9000) * 1000
    parts = "".join(_home_parts(s, products, value, rent=False))
    monthly = f"<div>{text('other', 'Est.: ')}{money(s, value / 170, 'money')}{text('other', '/mo')} {text('button', 'Get pre-qualified')}</div>"
    facts = [
        (value * 0.98, " Zestimate"),
        (s.rng.randint(100, 900), "/sqft"),
        (s.rng.randint(50, 900), " HOA"),
        (0, "Built in 1987"),
        (0, "Single Family Residence"),
        (value / 1.3, " Last sold 2014"),
    ]
    chips = "".join(
        f'<div style="display:inline-block;background:#eee8;padding:8px;margin:5px">{money(s, cost, "money") if cost else ""}{text("other", label)}</div>'
        for cost, label in s.rng.sample(facts, s.rng.randint(2, 5))
    )
    shown = picture(s, products, f"{s.rng.randint(300, 800)}px", "520px")
    return f'<div data-p="0" data-main style="display:flex;gap:24px">{shown}<div style="flex:1">{parts}{monthly}{chips}</div></div>'


def _reviews(s: Style, products: Products, width: int) -> str:
    title = (
        f'<div data-p="0" data-main>{text("title", products.title(s.rng), f"font-size:{s.title_size}px")}{stars(s)}</div>'
        if s.chance(0.5)
        else ""
    )
    out = heading(s, s.one("Customer reviews", "Reviews", "Bewertungen")) + title
    for _ in range(s.rng.randint(2, 6)):
        out += (
            f'<div style="margin:14px 0">{text("other", products.some_words(s.rng, 1, 2).title(), "", "div")}{text("other", "★" * s.rng.randint(1, 5), "color:#f5a623")}'
            f"{text('other', products.some_words(s.rng, 3, 6), 'font-weight:700', 'div')}{text('other', f'Reviewed on {s.rng.randint(1, 28)} May 20{s.rng.randint(18, 26)}', f'color:{s.muted}', 'div')}"
            f"{text('other', products.some_words(s.rng, 15, 60), '', 'p')}</div>"
        )
    return out


def _other(s: Style, products: Products, width: int) -> str:
    return article(s, products) + (promises(s) if s.chance(0.3) else "")


def _landing(s: Style, products: Products, width: int) -> str:
    out = banner(s, products) + (announcement(s) if s.chance(0.4) else "")
    tiles = "".join(
        f"<div>{picture(s, products, '100%', f'{s.rng.randint(100, 240)}px')}{text('other', products.some_words(s.rng, 1, 3).title(), '', 'div')}"
        f"{text('other', 'from ') + money(s, value_of(s), 'money') if s.chance(0.2) else ''}</div>"
        for _ in range(s.rng.randint(3, 6))
    )
    out += f'<div style="display:grid;grid-template-columns:repeat({2 if width < 700 else s.rng.randint(3, 6)},1fr);gap:{s.gap}px">{tiles}</div>'
    if s.chance(0.6):
        out += heading(s, s.one("Bestsellers", "New in", "Trending now")) + grid(
            s, products, s.rng.randint(2, 6), 2 if width < 700 else s.rng.randint(3, 6)
        )
    return out


BODIES: dict[str, Callable[[Style, Products, int], str]] = {
    "grid": _grid, "list": _list, "detail": detail, "cart": _cart, "comparison": _comparison, "homes": _homes, "home": _home, "reviews": _reviews, "landing": _landing, "other": _other,
}  # fmt: skip
