"""What a shopper is after: the behaviour summary, the standing wishes, and what answers them."""

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from catalog.money import Amount, Money
from catalog.products import Product
from tools.measures import bound_in_words
from tools.synonyms import SERVES

NOT_AVAILABLE = "not available"
CENT = Decimal("0.01")
MOST_TERMS, LONGEST_TERM = 60, 300
LONGEST_CORRECTION = 1000  # characters that a shopper may put in a category's place
LEAST_CUT = 8  # letters of a fact that may be the beginning of a longer one


def _kept_short(text: str) -> str:
    return text[:LONGEST_CORRECTION]


def _kept_few(terms: list[str]) -> list[str]:
    return [term[:LONGEST_TERM] for term in terms[-MOST_TERMS:]]


Terms = Annotated[list[str], AfterValidator(_kept_few)]
"""Words, brands or items that were wished for, the newest last: what is stored of them has an end."""


class Category(StrEnum):
    """The eight categories of a behaviour summary (InteraRec, arXiv 2403.00822)."""

    CHARACTERISTICS = "Product Characteristics"
    LOWEST = "Lowest Price"
    HIGHEST = "Highest Price"
    BRAND = "Brand Preference"
    SPECIFICATIONS = "Product Specifications"
    REVIEWS = "User Reviews and Testimonials"
    COMPARISONS = "Comparisons"
    PROMOTIONS = "Promotions"


class StatedProduct(BaseModel):
    """What a page states of a product."""

    title: str
    brand: str | None = None
    price: Money | None = None
    list_price: Money | None = None
    rating: float | None = None
    review_count: int | None = None
    promotion: str | None = None
    specifications: list[str] = Field(default_factory=list)


class SeenProduct(StatedProduct):
    """A product as it was seen while browsing, over all the frames that show it."""

    frame: str | None = Field(default=None, description="digest of the frame that it was read from first")
    opened: bool = Field(default=False, description="whether its own page was opened")
    compared: bool = Field(default=False, description="whether it stood in a comparison")
    in_cart: bool = Field(default=False, description="whether it stood in the cart")
    frames: int = Field(default=1, description="how many frames show it")
    dwell: float = Field(
        default=0.0, description="seconds of attention: time in view, shared with what stood beside it"
    )
    returns: int = Field(default=0, description="how often the shopper scrolled or went back to it")
    item_id: str | None = Field(default=None, description="the catalog item that it is, if known")
    link_score: float | None = Field(default=None, description="how sure the link to the catalog is, 0 to 1")

    @property
    def interest(self) -> float:
        """How much the shopper seemed to care: buying, opening and comparing count most, then time and returns."""
        acts = 4 * self.in_cart + 3 * self.opened + 2 * self.compared
        return acts + min(self.dwell / 8, 2.0) + min(self.returns, 2)


class Fact(BaseModel):
    """One thing that was read, with the frame that shows it."""

    category: Category
    text: str
    frame: str | None = None


class BehaviorSummary(BaseModel):
    """What a shopper seems to be after, in the eight categories, with the facts behind them."""

    categories: dict[Category, str] = Field(default_factory=lambda: dict.fromkeys(Category, NOT_AVAILABLE))
    products: list[SeenProduct] = Field(default_factory=list)
    queries: list[str] = Field(default_factory=list)
    brands: list[str] = Field(default_factory=list)
    promotions: list[str] = Field(default_factory=list)
    lowest_price: Money | None = None
    highest_price: Money | None = None
    facts: list[Fact] = Field(default_factory=list)
    frames_read: int = 0
    in_view: list[int] = Field(
        default_factory=list, description="products that the last frame showed, by position"
    )
    in_view_since: float = Field(
        default=0.0, description="when the last frame was taken, seconds since the epoch"
    )
    last_page: str = Field(default="", description="what tells the page of the last frame from others")
    corrections: dict[Category, Annotated[str, AfterValidator(_kept_short)]] = Field(
        default_factory=dict, description="what the shopper says instead; an empty text takes a category out"
    )
    vision_tokens: int = Field(default=0, description="about what a vision model cost so far")
    notes: list[str] = Field(default_factory=list, description="what the summarizer wants the reader to know")

    def text(self) -> str:
        """The available categories as one text: what re-ranking compares products with."""
        known = [f"{c.value}: {v}" for c, v in self.categories.items() if v != NOT_AVAILABLE]
        return ". ".join(known)

    def item_ids(self) -> list[str]:
        """Catalog items that were opened, in order; where none was, those that were merely seen."""
        opened = [p.item_id for p in self.products if p.item_id and (p.opened or p.in_cart)]
        return opened or [p.item_id for p in self.products if p.item_id]


