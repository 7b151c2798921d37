"""Counts what personal data stays readable in stored frames, on pages in five languages that are full of it.

Each page is captured twice: by the capture agent, which masks inside the browser, and as a bare screenshot whose
pixels are redacted. The stored frames are then read back. Wordings and layouts are in two sets: those that the maskers
were tried on, and those held out, which were written first (Spanish and Italian are held out whole). All persons are
invented (Faker).
"""

import asyncio
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml
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
from catalog.errors import UnreadLanguage
from storefront.server import running

PAGES = (
    "checkout", "confirmation", "account", "login", "help", "receipt", "header", "saved cards", "registration", "product",
)  # fmt: skip
LOOKS: tuple[dict[str, Any], ...] = (
    {"font": "sans-serif", "size": 16, "dark": False, "columns": "1fr 1fr"},
    {"font": "serif", "size": 15, "dark": True, "columns": "1fr 1fr"},
    {"font": "Liberation Mono, monospace", "size": 16, "dark": False, "columns": "1fr 1fr"},
)
LOCALES = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "it": "it_IT"}
SETS = {"development": "private.html", "held_out": "held_out.html"}
PRODUCTS = {
    "en": ("Oak desk lamp", "Brass table lamp", "Wool blanket", "Cotton cushion"),
    "de": ("Schreibtischlampe aus Eiche", "Tischleuchte Messing", "Wolldecke grau", "Kissen aus Baumwolle"),
    "fr": ("Lampe de bureau en chêne", "Lampe de table laiton", "Couverture en laine", "Coussin en coton"),
    "es": ("Lámpara de escritorio de roble", "Lámpara de mesa latón", "Manta de lana", "Cojín de algodón"),
    "it": (
        "Lampada da scrivania in rovere",
        "Lampada da tavolo ottone",
        "Coperta di lana",
        "Cuscino di cotone",
    ),
}
PRICES = ("24.99", "39.00", "59.50", "17.25")
READABLE = 88  # of 100: how like a secret a stretch of what was read must be to count as readable
SHORT = 6  # letters: less is told from chance only as a word of its own
FOLDER = Path(__file__).parent / "pages"


class PrivacyLine(BaseModel):
    """How many secrets of one kind were readable on bare pages and in the frames stored of them."""

    way: str
    language: str
    wordings: str
    kind: str
    """A kind of secret, or "harmless" for titles and prices of products, which are to stay readable."""
    shown: int
    readable: int
    refused: int = 0
    """Of those shown, how many stood on pages of which no frame was kept."""


class PageCase(BaseModel):
    """One page for one person in one look."""

    page: str
    language: str
    wordings: str
    person: int
    look: int


def person(seed: int, language: str) -> dict[str, str]:
    """An invented person of a language."""
    fake = Faker(LOCALES[language])
    fake.seed_instance(seed)
    rng = random.Random(seed)
    first, last = fake.first_name(), fake.last_name()
    card = fake.credit_card_number("visa16")
    at = " [at] " if seed % 3 == 1 else "@"
    phones = {
        "en": f"020 7946 0{rng.randrange(100, 999)}", "de": f"030 {rng.randrange(2000, 9999)} {rng.randrange(1000, 9999)}",
        "fr": f"06 {rng.randrange(10, 99)} {rng.randrange(10, 99)} {rng.randrange(10, 99)} {rng.randrange(10, 99)}",
        "es": f"6{rng.randrange(10, 99)} {rng.randrange(100, 999)} {rng.randrange(100, 999)}",
        "it": f"34{rng.randrange(0, 9)} {rng.randrange(100, 999)} {rng.randrange(1000, 9999)}",
    }  # fmt: skip
    return {
        "first": first, "name": f"{first} {last}", "street": fake.street_address().replace("\n", ", "), "town": fake.city(),
        "email": f"person{rng.randrange(1000, 9999)}.{rng.randrange(10, 99)}{at}example.org", "postcode": fake.postcode(),
        "phone": phones[language], "card": " ".join(card[i : i + 4] for i in range(0, 16, 4)) if seed % 2 else card,
        "expiry": f"{rng.randrange(1, 13):02}/{rng.randrange(27, 34)}", "code": f"{rng.randrange(100, 999)}",
        "password": fake.password(12, special_chars=False), "iban": fake.iban(), "birth": fake.date_of_birth().strftime("%d.%m.%Y"),
    }  # fmt: skip


