"""Counts what personal data stays readable in stored frames, on pages that are full of it.

Each page is captured twice: by the capture agent, which masks inside the browser, and as a bare screenshot whose
pixels are redacted. The stored frames are then read back. All persons are invented (Faker).
"""

import asyncio
import itertools
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from faker import Faker
from jinja2 import Environment, FileSystemLoader
from pydantic import BaseModel
from rapidfuzz import fuzz
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from agents.browser import browser
from agents.capture import CaptureAgent, Consent, open_page
from agents.frames import FrameStore
from agents.pictures import own_pixels
from agents.redaction import Redactor
from agents.screen_reader.ocr import TextReader
from storefront.server import running

PAGES = ("checkout", "confirmation", "account", "login", "help", "receipt", "header")
LOOKS: tuple[dict[str, Any], ...] = (
    {"font": "sans-serif", "size": 16, "dark": False, "columns": "1fr 1fr"},
    {"font": "serif", "size": 14, "dark": True, "columns": "1fr"},
    {"font": "Liberation Mono, monospace", "size": 18, "dark": False, "columns": "1fr 1fr"},
)
LOCALES = ("en_GB", "en_US", "de_DE")
READABLE = 88  # of 100: how like a secret a stretch of what was read must be to count as readable


class PrivacyLine(BaseModel):
    """One kind of secret: on how many frames it was readable before and after masking."""

    way: str
    kind: str
    shown: int
    leaked: int


def person(seed: int) -> dict[str, str]:
    """An invented person."""
    locale = LOCALES[seed % len(LOCALES)]
    fake = Faker(locale)
    fake.seed_instance(seed)
    first, last = fake.first_name(), fake.last_name()
    rng = random.Random(seed)
    phone = {
        "en_GB": f"+44 20 {rng.randrange(7000, 8000)} {rng.randrange(1000, 9999)}",
        "en_US": f"({rng.randrange(201, 989)}) {rng.randrange(201, 989)}-{rng.randrange(1000, 9999)}",
        "de_DE": f"030 {rng.randrange(1000, 9999)} {rng.randrange(1000, 9999)}",
    }[locale]
    card = fake.credit_card_number("visa16")
    written = " ".join(card[i : i + 4] for i in range(0, 16, 4)) if seed % 2 else card
    state = f"{fake.state_abbr()} " if locale == "en_US" else ""
    return {
        "first": first, "name": f"{first} {last}", "email": f"{first}.{last}{rng.randrange(10, 99)}@example.org".lower(),
        "street": fake.street_address().replace("\n", ", "), "town": fake.city(), "postcode": f"{state}{fake.postcode()}",
        "phone": phone, "card": written, "password": fake.password(12, special_chars=False),
    }  # fmt: skip


def evaluate_privacy(
    persons: int, reader: TextReader, step: Callable[[str], None] = lambda _: None
) -> list[PrivacyLine]:
    """Capture every page for ``persons`` invented people in every look, redact with ``reader``, read back with the exact one."""
    return asyncio.run(_evaluate(persons, reader, step))


async def _evaluate(persons: int, reader: TextReader, step: Callable[[str], None]) -> list[PrivacyLine]:
    template = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True
    ).get_template("private.html")

    def page_of(request: Request) -> HTMLResponse:
        if request.path_params["kind"] not in PAGES:
            return HTMLResponse("", 404)
        who, look = person(int(request.query_params["who"])), LOOKS[int(request.query_params["look"])]
        return HTMLResponse(template.render(kind=request.path_params["kind"], p=who, **look))

    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    fresh = TextReader()
    with running(Starlette(routes=[Route("/{kind}", page_of)])) as url, tempfile.TemporaryDirectory() as home:
        store = FrameStore(Path(home))
        redactor = Redactor(store, reader)
        async with browser() as chromium:
            context = await chromium.new_context(viewport={"width": 1280, "height": 800})
            agent = CaptureAgent(context, store, Consent())
            for kind, who, look in itertools.product(PAGES, range(persons), range(len(LOOKS))):
                step(f"{kind}, person {who + 1}, look {look + 1}")
                page = await open_page(context, f"{url}/{kind}?who={who}&look={look}")
                bare = own_pixels(await page.screenshot(), kind)
                before = _letters(fresh, bare)
                agent.frames.clear()
                masked = await agent.shoot()
                frames = {"in the browser": masked, "from the pixels": redactor.put(bare)}
                for way, frame in frames.items():
                    stored = store.pixels(frame.digest) if frame else None
                    after = _letters(fresh, stored) if stored is not None else ""
                    for secret, value in person(who).items():
                        if _readable(value, before):
                            counts[way, secret][0] += 1
                            counts[way, secret][1] += _readable(value, after)
                await page.close()
    return [
        PrivacyLine(way=way, kind=kind, shown=shown, leaked=leaked)
        for (way, kind), (shown, leaked) in sorted(counts.items())
    ]


def _letters(reader: TextReader, image: np.ndarray) -> str:
    return " ".join(_plain(line.text) for line in reader.read(image))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _readable(secret: str, text: str) -> bool:
    needle = _plain(secret)
    if len(needle) < 6:  # too short to be told from chance by likeness
        return needle in text
    return fuzz.partial_ratio(needle, text) >= READABLE
