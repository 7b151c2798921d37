"""HTML of one product: its title, brand, price and what else shops write of it, in the order of the page's style."""

import html
from dataclasses import dataclass, field

from training.page_reader.elements import badge, money, picture, stars, sum_line, text, value_of
from training.page_reader.products import COLOURS, Products
from training.page_reader.styles import Style

SPECIFICATIONS = [
    "Material: Cotton", "Colour: {c}", "Color: {c}", "Size: M", "Weight: {n} g", "{n} ml", "{n} x {n} cm", "Power: {n} W", "Capacity: {n} L", "{n} GB RAM",
    "Model: X{n}", "Waterproof", "Wireless", "{n} pieces", "Fabric: Linen", "Length {n} cm", "Pack of {n}", "Battery life {n} h", "Finish: Matt",
]  # fmt: skip
VARIANTS = [
    "+3 colours",
    "4 Colors",
    "S M L XL",
    "2 options",
    "Available in {n} sizes",
    "{n} sizes",
    "More options",
    "{n} colours available",
    "Choose size",
]
INSTALMENTS = [
    ("or 4 interest-free payments of ", " with Klarna"), ("Pay in 3 of ", ""), ("or ", " /mo"), ("From ", " a month"), ("4 installments of ", " with Afterpay"),
    ("or 12 x ", ""), ("As low as ", "/month with Affirm"), ("ab ", " mtl."), ("Est. ", "/mo"), ("starting at ", "/mo with PayPal Credit"),
]  # fmt: skip
PER_UNIT = [
    "/count",
    "/ 100 ml",
    " / kg",
    "/oz",
    "/Item",
    "/m²",
    " per litre",
    " per 100g",
    " / Fl Oz",
    "/unit",
]


@dataclass
class Card:
    """A product's pieces of HTML by the letter that a style's order names them by, with its price and title."""

    price: float
    title: str
    parts: dict[str, str] = field(default_factory=dict)
    badge: str = ""

    def stacked(self, order: str, without: str = "") -> str:
        """The pieces in an order, then the rest."""
        rest = [k for k in "rdvson" if k not in order]
        return "".join(self.parts.get(k, "") for k in [*order, *rest] if k not in without)


def card_of(s: Style, products: Products, large: bool = False) -> Card:
    """A random product; ``large`` as on its own page."""
    value = value_of(s)
    growth = s.rng.uniform(1.2, 2) if large else 1.0
    brand = products.brand(s.rng)
    words = products.title(s.rng)
    if s.chance(0.25) and brand.lower() not in words.lower():
        words = f"{brand} {words}"
    card = Card(value, words)
    card.parts["t"] = _title(s, words, growth, large)
    if s.brand_on_cards or large:
        card.parts["b"] = _brand(s, brand, large)
    sale = s.chance(s.sale_share) or (large and s.chance(0.4))
    old = _old_price(s, value)
    percent = max(1, round(100 * (1 - value / old)))
    card.parts["p"] = _prices(s, value, old if sale else None, percent, growth, large)
    if s.chance(s.rated_share) or (large and s.chance(0.6)):
        card.parts["r"] = f'<div style="font-size:{s.base - 1}px;color:{s.muted}">{stars(s)}</div>'
    _extras(s, card, products)
    if (sale and s.chance(0.3)) or s.chance(s.badges):
        card.badge = badge(s, percent)
    return card


def _title(s: Style, words: str, growth: float, large: bool) -> str:
    clamp = ""
    if s.clamp == 1 and not large:
        clamp = "white-space:nowrap;overflow:hidden;text-overflow:ellipsis;max-width:100%;"
    elif s.clamp and not large:
        clamp = (
            f"display:-webkit-box;-webkit-line-clamp:{s.clamp};-webkit-box-orient:vertical;overflow:hidden;"
        )
    css = (
        f"font-family:'{s.heading_font}',sans-serif;font-size:{round(s.title_size * growth)}px;font-weight:{s.title_weight};color:{s.title_ink};"
        f"letter-spacing:{s.spacing}px;{'text-transform:uppercase;' if s.upper_titles else ''}margin:{s.rng.randint(0, 6)}px 0;{clamp}"
    )
    return text("title", words.upper() if s.upper_titles else words, css, "div")


def _brand(s: Style, brand: str, large: bool) -> str:
    before = (
        s.one("", "", "", "by ", "Brand: ", "Visit the ", "From ")
        if large
        else s.one("", "", "", "", "", "by ")
    )
    size = round(s.base * s.one(0.85, 1, 1.1))
    named = text("brand", brand.upper() if s.brand_upper else brand)
    after = " Store" if before.startswith("Visit") else ""
    return f'<div style="font-size:{size}px;color:{s.one(s.ink, s.muted, s.accent)};font-weight:{s.brand_weight};letter-spacing:{s.spacing}px">{before}{named}{after}</div>'


