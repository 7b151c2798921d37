"""HTML of single elements, each text with its role (``data-r``): amounts, stars, badges, pictures, sums that are no price.

An element within ``data-p`` belongs to that product; one within ``data-main`` to the product that the page is about.
"""

import html

from training.page_reader.products import Products
from training.page_reader.styles import SIGNS, Style, colour
from training.page_reader.textures import COUNT, texture


def text(role: str, words: str, css: str = "", tag: str = "span") -> str:
    """A text with its role."""
    return f'<{tag} data-r="{role}" style="{css}">{html.escape(words)}</{tag}>'


def written(s: Style, value: float) -> str:
    """A number as the shop writes it."""
    with_cents = s.cents and (s.always_cents or round(value) != value)
    number = f"{value:,.2f}" if with_cents else f"{round(value):,}"
    if s.currency == "INR" and value >= 100000 and s.chance(0.7):
        number = _in_lakhs(number)
    if s.decimal_comma:
        number = number.translate(str.maketrans(",.", ".,"))
        if not with_cents and s.chance(0.2):
            number += s.one(",-", ",–")
    if value >= 1000 and s.chance(0.1):
        number = (
            number.replace("." if s.decimal_comma else ",", "", 1)
            if with_cents or not s.decimal_comma
            else number
        )
    return number


def _in_lakhs(number: str) -> str:
    whole, _, cents = number.partition(".")
    digits = whole.replace(",", "")
    head, groups = digits[:-3], [digits[-3:]]
    while head:
        head, groups = head[:-2], [head[-2:], *groups]
    return ",".join(g for g in groups if g) + (f".{cents}" if cents else "")


def money(s: Style, value: float, role: str, css: str = "", raised: bool = False) -> str:
    """An amount with its role; its cents raised where asked for."""
    amount = s.pattern % written(s, value)
    if not (raised and s.cents):
        return f'<span data-r="{role}" data-amount="{html.escape(amount)}" style="white-space:nowrap;{css}">{html.escape(amount)}</span>'
    whole, cents = f"{value:.2f}".split(".")
    sign = SIGNS[s.currency]
    point = s.one("", "", '<span style="font-size:0">.</span>')
    small = f"font-size:{s.rng.uniform(0.45, 0.7):.2f}em;vertical-align:super"
    if s.chance(0.3):
        small, point = small.replace("super", s.one("baseline", "super")), ""
        cents = f".{cents}"
    return (
        f'<span data-r="{role}" data-amount="{html.escape(sign + f"{value:.2f}")}" style="white-space:nowrap;{css}">'
        f'<span style="{small}">{sign}</span>{int(whole):,}{point}<span style="{small}">{cents}</span></span>'
    )


def value_of(s: Style) -> float:
    """What something costs."""
    value = 10 ** s.rng.uniform(0.6, 2.2) * s.scale
    ending = s.rng.random()
    if ending < 0.5:
        return max(0.5, round(value) - 0.01)
    if ending < 0.7:
        return max(1.0, round(value))
    if ending < 0.85:
        return max(0.5, round(value, 2))
    return max(0.95, round(value) - 0.05) if ending < 0.92 else max(9.99, round(value / 10) * 10 - 0.01)


def stars(s: Style) -> str:
    """A rating in one of the forms that shops give it."""
    score, count = (
        round(s.rng.uniform(2.8, 5), 1),
        s.rng.randint(1, 90000) if s.chance(0.3) else s.rng.randint(1, 900),
    )
    counted = f"{count:,}" if s.chance(0.7) else f"{count / 1000:.1f}k" if count > 1000 else str(count)
    gold = s.one("#f5a623", "#ffa41c", "#e7711b", "#222", "#00b67a", "#e6b800")
    drawn = text(
        "stars",
        "★" * round(score) + "☆" * (5 - round(score)),
        f"color:{gold};letter-spacing:{s.one(0, 1, 2)}px",
    )
    if s.chance(0.4):
        drawn = _drawn_stars(score, s.rng.randint(11, 20), gold)
    counts = ["reviews", "ratings", "Reviews", "Bewertungen", "avis"]
    forms = [
        f"{drawn} {text('review_count', f'({counted})')}",
        f"{text('rating', str(score))} {drawn} {text('review_count', counted)}",
        f"{drawn} {text('review_count', f'{counted} {s.rng.choice(counts)}')}",
        f"{text('rating', f'{score} out of 5')} {text('review_count', f'({counted})')}",
        f"{text('rating', f'{score} ★', f'background:#388e3c;color:#fff;padding:1px 5px;border-radius:{s.radius}px')} "
        + text("review_count", f"{counted} Ratings"),
        drawn,
        text("rating", f"{score}/5"),
        f"{text('rating', f'{score}')} {text('review_count', f'({counted} reviews)')}",
    ]
    return forms[int(s.rating_form)]


def _drawn_stars(score: float, size: int, gold: str) -> str:
    star = "M10 1l2.8 6 6.4.7-4.8 4.4 1.4 6.4L10 15.200l-5.800 3.300 1.400-6.400L.8 7.700 7.200 7z"
    shapes = "".join(
        f'<svg width="{size}" height="{size}" viewBox="0 0 20 20"><path d="{star}" fill="{gold if i < round(score) else "#ddd"}"/></svg>'
        for i in range(5)
    )
    return f'<span style="white-space:nowrap">{shapes}</span>'


