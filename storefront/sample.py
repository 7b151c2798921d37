"""The sample shop's catalog: a few hundred invented products, the same on every machine."""

import random
from dataclasses import dataclass

from catalog.money import money
from catalog.products import Catalog, Product, catalog_of

NAME = "sample"
CURRENCY = "GBP"
SEED = 20240322


@dataclass(frozen=True)
class Kind:
    """A kind of product: what it is called, what it costs, who makes it and what is said of it.

    ``title`` may use {colour}, {material} and {extra}; ``extras`` fill the last, and each may carry its own
    specification after a bar.
    """

    name: str
    category: str
    title: str
    low: float
    high: float
    brands: tuple[str, ...]
    extras: tuple[str, ...]
    colours: tuple[str, ...] = ("Black", "White", "Green", "Navy", "Grey", "Red")
    materials: tuple[str, ...] = ()
    count: int = 10


PHONE = ("TECHGEAR", "Mothca", "Voltix", "Spinnaker", "Nordcell")
WEAR = ("Harrow & Vale", "Kestrel", "Luma", "Fjordline", "Oakmoor")
HOME = ("Brightwell", "Casa Linden", "Hearthside", "Potters Row")
DESK = ("Deskbright", "TECHGEAR", "Papermill", "Ergon", "Voltix")
PLAY = ("Tumbletree", "Brickadoo", "Puzzlewick", "Little Otter")
MODELS = (
    "iPhone 14|Fits: iPhone 14",
    "iPhone 15|Fits: iPhone 15",
    "iPhone 13|Fits: iPhone 13",
    "Galaxy S23|Fits: Galaxy S23",
    "Galaxy S24|Fits: Galaxy S24",
    "Pixel 8|Fits: Pixel 8",
)

