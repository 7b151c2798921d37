"""HTML that stands beside products without being about one: logos, windows of a chat, seals, other people's reviews, articles."""

from training.page_reader.elements import picture, text
from training.page_reader.products import Products
from training.page_reader.styles import Style

PROMISES = [
    "Money Back Guarantee", "Secure CheckOut", "Free Shipping", "14 DAY RETURNS", "SUSTAINABILITY", "Lifetime Guarantee", "Ships within 1-2 business days",
    "100% Purchase Protection", "Authorized dealer", "24/7 Support", "BUY NOW, PAY LATER", "Hassle free returns", "Click & Collect Hours", "Gift Cards Available",
    "Need help? Call us at 1-866-620-2008", "As seen in", "Trade Account", "Find a Store", "Earn Reward Points. Learn More", "International shipping",
]  # fmt: skip
CHATS = [
    "Hi! How can we help you?",
    "Chat with us",
    "Live Support",
    "Hello. Need some help?",
    "Support",
    "Help",
    "We are here for you",
]
CAMPAIGNS = [
    "Subscribe to our newsletter",
    "Join our VIP club",
    "Stay updated!",
    "Know your location",
    "Download our app",
    "Refer a friend",
]


def logo(s: Style, products: Products) -> str:
    """The shop's name as it is drawn at the head of a page, often larger than anything else on it."""
    name = products.brand(s.rng)
    css = (
        f"font-family:'{s.one('EB Garamond', 'Lato', 'Quicksand', 'Roboto Condensed', 'League Spartan', 'Comfortaa', 'Caladea')}',serif;font-size:{s.rng.randint(18, 64)}px;"
        f"letter-spacing:{s.one(0, 0, 2, 6, 10)}px;font-weight:{s.one(300, 400, 700)};color:{s.one(s.ink, s.accent)};line-height:1.2"
    )
    under = (
        text("navigation", products.some_words(s.rng, 2, 5), f"font-size:{s.base - 2}px", "div")
        if s.chance(0.3)
        else ""
    )
    align = s.one("center", "center", "left")
    return f'<div style="text-align:{align};padding:{s.rng.randint(6, 24)}px 30px">{text("navigation", name.upper() if s.chance(0.5) else name, css)}{under}</div>'


def promises(s: Style) -> str:
    """What a shop promises of itself, in a row."""
    css = f"background:{s.one('none', '#f3f3f3', '#e9edf0')};padding:{s.rng.randint(6, 20)}px;font-size:{s.base - s.rng.randint(0, 2)}px;text-align:center"
    cells = "".join(text("other", words, css, "div") for words in s.rng.sample(PROMISES, s.rng.randint(2, 5)))
    return f'<div style="display:flex;gap:{s.rng.randint(10, 60)}px;justify-content:{s.one("center", "space-between", "flex-start")};margin:12px 0">{cells}</div>'


def recent_reviews(s: Style, products: Products) -> str:
    """A side column of other products' reviews: names and stars, nothing for sale."""
    out = text(
        "other",
        s.one("Recent Reviews", "Customer Reviews", "Trustpilot", "Testimonials"),
        f"font-size:{s.base + 4}px;font-weight:700",
        "div",
    )
    for _ in range(s.rng.randint(2, 6)):
        out += (
            f'<div style="border-bottom:1px solid #ddd;padding:5px 0">{text("other", products.some_words(s.rng, 1, 3).title(), "font-weight:700", "div")}'
            f"{text('other', '★' * s.rng.randint(3, 5), 'color:#f5a623', 'div')}{text('other', 'by ' + products.some_words(s.rng, 1, 2).title(), '', 'div')}</div>"
        )
    return f'<div style="width:{s.rng.randint(150, 260)}px;flex:none;font-size:{s.base - 1}px">{out}</div>'


def chat(s: Style, products: Products) -> str:
    """The window or the button of a chat in a corner of the page."""
    css = f"position:fixed;z-index:7;right:{s.rng.randint(0, 30)}px;bottom:{s.rng.randint(0, 30)}px;background:#fff;color:#222;padding:12px;box-shadow:0 0 12px #0005;max-width:240px"
    said = (
        text("other", products.some_words(s.rng, 6, 16), f"font-size:{s.base - 2}px", "div")
        if s.chance(0.5)
        else ""
    )
    return f'<div style="{css}">{text("other", s.rng.choice(CHATS), "font-weight:600", "div")}{said}</div>'


def notice(s: Style, products: Products) -> str:
    """A small window that asks for something else, at the top of the page."""
    css = f"position:fixed;z-index:7;left:{s.rng.randint(0, 60)}px;top:0;background:#fff;color:#333;padding:14px 20px;box-shadow:0 0 14px #0006;width:{s.rng.randint(220, 420)}px"
    return f'<div style="{css}">{text("other", s.rng.choice(CAMPAIGNS), "font-size:16px", "div")}{text("button", s.one("Allow", "Agree", "Subscribe"))} {text("button", s.one("Block", "Later", "Nope"))}</div>'


def article(s: Style, products: Products) -> str:
    """A heading with running text and a picture, as on a page that sells nothing itself."""
    size = s.base + s.rng.randint(6, 34)
    out = text("other", products.some_words(s.rng, 2, 6).capitalize(), f"font-size:{size}px", "h1")
    for _ in range(s.rng.randint(1, 3)):
        out += text("other", products.some_words(s.rng, 10, 40).capitalize() + ".", "", "p")
    tiles = "".join(
        text(
            "navigation",
            products.some_words(s.rng, 1, 4).title(),
            "border:1px solid #888;padding:6px 14px;display:inline-block;margin:5px",
        )
        for _ in range(s.rng.randint(0, 10))
    )
    shown = (
        picture(s, products, f"{s.rng.randint(300, 900)}px", f"{s.rng.randint(140, 420)}px")
        if s.chance(0.5)
        else ""
    )
    return f'<div style="text-align:{s.one("left", "center")};padding:20px">{out}{tiles}{shown}</div>'