def _old_price(s: Style, value: float) -> float:
    old = round(value * s.rng.uniform(1.1, 2.2), 2)
    return max(value + 0.5, round(old) - (0.01 if s.cents else 0)) if s.chance(0.5) else old


def _prices(s: Style, value: float, old: float | None, percent: int, growth: float, large: bool) -> str:
    css = f"font-size:{round(s.price_size * growth)}px;font-weight:{s.price_weight};color:{s.sale if old else s.price_ink}"
    if s.chance(0.1 if large else 0.02):
        return text(
            "other",
            s.one(
                "Sold Out",
                "SOLD OUT",
                "Out of stock",
                "Price pending",
                "Currently unavailable",
                "Coming soon",
                "See price in cart",
            ),
            css,
            "div",
        )
    label = s.new_label
    with_label = label and (old or label.lower().startswith(("from", "as", "price", "our", "ab", "only")))
    out = (text("other", label, f"font-size:{s.base - 1}px") if with_label else "") + money(
        s, value, "price", css, s.raised
    )
    if old is None and s.chance(max(0.04, s.ranges)):
        high = round(value * s.rng.uniform(1.2, 3), 2)
        out = (
            money(s, value, "price", css)
            + s.one(" - ", " – ", " to ", "-", "<br>- ")
            + money(s, high, "price_high", css)
        )
    if old is not None:
        out = _with_old(s, out, old, value, percent, round(s.price_size * growth))
    if s.units and s.chance(0.7):
        small = f"font-size:{s.base - 2}px;color:{s.muted}"
        per = round(value / s.rng.randint(2, 50) + 0.01, 2)
        out += f" {text('other', '(', small)}{money(s, per, 'unit_price', small)}{text('other', s.rng.choice(PER_UNIT) + ')', small)}"
    out = f"<div>{out}</div>"
    if s.instalments or (large and s.chance(0.25)):
        before, after = s.rng.choice(INSTALMENTS)
        part = money(s, round(value / s.rng.choice([3, 4, 12]), 2), "money")
        out += f'<div data-r="other" style="font-size:{s.base - 2}px;color:{s.muted}">{before}{part}{after}</div>'
    if large and s.chance(0.12):
        out += _ways_to_buy(s, value)
    lines = s.rng.randint(1, 4) if large and s.chance(0.5) else int(s.chance(s.money_share))
    return out + "".join(sum_line(s, value) for _ in range(lines))


def _ways_to_buy(s: Style, value: float) -> str:
    """What it costs once, and what in a subscription."""
    once = f"<div>{text('other', s.one('One-time purchase', 'ONE TIME PURCHASE', 'Buy once'))} {money(s, value, 'price')}</div>"
    saving = s.one(5, 10, 15)
    again = (
        f"<div>{text('other', s.one('Subscribe & save', 'Join the club', 'Auto Ship', 'Deliver every month'))} {money(s, round(value * (1 - saving / 100), 2), 'money')}"
        f"{text('promotion', s.one(f' SAVE {saving}%', f' {saving}% off'))}</div>"
    )
    css = "border:1px solid #bbb;padding:10px;margin:8px 0" + s.one("", ";display:flex;gap:20px")
    return f'<div style="{css}">{once + again if s.chance(0.5) else again + once}</div>'


def _with_old(s: Style, now: str, old: float, value: float, percent: int, size: int) -> str:
    label = text("other", s.old_label, f"color:{s.muted}") if s.old_label else ""
    struck = "text-decoration:line-through" if s.strike or not s.old_label else ""
    before = f'<span style="font-size:{round(size * s.rng.uniform(0.6, 1.0))}px;color:{s.muted}">{label}{money(s, old, "list_price", struck)}</span>'
    css = f"color:{s.one(s.sale, s.ink)};font-size:{s.base - s.rng.randint(0, 2)}px"
    saving = {
        "percent": text("promotion", s.one("-", "", "(") + f"{percent}%" + s.one("", " off", " OFF"), css),
        "amount": text("promotion", s.one("Save ", "You save ", "SAVE "), css)
        + money(s, round(old - value, 2), "promotion", css),
        "off": text("promotion", f"{percent}% off", css),
        "badge": badge(s, percent),
        "": "",
    }[s.saving]
    gap = " &nbsp;" if s.chance(0.5) else " "
    return {
        "after": f"{now}{gap}{before}{gap}{saving}", "before": f"{before}{gap}{now}{gap}{saving}",
        "below": f"{now}{gap}{saving}<br>{before}", "above": f"{before}<br>{now}{gap}{saving}",
    }[s.old_place]  # fmt: skip


