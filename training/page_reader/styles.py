"""How a made-up shop looks and writes: drawn at random once for each page."""

import random
from dataclasses import dataclass, field
from typing import Any

FONTS = (
    "Arial|Helvetica|Liberation Sans|Liberation Sans Narrow|DejaVu Sans|Roboto|Roboto Condensed|Open Sans|Open Sans Condensed|Lato|Inter|"
    "Noto Sans|Cantarell|Quicksand|Carlito|Cabin|Karla|League Spartan|M PLUS 1|Liberation Serif|EB Garamond|Roboto Slab|Caladea|Noto Serif|Comfortaa|DejaVu Serif"
).split("|")
SIGNS = {
    "USD": "$", "GBP": "£", "EUR": "€", "INR": "₹", "AUD": "$", "CAD": "$", "NZD": "$", "JPY": "¥", "CHF": "CHF", "SEK": "kr",
    "PLN": "zł", "AED": "AED", "SGD": "S$", "MYR": "RM",
}  # fmt: skip
WEIGHTS = [30, 16, 14, 11, 6, 4, 1, 3, 2, 2, 2, 2, 1, 1]
ZONES = {
    "AUD": ["A$%s", "AU$%s", "AU $%s", "$%s AUD"],
    "CAD": ["C $%s", "CA$%s", "$%s CAD"],
    "NZD": ["NZ$%s", "$%s NZD"],
}
DECIMAL_COMMA = ("EUR", "SEK", "PLN")
ORDERS = [
    "btp",
    "btp",
    "tbp",
    "tp",
    "tp",
    "tp",
    "ptb",
    "tpr",
    "trp",
    "trp",
    "btrp",
    "prt",
    "pt",
    "btpr",
    "rbtp",
]
OLD_LABELS = [
    "", "", "", "was ", "Was: ", "RRP ", "RRP: ", "List Price: ", "MRP ", "M.R.P.: ", "Reg. ", "Compare at ", "Retail: ", "List: ",
    "Original price ", "Typical: ", "Reg ", "orig ", "UVP ", "statt ", "ancien prix ", "MSRP ",
]  # fmt: skip
NEW_LABELS = [
    "", "", "", "", "", "", "", "", "Now ", "Sale ", "Our price: ", "Price: ", "From ", "from ", "Deal: ", "As low as ", "Sale price ",
    "Special Price ", "ab ", "only ", "NOW ", "Your price ",
]  # fmt: skip
BUTTONS = [
    "", "", "", "Add to cart", "Add to basket", "ADD TO BAG", "Buy now", "Quick view", "Choose options", "View details", "Select options",
    "Add to Wish List", "ADD TO CART", "Shop now", "Add", "In den Warenkorb", "Ajouter au panier", "QUICK SHOP", "Notify me", "Sold out",
]  # fmt: skip
SHIPPING = [
    "", "", "", "Free delivery", "FREE Shipping", "Get it by Monday", "Only 3 left in stock", "In stock", "Ships in 24 hours",
    "FREE delivery Tue, Dec 3", "Out of stock", "Pick up today", "1 day left", "32 sold", "7 people are viewing", "12 watching",
]  # fmt: skip


@dataclass
class Style:
    """Everything that a page's templates ask for; sizes in CSS pixels."""

    rng: random.Random
    currency: str = "USD"
    pattern: str = "$%s"
    cents: bool = True
    always_cents: bool = True
    decimal_comma: bool = False
    scale: float = 1.0
    raised: bool = False
    look: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["look"][name]
        except KeyError:
            raise AttributeError(name) from None

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.rng.random() < share

    def one(self, *choices: Any) -> Any:
        """One of these."""
        return self.rng.choice(choices)


def style_of(rng: random.Random) -> Style:
    """A random style."""
    style = Style(rng)
    _money_of(style)
    style.look = {**_colours_of(style), **_type_of(style), **_habits_of(style)}
    return style


