"""Renders made-up pages in Chromium: a picture, and every text with its box, role and product from the DOM."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Error, Page, sync_playwright

from agents.browser import ARGUMENTS, find_browser
from training.page_reader.pages import MadePage

TRUTH = (Path(__file__).parent / "truth.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Piece:
    """A text of one element on one line, in pixels of the picture; ``size`` of its type; ``product`` -1 for none."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    role: str
    product: int
    main: bool


@dataclass(frozen=True)
class RenderedPage:
    """A page's picture, RGB (h, w, 3) uint8, with the truth about its texts."""

    seed: int
    kind: str
    pixels: np.ndarray
    pieces: list[Piece]


def rendered(pages: Iterator[tuple[int, MadePage]]) -> Iterator[RenderedPage]:
    """Each page as a picture with its texts; a page that Chromium cannot draw is left out."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=[*ARGUMENTS, "--no-sandbox", "--font-render-hinting=none"]
        )
        tabs: dict[float, Page] = {}
        for seed, page in pages:
            if page.zoom not in tabs:
                tabs[page.zoom] = browser.new_page(device_scale_factor=page.zoom)
            tab = tabs[page.zoom]
            try:
                tab.set_viewport_size({"width": page.width, "height": page.height})
                tab.set_content(page.html)
                found = tab.evaluate(TRUTH)
                shot = tab.screenshot(type="jpeg", quality=90)
            except Error:
                tabs.pop(page.zoom).close()
                continue
            pixels = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))
            yield RenderedPage(seed, page.kind, pixels, [piece_of(f, page.zoom) for f in found])
        browser.close()


def piece_of(found: dict[str, Any], zoom: float) -> Piece:
    """A text as the page's script tells it, in CSS pixels, in pixels of the picture."""
    scaled = {k: float(found[k]) * zoom for k in ("x0", "y0", "x1", "y1", "size")}
    return Piece(
        text=str(found["text"]),
        role=str(found["role"]),
        product=int(found["product"]),
        main=bool(found["main"]),
        **scaled,
    )
