"""What the commands about one visit or one conversation do."""

import asyncio
import json
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.prompt import Confirm

from agents.capture import Consent
from agents.frames import Frame, FrameStore
from agents.redaction import Redactor
from agents.sources import frames_from, source_files
from agents.summarizer import Summarizer
from catalog.errors import InputError
from catalog.money import Money
from catalog.store import StoredCatalog
from interarec.app import Assistant, assistant, frame_store, open_shop, page_reader
from interarec.chatting import interactive, run_script, script_lines
from interarec.console import bar, console, out, product_table, styled
from interarec.replay import load_steps, replay
from interarec.settings import Settings
from interarec.visit import KEYS, Visit, capture_person
from tools.needs import BehaviorSummary, SeenProduct


def capture_visit(settings: Settings, visit: Visit, script: Path | None, yes: bool, conversation: str) -> list[Frame]:
    """Capture a visit with the shopper's consent, for a conversation; returns its frames."""
    url = visit.url if "://" in visit.url else f"https://{visit.url}"
    visit = replace(visit, url=url)
    consent = Consent(settings.allowed_hosts)
    if not consent.covers(url):
        if not yes and sys.stdin.isatty():
            yes = Confirm.ask(
                f"Capture screenshots of {url} while you browse it?", console=console(), default=False
            )
        if yes:
            consent.allow(url)
        elif not url.startswith(("http://", "https://")):
            raise InputError(f"{url!r} is not a web address; it begins with http:// or https://.")
        consent.require(url)
    store = frame_store(settings).of(conversation)
    if script is not None:
        return asyncio.run(
            replay(url, load_steps(script), store, consent, settings.interval, settings.browser)
        )
    console().print(f"capturing; close the window or press Ctrl-C to stop; {KEYS}")
    frames: list[Frame] = []
    try:
        asyncio.run(
            capture_person(
                visit, store, consent, frames.append,
                lambda paused: console().print("paused" if paused else "capturing"),
            )
        )  # fmt: skip
    except KeyboardInterrupt:
        pass  # the frames taken so far are kept
    return frames


def summarise_visit(
    settings: Settings, stored: StoredCatalog, frames: list[Frame], conversation: str, as_json: bool
) -> None:
    """Read a visit's frames, print the summary, and keep them for a conversation to go on with."""
    if not frames:
        raise InputError("No frame was captured; was the page visible, and is its site on the allow-list?")

    async def run() -> dict[str, Any]:
        async with assistant(settings, open_shop(stored)) as helper:
            await helper.begin(conversation)
            helper.see(conversation, *frames)
            await helper.turn(conversation, "What have I looked at?", None)
            return await helper.state(conversation)

    state = asyncio.run(run())
    print_summary(BehaviorSummary.model_validate(state["summary"]), as_json)
    console().print(f"go on with: interarec chat --conversation {conversation} --catalog {stored.name}")


def summarise_images(
    settings: Settings, sources: list[Path], stored: StoredCatalog | None, as_json: bool
) -> None:
    """Read screenshots or screen recordings and print their summary; the frames are deleted again."""
    import tempfile

    from agents.embedded_reader import EmbeddedReader
    from agents.screen_reader.page import PageInterpreter

    with tempfile.TemporaryDirectory() as folder:
        store = FrameStore(Path(folder))
        embedded = EmbeddedReader(store, PageInterpreter.of(settings.fast_reading))
        redactor = Redactor(store, embedded.interpreter.reader)
        linker = open_shop(stored).linker if stored else None
        summarizer = Summarizer(page_reader(settings, store, embedded), linker)
        files = source_files(sources)
        names: dict[str, str] = {}

        def note(file: Path, frame: Frame) -> None:
            names.setdefault(frame.digest, str(file))

        with bar() as progress:
            task = progress.add_task("reading frames", total=None)
            frames = frames_from(files, redactor, on_frame=note)
            progress.update(task, total=len(frames))
            summary, _ = summarizer.update(BehaviorSummary(), frames, lambda _: progress.advance(task))
    print_summary(summary, as_json, names)


