"""The multimodal dataset of the paper: sessions of a log replayed on rendered pages, screenshots and summaries.

Each session's items but the last are opened in a shop in real Chromium, several sessions at once; what is seen is
photographed and read. The last item is never shown: it is what an evaluation has to predict.
"""

import asyncio
import itertools
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from playwright.async_api import Browser, async_playwright
from pydantic import BaseModel, Field

from agents.browser import ARGUMENTS, find_browser
from agents.embedded_reader import EmbeddedReader
from agents.frames import Frame, FrameStore
from agents.screen_reader.page import PageInterpreter
from agents.summarizer import Summarizer
from catalog.errors import CaptureError, InputError
from catalog.products import Catalog
from catalog.sessions import SessionLog
from storefront.app import create_shop
from storefront.designs import DESIGNS
from storefront.server import running
from tools.linking import Linker
from tools.needs import BehaviorSummary

LONGEST = 8  # items of a session that are replayed
WIDTHS = (1100, 1280, 1440)
HEIGHT = 800
DWELL = (2.0, 9.0)  # seconds that a page is said to be looked at
AT_ONCE = 3
PROGRESS = "sessions.jsonl"
TABLE = "sessions.parquet"
CARD = "README.md"

Tick = Callable[[int, float], None]
"""Called after each session with how many are done and the rate in sessions a minute."""


class DatasetSession(BaseModel):
    """One replayed session."""

    session_id: str
    history: list[str] = Field(description="the items that were opened, oldest first")
    next_item: str = Field(description="the item that came next in the log; it was never shown")
    frames: list[str] = Field(description="screenshots, paths inside the dataset, in order")
    frame_items: list[str] = Field(description="the item whose page each screenshot shows")
    seconds: list[float] = Field(description="when each was taken, seconds from the session's start")
    linked: list[str] = Field(description="the items recognised from the pixels as opened, in order")
    categories: dict[str, str] = Field(description="the behaviour summary in its eight categories")
    summary: str = Field(description="the summary as one text")
    design: str
    width: int


def chosen_sessions(log: SessionLog, catalog: Catalog, count: int) -> list[tuple[str, list[str]]]:
    """The latest ``count`` sessions with at least three known items: id and items, at most LONGEST and the next one."""
    out: list[tuple[str, list[str]]] = []
    for session_id, items in zip(
        reversed(log.frame["session_id"].to_list()), reversed(log.items), strict=True
    ):
        known = list(dict.fromkeys(catalog.known(items)))[: LONGEST + 1]
        if len(known) >= 3:
            out.append((str(session_id), known))
        if len(out) == count:
            break
    if not out:
        raise InputError(
            f"The catalog {catalog.name!r} has no sessions of three known items to replay; import a log."
        )
    return out[::-1]


