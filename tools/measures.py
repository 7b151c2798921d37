"""Sizes that products state as number and unit, so that "bigger" can be understood."""

import re

from catalog.products import Product

UNITS = {
    "mah": ("capacity", 1.0), "l": ("volume", 1.0), "litre": ("volume", 1.0), "litres": ("volume", 1.0), "ml": ("volume", 0.001),
    "liter": ("volume", 1.0), "liters": ("volume", 1.0),
    "mm": ("length", 0.1), "cm": ("length", 1.0), "m": ("length", 100.0), "inch": ("length", 2.54), "inches": ("length", 2.54),
    "metre": ("length", 100.0), "metres": ("length", 100.0), "meter": ("length", 100.0), "meters": ("length", 100.0),
    "centimetres": ("length", 1.0), "centimeters": ("length", 1.0),
    "ft": ("length", 30.48), "foot": ("length", 30.48), "feet": ("length", 30.48), "lb": ("weight", 0.4536), "lbs": ("weight", 0.4536),
    "w": ("power", 1.0), "watt": ("power", 1.0), "watts": ("power", 1.0),
    "gb": ("storage", 1.0), "tb": ("storage", 1000.0), "kg": ("weight", 1.0), "g": ("weight", 0.001),
    "kilo": ("weight", 1.0), "kilos": ("weight", 1.0), "grams": ("weight", 0.001),
    "piece": ("pieces", 1.0), "pieces": ("pieces", 1.0), "pcs": ("pieces", 1.0), "sqft": ("area", 1.0), "bds": ("bedrooms", 1.0),
    "bed": ("bedrooms", 1.0), "beds": ("bedrooms", 1.0), "bedroom": ("bedrooms", 1.0), "bedrooms": ("bedrooms", 1.0),
    "pages": ("pages", 1.0), "sheets": ("sheets", 1.0), "sheet": ("sheets", 1.0), "h": ("hours", 1.0), "hours": ("hours", 1.0), "oz": ("ounces", 1.0), "pack": ("pieces", 1.0),
    "packs": ("pieces", 1.0), "pk": ("pieces", 1.0), "count": ("pieces", 1.0), "ct": ("pieces", 1.0),
    "players": ("players", 1.0),
}  # fmt: skip
UNIT_OF = {
    "capacity": "mAh", "volume": "litres", "length": "cm", "power": "watts", "storage": "GB", "weight": "kg", "pieces": "pieces",
    "area": "sqft", "bedrooms": "bedrooms", "pages": "pages", "sheets": "sheets", "hours": "hours", "ounces": "oz", "players": "players",
}  # fmt: skip
"""The unit in which the size of each dimension is kept."""
UNIT_NAMED = "|".join(sorted(UNITS, key=len, reverse=True))
"""The pattern of any unit, the longest first."""
MEASURE = re.compile(
    rf"(?<![\d,.])(\d[\d,]{{0,11}}(?:\.\d{{1,6}})?)(?:\s?[x×]\s?\d[\d,.]{{0,11}})?\s?-?(?:({UNIT_NAMED})\b|[\"”])",
    re.IGNORECASE,
)
COUNTED = re.compile(r"\b(pieces|pages|players)\s?:\s?(\d+)|\bset of (\d+)", re.IGNORECASE)


NUDGE = 1e-9
LARGEST = 1e12  # of any unit: beyond it, figures are no size


def bound(text: str, inclusive: bool, low: bool) -> dict[str, float]:
    """The bound that a size with its unit sets, by dimension; bounds are strict, so an inclusive one lies a little beyond.

    >>> bound("25 litres", inclusive=False, low=True)
    {'volume': 25.0}
    """
    beyond = 1 + (-NUDGE if low else NUDGE) if inclusive else 1.0
    return {dimension: size * beyond for dimension, size in measures_in(text).items()}


def bound_in_words(dimension: str, size: float, low: bool) -> str:
    """A bound as a shopper would say it.

    >>> bound_in_words("volume", 25.0, low=True), bound_in_words("volume", 25 * (1 - NUDGE), low=True)
    ('over 25 litres', 'at least 25 litres')
    """
    strict = abs(size / float(f"{size:.6g}") - 1) < NUDGE / 2
    said = {
        (True, True): "over",
        (True, False): "at least",
        (False, True): "under",
        (False, False): "at most",
    }
    return f"{said[low, strict]} {size:.6g} {UNIT_OF.get(dimension, dimension)}"


def measures_of(product: Product) -> dict[str, float]:
    """The largest stated size of each dimension.

    >>> measures_of(Product(item_id="a", title="Slim Power Bank 10,000 mAh"))
    {'capacity': 10000.0}
    """
    return measures_in(" ; ".join([product.title, *product.specifications]))


def measures_in(text: str) -> dict[str, float]:
    """The largest size of each dimension in a text."""
    found: dict[str, float] = {}
    for number, unit in MEASURE.findall(text):
        dimension, factor = UNITS[unit.lower() or "inch"]
        found[dimension] = max(found.get(dimension, 0.0), min(float(number.replace(",", "")) * factor, LARGEST))
    for name, count, of in COUNTED.findall(text):
        dimension = name.lower() or "pieces"
        found[dimension] = max(found.get(dimension, 0.0), min(float(count or of), LARGEST))
    return found
