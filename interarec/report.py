"""The session report: one self-contained HTML file that a product manager can read."""

import base64
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from PIL import Image

from agents.frames import FrameStore
from catalog.errors import InputError
from catalog.money import money
from catalog.store import StoredCatalog
from storefront.pictures import picture
from tools.needs import NOT_AVAILABLE

WIDTH = 860
QUALITY = 72

# What each tool does, for a reader who has never heard of it.
EXPLAINED = {
    "summarize_browsing": "Looked up what the screenshots showed.",
    "validate_session": "Checked which of the products seen are in the catalog, and what not to rely on.",
    "set_wishes": "Noted or changed what the shopper asked for.",
    "search_catalog": "Searched the catalog by words and by meaning, among products that meet the wishes.",
    "predict_next_items": "Asked the next-item model (GRU4Rec) what shoppers with a visit like this one look at next.",
    "rerank": "Put the candidates in order by how well they fit what was seen and what was asked.",
    "product_details": "Looked up what the catalog knows of a product.",
    "compare_products": "Laid the facts of products side by side.",
    "explain_recommendation": "Looked up why a product was recommended.",
    "optimize_bundle": "Chose a set under a budget with a mathematical solver.",
}


def write_report(
    path: Path, state: dict[str, Any], turns: list[dict[str, Any]], store: FrameStore, stored: StoredCatalog,
    truly_opened: list[str] | None = None,
) -> Path:  # fmt: skip
    """Write the report of a conversation; ``truly_opened`` is what a replayed shopper opened, where known."""
    summary = state.get("summary") or {}
    environment = Environment(
        loader=PackageLoader("interarec"),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["money"] = _money
    environment.filters["pretty"] = lambda value: json.dumps(value, indent=1, ensure_ascii=False, default=str)
    page = environment.get_template("report.html").render(
        made=datetime.now().strftime("%d %B %Y, %H:%M"),
        shop=stored.name,
        products=len(stored.catalog),
        sessions=len(stored.log),
        frames=[_frame(r, store) for r in state.get("readings", [])],
        categories=[
            (n, t if t != NOT_AVAILABLE else "") for n, t in (summary.get("categories") or {}).items()
        ],
        seen=summary.get("products", []),
        turns=[{**t, "cards": [_card(c) for c in t.get("cards", [])]} for t in turns],
        explained=EXPLAINED,
        truth=_truth(summary, truly_opened, stored),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"The report cannot be written to {path}; choose another place with --report."
        ) from error
    return path


def _frame(reading: dict[str, Any], store: FrameStore) -> dict[str, Any]:
    return {**reading, "picture": _jpeg(store, reading["frame"])}


def _jpeg(store: FrameStore, digest: str) -> str | None:
    pixels = store.pixels(digest)
    if pixels is None:
        return None
    image = Image.fromarray(pixels)
    image.thumbnail((WIDTH, WIDTH * 2))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def _card(card: dict[str, Any]) -> dict[str, Any]:
    drawn = picture(card["title"], None).encode()
    return {**card, "picture": "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()}


def _truth(summary: dict[str, Any], opened: list[str] | None, stored: StoredCatalog) -> dict[str, Any] | None:
    """How well the pixels told what a replayed shopper really opened."""
    if opened is None:
        return None
    read = [p["item_id"] for p in summary.get("products", []) if p.get("opened") and p.get("item_id")]
    catalog = stored.catalog
    return {
        "opened": [catalog.get(i).title for i in opened],
        "recognised": sum(1 for i in opened if i in read),
        "wrong": sum(1 for i in read if i not in opened),
    }


def _money(value: dict[str, Any] | None) -> str:
    amount = money(value["amount"], value.get("currency")) if value else None
    return str(amount) if amount else ""