def _money_of(s: Style) -> None:
    s.currency = s.rng.choices(list(SIGNS), WEIGHTS)[0]
    sign = SIGNS[s.currency]
    s.cents = s.chance({"JPY": 0.0, "INR": 0.5}.get(s.currency, 0.85))
    s.always_cents = s.chance(0.7)
    behind = [f"%s {sign}", f"%s{sign}", f"{sign}%s", f"{sign} %s"]
    before = [f"{sign}%s"] * 7 + [f"{sign} %s", f"{s.currency} %s", f"%s {s.currency}", f"%s {sign}"]
    s.pattern = s.rng.choice(behind if s.currency in DECIMAL_COMMA else before)
    if s.currency in ZONES and s.chance(0.4):
        s.pattern = s.rng.choice(ZONES[s.currency])
    s.decimal_comma = s.currency in DECIMAL_COMMA and s.chance(0.6)
    s.scale = s.rng.choice([0.3, 1, 1, 1, 3, 20]) * (80 if s.currency in ("INR", "JPY") else 1)
    s.raised = s.chance(0.13)


def _grey(s: Style, low: int, high: int) -> str:
    return "#{0:02x}{0:02x}{0:02x}".format(s.rng.randint(low, high))


def colour(s: Style, low: int = 0, high: int = 200) -> str:
    """A random colour as CSS writes it."""
    return "#" + "".join(f"{s.rng.randint(low, high):02x}" for _ in "rgb")


def _colours_of(s: Style) -> dict[str, Any]:
    dark = s.chance(0.1)
    ground = (
        colour(s, 10, 45)
        if dark
        else s.one("#fff", "#fff", "#fff", "#fff", "#fafafa", "#f4f4f4", "#eef2f5", "#fdf8f0", "#f3ece4")
    )
    ink = colour(s, 200, 250) if dark else _grey(s, 0, 70)
    accent = colour(s)
    sale = s.one("#c00", "#d0021b", "#b12704", "#e4002b", accent, ink, "#cc0c39", "#c7511f")
    return {
        "dark": dark, "ground": ground, "ink": ink, "muted": "#999" if dark else _grey(s, 90, 160), "accent": accent, "sale": sale,
        "price_ink": s.one(ink, ink, accent, sale), "title_ink": s.one(ink, ink, ink, "#0066c0", accent),
        "card": ground if dark else s.one("#fff", "#fff", "#f7f7f7", "#fdfdfd", ground),
    }  # fmt: skip


def _type_of(s: Style) -> dict[str, Any]:
    base = s.one(11, 12, 13, 13, 14, 14, 14, 15, 16, 16, 18)
    font = s.rng.choice(FONTS)
    return {
        "base": base, "font": font, "heading_font": font if s.chance(0.7) else s.rng.choice(FONTS), "line_height": s.rng.uniform(1.15, 1.7),
        "price_weight": s.one(400, 600, 700, 700), "title_weight": s.one(400, 400, 500, 600, 700), "brand_weight": s.one(400, 600, 700),
        "price_size": round(base * s.rng.uniform(0.95, 1.7)), "title_size": round(base * s.rng.uniform(0.9, 1.3)),
        "centred": s.chance(0.3), "gap": s.rng.randint(6, 40), "padding": s.rng.randint(0, 20), "radius": s.one(0, 0, 4, 8, 16, 24),
        "border": s.one("none", "none", "1px solid #ddd", "1px solid #eee", "2px solid #ccc"), "shadow": s.chance(0.15),
        "spacing": s.one(0, 0, 0, 0, 0.5, 1.5), "upper_titles": s.chance(0.08),
    }  # fmt: skip


def _habits_of(s: Style) -> dict[str, Any]:
    return {
        "order": s.rng.choice(ORDERS), "old_place": s.one("after", "after", "before", "below", "above"), "strike": s.chance(0.78),
        "old_label": s.rng.choice(OLD_LABELS), "new_label": s.rng.choice(NEW_LABELS),
        "saving": s.one("", "", "percent", "amount", "off", "badge"), "sale_share": s.one(0, 0.2, 0.5, 1), "rated_share": s.one(0, 0, 0.6, 1),
        "rating_form": s.rng.randint(0, 7), "units": s.chance(0.12), "instalments": s.chance(0.14), "button": s.rng.choice(BUTTONS),
        "shipping": s.rng.choice(SHIPPING), "sponsored": s.chance(0.1), "brand_upper": s.chance(0.35), "clamp": s.one(0, 0, 1, 2, 3),
        "money_share": s.one(0, 0, 0, 0.3, 1), "variants": s.chance(0.18), "facts": s.chance(0.22), "ranges": s.one(0, 0, 0.1, 0.5),
        "brand_on_cards": s.chance(0.55), "badges": s.one(0.03, 0.05, 0.3), "carded": s.chance(0.5),
    }  # fmt: skip
