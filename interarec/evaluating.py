"""The ``evaluate`` commands."""

import json
from pathlib import Path
from typing import Annotated

import typer

evaluate_app = typer.Typer(help="Measure quality.", no_args_is_help=True)


@evaluate_app.command("recommend")
def evaluate_recommend(
    items: Annotated[Path, typer.Option(help="Items: item_id, title, and brand, description, price, category where known.")],
    train: Annotated[Path, typer.Option(help="Rows of history and next_item to train on (splits train and valid of a file with splits).")],
    test: Annotated[Path, typer.Option(help="Rows to test on (split test).")],
    plot: Annotated[Path | None, typer.Option(help="Write a picture of the figures here.")] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Where the converted embedding model is kept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:  # fmt: skip
    """Next items: popularity, kNN, GRU4Rec, content, and InteraRec, with bootstrap intervals."""
    from evaluation.recommend import evaluate
    from evaluation.recommend import plot as draw
    from interarec.console import console
    from interarec.settings import load_settings

    settings = load_settings(home=home)
    with console().status("starting") as status:
        report = evaluate(items, train, test, settings.home / "encoder", lambda text: status.update(text))
    if plot is not None:
        draw(report, plot)
    if as_json:
        print(json.dumps(report.model_dump()))
        return
    from interarec.console import out
    from interarec.tables import recommend_tables

    for table in recommend_tables(report):
        out().print(table)
