"""HTML of what stands around the products: navigation, filters, banners, pop-ups, cookie bars, footers."""

from collections.abc import Callable

from training.page_reader.elements import money, text
from training.page_reader.products import COLOURS, Products
from training.page_reader.styles import Style

ANNOUNCEMENTS = [
    "Free shipping on all orders", "Up to {n}% off sitewide", "Extra 20% off with code SAVE20", "Sale ends tonight", "Black Friday is here",
    "Buy one, get one 50% off", "Sign up and get {n}% off your first order", "FREE RETURNS", "Kostenloser Versand ab", "Summer sale: up to {n}% off",
]  # fmt: skip
OFFERS = ("%", "off", "Sale", "sale", "Black Friday", "Buy one", "code")
HEADINGS = [
    "Brand",
    "Price",
    "Color",
    "Size",
    "Category",
    "Customer Reviews",
    "Discount",
    "Availability",
    "Department",
    "Material",
    "Marke",
    "Preis",
]


def navigation(s: Style, products: Products) -> str:
    """The shop's head: announcement, name, search box, departments."""
    names = [products.some_words(s.rng, 1, 2) for _ in range(s.rng.randint(3, 9))]
    items = "".join(
        text(
            "navigation",
            n.title() if s.chance(0.8) else n.upper(),
            f"margin:0 {s.rng.randint(6, 18)}px;white-space:nowrap",
        )
        for n in names
    )
    ground, ink = s.one((s.ground, s.ink), (s.accent, "#fff"), ("#131921", "#fff"), ("#fff", "#222"))
    search = text(
        "navigation",
        s.one("Search", "Search for products", "What are you looking for?", products.some_words(s.rng, 1, 3)),
        "border:1px solid #999;padding:5px 60px 5px 8px;background:#fff;color:#555",
    )
    basket = text(
        "navigation",
        f"{s.one('Sign in', 'Account', 'Login')} {s.one('Cart', 'Basket', 'Bag')} {s.one('', '(0)', '2')}",
        "margin-left:auto;white-space:nowrap",
    )
    total = money(s, s.rng.choice([0, 0, 25.5]), "money") if s.chance(0.15) else ""
    name = text(
        "navigation", products.brand(s.rng), f"font-size:{s.base + s.rng.randint(2, 14)}px;font-weight:700"
    )
    css = f"background:{ground};color:{ink};padding:{s.rng.randint(8, 20)}px;display:flex;gap:20px;align-items:center;overflow:hidden"
    top = f'<div style="{css}">{name}{search if s.chance(0.7) else ""}{items if s.chance(0.5) else ""}{basket}{total}</div>'
    bar = (
        f'<div style="padding:8px;overflow:hidden;white-space:nowrap">{items}</div>' if s.chance(0.5) else ""
    )
    news = announcement(s) if s.chance(0.4) else ""
    return news + top + bar if s.chance(0.7) else top + bar + news


def announcement(s: Style) -> str:
    """A bar with an offer, or with news that is none."""
    words = s.rng.choice(ANNOUNCEMENTS).replace("{n}", str(s.rng.randint(10, 70)))
    role = "promotion" if any(w in words for w in OFFERS) else "other"
    over = "" if s.chance(0.7) else " over " + money(s, s.rng.choice([25, 50, 75, 100]), "money")
    css = f"background:{s.one('#000', s.accent, s.sale)};color:#fff;text-align:center;padding:6px;font-size:{s.base - 1}px"
    return f'<div style="{css}">{text(role, words)}{over}</div>'


def filters(s: Style, products: Products) -> str:
    """A side column of filters, with bounds of prices among them."""
    out = ""
    for heading in s.rng.sample(HEADINGS, s.rng.randint(2, 5)):
        out += f'<div style="margin:10px 0"><b>{text("filter", heading)}</b>{_choices(s, products, heading)}</div>'
    return f'<div style="width:{s.rng.randint(150, 260)}px;flex:none;font-size:{s.base - 1}px">{out}</div>'


def _choices(s: Style, products: Products, heading: str) -> str:
    box = s.one("", "☐ ", "☑ ")
    if heading in ("Price", "Preis"):
        return _bounds(s, box)
    names: dict[str, Callable[[], str]] = {
        "Brand": lambda: products.brand(s.rng), "Marke": lambda: products.brand(s.rng), "Color": lambda: s.rng.choice(COLOURS),
        "Customer Reviews": lambda: "★★★★☆ & Up", "Discount": lambda: f"{s.rng.randint(1, 7) * 10}% off or more",
    }  # fmt: skip
    name = names.get(heading, lambda: products.some_words(s.rng, 1, 2))
    return "".join(
        f"<div>{text('filter', f'{box}{name()}' + s.one('', f' ({s.rng.randint(1, 99)})'))}</div>"
        for _ in range(s.rng.randint(2, 7))
    )