KINDS = (
    Kind("phone case", "Phone accessories", "{extra} Phone Case, {material}, {colour}", 5, 30, PHONE, MODELS,
         ("Black", "Clear", "Green", "Navy", "Pink"), ("Silicone", "Leather", "Polycarbonate"), 24),
    Kind("screen protector", "Phone accessories", "{extra} Screen Protector, Pack of 2", 4, 15, PHONE, MODELS,
         (), ("Tempered glass", "Matte film"), 12),
    Kind("phone charger", "Phone accessories", "{extra} USB-C Wall Charger, {colour}", 9, 40, PHONE,
         ("20W|Power: 20 W", "30W|Power: 30 W", "65W|Power: 65 W"), ("White", "Black"), (), 10),
    Kind("charging cable", "Phone accessories", "Braided USB-C Cable {extra}, {colour}", 3, 14, PHONE,
         ("1 m|Length: 1 m", "2 m|Length: 2 m", "3 m|Length: 3 m"), ("Black", "Grey", "Red", "Green"), (), 10),
    Kind("power bank", "Phone accessories", "Slim Power Bank {extra}, {colour}", 14, 60, PHONE,
         ("10,000 mAh|Capacity: 10,000 mAh", "20,000 mAh|Capacity: 20,000 mAh", "5,000 mAh|Capacity: 5,000 mAh"),
         ("Black", "White", "Navy"), (), 9),
    Kind("wireless charger", "Phone accessories", "{extra} Wireless Charging Pad, {colour}", 11, 45, PHONE,
         ("10W|Power: 10 W", "15W|Power: 15 W"), ("Black", "White", "Green"), (), 8),
    Kind("earbuds", "Phone accessories", "Wireless Earbuds, {extra}, {colour}", 18, 95, PHONE,
         ("Waterproof IPX7|Waterproof: IPX7", "Noise Cancelling|Noise cancelling",
          "30 h Playtime|Playtime: 30 h"), ("Black", "White", "Green"), (), 9),
    Kind("phone holder", "Phone accessories", "{extra} Phone Holder, {colour}", 6, 24, PHONE,
         ("Car Vent|Mount: car vent", "Desk|Mount: desk", "Bike|Mount: bike, waterproof"), ("Black", "Grey"), (), 8),
    Kind("t-shirt", "Fashion", "{extra} T-Shirt in {colour}", 8, 30, WEAR,
         ("Organic Cotton|Material: organic cotton", "Relaxed Fit|Fit: relaxed", "Striped|Pattern: striped")),
    Kind("raincoat", "Fashion", "{extra} Raincoat in {colour}", 35, 140, WEAR,
         ("Waterproof Hooded|Waterproof: 10,000 mm", "Packable Waterproof|Waterproof: 5,000 mm"),
         ("Yellow", "Navy", "Green", "Red")),
    Kind("trainers", "Fashion", "{extra} Trainers, {colour}", 28, 120, WEAR,
         ("Running|Use: running", "Canvas|Material: canvas", "Leather|Material: leather")),
    Kind("backpack", "Fashion", "{extra} Backpack, {colour}", 22, 95, WEAR,
         ("20 L Waterproof|Volume: 20 L, waterproof", "15 L Commuter|Volume: 15 L", "28 L Hiking|Volume: 28 L")),
    Kind("dress", "Fashion", "{extra} Dress in {colour}", 24, 110, WEAR,
         ("Linen Midi|Material: linen", "Jersey Wrap|Material: jersey", "Floral Maxi|Pattern: floral"),
         ("Green", "Navy", "Red", "Cream", "Black")),
    Kind("scarf", "Fashion", "{extra} Scarf, {colour}", 9, 48, WEAR,
         ("Merino Wool|Material: merino wool", "Cotton|Material: cotton"), ("Green", "Navy", "Mustard", "Grey"), (), 8),
    Kind("table lamp", "Home", "{extra} Table Lamp, {colour}", 15, 90, HOME,
         ("Ceramic|Material: ceramic", "Brass|Material: brass", "Rattan|Material: rattan"),
         ("White", "Green", "Natural", "Black")),
    Kind("kettle", "Home", "{extra} Electric Kettle, {colour}", 19, 85, HOME,
         ("1.7 L|Capacity: 1.7 L", "1.5 L Variable Temperature|Capacity: 1.5 L"), ("Black", "Cream", "Green"), (), 8),
    Kind("mug set", "Home", "Set of {extra} Stoneware Mugs, {colour}", 10, 40, HOME,
         ("4|Pieces: 4", "6|Pieces: 6", "2|Pieces: 2"), ("Green", "Blue", "Cream", "Grey")),
    Kind("cushion", "Home", "{extra} Cushion, {colour}", 8, 38, HOME,
         ("Velvet 45 x 45 cm|Size: 45 x 45 cm", "Linen 50 x 50 cm|Size: 50 x 50 cm"),
         ("Green", "Mustard", "Navy", "Blush")),
    Kind("throw blanket", "Home", "{extra} Throw Blanket, {colour}", 14, 70, HOME,
         ("Knitted|Size: 130 x 170 cm", "Fleece|Size: 150 x 200 cm"), ("Grey", "Cream", "Green"), (), 8),
    Kind("frying pan", "Home", "{extra} Non-Stick Frying Pan", 12, 65, HOME,
         ("24 cm|Diameter: 24 cm", "28 cm|Diameter: 28 cm", "20 cm|Diameter: 20 cm"), (), ("Cast iron", "Aluminium"), 8),
    Kind("desk", "Office", "{extra} Desk, {colour}", 69, 320, DESK,
         ("Standing 120 cm|Width: 120 cm", "Corner 140 cm|Width: 140 cm", "Compact 90 cm|Width: 90 cm"),
         ("Oak", "White", "Black"), (), 8),
    Kind("office chair", "Office", "{extra} Office Chair, {colour}", 49, 260, DESK,
         ("Mesh Ergonomic|Lumbar support", "Padded Swivel|Swivel"), ("Black", "Grey", "Green"), (), 9),
    Kind("desk lamp", "Office", "{extra} LED Desk Lamp, {colour}", 13, 60, DESK,
         ("Dimmable|Dimmable", "Clamp-On|Mount: clamp", "USB-Charging|USB charging port"), ("Black", "White", "Green")),
    Kind("monitor stand", "Office", "{extra} Monitor Stand, {colour}", 16, 70, DESK,
         ("Bamboo|Material: bamboo", "Metal Mesh|Material: steel"), ("Natural", "Black"), (), 8),
    Kind("keyboard", "Office", "{extra} Keyboard, {colour}", 17, 110, DESK,
         ("Wireless Compact|Wireless", "Mechanical|Switches: brown", "Ergonomic Split|Split layout"),
         ("Black", "White", "Green")),
    Kind("mouse", "Office", "{extra} Mouse, {colour}", 8, 65, DESK,
         ("Wireless Silent|Wireless", "Vertical Ergonomic|Ergonomic"), ("Black", "White", "Grey")),
    Kind("notebook", "Office", "{extra} Notebook, {colour}", 4, 20, DESK,
         ("A5 Dotted|Pages: 160", "A4 Lined|Pages: 200"), ("Black", "Green", "Red", "Navy")),
    Kind("desk organiser", "Office", "{extra} Desk Organiser, {colour}", 9, 35, DESK,
         ("Bamboo|Material: bamboo", "5-Compartment Mesh|Compartments: 5"), ("Natural", "Black"), (), 8),
    Kind("jigsaw puzzle", "Toys", "{extra} Jigsaw Puzzle", 7, 25, PLAY,
         ("500-Piece Woodland|Pieces: 500", "1000-Piece City|Pieces: 1000", "48-Piece Farm|Pieces: 48, age 3+"), ()),
    Kind("building blocks", "Toys", "{extra} Building Blocks", 12, 70, PLAY,
         ("Castle|Pieces: 320", "Space Station|Pieces: 610", "Starter Box|Pieces: 150, age 4+"), ()),
    Kind("soft toy", "Toys", "{extra} Soft Toy", 8, 32, PLAY,
         ("Otter|Height: 30 cm", "Fox|Height: 25 cm", "Green Dinosaur|Height: 40 cm"), ()),
    Kind("board game", "Toys", "{extra} Board Game", 13, 48, PLAY,
         ("Family|Players: 2 to 6", "Two-Player|Players: 2", "Co-operative|Players: 1 to 4"), ()),
    Kind("remote control car", "Toys", "{extra} Remote Control Car, {colour}", 19, 80, PLAY,
         ("Off-Road|Range: 50 m", "Racing|Range: 30 m"), ("Red", "Green", "Blue")),
)  # fmt: skip

