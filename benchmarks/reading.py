"""Reading a browsing trace: only what is new, against plain full-frame OCR of every frame, side by side.

    python -m benchmarks.reading                     # a trace of the sample shop, recorded at 1 Hz steps
    python -m benchmarks.reading --frames FOLDER     # a folder of screenshots, in the order of their names

The reference is the same recognition engine on every whole frame with nothing remembered; ``--rapidocr`` also
runs the rapidocr package as it comes, under OpenVINO. Both read the same PNG files, alternately.
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from agents.browser import ARGUMENTS, find_browser
from agents.embedded_reader import EmbeddedReader
from agents.frames import Frame, FrameStore
from agents.screen_reader.changes import Snapshot, change
from agents.screen_reader.lines import TextLine
from agents.screen_reader.ocr import TextReader
from agents.screen_reader.page import interpret
from agents.screen_reader.reading import PageReading
from storefront.app import create_shop
from storefront.sample import sample_catalog
from storefront.server import running
from tools.needs import BehaviorSummary

MEBIBYTE = 1024 * (1024 if sys.platform == "darwin" else 1)
KINDS = ("unchanged", "little changed", "scrolled", "new page")


def record(store: FrameStore) -> list[Frame]:
    """A shopper's minute and a half in the sample shop: search, scroll, dwell, open, go back, compare."""
    catalog = sample_catalog()
    frames: list[Frame] = []
    with running(create_shop(catalog)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=[*ARGUMENTS, "--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})

        def look(times: int = 1) -> None:
            for _ in range(times):
                frames.append(store.put(page.screenshot(), url=page.url))

        for words in ("desk lamp", "raincoat", "phone case"):
            _visit(page, url, words, look)
        browser.close()
    return frames


def _visit(page: Page, url: str, words: str, look: Any) -> None:
    page.goto(f"{url}/search?q={words}")
    look(3)
    for by in (400, 400, 200, -400):
        page.mouse.wheel(0, by)
        page.wait_for_timeout(250)
        look(2)
    links = page.locator(".card a.picture")
    for number in (0, 2):
        links.nth(number).hover()
        look()
        links.nth(number).click()
        page.wait_for_load_state("load")
        look(3)
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(250)
        look(2)
        page.go_back()
        page.wait_for_load_state("load")
        look()


def plain(store: FrameStore, frame: Frame) -> tuple[PageReading, float]:
    """Read a whole frame with an engine that remembers nothing."""
    began = time.perf_counter()
    pixels = store.pixels(frame.digest)
    assert pixels is not None
    PLAIN._seen.clear()
    page = interpret(pixels, PLAIN.read(pixels))
    return page, time.perf_counter() - began


PLAIN = TextReader()


def rapid(engine: Any, pixels: np.ndarray) -> tuple[PageReading, float]:
    """Read a whole frame with rapidocr as it comes."""
    began = time.perf_counter()
    found = engine(np.ascontiguousarray(pixels[:, :, ::-1]))
    lines = []
    for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        (x0, y0), (x1, y1) = box.min(0).astype(int), box.max(0).astype(int)
        centres = tuple(x0 + (i + 0.5) * (x1 - x0) / max(1, len(text)) for i in range(len(text)))
        lines.append(TextLine(text, float(score), int(x0), int(y0), int(x1), int(y1), centres))
    page = interpret(pixels, sorted(lines, key=lambda line: (line.y0, line.x0)))
    return page, time.perf_counter() - began


def products(page: PageReading) -> set[tuple[str, str, str]]:
    """What is compared: title, price and list price."""
    return {(p.title, str(p.price), str(p.list_price)) for p in page.products}


def kind(before: np.ndarray | None, now: np.ndarray) -> str:
    """What happened between two frames."""
    if before is None or before.shape != now.shape:
        return "new page"
    found = change(Snapshot(before), Snapshot(now))
    if found is None or found.new.mean() > 0.6:
        return "new page"
    if not found.unlike[0].any():
        return "unchanged"
    return "scrolled" if found.scroll else "little changed" if found.new.mean() < 0.05 else "new page"


def run(store: FrameStore, frames: list[Frame], with_rapidocr: bool) -> None:
    """Replay the trace and print the table."""
    console = Console()
    reader = EmbeddedReader(store)
    engine = _rapidocr() if with_rapidocr else None
    list(reader.read(frames[:1], BehaviorSummary()))  # the models load before the clock starts
    plain(store, frames[0])
    reader = EmbeddedReader(store, reader.interpreter)
    ours: dict[str, list[float]] = {k: [] for k in KINDS}
    whole: dict[str, list[float]] = {k: [] for k in KINDS}
    rapids: list[float] = []
    same = total = extra = 0
    previous: np.ndarray | None = None
    for frame in frames:
        pixels = store.pixels(frame.digest)
        assert pixels is not None
        what = kind(previous, pixels)
        previous = pixels
        (reading,) = reader.read([frame], BehaviorSummary())
        full, seconds = plain(store, frame)
        assert reading.page is not None
        ours[what].append(reading.seconds)
        whole[what].append(seconds)
        if engine is not None:
            rapids.append(rapid(engine, pixels)[1])
        here, there = products(reading.page), products(full)
        same, total, extra = same + len(here & there), total + len(there), extra + len(here - there)
    table = Table(title=f"{len(frames)} frames, {frames[0].width} x {frames[0].height}")
    for column in ("frame", "count", "ours, median ms", "whole frame, median ms"):
        table.add_column(column, justify="left" if column == "frame" else "right")
    for name in KINDS:
        if ours[name]:
            medians = [f"{1000 * statistics.median(times[name]):.0f}" for times in (ours, whole)]
            table.add_row(name, str(len(ours[name])), *medians)
    mine, theirs = (sum(map(sum, times.values())) for times in (ours, whole))
    table.add_row("all, seconds", str(len(frames)), f"{mine:.1f}", f"{theirs:.1f}")
    console.print(table)
    console.print(f"ratio: {theirs / mine:.1f} times faster than plain OCR of every frame")
    if rapids:
        console.print(f"ratio: {sum(rapids) / mine:.1f} times faster than rapidocr as it comes (OpenVINO)")
    console.print(f"products: {same} of {total} the same, {extra} others")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE
    console.print(f"memory: {peak:.0f} MiB at most, both readers together")


def _rapidocr() -> Any:
    from rapidocr import EngineType, RapidOCR

    kinds = dict.fromkeys(("Det.engine_type", "Rec.engine_type"), EngineType.OPENVINO)
    return RapidOCR(params={"Global.use_cls": False, "Global.log_level": "critical", **kinds})


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=Path, help="a folder of screenshots instead of a recorded trace")
    parser.add_argument("--rapidocr", action="store_true", help="also run rapidocr as it comes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = FrameStore(Path(folder))
        if given.frames is None:
            frames = record(store)
        else:
            frames = [store.put(path.read_bytes(), url=path.name) for path in sorted(given.frames.iterdir())]
        run(store, frames, given.rapidocr)


if __name__ == "__main__":
    main()