def _bounds(s: Style, box: str) -> str:
    steps = s.rng.choice([[10, 25, 50, 100], [100, 250, 500, 1000], [15, 30, 60]])
    form = s.rng.randint(0, 4)
    if form == 0:
        low, high = money(s, s.rng.randint(0, 20), "money"), money(s, s.rng.randint(200, 2000), "money")
        return f'<div data-r="filter">{low}{s.one(" - ", " – ", " ", "<br>")}{high}{s.one("", "+")}</div>'
    if form == 1:
        return "".join(
            f'<div data-r="filter">{box}{s.one("Under ", "Up to ")}{money(s, step, "money")}</div>'
            for step in steps
        )
    if form == 2:
        return "".join(
            f'<div data-r="filter">{box}{money(s, step, "money")}{s.one("+", " & above", " and up")}</div>'
            for step in steps
        )
    return "".join(
        f'<div data-r="filter">{box}{money(s, low, "money")}{s.one(" - ", " to ", " – ")}{money(s, low * 2, "money")}{s.one("", f" ({s.rng.randint(1, 99)})")}</div>'
        for low in steps
    )


def banner(s: Style, products: Products) -> str:
    """A large picture with words over it, an offer among them perhaps."""
    words, role = s.one(
        ("SUMMER SALE", "promotion"), ("New arrivals", "other"), (f"Up to {s.rng.randint(10, 70)}% off", "promotion"), ("The gift guide", "other"),
        ("Shop the edit", "other"), ("CYBER MONDAY DEALS", "promotion"), (products.some_words(s.rng, 2, 4).title(), "other"),
    )  # fmt: skip
    starting = f"{text('other', ' from ')}{money(s, s.rng.randint(5, 99), 'money')}" if s.chance(0.3) else ""
    css = f"height:{s.rng.randint(80, 300)}px;background:{s.accent};color:#fff;padding:20px;overflow:hidden;text-align:{s.one('left', 'center')}"
    return (
        f'<div style="{css}">{text(role, words, f"font-size:{s.rng.randint(22, 52)}px", "div")}{text("other", products.some_words(s.rng, 3, 9))}{starting}'
        f"<div>{text('button', s.one('Shop now', 'SHOP ALL', 'Discover'), 'border:1px solid #fff;padding:6px 14px')}</div></div>"
    )


def popup(s: Style, products: Products) -> str:
    """A window over the page that asks for an e-mail address, or about cookies."""
    if s.chance(0.4):
        css = "position:fixed;z-index:9;left:0;right:0;bottom:0;background:#222;color:#eee;padding:16px"
        return f'<div style="{css}">{text("other", "We use cookies to improve your experience. " + products.some_words(s.rng, 4, 12))} {text("button", "Accept all", "background:#fff;color:#111;padding:6px 12px")}</div>'
    behind = f'<div style="position:fixed;z-index:8;inset:0;background:rgba(0,0,0,{s.one(0, 0.4, 0.6, 0.8)})"></div>'
    css = (
        f"position:fixed;z-index:9;left:{s.rng.randint(15, 40)}%;top:{s.rng.randint(15, 35)}%;width:{s.rng.randint(280, 520)}px;background:#fff;color:#222;"
        "padding:30px;box-shadow:0 0 40px #0008"
    )
    share = s.rng.randint(1, 8) * 5
    offer = s.one(
        f"Get {share}% off",
        f"Unlock {share}% off your first order",
        "Spin to win 50% off",
        f"{share}% OFF",
        "CLEARANCE SALE!",
        f"UP TO {share}% OFF",
        f"Would you like {share}% off?",
    )
    return (
        f'{behind}<div style="{css}">{text("promotion", offer, f"font-size:{s.rng.randint(22, 60)}px", "div")}{text("other", products.some_words(s.rng, 8, 18), "", "p")}'
        f"{text('button', 'Subscribe', 'background:#222;color:#fff;padding:9px;display:block;text-align:center')}{text('button', 'No thanks', '', 'p')}</div>"
    )


def footer(s: Style, products: Products) -> str:
    """Links at the end of a page."""
    links = "".join(
        text("navigation", products.some_words(s.rng, 1, 2), "margin-right:30px") for _ in range(5)
    )
    return f'<div style="background:#222;color:#ccc;padding:24px;margin-top:30px">{links}</div>'
