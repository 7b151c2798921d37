"""Which catalog rows satisfy the shopper's wishes: decided before anything is ranked."""

import re
from collections.abc import Iterable
from functools import cached_property

import numpy as np
import polars as pl

from catalog.lexical import WORD, stem
from catalog.products import Catalog
from tools.mask_cache import MaskCache
from tools.measures import measures_in
from tools.needs import Wishes

HALF_A_CENT = 0.005
DERIVABLE = 3  # letters: "dot" has "dotted"
CONVERTED = ("length", "weight")
RANGED = ("player", "person", "seat")
"""Units of which products state a range."""
ABOUT = 0.02  # of a size, between units: 6.6 ft are 2.01 m
# Words that shoppers and catalogs use for the same thing.
SAME = {
    "waterproof": "water resistant", "mobile": "phone", "smartphone": "phone", "cordless": "wireless",
    "battery": "playtime", "scented": "scent", "striped": "stripe", "spotted": "spot",
}  # fmt: skip


STATED = re.compile(r"(?P<number>\d[\d.,]*)[\s-]?(?P<unit>[a-z]{1,10})")
UNIT_NAMES = {
    "bedroom": "beds?|bds?|bedrooms?", "bed": "beds?|bds?|bedrooms?", "bd": "beds?|bds?|bedrooms?", "bath": "ba|baths?|bathrooms?",
    "bathroom": "ba|baths?|bathrooms?", "inch": "in|inch|inches|\"", "litre": "l|litres?|liters?", "l": "l|litres?|liters?",
    "watt": "w|watts?", "w": "w|watts?", "piece": "pieces?|pcs", "pc": "pieces?|pcs", "pack": "packs?|pk|count|ct|pcs|pieces",
    "ft": "ft|foot|feet|'", "foot": "ft|foot|feet|'", "feet": "ft|foot|feet|'", "lb": "lbs?|pounds?|#", "lbs": "lbs?|pounds?",
    "metre": "m|metres?|meters?", "meter": "m|metres?|meters?", "liter": "l|litres?|liters?", "hour": "h|hrs?|hours?", "hr": "h|hrs?|hours?", "h": "h|hrs?|hours?", "kilo": "kg|kilos?", "gram": "g|grams?",
}  # fmt: skip


WRITTEN = dict(zip("123456789", "one two three four five six seven eight nine".split(), strict=True))
"""How titles write small numbers: "Two-Player Board Game"."""


TWO_SPELLINGS = tuple(
    tuple(pair.split("/"))
    for pair in (
        "colour/color flavour/flavor odour/odor neighbour/neighbor parlour/parlor vapour/vapor humour/humor favour/favor "
        "metre/meter litre/liter centre/center fibre/fiber theatre/theater organis/organiz customis/customiz "
        "personalis/personaliz moisturis/moisturiz sterilis/steriliz grey/gray aluminium/aluminum jewellery/jewelry "
        "mould/mold cosy/cozy tyre/tire woollen/woolen pyjama/pajama travell/travel doughnut/donut plough/plow"
    ).split()
)
"""British and American."""


def spellings(word: str) -> list[str]:
    """A word in the spelling that is given and the other, where there are two.

    >>> spellings("coloured"), spellings("organizer"), spellings("lamp")
    (['coloured', 'colored'], ['organizer', 'organiser'], ['lamp'])
    """
    for british, american in TWO_SPELLINGS:
        for one, other in ((british, american), (american, british)):
            if one in word:
                return [word, word.replace(one, other)]
    return [word]


def _inflected(word: str) -> str:
    """The pattern of a stemmed word in a text, whatever its number."""
    if word.endswith("y"):
        return rf"(?i)(?:^|[^a-z0-9])(?:{re.escape(word)}|{re.escape(word[:-1])}ies)(?:$|[^a-z0-9])"
    return rf"(?i)(?:^|[^a-z0-9]){re.escape(word)}(?:s|es)?(?:$|[^a-z0-9])"


