"""Everyday names for the same kind of thing, British, American and shop talk, so that a shopper's word finds the shop's."""

from catalog.lexical import stem

# In each group, any word may stand for any other; the first that a catalog uses is taken, in the order given here.
GROUPS: tuple[tuple[str, ...], ...] = tuple(
    tuple(stem(word) for word in group.split())
    for group in (
        "jacket coat raincoat anorak parka windbreaker", "backpack rucksack knapsack daypack bag", "bag handbag tote purse satchel",
        "sofa couch settee loveseat", "headphone earphone earbud headset", "phone mobile smartphone cellphone handset",
        "trainer sneaker shoe", "jumper sweater pullover sweatshirt hoodie", "trouser pant jean slack", "t-shirt tee tshirt top",
        "pillow cushion", "torch flashlight", "mug cup teacup beaker", "rug carpet mat", "wallet purse", "flat apartment condo",
        "house home villa", "television tv telly", "duvet comforter quilt", "lamp light", "kettle boiler", "notebook journal notepad diary",
        "charger adapter adaptor", "bin trashcan wastebasket", "tap faucet", "pushchair stroller pram buggy",
        "nappy diaper", "dummy pacifier", "plaster bandage", "pram stroller", "tin can", "jar container canister", "tray platter",
        "basket hamper", "present gift", "ornament decoration bauble", "bunting garland banner", "candle tealight", "lantern lamp",
        "necklace pendant chain", "ring band", "bracelet bangle", "scarf shawl wrap", "hat cap beanie", "glove mitten", "sock stocking",
        "dress gown frock", "spectacle glass", "sunglass shade", "umbrella parasol brolly", "suitcase luggage trolley", "toy plaything",
        "puzzle jigsaw", "block brick", "game boardgame", "doll dolly", "crayon pencil", "pen biro ballpoint", "rubber eraser", "stapler staple",
        "folder binder file", "envelope mailer", "label sticker tag", "tape sellotape", "printer copier", "screen monitor display",
        "speaker loudspeaker soundbar", "keyboard keypad", "cable cord lead wire", "powerbank bank", "case cover sleeve", "hob stove cooktop",
        "pan saucepan skillet frypan", "plate dish", "bowl dish", "cutlery silverware flatware", "teapot pot", "jug pitcher carafe",
        "bottle flask thermos tumbler", "towel flannel washcloth", "curtain drape blind", "wardrobe closet", "drawer chest dresser",
        "chair seat stool armchair", "desk table workstation", "shelf bookcase bookshelf rack", "mirror looking-glass", "clock timer",
        "picture print poster painting", "frame photoframe", "vase planter pot", "plant houseplant", "spade shovel", "hosepipe hose",
        "bike bicycle cycle", "car automobile", "pram buggy", "cot crib", "organiser organizer", "blanket throw",
    )
)  # fmt: skip
COLOURS = frozenset(
    "black white red green blue navy grey gray pink purple yellow orange brown beige cream ivory gold silver clear "
    "transparent turquoise teal mustard blush natural khaki burgundy maroon lilac lavender charcoal bronze copper".split()
)
MATERIALS = frozenset(
    "wool cotton leather silk linen polyester wood wooden oak metal steel brass glass plastic ceramic bamboo silicone rattan "
    "velvet aluminium suede cashmere porcelain".split()
)
OF_TASTE = frozenset(
    "nice pretty cool cute lovely fun fancy smart cosy posh handy safe sweet funny useful popular beautiful suitable impressive".split()
)
"""Which is the nicest is asked of us, not of the shop: no catalog says it."""
_OF: dict[str, list[str]] = {}
for _group in GROUPS:
    for _word in _group:
        _OF.setdefault(_word, []).extend(other for other in _group if other != _word)


def synonyms(word: str) -> list[str]:
    """The stemmed words that stand for the same kind of thing, likeliest first; none when it is not an everyday one.

    >>> synonyms("rucksacks")
    ['backpack', 'knapsack', 'daypack', 'bag']
    """
    return list(dict.fromkeys(_OF.get(stem(word), [])))


UNMISTAKABLE = frozenset(
    "doormat jigsaw wallet purse umbrella teapot kettle mug necklace bracelet earring scarf apron towel napkin curtain lantern "
    "cushion pillow notebook diary pencil eraser ruler stapler envelope calculator backpack sofa lamp chair wardrobe suitcase "
    "raincoat jumper trainer headphone keyboard laptop printer candle vase".split()
)
"""What is a kind of thing wherever a shop has the word, whatever its titles end in: "DOORMAT HEARTS"."""
EVERYDAY = frozenset(_OF)
"""Every word of the groups, stemmed."""


SERVES: dict[str, tuple[str, ...]] = {
    "carry": ("backpack", "bag", "rucksack", "tote", "pouch", "holdall"),
    "store": ("organiser", "organizer", "box", "storage", "basket", "tin", "jar", "rack", "shelf", "drawer"),
    "tidy": ("organiser", "organizer", "tidy", "tray", "box", "rack", "basket", "caddy"),
    "organise": ("organiser", "organizer", "tidy", "tray", "box", "rack", "caddy", "folder"),
    "sort": ("organiser", "organizer", "folder", "binder", "tray", "file"),
    "protect": ("case", "cover", "protector", "sleeve", "mat"),
    "cover": ("cover", "throw", "blanket", "cloth", "lid"),
    "hold": ("holder", "stand", "rack", "clip"),
    "charge": ("charger", "cable", "bank", "dock"),
    "clean": ("cleaner", "brush", "cloth", "wipe", "mop"),
    "cut": ("knife", "scissors", "cutter", "shears"),
    "light": ("lamp", "light", "candle", "lantern"),
    "brighten": ("lamp", "light", "candle"),
    "open": ("opener", "corkscrew", "knife"),
    "wrap": ("wrap", "paper", "ribbon", "bag"),
    "decorate": ("decoration", "bunting", "garland", "frame", "sticker"),
}
"""What serves an activity: sentence embeddings hold a notebook nearer to carrying a laptop than a backpack."""
