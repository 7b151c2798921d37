"""Pictures for products that have none: a drawing in SVG, the same for the same product."""

import hashlib
import re
from html import escape

COLOURS = {
    "black": "#2b2d33", "white": "#f4f4f1", "green": "#4c8c5a", "navy": "#27406b", "grey": "#8d939c",
    "red": "#b8443c", "pink": "#d98ca4", "clear": "#d7e3e8", "yellow": "#e2bf3d", "cream": "#ead9b8",
    "mustard": "#c9992e", "natural": "#c8a578", "oak": "#b98b57", "blue": "#4a78b0", "blush": "#dcaea2",
}  # fmt: skip
SHAPES = (
    '<rect x="120" y="70" width="160" height="260" rx="26" fill="{c}"/><circle cx="160" cy="115" r="22" fill="{d}"/>',
    '<rect x="70" y="150" width="260" height="130" rx="18" fill="{c}"/><rect x="100" y="110" width="200" height="50" fill="{d}"/>',
    '<path d="M120 320 L280 320 L250 180 L150 180 Z" fill="{c}"/><rect x="190" y="90" width="20" height="100" fill="{d}"/>',
    '<circle cx="200" cy="205" r="115" fill="{c}"/><circle cx="200" cy="205" r="60" fill="{d}"/>',
    '<path d="M110 140 Q200 60 290 140 L310 320 L90 320 Z" fill="{c}"/><rect x="150" y="200" width="100" height="70" rx="10" fill="{d}"/>',
    '<path d="M80 300 Q120 190 230 200 Q320 210 330 300 Z" fill="{c}"/><rect x="80" y="295" width="250" height="22" rx="8" fill="{d}"/>',
)
# Which drawing suits which words of a title; the first that matches wins.
DRAWN_AS = (
    (r"phone case|screen protector|power bank|smartphone", 0),
    (r"lamp|light|candle", 2),
    (r"desk|table|keyboard|notebook|organiser|stand|box|set", 1),
    (r"puzzle|plate|charging pad|clock|ball|pan|mouse", 3),
    (r"t-shirt|raincoat|dress|backpack|jacket|bag|chair|soft toy|kettle|bottle", 4),
    (r"trainers|shoe|car|boot", 5),
)
HOUSE = (
    '<path d="M70 210 L200 100 L330 210 Z" fill="{d}"/><rect x="95" y="210" width="210" height="120" fill="{c}"/>'
    '<rect x="180" y="260" width="40" height="70" fill="{d}"/>'
)


def picture(title: str, category: str | None) -> str:
    """An SVG drawing of 400 by 400: shape by the product's words, colour by the one its title names."""
    digest = hashlib.sha256(title.encode()).digest()
    named = next((c for w in reversed(re.findall(r"[a-z]+", title.lower())) if (c := COLOURS.get(w))), None)
    colour = named or f"hsl({digest[0] * 360 // 256} 32% 55%)"
    kind = " ".join(re.findall(r"[A-Za-z]{4,}", title)[-2:])
    if category and category.startswith("Homes"):
        shape = HOUSE
    else:
        fitting = (shape for words, shape in DRAWN_AS if re.search(words, title.lower()))
        shape = SHAPES[next(fitting, hashlib.sha256(kind.encode()).digest()[0] % len(SHAPES))]
    ground = f"hsl({digest[1] * 360 // 256} 28% 94%)"
    drawing = shape.format(c=colour, d="rgba(20,24,32,.28)")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img" aria-label="{escape(title)}">'
        f'<rect width="400" height="400" fill="{ground}"/>'
        f'<ellipse cx="200" cy="338" rx="120" ry="16" fill="rgba(0,0,0,.10)"/>{drawing}</svg>'
    )
