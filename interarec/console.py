"""How commands talk to a person: progress bars, tables, and errors as one sentence."""

import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from catalog.errors import InteraRecError


class PlainConsole(Console):
    """A console that prints text as it is: titles and pages are data, and neither markup nor codes of the terminal."""

    def __init__(self, **given: Any):
        super().__init__(markup=False, emoji=False, highlight=False, **given)

    def render_str(self, text: str, **given: Any) -> Text:
        """The text without control characters."""
        return super().render_str(without_codes(text), **given)


def without_codes(text: str) -> str:
    """A text without control characters other than line breaks and tabs; a terminal would obey them."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf"))


def styled(*parts: str | tuple[str, str]) -> RenderableType:
    """Texts beside each other, those given with a style in it."""
    return Text.assemble(
        *((without_codes(p[0]), p[1]) if isinstance(p, tuple) else without_codes(p) for p in parts)
    )


@lru_cache(maxsize=1)
def console() -> Console:
    """For people: on standard error, so that standard output stays clean for programs."""
    return PlainConsole(stderr=True)


def out() -> Console:
    """For results."""
    return PlainConsole(soft_wrap=not sys.stdout.isatty())


@contextmanager
def told() -> Iterator[None]:
    """Print an InteraRec error, or what a disk refused, as its sentence and exit with 1; leave every other exception alone."""
    from interarec.home import disk_fault

    try:
        yield
    except InteraRecError as error:
        console().print(styled(("error:", "bold red"), f" {error}"))
        raise SystemExit(1) from None
    except Exception as error:  # a library may wrap what the disk refused in an error of its own
        if (sentence := disk_fault(error)) is None:
            raise
        console().print(styled(("error:", "bold red"), f" {sentence}"))
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        console().print("stopped")
        raise SystemExit(130) from None


def bar() -> Progress:
    """A progress bar for long steps."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(bar_width=32), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console(), transient=True,
    )  # fmt: skip


def track(items: Iterable[int], total: int, description: str) -> Iterable[int]:
    """Iterate with a progress bar, which short iterations do without."""
    if total < 20:
        yield from items
        return
    with bar() as progress:
        yield from progress.track(items, total=total, description=description)


@contextmanager
def training_bar(description: str, total: int) -> Iterator[Callable[[int, float], None]]:
    """A bar over training events; the function it gives takes the events done and the loss."""
    with bar() as progress:
        task = progress.add_task(description, total=total)

        def advance(events: int, loss: float) -> None:
            progress.update(task, advance=events, description=f"{description} (loss {loss:.3f})")

        yield advance


def product_table(products: list[dict[str, Any]], title: str) -> Table:
    """Products as a table."""
    from catalog.money import money

    table = Table(title=title, title_justify="left", show_lines=False)
    for column in ("#", "product", "brand", "price", "rating", "why"):
        table.add_column(column, overflow="fold")
    for number, p in enumerate(products, 1):
        price = money(p.get("price"), p.get("currency"))
        table.add_row(
            str(number), p["title"], p.get("brand") or "", str(price) if price else "",
            f"{p['rating']:g}" if p.get("rating") is not None else "", "; ".join(p.get("reasons") or []),
        )  # fmt: skip
    return table
