"""Sizes that products state as number and unit, so that "bigger" can be understood."""

import re

from catalog.products import Product

UNITS = {
    "mah": ("capacity", 1.0), "l": ("volume", 1.0), "litre": ("volume", 1.0), "litres": ("volume", 1.0), "ml": ("volume", 0.001),
    "mm": ("length", 0.1), "cm": ("length", 1.0), "m": ("length", 100.0), "inch": ("length", 2.54), "inches": ("length", 2.54),
    "w": ("power", 1.0), "gb": ("storage", 1.0), "tb": ("storage", 1000.0), "kg": ("weight", 1.0), "g": ("weight", 0.001),
    "piece": ("pieces", 1.0), "pieces": ("pieces", 1.0), "pcs": ("pieces", 1.0), "sqft": ("area", 1.0), "bds": ("bedrooms", 1.0),
    "bed": ("bedrooms", 1.0), "pages": ("pages", 1.0), "h": ("hours", 1.0), "oz": ("ounces", 1.0), "pack": ("pieces", 1.0),
}  # fmt: skip
MEASURE = re.compile(
    rf"(\d[\d,]*(?:\.\d+)?)(?:\s?[x×]\s?\d[\d,.]*)?\s?-?({'|'.join(sorted(UNITS, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
COUNTED = re.compile(r"\b(pieces|pages|players)\s?:\s?(\d+)|\bset of (\d+)", re.IGNORECASE)


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
        dimension, factor = UNITS[unit.lower()]
        found[dimension] = max(found.get(dimension, 0.0), float(number.replace(",", "")) * factor)
    for name, count, of in COUNTED.findall(text):
        dimension = name.lower() or "pieces"
        found[dimension] = max(found.get(dimension, 0.0), float(count or of))
    return found