BADGES = [
    "-{p}%", "{p}% OFF", "Save {p}%", "SALE", "Sale!", "Deal of the Day", "Limited time deal", "HOT DEAL", "Clearance", "{p}% off",
    "Black Friday Deal", "Lightning Deal", "Buy 1 get 1 free", "3 for 2", "Rollback", "Price drop", "FLASH SALE", "Special offer", "-{p}%",
    "2 for 1", "{p}% reduziert", "Promo", "SALE -{p}%", "Last chance", "Bundle & save",
]  # fmt: skip
LABELS = [
    "Best Seller",
    "NEW IN",
    "Bestseller",
    "New",
    "Top rated",
    "Overall pick",
    "Eco",
    "Exclusive",
    "Limited edition",
    "Sold out",
    "Popular",
]


def badge(s: Style, percent: int) -> str:
    """A badge: most tell an offer, some tell something else."""
    css = f"background:{s.one(s.sale, s.accent, '#111')};color:#fff;font-size:{max(9, s.base - 3)}px;padding:2px 6px;border-radius:{s.one(0, 3, 12)}px"
    if s.chance(0.25):
        return text("other", s.rng.choice(LABELS), css)
    return text("promotion", s.rng.choice(BADGES).replace("{p}", str(percent)), css)


def sum_line(s: Style, value: float) -> str:
    """A line with an amount of money that is no price."""
    part = value * s.rng.uniform(0.02, 0.3) + 1
    lines = [
        ("Save an extra ", part, " with coupon"), ("Get ", part, " cashback"), ("Bank Offer 5% off up to ", part, ""),
        ("Exchange: up to ", value * 0.6, " off"), ("Earn ", part, " in rewards"), ("", part, " off your first order"),
        ("Add protection plan for ", part, ""), ("Used from ", value * 0.8, ""), (f"New ({s.rng.randint(2, 30)}) from ", value * 1.05, ""),
        ("+ ", part, " shipping"), ("Delivery ", part, ""), ("Free delivery over ", value * 2, ""), ("Pay ", value / 4, " today"),
        ("As low as ", value / 12, "/mo with financing"), ("You save ", part, f" ({s.rng.randint(5, 60)}%)"), ("Spend ", value * 2, " get 10% off"),
        ("Gift card ", part * 5, ""), ("Deposit: ", part, ""), ("Members save ", part, ""), ("VAT included: ", part, ""), ("Win a prize worth ", value * 20, ""),
        ("3 x ", value / 3, " without fees"), ("Subscribe & save: ", value * 0.9, ""), ("Est. shipping ", part, ""), ("Import fees ", part, ""),
        ("Finance from ", value / 24, " per month"), ("Orders over ", value * 3, " ship free"), ("2 for ", value * 1.8, ""), ("Next bid ", value * 1.1, ""),
        ("or ", value / 4, " in 4 payments"), ("Versand ", part, ""), ("zzgl. ", part, " Versandkosten"), ("Livraison ", part, ""), ("Buy 3 or more for ", value * 0.85, " each"),
    ]  # fmt: skip
    before, amount, after = s.rng.choice(lines)
    amount = round(amount) if s.chance(0.5) else round(amount, 2)
    css = f"font-size:{s.base - s.rng.randint(0, 3)}px;color:{s.one(s.muted, s.ink, s.sale, '#007600')}"
    inside = (
        (text("other", before) if before else "")
        + money(s, amount, "money")
        + (text("other", after) if after else "")
    )
    return f'<div style="{css}">{inside}</div>'


def picture(s: Style, products: Products, width: str, height: str, words: bool = True) -> str:
    """A picture without a file: shapes, colours and noise, with words on it now and then."""
    kind = s.rng.random()
    inside = ""
    if kind < 0.3:
        tint, strength = s.rng.randint(0, 360), s.rng.uniform(0.2, 1.6)
        inside = (
            f'<div style="position:absolute;inset:0;background:url({texture(s.rng.randrange(COUNT))});background-size:cover;'
            f'filter:hue-rotate({tint}deg) saturate({strength:.1f})"></div>'
        )
    elif kind < 0.85:
        for _ in range(s.rng.randint(1, 4)):
            inside += (
                f'<div style="position:absolute;left:{s.rng.randint(5, 45)}%;top:{s.rng.randint(5, 40)}%;width:{s.rng.randint(15, 55)}%;height:{s.rng.randint(20, 60)}%;'
                f'background:linear-gradient({s.rng.randint(0, 360)}deg,{colour(s, 0, 255)},{colour(s, 0, 255)});border-radius:{s.one("50%", "10px", "40% 60% 30% 70%", "0")}"></div>'
            )
    if words and s.chance(0.35):
        inside += "".join(_on_picture(s, products) for _ in range(s.rng.randint(1, 3)))
    ground = s.one("#fff", "#fff", "#f3f3f3", "#eee", "#e8e0d8", "#dde", s.card)
    return f'<div data-picture style="position:relative;overflow:hidden;width:{width};height:{height};background:{ground};flex:none">{inside}</div>'


def _on_picture(s: Style, products: Products) -> str:
    words = s.rng.choice(
        [
            products.brand(s.rng), products.some_words(s.rng, 1, 3), products.some_words(s.rng, 1, 2).upper(), f"{s.rng.randint(1, 99)}% OFF", "NEW",
            f"${s.rng.randint(5, 90)}", f"{s.rng.randint(10, 900)} ml", "SALE", "100% COTTON", f"{s.rng.randint(2, 12)} PACK",
        ]
    )  # fmt: skip
    css = (
        f"position:absolute;left:{s.rng.randint(5, 60)}%;top:{s.rng.randint(5, 85)}%;font-size:{s.rng.randint(8, 26)}px;white-space:nowrap;"
        f"color:{s.one('#fff', '#000', '#c22', '#333')};font-family:{s.one('Lato', 'Roboto', 'EB Garamond', 'Comfortaa')};transform:rotate({s.one(0, 0, 0, -4, 5)}deg)"
    )
    return text("picture", words, css)
