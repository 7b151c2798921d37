"""What made-up pages sell: titles and brands of real catalogs, and combinations of common words."""

import random
from pathlib import Path

import polars as pl

ADJECTIVES = (
    "Classic Premium Soft Organic Slim Vintage Wireless Leather Cotton Stainless Mini Modern Handmade Waterproof Oak Merino "
    "Linen Velvet Cordless Portable Natural Ultra Pro Smart Folding Kids Men's Women's Striped Ribbed Cropped Quilted"
).split()
THINGS = (
    "Shirt|Dress|Sneakers|Sofa|Lamp|Kettle|Headphones|Backpack|Watch|Rug|Mattress|Mug|Desk|Jacket|Jeans|Serum|Candle|Speaker|"
    "Camera|Drill|Tent|Bike|Chair|Ring|Necklace|Sunglasses|Trainers|Bowl|Pan|Blender|Curtains|Bath|Tap|Radiator|Coat|Hoodie|"
    "Skirt|Boots|Wallet|Belt|Notebook|Pen Set|Puzzle|Doll|Guitar|Helmet|Tyre|Coffee|Tea|Protein Powder|Vitamins|Shampoo|Perfume|"
    "Lipstick|Wine|Plant|Seeds|Fence Panel|Carpet|Monitor|Phone Case|Tablet|Keyboard|Mouse|Cable|Charger|Bra|Socks|Cat Tree"
).split("|")
COLOURS = "Black White Navy Red Green Grey Beige Blue Brown Pink Silver Gold Charcoal Olive Cream Rose Tan Sand".split()
SYLLABLES = "ba ken ro la vi tor mi lu na so del fa ra zen ky mar el ton ur is ga no bri qui hol dra sen pe ja".split()
STREETS = "St Ave Rd Ln Dr Way Close Terrace Blvd".split()
PLACES = "Austin TX|Leeds|London|Berlin|Miami FL|Denver CO|Bristol|Toronto ON|Sydney NSW|Queens NY|Oakland CA".split(
    "|"
)


class Products:
    """Titles, brands and words to draw from."""

    def __init__(self, titles: list[str], brands: list[str]):
        self.titles = titles
        self.brands = [b for b in brands if 1 < len(b) < 20]
        self.words = [w for t in titles[:6000] for w in t.split() if w.isalpha() and len(w) > 2] or THINGS

    @classmethod
    def from_files(cls, paths: list[Path]) -> "Products":
        """Of Parquet files with a column ``title`` and perhaps ``brand``; of common words alone where there are none."""
        titles: list[str] = []
        brands: list[str] = []
        for path in paths:
            table = pl.read_parquet(path)
            titles += [t for t in table["title"].to_list() if t]
            if "brand" in table.columns:
                brands += [b for b in table["brand"].drop_nulls().unique().to_list() if b]
        random.Random(7).shuffle(titles)
        return cls(titles or [f"{a} {t}" for a in ADJECTIVES for t in THINGS], brands)

    def title(self, rng: random.Random) -> str:
        """A product's title."""
        if rng.random() < 0.62:
            title = rng.choice(self.titles)
        else:
            title = " ".join([*rng.sample(ADJECTIVES, rng.randint(0, 2)), rng.choice(THINGS)])
            if rng.random() < 0.4:
                title += f" {rng.choice(['in', '-', '|', ',', '–'])} {rng.choice(COLOURS)}"
            if rng.random() < 0.2:
                title += f" {rng.randint(2, 900)}{rng.choice(['cm', 'ml', 'g', 'W', ' Pack', 'GB', '”', ' mm', ' oz'])}"
        if rng.random() < 0.3:
            title = " ".join(title.split()[: rng.randint(2, 8)])
        if rng.random() < 0.1:
            title = title.upper()
        return title[:180].strip() or "Lamp"

    def brand(self, rng: random.Random) -> str:
        """A brand: of a catalog, or made up."""
        if self.brands and rng.random() < 0.6:
            return rng.choice(self.brands)
        name = "".join(rng.sample(SYLLABLES, rng.randint(2, 3))).title()
        return (
            name
            if rng.random() < 0.7
            else f"{name} {rng.choice(['& Co', 'Home', 'Studio', 'London', 'Labs', 'Wear', 'Baby'])}"
        )

    def some_words(self, rng: random.Random, least: int, most: int) -> str:
        """A few words without sense."""
        return " ".join(rng.choice(self.words) for _ in range(rng.randint(least, most)))

    def address(self, rng: random.Random) -> str:
        """Where a home stands."""
        return (
            f"{rng.randint(1, 999)} {self.some_words(rng, 1, 2).title()} {rng.choice(STREETS)}, "
            f"{rng.choice(PLACES)} {rng.randint(10000, 99999)}"
        )