class WishFilter:
    """Masks over the rows of one catalog; each wish is a mask of its own, so that one can be relaxed."""

    def __init__(self, catalog: Catalog):
        self.catalog = catalog
        self._masks = MaskCache(len(catalog))
        self._size_of: dict[str, np.ndarray] = {}

    def masks(self, wishes: Wishes) -> dict[str, np.ndarray]:
        """For each wish that was made, by its field name, the rows that satisfy it, (n,) bool."""
        catalog = self.catalog
        out: dict[str, np.ndarray] = {}
        if wishes.min_price is not None:
            out["min_price"] = catalog.prices >= float(wishes.min_price) - 1e-9
        if wishes.max_price is not None:
            out["max_price"] = catalog.prices <= float(wishes.max_price) + 1e-9
        if wishes.brands:
            out["brands"] = self._any(self.brand(b) for b in wishes.brands)
        if wishes.exclude_brands:
            out["exclude_brands"] = ~self._any(self.brand(b) for b in wishes.exclude_brands)
        if wishes.categories:
            out["categories"] = self._any(self._category(c.lower()) for c in wishes.categories)
        for term in wishes.must:
            out[f"must:{term}"] = self.term(term)
        if wishes.exclude_terms:
            out["exclude_terms"] = ~self._any(self.term(t) | self._derived(t) for t in wishes.exclude_terms)
        if wishes.min_rating is not None:
            out["min_rating"] = catalog.ratings >= wishes.min_rating - 1e-9
        out |= self._offers(wishes)
        if wishes.min_measure or wishes.max_measure:
            out["size"] = self._sized(wishes)
        if wishes.exclude_items:
            rows = [catalog.row(i) for i in catalog.known(wishes.exclude_items)]
            out["exclude_items"] = np.ones(len(catalog), bool)
            out["exclude_items"][rows] = False
        return out

    def _offers(self, wishes: Wishes) -> dict[str, np.ndarray]:
        catalog, out = self.catalog, {}
        if wishes.on_offer:
            promoted = catalog.frame["promotion"].is_not_null().to_numpy()
            out["on_offer"] = promoted | (catalog.list_prices > catalog.prices)
        if wishes.min_discount is not None:
            least = 1 - wishes.min_discount / 100
            out["min_discount"] = catalog.prices <= least * catalog.list_prices + HALF_A_CENT
        return out

    def allowed(self, wishes: Wishes) -> np.ndarray:
        """The rows that satisfy every wish, (n,) bool. Products known to be out of stock are left out."""
        mask = self.in_stock()
        for part in self.masks(wishes).values():
            mask = mask & part
        return mask

    def in_stock(self) -> np.ndarray:
        """Rows that are not known to be sold out."""
        return self._masks.get("in stock", self._in_stock)

    def _in_stock(self) -> np.ndarray:
        return ~(self.catalog.frame["in_stock"] == False).fill_null(False).to_numpy()  # noqa: E712

    def _sized(self, wishes: Wishes) -> np.ndarray:
        """Rows whose stated sizes lie beyond the bounds; a product that states none is left out."""
        mask = np.ones(len(self.catalog), bool)
        for name, bound in wishes.min_measure.items():
            mask &= self._size(name) > bound
        for name, bound in wishes.max_measure.items():
            mask &= (self._size(name) > 0) & (self._size(name) < bound)
        return mask

    def _size(self, dimension: str) -> np.ndarray:
        """The stated size of each row, (n,); NaN where none is stated."""
        if dimension not in self._size_of:
            self._size_of[dimension] = np.array([s.get(dimension, np.nan) for s in self._sizes])
        return self._size_of[dimension]

    @cached_property
    def _sizes(self) -> list[dict[str, float]]:
        return [measures_in(text) for text in self.catalog.search_text]

    def _category(self, name: str) -> np.ndarray:
        return np.asarray(self.catalog.category_of_row == name, bool)

    def brand(self, name: str) -> np.ndarray:
        """Rows of a brand and its branches ("HP Paper", of HP); where no brand is so named, rows that say the name."""
        return self._masks.get(("brand", name), lambda: self._of_brand(name))

    def _of_brand(self, name: str) -> np.ndarray:
        lowered = name.lower()
        branches = [b for b in self.catalog.brands if b.lower().startswith(f"{lowered} ")]
        exact: np.ndarray = np.isin(self.catalog.brand_of_row, [lowered, *(b.lower() for b in branches)])
        if exact.any():
            return exact
        return self.term(name)

    def term(self, term: str) -> np.ndarray:
        """Rows whose text has every word of a term (stemmed), or those of its synonym."""
        return self._masks.get(("term", term), lambda: self._of_term(term))

    def _of_term(self, term: str) -> np.ndarray:
        mask = self._any(self._with_words(part) for part in term.split(" or "))
        if (other := SAME.get(term.lower())) is not None:
            mask = mask | self._with_words(other)
        return mask

    def _with_words(self, term: str) -> np.ndarray:
        if stated := STATED.fullmatch(term.lower().strip()):
            written = self._measure(
                stated.group("number"),
                UNIT_NAMES.get(stem(stated.group("unit")), f"{stated.group('unit').removesuffix('s')}s?"),
            )
            return np.asarray(written | self._as_large(term) | self._in_range(stated))
        wanted = [stem(w) for w in WORD.findall(term.lower())]
        if not wanted:
            return np.ones(len(self.catalog), bool)
        mask = np.ones(len(self.catalog), bool)
        for word in wanted:
            own = self._any(self._word(spelling) for spelling in spellings(word))
            mask &= own if own.any() else self._derived(word)  # "dots" where all are "dotted"
        return mask

    def _as_large(self, term: str) -> np.ndarray:
        """Rows whose stated length or weight is that of a term, in whatever unit: "2 metres" is "6.6 ft"."""
        mask = np.zeros(len(self.catalog), bool)
        for dimension, size in measures_in(term).items():
            if dimension in CONVERTED:
                mask |= np.asarray(np.abs(self._size(dimension) / size - 1) <= ABOUT)
        return mask

    def _in_range(self, stated: re.Match[str]) -> np.ndarray:
        """Rows that state a range with a number in it: four players, of "Players: 2 to 6"."""
        mask = np.zeros(len(self.catalog), bool)
        if (unit := stem(stated.group("unit"))) not in RANGED:
            return mask
        pattern = rf"(?i){unit}s?\s?:?\s(\d+)\s?(?:to|-|–)\s?(\d+)|(\d+)\s?(?:to|-|–)\s?(\d+)\s?{unit}"
        for row in np.flatnonzero(self._text.str.contains(pattern).to_numpy()):
            low, high = (int(n) for n in re.search(pattern, self._text[int(row)]).groups() if n)  # type: ignore[union-attr]
            mask[row] = low <= float(stated.group("number")) <= high
        return mask

    def _measure(self, number: str, unit: str) -> np.ndarray:
        """Rows that state a number with its unit, whatever their spelling: "3 bedroom" is "3 Bed" and "3 bds"."""
        if unit.startswith("packs"):  # "pack of 12" as well as "12-pack"
            counted = rf"(?:packs?|sets?|box|boxes|case) of {re.escape(number)}(?:$|\D)"
            stated = rf"(?:^|[^\d.,]){re.escape(number)}[\s-]?(?:{unit})(?:$|[^a-z0-9])"
            return np.asarray(self._text.str.contains(f"(?i){counted}|{stated}").to_numpy(), bool)
        written = f"|(?:^|[^a-z]){WRITTEN[number]}" if number in WRITTEN else ""
        pattern = rf"(?i)(?:(?:^|[^\d.,]){re.escape(number)}{written})[\s-]?(?:{unit})(?:$|[^a-z0-9])"
        return np.asarray(self._text.str.contains(pattern).to_numpy(), bool)

    def _word(self, word: str) -> np.ndarray:
        return self._masks.get(("word", word), lambda: self._of_word(word))

    def _of_word(self, word: str) -> np.ndarray:
        pattern = _inflected(word)
        frame = self.catalog.frame
        found = self._text.str.contains(pattern)
        described = frame["description"].str.contains(pattern).fill_null(False)
        return np.asarray((found | described).to_numpy(), bool)

    def titled(self, word: str) -> np.ndarray:
        """Rows whose title has a word, however it is inflected."""
        return self._masks.get(("titled", word), lambda: self._of_titled(word))

    def _of_titled(self, word: str) -> np.ndarray:
        return np.asarray(self.catalog.frame["title"].str.contains(_inflected(stem(word))).to_numpy(), bool)

    def _derived(self, term: str) -> np.ndarray:
        """Rows that have a word made of a term: who wants nothing that squeaks wants nothing "squeaky"."""
        return self._masks.get(("derived", term), lambda: self._of_derived(term))

    def _of_derived(self, term: str) -> np.ndarray:
        word = stem(term.lower().strip())
        if not word.isalpha() or len(word) < DERIVABLE:
            return np.zeros(len(self.catalog), bool)
        made = (
            rf"{word}(?:d|rs?)|{word[:-1]}(?:y|ing)"
            if word.endswith("e")
            else rf"{word}{word[-1]}?(?:y|ed|ing|ers?)"
        )
        pattern = rf"(?i)(?:^|[^a-z])(?:{made})(?:$|[^a-z])"
        return np.asarray(self._text.str.contains(pattern).to_numpy(), bool)

    @cached_property
    def _text(self) -> pl.Series:
        return pl.Series(self.catalog.search_text)

    def _any(self, masks: Iterable[np.ndarray]) -> np.ndarray:
        total = np.zeros(len(self.catalog), bool)
        for mask in masks:
            total |= mask
        return total