PROMOTIONS = ("Deal of the day", "Clearance", "3 for 2", "Free gift wrap", "Members save 5%")
STREETS = (
    "Alder Road",
    "Mill Lane",
    "Station Street",
    "Harbour View",
    "Park Crescent",
    "Chapel Row",
    "Elm Grove",
)
TOWNS = ("Bath", "Leeds", "York", "Exeter", "Norwich")


def sample_catalog() -> Catalog:
    """The sample catalog: the same products in the same order every time."""
    rng = random.Random(SEED)
    products: list[Product] = []
    for kind in KINDS:
        made = 0
        titles: set[str] = set()
        while made < kind.count:
            product = _product(kind, rng, f"S{len(products):04d}")
            key = f"{product.brand} {product.title}"
            if key in titles and rng.random() > 0.02:
                continue
            titles.add(key)
            products.append(product)
            made += 1
    products.extend(_home(rng, f"S{len(products) + i:04d}") for i in range(24))
    return catalog_of(products, NAME)


def kind_of(product: Product) -> str:
    """The kind of a sample product, for simulated shoppers and pictures."""
    for detail in product.specifications:
        if detail.startswith("Type: "):
            return detail.removeprefix("Type: ")
    return "product"


def _product(kind: Kind, rng: random.Random, item_id: str) -> Product:
    brand = rng.choice(kind.brands)
    colour = rng.choice(kind.colours) if kind.colours else None
    material = rng.choice(kind.materials) if kind.materials else None
    extra, _, detail = rng.choice(kind.extras).partition("|")
    title = kind.title.format(extra=extra, colour=colour, material=material)
    # Brands sit at price levels of their own, so that a taste for a brand is also one for a price.
    level = 0.25 + 0.5 * kind.brands.index(brand) / max(len(kind.brands) - 1, 1)
    where = min(max(rng.gauss(level, 0.18), 0), 1)
    price = _shop_price(kind.low + (kind.high - kind.low) * where, rng)
    reduced = rng.random() < 0.3
    list_price = _shop_price(price / rng.choice((0.9, 0.8, 0.75, 0.7)), rng) if reduced else None
    promotion = None
    if list_price and list_price > price:
        promotion = f"{round(100 * (1 - price / list_price))}% off"
    elif rng.random() < 0.15:
        promotion = rng.choice(PROMOTIONS)
    specifications = [f"Type: {kind.name}"]
    if colour:
        specifications.append(f"Colour: {colour.lower()}")
    if material:
        specifications.append(f"Material: {material.lower()}")
    if detail:
        specifications.append(detail)
    rated = rng.random() > 0.06
    return Product(
        item_id=item_id,
        title=f"{brand} {title}" if rng.random() < 0.7 else title,
        brand=brand,
        category=kind.category,
        price=money(price, CURRENCY),
        list_price=money(list_price, CURRENCY) if promotion and list_price else None,
        rating=round(min(max(rng.gauss(4.2, 0.45), 2.6), 4.9), 1) if rated else None,
        review_count=int(10 ** rng.uniform(0.5, 3.6)) if rated else None,
        promotion=promotion,
        specifications=specifications,
        description=_description(kind, brand, colour, detail),
    )


