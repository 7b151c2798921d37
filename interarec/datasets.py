"""The ``dataset`` commands."""

import os
from pathlib import Path
from typing import Annotated

import typer

dataset_app = typer.Typer(help="Make datasets of sessions on screen.", no_args_is_help=True)


@dataset_app.callback()
def _group() -> None:
    """Make datasets of sessions on screen."""


@dataset_app.command("build")
def build(
    out_folder: Annotated[Path, typer.Option("--out", help="The dataset's folder; what it holds is kept.")],
    catalog: Annotated[
        str, typer.Option("--catalog", "-c", help="The catalog whose log is replayed.")
    ] = "sample",
    sessions: Annotated[int, typer.Option(min=1, help="How many sessions, the latest of the log.")] = 100,
    home: Annotated[Path | None, typer.Option("--home", help="Where everything is kept.")] = None,
) -> None:
    """Replay sessions on rendered pages, photograph and summarise them. Stopped? The same command goes on."""
    from evaluation.dataset import build_dataset
    from interarec.app import open_catalog, open_shop
    from interarec.console import console, out, track
    from interarec.settings import load_settings

    stored = open_catalog(load_settings(home=home, catalog=catalog), track)
    linker = open_shop(stored).linker
    cores = os.cpu_count() or 1
    rate = 0.0
    with console().status("opening the shop") as status:

        def tick(made: int, per_minute: float) -> None:
            nonlocal rate
            rate = per_minute
            status.update(
                f"{made:,} sessions made, {per_minute:.0f} a minute, {per_minute / cores:.0f} a minute and core"
            )

        made = build_dataset(stored.catalog, stored.log, linker, out_folder, sessions, tick)
    out().print(
        f"{len(made):,} sessions in {out_folder}; {rate:.0f} a minute, {rate / cores:.0f} a minute and core this time"
    )
