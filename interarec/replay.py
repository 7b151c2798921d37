"""A replayed shopper: searches, opens, scrolls and compares in a real browser while the capture agent watches."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from pydantic import BaseModel, ConfigDict, ValidationError

from agents.browser import browser
from agents.capture import CaptureAgent, Consent, open_page
from agents.frames import Frame, FrameStore
from catalog.errors import CaptureError, InputError

VIEWPORT = {"width": 1280, "height": 800}


class Step(BaseModel):
    """One thing that a shopper does."""

    model_config = ConfigDict(extra="forbid")

    do: Literal["open", "search", "click", "scroll", "wait", "back"]
    what: str = ""
    """A path or URL to open, words to search for, or the text or selector to click."""
    seconds: float = 0.6
    """How long the shopper stays afterwards."""


def load_steps(path: Path) -> list[Step]:
    """A replay script: a JSON list of steps."""
    try:
        return [Step.model_validate(s) for s in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, ValidationError) as error:
        raise InputError(
            f'{path} is no replay script; write a JSON list such as [{{"do": "search", "what": "lamp"}}].'
        ) from error


async def replay(
    url: str, steps: list[Step], store: FrameStore, consent: Consent, interval: float, browser_path: str | None = None,
    on_step: Callable[[int, Step], None] | None = None,
) -> list[Frame]:  # fmt: skip
    """Do the steps in a headless browser and return the frames that were captured."""
    async with browser(True, browser_path) as running:
        context = await running.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
        page = await open_page(context, url)
        async with CaptureAgent(context, store, consent, interval) as capture:
            for number, step in enumerate(steps):
                if on_step is not None:
                    on_step(number, step)
                try:
                    await _do(page, step, url)
                except PlaywrightError as error:
                    if page.is_closed() or not running.is_connected():
                        break  # what was captured so far is worth keeping
                    raise CaptureError(
                        f"The step {step.do} {step.what!r} could not be done on {page.url}."
                    ) from error
                await asyncio.sleep(step.seconds)
                await capture.looked()
        return capture.frames


async def _do(page: Page, step: Step, base: str) -> None:
    actions: dict[str, Any] = {
        "open": lambda: page.goto(step.what if "://" in step.what else base.rstrip("/") + step.what),
        "search": lambda: _search(page, step.what),
        "click": lambda: page.locator(step.what).first.click(timeout=5000),
        "scroll": lambda: page.mouse.wheel(0, int(step.what or 500)),
        "back": lambda: page.go_back(),
        "wait": lambda: asyncio.sleep(0),
    }
    await actions[step.do]()


async def _search(page: Page, words: str) -> None:
    field = page.locator("input[type=search], input[name=q], [role=search] input").first
    await field.fill(words, timeout=5000)
    await field.press("Enter")
    await page.wait_for_load_state("domcontentloaded")