def cases(persons: int) -> Iterator[PageCase]:
    """Every page in every language and set of wordings, for so many persons, in looks that take turns."""
    number = 0
    for wordings in SETS:
        for language in _wordings(wordings):
            for page in PAGES:
                for who in range(persons):
                    yield PageCase(
                        page=page,
                        language=language,
                        wordings=wordings,
                        person=number,
                        look=(number + who) % len(LOOKS),
                    )
                    number += 1


def evaluate_privacy(
    persons: int,
    reader: TextReader,
    step: Callable[[str], None] = lambda _: None,
    only: list[PageCase] | None = None,
) -> list[PrivacyLine]:
    """Capture every page for ``persons`` invented people, redact with ``reader``, read back with the exact one."""
    chosen = only if only is not None else list(cases(persons))
    return asyncio.run(_evaluate(chosen, reader, step))


def _wordings(name: str) -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


def _rendered(case: PageCase) -> str:
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True)
    who = person(case.person, case.language)
    words = {k: v.format(**who) for k, v in _wordings(case.wordings)[case.language].items()}
    return environment.get_template(SETS[case.wordings]).render(
        kind=case.page, language=case.language, p=who, w=words, products=_products(case), **LOOKS[case.look]
    )


def _products(case: PageCase) -> list[tuple[str, str]]:
    count = {"product": 4, "header": 2}.get(case.page, 0)
    return [(t, f"{p} €") for t, p in zip(PRODUCTS[case.language][:count], PRICES, strict=False)]


async def _evaluate(
    chosen: list[PageCase], reader: TextReader, step: Callable[[str], None]
) -> list[PrivacyLine]:
    async def page_of(request: Request) -> HTMLResponse:
        return HTMLResponse(_rendered(chosen[request.path_params["number"]]))

    counts: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    fresh = TextReader()
    with (
        running(Starlette(routes=[Route("/{number:int}", page_of)])) as url,
        tempfile.TemporaryDirectory() as home,
    ):
        store = FrameStore(Path(home))
        redactor = Redactor(store, reader)
        async with browser() as chromium:
            context = await chromium.new_context(viewport={"width": 1280, "height": 800})
            agent = CaptureAgent(context, store, Consent())
            for number, case in enumerate(chosen):
                step(f"{number + 1} of {len(chosen)}: {case.page}, {case.language}, {case.wordings}")
                page = await open_page(context, f"{url}/{number}")
                bare = own_pixels(await page.screenshot(), case.page)
                agent.frames.clear()
                frames = {"in the browser": await agent.shoot(), "from the pixels": _redacted(redactor, bare)}
                before = _words(fresh, bare)
                for way, frame in frames.items():
                    stored = store.pixels(frame.digest) if frame else None
                    _count(case, way, before, None if stored is None else _words(fresh, stored), counts)
                await page.close()
    return [
        PrivacyLine(way=w, language=la, wordings=s, kind=k, shown=n[0], readable=n[1], refused=n[2])
        for (w, la, s, k), n in sorted(counts.items())
    ]


def _redacted(redactor: Redactor, bare: np.ndarray) -> Any:
    try:
        return redactor.put(bare)
    except UnreadLanguage:
        return None


def _count(
    case: PageCase, way: str, before: list[str], after: list[str] | None, counts: dict[tuple[str, str, str, str], list[int]]
) -> None:  # fmt: skip
    secrets = [] if case.page == "product" else list(person(case.person, case.language).items())
    harmless = [("harmless", text) for pair in _products(case) for text in pair]
    for kind, value in [*secrets, *harmless]:
        if readable(value, before):
            tally = counts[way, case.language, case.wordings, kind]
            tally[0] += 1
            tally[1] += after is not None and readable(value, after)
            tally[2] += after is None


def _words(reader: TextReader, image: np.ndarray) -> list[str]:
    return [word for line in reader.read(image) for word in line.text.split()]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def readable(secret: str, words: list[str]) -> bool:
    """Whether words that were read tell a secret; a short one must be a word, or words, of its own.

    >>> readable("123", ["Total", "1234"]), readable("123", ["code", "123."]), readable("Anna Bergmann", ["Anna", "Bergnann"])
    (False, True, True)
    """
    needle = _plain(secret)
    if len(needle) < SHORT:
        return any(_plain(word) == needle for word in words)
    return fuzz.partial_ratio(needle, "".join(_plain(word) for word in words)) >= READABLE