def _description(kind: Kind, brand: str, colour: str | None, detail: str) -> str:
    article = "" if kind.name.endswith("s") else "An " if kind.name[0] in "aeiou" else "A "
    name = kind.name if article else kind.name.capitalize()
    first = f"{article}{name} by {brand}" + (f" in {colour.lower()}" if colour else "") + "."
    return f"{first} {detail}." if detail else first


def _shop_price(amount: float, rng: random.Random) -> float:
    ending = rng.choice((0.99, 0.95, 0.49, 0.50, 0.00))
    whole = max(int(amount), 2)
    return round(whole + ending - (1 if ending == 0.99 and whole > amount else 0), 2)


def _home(rng: random.Random, item_id: str) -> Product:
    beds, baths = rng.randint(1, 5), rng.randint(1, 3)
    area = rng.randrange(450, 2400, 10)
    rent = rng.random() < 0.5
    price = float(rng.randrange(650, 2600, 25) if rent else rng.randrange(145_000, 690_000, 5_000))
    town = rng.choice(TOWNS)
    what = rng.choice(("Terraced House", "Flat", "Cottage", "Semi-Detached House"))
    offer = "Price cut" if rng.random() < 0.2 else None
    return Product(
        item_id=item_id,
        title=f"{beds} Bed {what}, {rng.randint(1, 90)} {rng.choice(STREETS)}, {town}",
        brand=rng.choice(("Haven & Key Homes", "Northgate Lettings")),
        category="Homes to rent" if rent else "Homes for sale",
        price=money(price, CURRENCY),
        promotion=offer,
        specifications=["Type: home", f"{beds} bds", f"{baths} ba", f"{area:,} sqft", f"Town: {town}"],
        description=f"A {what.lower()} in {town} with {beds} bedrooms and {baths} bathrooms.",
    )
