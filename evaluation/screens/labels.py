"""The labels of real screenshots; the pictures themselves are not part of the project."""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from catalog.errors import InputError

LABELS = Path(__file__).parent / "labels.jsonl"
PARTS = 3  # one in three is kept for the test


class LabelledProduct(BaseModel):
    """One product as a person saw it; what cannot be seen is None."""

    title: str | None = None
    brand: str | None = None
    price: float | None = None
    price_high: float | None = Field(default=None, description="the upper end where the price is a range")
    list_price: float | None = None
    currency: str | None = None
    rating: float | None = None
    review_count: int | None = None
    promotion: str | None = None
    whole: bool = Field(default=True, description="whether title, picture and price are wholly in view")
    about: bool = Field(default=False, description="whether the page is about this product")
    box: tuple[int, int, int, int] | None = Field(default=None, description="x0, y0, x1, y1 in pixels")


class OtherMoney(BaseModel):
    """An amount that is no product's price, and what it is."""

    text: str
    amount: float | None = None
    what: str = ""


class LabelledScreen(BaseModel):
    """One screenshot, labelled."""

    file: str = Field(description="folder and name below the folder of the pictures")
    kind: Literal["product", "listing", "cart", "comparison", "reviews", "home", "other"]
    currency: str | None = None
    products: list[LabelledProduct] = Field(default_factory=list)
    other_money: list[OtherMoney] = Field(default_factory=list)
    promotions: list[str] = Field(default_factory=list)
    notes: str | None = None

    @property
    def is_test(self) -> bool:
        """Whether it belongs to the third that is only measured on: by the hash of the picture's name."""
        name = Path(self.file).name
        return int(hashlib.sha256(name.encode()).hexdigest(), 16) % PARTS == 0


def labelled_screens(path: Path = LABELS) -> list[LabelledScreen]:
    """All labels, in the order of the file; each line is one screenshot as JSON. InputError for a line that is none."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The labels in {path} cannot be read: {error}.") from error
    for number, line in enumerate(lines, 1):
        try:
            found.append(LabelledScreen.model_validate_json(line))
        except ValidationError as error:
            raise InputError(f"{path}, line {number}, is no label: {error.errors()[0]['msg']}.") from error
    return found