class Wishes(BaseModel):
    """What the shopper asked for and has not withdrawn. Everything given must hold."""

    model_config = ConfigDict(extra="forbid")

    query: str | None = Field(default=None, description="the kind of thing wanted, in a few words")
    min_price: Amount | None = None
    max_price: Amount | None = None
    brands: Terms = Field(default_factory=list, description="only these brands")
    exclude_brands: Terms = Field(default_factory=list)
    categories: Terms = Field(default_factory=list, description="only these catalog categories")
    must: Terms = Field(
        default_factory=list, description="words that must describe the product, such as 'green'"
    )
    exclude_terms: Terms = Field(default_factory=list, description="words that must not occur")
    min_rating: float | None = Field(default=None, ge=0, le=5)
    on_offer: bool = False
    min_discount: int | None = Field(
        default=None, ge=1, le=99, description="the least percentage off the list price"
    )
    exclude_items: Terms = Field(
        default_factory=list, description="item ids that the shopper turned down"
    )
    relative_price: bool = Field(default=False, description="whether a bound came from 'cheaper' or 'dearer'")
    min_measure: dict[str, float] = Field(
        default_factory=dict, description="by dimension, the size that must be exceeded"
    )
    max_measure: dict[str, float] = Field(
        default_factory=dict, description="by dimension, the size that must not be reached"
    )
    recipient: str | None = Field(default=None, description="whom it is for, when it is a present")
    interest: str | None = Field(
        default=None, description="what whoever it is for likes; it is searched for, not required"
    )
    ignore_brand: bool = Field(default=False, description="the shopper said that brands do not matter")

    ignore_browsing: bool = Field(
        default=False, description="the shopper said that what was browsed does not matter"
    )

    def is_empty(self) -> bool:
        """Whether nothing was asked for."""
        return self == Wishes()

    def sentences(self, currency: str | None) -> list[str]:
        """Each wish in words, as the shopper would recognise it."""
        said = []
        if self.query:
            said.append(self.query)
        said += self.must
        if self.min_price is not None and self.max_price is not None:
            said.append(f"between {_money(self.min_price, currency)} and {_money(self.max_price, currency)}")
        elif self.max_price is not None and self.relative_price:
            said.append(f"cheaper than {_money(self.max_price + CENT, currency)}")
        elif self.min_price is not None and self.relative_price:
            said.append(f"dearer than {_money(self.min_price - CENT, currency)}")
        elif self.max_price is not None:
            said.append(f"at most {_money(self.max_price, currency)}")
        elif self.min_price is not None:
            said.append(f"at least {_money(self.min_price, currency)}")
        said += [f"by {' or '.join(self.brands)}"] if self.brands else []
        said += [f"not by {b}" for b in self.exclude_brands]
        said += [f"in {' or '.join(self.categories)}"] if self.categories else []
        said += [f"without {t}" for t in self.exclude_terms]
        said += [f"rated {self.min_rating:g} or better"] if self.min_rating is not None else []
        said += ["on offer"] if self.on_offer else []
        said += [f"at least {self.min_discount}% off"] if self.min_discount is not None else []
        said += [_in_mind(self.interest)] if self.interest else []
        said += [bound_in_words(name, size, low=True) for name, size in self.min_measure.items()]
        said += [bound_in_words(name, size, low=False) for name, size in self.max_measure.items()]
        said += ["without what you looked at"] if self.ignore_browsing else []
        return said


def _in_mind(interest: str) -> str:
    """An interest as it is told again: what one likes, or what something is to do.

    >>> _in_mind("gardening"), _in_mind("carry my laptop")
    ('with gardening in mind', 'to carry your laptop')
    """
    told = re.sub(r"\bmy\b", "your", interest)
    does = (
        re.match(r"(?:keep|put|fix|help|stop|warm|cool|display)\b", told) or told.partition(" ")[0] in SERVES
    )
    return f"to {told}" if does else f"with {told} in mind"


Source = Literal["retrieval", "next-item", "bundle", "details", "comparison"]


class Candidate(BaseModel):
    """A catalog product with its score and where it came from."""

    item_id: str
    score: float
    source: Source
    parts: dict[str, float] = Field(default_factory=dict, description="what the score is made of")


class Recommendation(BaseModel):
    """A candidate that was chosen, with the reasons for it."""

    item_id: str
    score: float
    reasons: list[str] = Field(default_factory=list)
    parts: dict[str, float] = Field(default_factory=dict)


def facts_of(product: Product) -> dict[str, str]:
    """What the catalog says of a product, as text: title, brand, price, list price, rating and the rest.

    This is what a model may know of it: nothing else is true.
    """
    known: dict[str, str | None] = {
        "title": product.title,
        "brand": product.brand,
        "price": str(product.price) if product.price else None,
        "list price": str(product.list_price) if product.list_price else None,
        "rating": f"{product.rating:g} out of 5" if product.rating is not None else None,
        "reviews": f"{product.review_count:,}" if product.review_count is not None else None,
        "offer": product.promotion,
        "category": product.category,
        "specifications": "; ".join(s for s in product.specifications if not s.startswith("Type:")) or None,
    }
    return {name: value for name, value in known.items() if value}


def _money(amount: Decimal, currency: str | None) -> str:
    return str(Money(amount=amount, currency=currency))


def distinct(items: Iterable[str]) -> list[str]:
    """The items without repeats, in order."""
    return list(dict.fromkeys(items))


def told_once(facts: Iterable[str]) -> list[str]:
    """The facts without repeats and without those that are the beginning or the end of a longer one.

    A beginning of few letters may be a fact of its own: "1 ba" beside "1 bathroom".
    """
    known = distinct(facts)
    return [
        f
        for f in known
        if not any(
            o != f and ((len(f) >= LEAST_CUT and o.startswith(f)) or o.endswith(f" {f}")) for o in known
        )
    ]
