"""Drafts with and without inventions, and the records that they are written about."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import BaseModel, Field, ValidationError

from agents.grounding.records import Known
from catalog.errors import InputError
from catalog.money import money
from catalog.products import Product

FROZEN = Path(__file__).parent / "frozen.yaml"


class Case(BaseModel):
    """A draft; ``false_parts`` must not be readable once it has been checked."""

    scene: str
    kind: str
    honest: bool
    draft: str
    false_parts: list[str] = Field(default_factory=list)


class Scene(BaseModel):
    """A conversation: what the shopper said, the products in play, what the tools counted and summed."""

    id: str
    currency: str
    shopper: str
    products: dict[str, dict[str, Any]]
    results: dict[str, Any] = Field(default_factory=dict)
    other_catalog_brands: list[str] = Field(default_factory=list)

    def known(self, encode: Callable[[list[str]], np.ndarray] | None = None) -> Known:
        """What a reply in this conversation may say."""
        products = {h: _product(h, p, self.currency) for h, p in self.products.items()}
        brands = [*self.other_catalog_brands, *(p.brand for p in products.values() if p.brand)]
        total, count = self.results.get("total"), self.results.get("count")
        return Known(
            products=products,
            amounts={Decimal(str(total))} if total else set(),
            brands={p.brand.lower() for p in products.values() if p.brand},
            all_brands=lambda text: [b for b in brands if b.lower() in text],
            said=f"{self.shopper}. {count} products fit." if count is not None else self.shopper,
            encode=encode,
        )


class Drafts(BaseModel):
    """Scenes and the drafts about them."""

    scenes: list[Scene]
    cases: list[Case]


def load_drafts(*paths: Path) -> Drafts:
    """Read YAML files of drafts into one; InputError where one cannot be read."""
    read = [_read(p) for p in paths]
    return Drafts(scenes=[s for d in read for s in d.scenes], cases=[c for d in read for c in d.cases])


def _read(path: Path) -> Drafts:
    try:
        return Drafts.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise InputError(f"{path} holds no drafts that can be read; see evaluation/grounding/README.md for what is expected.") from error


def _product(handle: str, said: dict[str, Any], currency: str) -> Product:
    return Product(
        item_id=handle, title=said["title"], brand=said.get("brand"), category=said.get("category"),
        price=money(str(said["price"]), currency) if said.get("price") else None,
        list_price=money(str(said["list_price"]), currency) if said.get("list_price") else None,
        rating=said.get("rating"), review_count=said.get("review_count"), description=said.get("description"),
        specifications=[said["color"]] if said.get("color") else [],
    )  # fmt: skip
