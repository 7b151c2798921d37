"""The demo: a shop, a replayed shopper, the agents at work, follow-ups, and a report."""

import random
import secrets
import webbrowser
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.capture import Consent
from catalog.products import Catalog, Product
from catalog.store import StoredCatalog
from interarec.app import Assistant, assistant, frame_store, open_shop
from interarec.chatting import full_record, interactive, run_script, show_turn
from interarec.console import bar, console, out, styled
from interarec.replay import Step, replay
from interarec.report import write_report
from interarec.settings import Settings
from interarec.training import train
from storefront.app import create_shop
from storefront.sample import NAME as SAMPLE
from storefront.server import running
from tools.kinds import Kinds

CONVERSATION = f"demo-{secrets.token_hex(4)}"  # a new one each time: frames of one that was deleted are swept
OPENED = 4


@dataclass
class Visit:
    """A shopper's visit to be replayed: the steps and the items that they open, in order."""

    steps: list[Step]
    opened: list[str]
    told: str


def sample_visit(catalog: Catalog) -> Visit:
    """A visit to the sample shop: someone after a green phone case who prefers one brand."""
    cases = [p for p in catalog if "Type: phone case" in p.specifications]
    brand = Counter(p.brand for p in cases).most_common(1)[0][0]
    wanted = [p.item_id for p in cases if p.brand == brand][:3]
    wanted.append(next(p.item_id for p in cases if p.brand != brand and "green" in p.title.lower()))
    return _visit(wanted, "phone case", f"looks for a phone case and keeps opening those by {brand}")


def log_visit(stored: StoredCatalog, seed: int = 11) -> Visit:
    """A visit replayed from the catalog's own log: the first items of one of its latest real sessions."""
    known = set(stored.catalog.item_ids)
    recent = [[i for i in s if i in known] for s in stored.log.items[-400:]]
    usable = [s for s in recent if len(set(s)) >= OPENED + 2]
    if not usable:
        items = [stored.catalog.item_ids[i] for i in range(min(OPENED, len(stored.catalog)))]
        return _visit(
            items, _words(stored.catalog.get(items[0])), "opens the first products (there is no log)"
        )
    session = random.Random(seed).choice(usable)
    opened = list(dict.fromkeys(session))[:OPENED]
    kinds = Kinds(stored.catalog)
    words = kinds.head(stored.catalog.get(opened[0]).title) or _words(stored.catalog.get(opened[0]))
    return _visit(
        opened, words, f"replays a real order of {len(session)} items, as far as the first {len(opened)}"
    )


def _words(product: Product) -> str:
    return " ".join(product.title.split()[:3]).lower()


def _visit(items: list[str], words: str, told: str) -> Visit:
    steps = [
        Step(do="wait", seconds=0.8),
        Step(do="search", what=words, seconds=1.0),
        Step(do="scroll", what="520", seconds=0.8),
    ]
    for item in items:
        steps += [
            Step(do="open", what=f"/product/{item}", seconds=1.0),
            Step(do="scroll", what="260", seconds=0.6),
        ]
    steps.append(Step(do="open", what=f"/compare?ids={','.join(items[:3])}", seconds=1.0))
    return Visit(steps, items, told)


def follow_ups(brand: str | None) -> list[str]:
    """The requests of the demo: a recommendation and three follow-ups."""
    return [
        "What would you get?",
        "something cheaper",
        f"only {brand}" if brand else "something else",
        "why the first one?",
    ]


async def run_demo(
    settings: Settings,
    stored: StoredCatalog,
    report: Path,
    chat: bool,
    open_report: bool,
    quiet: bool = False,
) -> dict[str, Any]:
    """Run the whole path once and write the report; with ``chat``, go on talking at the terminal."""
    stored.vectors  # noqa: B018 - builds the index with its progress bar, before anything else
    if not stored.model_path.exists() and len(stored.log):
        train(stored, fusion=False)  # `interarec train` learns it; a newcomer should not have to wait
    shop = open_shop(stored)
    visit = sample_visit(stored.catalog) if stored.name == SAMPLE else log_visit(stored)
    console().print(styled(("1. Browse", "bold"), f"  {visit.told}"))
    store = frame_store(settings).of(CONVERSATION)
    store_name = "Lantern & Loom" if stored.name == SAMPLE else stored.name.replace("-", " ").title()
    with running(create_shop(stored.catalog, store_name)) as url, bar() as progress:
        task = progress.add_task("browsing in Chromium", total=len(visit.steps))
        frames = await replay(
            url, visit.steps, store, Consent(), settings.interval, settings.browser,
            lambda number, step: progress.update(task, completed=number + 1),
        )  # fmt: skip
    console().print(
        f"   {len(frames)} frames of the viewport, one every {settings.interval:g} s where something changed"
    )
    async with assistant(settings, shop) as helper:
        helper.see(CONVERSATION, *frames)
        preferred = _favourite(stored.catalog, visit.opened)
        records = await _converse(helper, follow_ups(preferred), quiet)
        state = await helper.state(CONVERSATION)
        written = write_report(report, state, records, helper.context.frames, stored, visit.opened)
        console().print(styled(("4. Report", "bold"), f"  {written}"))
        if open_report:
            webbrowser.open(written.resolve().as_uri())
        if chat:
            await interactive(helper, CONVERSATION)
    return {
        "report": str(written),
        "frames": len(frames),
        "opened": visit.opened,
        "turns": records,
        "summary": state["summary"],
    }


def _favourite(catalog: Catalog, opened: list[str]) -> str | None:
    brands = Counter(b for i in opened if (b := catalog.get(i).brand))
    return brands.most_common(1)[0][0] if brands else None


async def _converse(helper: Assistant, requests: list[str], quiet: bool) -> list[dict[str, Any]]:
    console().print(styled(("2. See", "bold"), "     reading the frames, from their pixels only"))
    with bar() as progress:
        task = progress.add_task("reading frames", total=None)

        def show(event: dict[str, Any]) -> None:
            if event["type"] == "frame":
                progress.update(task, completed=event["done"], total=event["total"])
            elif event["type"] == "summary":
                progress.stop()
                for name, text in event["categories"].items() if not quiet else ():
                    out().print(styled("   ", (name, "bold"), f": {text}"))
                console().print(styled(("3. Plan, recommend, talk", "bold")))

        first = await helper.turn(CONVERSATION, requests[0], show)
    if not quiet:
        show_turn(requests[0], first)
    rest = await run_script(helper, CONVERSATION, requests[1:], None if quiet else False)
    return [full_record(1, requests[0], first), *({**r, "turn": r["turn"] + 1} for r in rest)]
