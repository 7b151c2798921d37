"""What one page says, before it is compared with others: products, kind of page, search words."""

from enum import StrEnum

from pydantic import BaseModel, Field

from tools.needs import StatedProduct


class PageKind(StrEnum):
    """What a page is for."""

    LISTING = "listing"
    PRODUCT = "product"
    COMPARISON = "comparison"
    CART = "cart"
    SEARCH = "search"
    OTHER = "other"


class ReadProduct(StatedProduct):
    """One product as it stands on a page."""

    main: bool = Field(default=False, description="whether the page is about this product")
    box: tuple[int, int, int, int] = Field(default=(0, 0, 0, 0), description="x0, y0, x1, y1 in pixels")


class PageReading(BaseModel):
    """One frame, read."""

    kind: PageKind = PageKind.OTHER
    products: list[ReadProduct] = Field(default_factory=list)
    query: str | None = Field(default=None, description="what the shopper searched for")
    heading: str | None = None
    promotions: list[str] = Field(default_factory=list, description="offers of the shop, not of one product")
    brands_filtered: list[str] = Field(default_factory=list, description="brands chosen in a filter")
    text: str = Field(default="", description="every line read, for checks and search")