def _extras(s: Style, card: Card, products: Products) -> None:
    small = f"font-size:{s.base - 1}px;color:{s.one(s.muted, '#007600', s.ink)}"
    if s.shipping and s.chance(0.7):
        card.parts["s"] = text("other", s.shipping, small, "div")
    if s.button and s.chance(0.85):
        css = (
            f"display:inline-block;background:{s.accent};color:#fff;padding:{s.rng.randint(4, 10)}px {s.rng.randint(8, 30)}px;"
            f"border-radius:{s.radius}px;margin-top:6px"
        )
        card.parts["n"] = f"<div>{text('button', s.button, css)}</div>"
    if s.sponsored and s.chance(0.5):
        card.parts["o"] = text(
            "other",
            s.one("Sponsored", "Ad", "Promoted by seller", "Anzeige"),
            f"font-size:{s.base - 3}px;color:{s.muted}",
            "div",
        )
    if s.variants and s.chance(0.6):
        words = s.rng.choice(VARIANTS).replace("{n}", str(s.rng.randint(2, 9)))
        card.parts["v"] = text("variant", words, f"font-size:{s.base - 2}px;color:{s.muted}", "div")
    if s.facts and s.chance(0.8):
        card.parts["d"] = (
            text("specification", specification(s), small, "div")
            if s.chance(0.5)
            else text("other", products.some_words(s.rng, 4, 16), small, "div")
        )


def specification(s: Style) -> str:
    """One fact about a product."""
    return (
        s.rng.choice(SPECIFICATIONS)
        .replace("{c}", s.rng.choice(COLOURS))
        .replace("{n}", str(s.rng.randint(2, 900)))
    )


def grid(s: Style, products: Products, count: int, columns: int, first: int = 0) -> str:
    """Cards side by side, the products numbered from ``first``."""
    tall = s.rng.randint(90, 420)
    cells = []
    for i in range(count):
        card = card_of(s, products)
        floating = card.badge and s.chance(0.6)
        body = card.stacked(s.order)
        if card.badge and not floating:
            body = card.badge + body if s.chance(0.5) else body + card.badge
        pinned = (
            f'<div style="position:absolute;z-index:2;left:{s.rng.randint(0, 8)}px;top:{s.rng.randint(0, 8)}px">{card.badge}</div>'
            if floating
            else ""
        )
        css = f"position:relative;background:{s.card};border:{s.border};border-radius:{s.radius}px;padding:{s.padding}px;overflow:hidden;"
        css += "box-shadow:0 1px 6px #0003;" if s.shadow else ""
        align = "center" if s.centred else "left"
        shown = picture(s, products, "100%", f"{tall}px") if s.chance(0.97) else ""
        cells.append(
            f'<div data-p="{first + i}" style="{css}">{pinned}{shown}<div style="padding:{s.rng.randint(2, 10)}px 0;text-align:{align}">{body}</div></div>'
        )
    return f'<div style="display:grid;grid-template-columns:repeat({columns},minmax(0,1fr));gap:{s.gap}px">{"".join(cells)}</div>'


def rows(s: Style, products: Products, count: int, first: int = 0) -> str:
    """Results under each other, picture to the left, the price perhaps in a column of its own."""
    wide, apart = s.rng.randint(70, 280), s.chance(0.35)
    out = []
    for i in range(count):
        card = card_of(s, products)
        body = card.stacked(s.order, without="pn" if apart else "")
        right = ""
        if apart:
            css = f"width:{s.rng.randint(120, 260)}px;flex:none;text-align:{s.one('right', 'left', 'center')}"
            right = f'<div style="{css}">{card.parts["p"]}{card.parts.get("n", "")}</div>'
        shown = picture(s, products, f"{wide}px", f"{round(wide * s.rng.uniform(0.7, 1.3))}px")
        css = f"display:flex;gap:{s.rng.randint(8, 24)}px;padding:{s.rng.randint(6, 18)}px {s.padding}px;border-bottom:{s.border};background:{s.card if s.carded else 'none'}"
        out.append(
            f'<div data-p="{first + i}" style="{css}">{shown}<div style="flex:1;min-width:0">{card.badge}{body}</div>{right}</div>'
        )
    return "".join(out)


def escaped(words: str) -> str:
    """Words as HTML."""
    return html.escape(words)
