"""The page about one product: its parts, its options, what is recommended below."""

from training.page_reader.asides import promises, recent_reviews
from training.page_reader.cards import card_of, grid, specification
from training.page_reader.elements import money, picture, sum_line, text
from training.page_reader.products import COLOURS, Products
from training.page_reader.styles import Style


def heading(s: Style, words: str, larger: int = 8) -> str:
    """A heading of a page or of a part of it."""
    return text("other", words, f"font-size:{s.base + larger}px;font-weight:{s.one(400, 700)}", "h2")


def detail(s: Style, products: Products, width: int) -> str:
    """The page about one product, with others below it perhaps."""
    card = card_of(s, products, large=True)
    if s.chance(0.15):
        card.parts["t"] += text("other", products.some_words(s.rng, 2, 6), f"color:{s.muted}", "div")
    if s.chance(0.12):
        card.parts["t"] = (
            f'<div style="display:flex;justify-content:space-between;gap:20px">{card.parts["t"]}{card.parts.pop("p")}</div>'
        )
    body = (
        card.badge
        + card.stacked(s.rng.choice(["btrp", "tbrp", "trp", "brtp", "tp", "tpr", "ptr", "tbpr", "btpr"]))
        + _options(s, products, card.price)
    )
    crumbs = f" {s.one('/', '>', '›')} ".join(
        [
            "Home",
            products.some_words(s.rng, 1, 2),
            card.title if s.chance(0.5) else products.some_words(s.rng, 1, 2),
        ]
    )
    trail = (
        text("navigation", crumbs, f"font-size:{s.base - 2}px;color:{s.muted};margin:8px 0", "div")
        if s.chance(0.6)
        else ""
    )
    if width < 700:
        main = f'<div data-p="0" data-main>{picture(s, products, "100%", f"{s.rng.randint(160, 340)}px")}{body}</div>'
    else:
        main = _beside(s, products, card.price, body)
    if width > 1100 and s.chance(0.12):
        main = f'<div style="display:flex;gap:24px">{main}{recent_reviews(s, products)}</div>'
    return trail + main + (promises(s) if s.chance(0.2) else "") + _related(s, products, width)


def _beside(s: Style, products: Products, price: float, body: str) -> str:
    small = "".join(picture(s, products, "60px", "60px", words=False) for _ in range(s.rng.randint(0, 5)))
    shown = f'<div>{picture(s, products, f"{s.rng.randint(240, 640)}px", f"{s.rng.randint(240, 620)}px")}<div style="display:flex;gap:6px;margin-top:6px">{small}</div></div>'
    column = f'<div style="flex:1;min-width:0;text-align:{"center" if s.centred and s.chance(0.3) else "left"}">{body}</div>'
    buying = ""
    if s.chance(0.2):
        buying = (
            f'<div style="width:230px;border:1px solid #ccc;padding:14px;border-radius:8px">{money(s, price, "price", "font-size:22px", s.raised)}'
            f"{text('other', s.one('FREE delivery tomorrow', 'FREE delivery Mon, Jan 5'), '', 'div')}{text('other', 'In Stock', 'color:#007600', 'div')}"
            f"{text('button', 'Add to Cart', 'background:#ffd814;padding:7px;text-align:center;margin-top:9px', 'div')}</div>"
        )
    inside = shown + column if s.chance(0.9) else column + shown
    return (
        f'<div data-p="0" data-main style="display:flex;gap:{s.rng.randint(16, 50)}px">{inside}{buying}</div>'
    )


def _options(s: Style, products: Products, price: float) -> str:
    out = ""
    if s.chance(0.5):
        label = f"{s.one('Color', 'Colour', 'Size', 'Style', 'Finish', 'Größe')}: {s.rng.choice(COLOURS)}"
        choices = [
            s.one(
                "S",
                "M",
                "L",
                "XL",
                f"UK {s.rng.randint(3, 12)}",
                s.rng.choice(COLOURS),
                str(s.rng.randint(28, 44)),
            )
            for _ in range(s.rng.randint(2, 6))
        ]
        out += text("variant", label, "margin:8px 0", "div") + "".join(
            text("variant", c, "border:1px solid #bbb;padding:6px 10px;margin:3px;display:inline-block")
            for c in choices
        )
    if s.chance(0.25):
        out += _priced_options(s, products, price)
    if s.chance(0.35):
        out += text("other", f"Quantity {s.one('1', '- 1 +', 'Qty: 1')}", "", "div")
    if s.chance(0.6):
        out += (
            "<ul>"
            + "".join(
                text("other", products.some_words(s.rng, 4, 14), "", "li") for _ in range(s.rng.randint(2, 6))
            )
            + "</ul>"
        )
    if s.chance(0.35):
        rows_ = "".join(
            f"<tr><td>{text('specification', products.some_words(s.rng, 1, 2).title(), f'color:{s.muted};padding-right:30px')}</td><td>{text('specification', products.some_words(s.rng, 1, 3))}</td></tr>"
            for _ in range(s.rng.randint(2, 6))
        )
        out += f'<table style="font-size:{s.base - 1}px">{rows_}</table>'
    if s.chance(0.3):
        out += "".join(text("specification", specification(s), "", "div") for _ in range(s.rng.randint(1, 4)))
    if s.chance(0.3):
        out += text(
            "other",
            f"{s.one('SKU', 'Item #', 'Model', 'Ref')}: {s.rng.randint(1000, 9999999)}",
            f"color:{s.muted}",
            "div",
        )
    if s.chance(0.3):
        out += sum_line(s, price)
    if s.chance(0.3):
        out += "".join(
            text("other", t, "margin-right:20px")
            for t in s.rng.sample(
                ["Description", "Reviews", "Shipping", "Details", "Specification", "Q & A"], 3
            )
        )
    return out


def _priced_options(s: Style, products: Products, price: float) -> str:
    """Sizes or colours with a price each: what one of them costs is no price of the product shown."""
    names = [
        s.one(
            "Small",
            "Medium",
            "Large",
            "Deluxe",
            f"{s.rng.randint(2, 64)} GB",
            f"{s.rng.randint(2, 12)} Pack",
            s.rng.choice(COLOURS),
        )
        for _ in range(s.rng.randint(2, 4))
    ]
    with_picture = s.chance(0.4)
    cells = ""
    for i, name in enumerate(names):
        cost = price if i == 0 else price * s.rng.uniform(0.6, 2.5)
        old = (
            " " + money(s, cost * 1.3, "money", "text-decoration:line-through;color:#888")
            if s.chance(0.2)
            else ""
        )
        shown = picture(s, products, "100%", "70px", words=False) if with_picture else ""
        cells += f'<div style="border:1px solid #bbb;padding:6px;margin:3px;min-width:90px;text-align:center">{shown}{text("variant", name, "", "div")}{money(s, cost, "money")}{old}</div>'
    return f'<div style="display:flex;flex-wrap:wrap">{cells}</div>'


def _related(s: Style, products: Products, width: int) -> str:
    if not s.chance(0.4):
        return ""
    s.look["base"] = max(11, s.base - 1)
    words = s.one(
        "You may also like",
        "Related products",
        "Customers also viewed",
        "Complete the look",
        "Recently viewed",
        "Sponsored products",
        "Ähnliche Artikel",
    )
    count = s.rng.randint(2, 6)
    return heading(s, words, 4) + grid(s, products, count, s.rng.randint(3, 6) if width > 700 else 2, first=1)