def build_dataset(
    catalog: Catalog, log: SessionLog, linker: Linker, folder: Path, count: int, tick: Tick = lambda *_: None
) -> list[DatasetSession]:
    """Replay, photograph, read and write; sessions that the folder holds already are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    done = read_progress(folder)
    wanted = chosen_sessions(log, catalog, count)
    left = [(i, s, items) for i, (s, items) in enumerate(wanted) if s not in done]
    if left:
        with running(create_shop(catalog)) as url:
            asyncio.run(_Builder(catalog, linker, folder, url, tick).run(left))
        done = read_progress(folder)
    sessions = [done[s] for s, _ in wanted if s in done]
    _write_table(folder, sessions)
    (folder / CARD).write_text(_card(catalog, sessions))
    return sessions


def read_progress(folder: Path) -> dict[str, DatasetSession]:
    """The sessions that a folder holds, by id; a last line that was cut short is passed over."""
    path = folder / PROGRESS
    found: dict[str, DatasetSession] = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            session = DatasetSession.model_validate_json(line)
        except ValueError:
            continue
        found[session.session_id] = session
    return found


def load_dataset(folder: Path) -> list[DatasetSession]:
    """The sessions of a dataset; InputError when the folder holds none."""
    try:
        rows = pl.read_parquet(folder / TABLE).to_dicts()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"{folder} holds no dataset; make one with `interarec dataset build`.") from error
    return [DatasetSession.model_validate({**r, "categories": json.loads(r["categories"])}) for r in rows]


class _Builder:
    """Several sessions at once: pages are opened and photographed while others are being read."""

    def __init__(self, catalog: Catalog, linker: Linker, folder: Path, url: str, tick: Tick):
        self.catalog, self.linker, self.folder, self.url, self.tick = catalog, linker, folder, url, tick
        self.interpreter = PageInterpreter()
        self.began = time.perf_counter()
        self.made = 0

    async def run(self, left: list[tuple[int, str, list[str]]]) -> None:
        queue: asyncio.Queue[tuple[int, str, list[str]]] = asyncio.Queue()
        for job in left:
            queue.put_nowait(job)
        async with async_playwright() as playwright:
            try:
                browser = await playwright.chromium.launch(
                    executable_path=find_browser(), args=[*ARGUMENTS, "--no-sandbox"]
                )
            except Exception as error:
                raise CaptureError(f"The browser did not start; run `make browser`. ({error})") from error
            async with asyncio.TaskGroup() as group:
                for _ in range(min(AT_ONCE, len(left))):
                    group.create_task(self._worker(browser, queue))
            await browser.close()

    async def _worker(self, browser: Browser, queue: "asyncio.Queue[tuple[int, str, list[str]]]") -> None:
        while not queue.empty():
            number, session_id, items = queue.get_nowait()
            look = random.Random(f"{session_id}")
            design, width = list(DESIGNS)[number % len(DESIGNS)], look.choice(WIDTHS)
            pictures = await self._visit(browser, items[:-1], design, width)
            session = await asyncio.to_thread(self._read, session_id, items, pictures, design, width, look)
            with (self.folder / PROGRESS).open("a") as stream:
                stream.write(session.model_dump_json() + "\n")
            self.made += 1
            self.tick(self.made, 60 * self.made / (time.perf_counter() - self.began))

    async def _visit(
        self, browser: Browser, items: list[str], design: str, width: int
    ) -> list[tuple[str, bytes]]:
        context = await browser.new_context(viewport={"width": width, "height": HEIGHT})
        page = await context.new_page()
        pictures = []
        for item in items:
            await page.goto(f"{self.url}/product/{item}?design={design}")
            pictures.append((item, await page.screenshot()))
        await context.close()
        return pictures

    def _read(
        self, session_id: str, items: list[str], pictures: list[tuple[str, bytes]], design: str, width: int, look: random.Random
    ) -> DatasetSession:  # fmt: skip
        times = list(itertools.accumulate((look.uniform(*DWELL) for _ in pictures), initial=0.0))
        place = self.folder / "images" / _safe(session_id)
        place.mkdir(parents=True, exist_ok=True)
        paths = [place / f"{i:02d}.png" for i in range(len(pictures))]
        for path, (_, picture) in zip(paths, pictures, strict=True):
            path.write_bytes(picture)
        seen = [(p, t) for (_, p), t in zip(pictures, times, strict=False)]
        summary = summarised(seen, self.linker, self.interpreter)
        return DatasetSession(
            session_id=session_id, history=items[:-1], next_item=items[-1],
            frames=[str(p.relative_to(self.folder)) for p in paths], frame_items=[i for i, _ in pictures],
            seconds=[round(t, 2) for t in times[: len(pictures)]], linked=opened_items(summary),
            categories={c.value: v for c, v in summary.categories.items()}, summary=summary.text(), design=design, width=width,
        )  # fmt: skip


def summarised(
    pictures: list[tuple[bytes, float]], linker: Linker, interpreter: PageInterpreter
) -> BehaviorSummary:
    """The summary of pictures with the times, in seconds, at which they were taken."""
    with tempfile.TemporaryDirectory() as scratch:
        store = FrameStore(Path(scratch))
        frames: list[Frame] = [
            store.put(picture, url=f"page {i}", taken=1e9 + taken)
            for i, (picture, taken) in enumerate(pictures)
        ]
        summary, _ = Summarizer(EmbeddedReader(store, interpreter), linker).update(BehaviorSummary(), frames)
    return summary


def opened_items(summary: BehaviorSummary) -> list[str]:
    """The catalog items that were recognised as opened, in order."""
    return [p.item_id for p in summary.products if p.opened and p.item_id]


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name)


def _write_table(folder: Path, sessions: list[DatasetSession]) -> None:
    rows: list[dict[str, Any]] = [
        {**s.model_dump(), "categories": json.dumps(s.categories)} for s in sessions
    ]
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(folder / TABLE, compression="zstd")


def _card(catalog: Catalog, sessions: list[DatasetSession]) -> str:
    fields = "\n".join(
        f"| `{name}` | {info.description or name} |" for name, info in DatasetSession.model_fields.items()
    )
    frames = sum(len(s.frames) for s in sessions)
    found = sum(len(set(s.history) & set(s.linked)) for s in sessions) / max(
        1, sum(len(s.history) for s in sessions)
    )
    return f"""# Sessions on screen: {catalog.name}

{len(sessions):,} sessions of the log of the catalog `{catalog.name}` ({len(catalog):,} products), replayed on product pages of
InteraRec's shop in real Chromium, {frames:,} screenshots, each session with its behaviour summary. {found:.1%} of the items
that were opened are recognised from the pixels alone.

`{TABLE}`, one row a session:

| column | meaning |
| --- | --- |
{fields}

`categories` is JSON. Screenshots lie under `images/`, PNG, {HEIGHT} pixels high. The pages are rendered from the catalog: their
designs are invented, their pictures are drawings, and how long each was looked at is drawn at random. The sessions, their
order and the products are the log's. Nobody's screen was captured; the pages hold no personal data.

Made with `interarec dataset build --catalog {catalog.name} --sessions {len(sessions)}`; the same command goes on where it was
stopped. The catalog's own terms hold for its titles and sessions.
"""