def summary_record(summary: BehaviorSummary, names: dict[str, str] | None = None) -> dict[str, Any]:
    """The summary as one JSON object for programs."""
    return {
        "categories": {c.value: text for c, text in summary.categories.items()},
        "lowest_price": _price(summary.lowest_price),
        "highest_price": _price(summary.highest_price),
        "brands": summary.brands,
        "promotions": _promotions(summary),
        "products": [_product(p, names or {}) for p in summary.products],
        "notes": summary.notes,
        "vision_tokens": summary.vision_tokens,
    }


def _promotions(summary: BehaviorSummary) -> list[str]:
    return list(dict.fromkeys([*(p.promotion for p in summary.products if p.promotion), *summary.promotions]))


def _price(price: Money | None) -> dict[str, Any] | None:
    return price.model_dump(mode="json") if price else None


def _product(product: SeenProduct, names: dict[str, str]) -> dict[str, Any]:
    record = product.model_dump(mode="json")
    record["currency"] = product.price.currency if product.price else None
    record["price"] = str(product.price.amount) if product.price else None
    record["list_price"] = str(product.list_price.amount) if product.list_price else None
    record["frame"] = names.get(product.frame or "", product.frame)
    return record


def print_summary(summary: BehaviorSummary, as_json: bool, names: dict[str, str] | None = None) -> None:
    """The summary for a program, or for a person."""
    if as_json:
        print(json.dumps(summary_record(summary, names), ensure_ascii=False))
        return
    for category, text in summary.categories.items():
        out().print(styled((category.value, "bold"), f": {text}"))
    records = [{**_product(p, {}), "reasons": [p.promotion] if p.promotion else []} for p in summary.products]
    if records:
        out().print(product_table(records, "Products seen"))


def recommend_once(
    settings: Settings, stored: StoredCatalog, items: str, frames: list[Path], wish: str, as_json: bool
) -> None:
    """One recommendation turn in a conversation of its own."""

    async def run() -> dict[str, Any]:
        async with assistant(settings, open_shop(stored)) as helper:
            conversation = f"once-{uuid.uuid4().hex[:12]}"
            try:
                await _prepare(helper, conversation, stored, items, frames)
                records = await run_script(helper, conversation, [wish], as_json=False) if not as_json else []
                if as_json:
                    result = await helper.turn(conversation, wish)
                    records = [{"reply": result.reply, "products": result.products}]
            finally:
                await helper.forget(conversation)
            return records[0]

    record = asyncio.run(run())
    if as_json:
        print(json.dumps(record, ensure_ascii=False))
    elif record["cards"]:
        out().print(product_table(record["cards"], ""))


async def _prepare(
    helper: Assistant, conversation: str, stored: StoredCatalog, items: str, frames: list[Path]
) -> None:
    helper.see(conversation, *frames_from(source_files(frames), helper.context.redactor_of(conversation)))
    wanted = [i.strip() for i in items.split(",") if i.strip()]
    if not wanted:
        return
    known = stored.catalog.known(wanted)
    if not known:
        raise InputError(f"The catalog {stored.name!r} has none of the items {items}; check the ids.")
    products = []
    for item in known:
        p = stored.catalog.get(item)
        products.append(
            SeenProduct(
                title=p.title, brand=p.brand, price=p.price, list_price=p.list_price, rating=p.rating,
                review_count=p.review_count, promotion=p.promotion, opened=True, item_id=item, link_score=1.0,
                specifications=[s for s in p.specifications if not s.startswith("Type:")],
            )
        )  # fmt: skip
    from agents.summarizer import describe

    summary = describe(BehaviorSummary(products=products))
    values = {"summary": summary.model_dump(mode="json"), "session": known}
    await helper.update(conversation, values)


def converse(
    settings: Settings, open_catalog: Callable[[], StoredCatalog], frames: list[Path], items: str,
    script: Path | None, conversation: str | None, as_json: bool,
) -> None:  # fmt: skip
    """A conversation: a script's requests, or interactive."""
    requests = script_lines(script) if script else []
    stored = open_catalog()

    async def run() -> None:
        async with assistant(settings, open_shop(stored)) as helper:
            thread = conversation or f"chat-{uuid.uuid4().hex[:12]}"
            await helper.begin(thread)
            await _prepare(helper, thread, stored, items, frames)
            if requests:
                await run_script(helper, thread, requests, as_json)
            else:
                await interactive(helper, thread)

    asyncio.run(run())
