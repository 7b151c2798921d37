"""What the records of a conversation back: products, amounts, words."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import numpy as np
import snowballstemmer

from agents.grounding.quantities import Quantity, quantities_in
from agents.screen_reader.amounts import amounts_in
from catalog.products import Product

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
NEGATION = re.compile(r"\b(?:no|not|without|never|neither|nor|isn't|aren't|doesn't|don't|excluding)\b[^.,;:]*", re.I)
_STEMMER = snowballstemmer.stemmer("english")


def stems(text: str) -> list[str]:
    """The words of a text, lower-case, by their stems.

    >>> stems("Noise-cancelling headphones")
    ['nois', 'cancel', 'headphon']
    """
    return list(_STEMMER.stemWords([w.lower() for w in WORD.findall(text)]))


@dataclass(frozen=True)
class Record:
    """One product as a reply may speak of it."""

    product: Product

    @cached_property
    def text(self) -> str:
        """Everything that the record says in words."""
        p = self.product
        return ". ".join(str(t) for t in (p.title, p.brand, p.category, p.promotion, *p.specifications, p.description) if t)

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of all its words."""
        return frozenset(stems(self.text))

    @cached_property
    def affirmed(self) -> frozenset[str]:
        """Stems of what it says to be so; what follows "no" or "without" is not."""
        return frozenset(stems(NEGATION.sub(" ", self.text)))

    @cached_property
    def name(self) -> frozenset[str]:
        """Stems of title, brand and category."""
        p = self.product
        return frozenset(stems(f"{p.title} {p.brand or ''} {p.category or ''}"))

    @cached_property
    def figures(self) -> list[Quantity]:
        """The figures that its texts state."""
        return quantities_in(self.text)

    @cached_property
    def price(self) -> Decimal | None:
        """What it costs."""
        return self.product.price.amount if self.product.price else None

    @cached_property
    def list_price(self) -> Decimal | None:
        """What it cost before."""
        return self.product.list_price.amount if self.product.list_price else None

    @property
    def saving(self) -> Decimal | None:
        """What the list price has been reduced by."""
        if self.price is None or self.list_price is None or self.list_price <= self.price:
            return None
        return self.list_price - self.price


@dataclass
class Known:
    """What a reply may contain: products by handle, and what the shopper and the tools said."""

    products: dict[str, Product]
    amounts: set[Decimal] = field(default_factory=set)
    """Sums and differences that tools returned."""
    brands: set[str] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)
    """Handles that were found for this reply but not chosen for it."""
    all_brands: Callable[[str], Iterable[str]] | None = None
    """Finds brands of the catalog in a lower-case text."""
    said: str = ""
    """The shopper's own words, the wishes, and what tools returned in words."""
    encode: Callable[[list[str]], np.ndarray] | None = None
    """Embeds ``n`` words: (n, d), rows of length 1."""

    @cached_property
    def records(self) -> dict[str, Record]:
        """The products as records."""
        return {handle: Record(product) for handle, product in self.products.items()}

    @cached_property
    def said_words(self) -> frozenset[str]:
        """Stems of what was said."""
        return frozenset(stems(self.said))

    @cached_property
    def said_figures(self) -> list[Quantity]:
        """Figures of what was said."""
        return quantities_in(self.said)

    @cached_property
    def said_amounts(self) -> set[Decimal]:
        """Amounts of money in what was said."""
        return {a.money.amount for a in amounts_in(self.said)}

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of everything that any record says, and of what was said."""
        return self.said_words.union(*(r.words for r in self.records.values()))

    @cached_property
    def currency(self) -> str | None:
        """The currency of the products."""
        return next((p.price.currency for p in self.products.values() if p.price and p.price.currency), None)
