"""The ``evaluate`` commands."""

import json
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import InputError

VARYING_RUNS = 4
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


@evaluate_app.command("conversation")
def evaluate_conversation(
    catalog: Annotated[str, typer.Option("--catalog", "-c", help="The catalog that the conversations are about.")] = "sample",
    script: Annotated[Path | None, typer.Option(help="A YAML file of conversations (default: the catalog's own).")] = None,
    simulated: Annotated[int | None, typer.Option(min=1, help="So many conversations of simulated shoppers instead.")] = None,
    seed: Annotated[int, typer.Option(help="What the simulated shoppers' chances start from.")] = 0,
    runs: Annotated[int | None, typer.Option(min=1, help="How often each is run (default: once; 4 times with a remote model, which varies).")] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Where everything is kept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:  # fmt: skip
    """Scripted conversations: tools, arguments, constraints, references, grounding, latency."""
    import asyncio

    from evaluation.conversation import SCRIPTS, ConversationReport, load_scripts, run_scripts
    from evaluation.simulated import Simulation
    from interarec.app import assistant, open_catalog, open_shop
    from interarec.console import console, out, track
    from interarec.settings import load_settings

    settings = load_settings(home=home, catalog=catalog)
    runs = runs or (VARYING_RUNS if settings.remote else 1)
    stored = open_catalog(settings, track)
    scripts = (
        Simulation(stored.catalog, catalog, seed).scripts(simulated)
        if simulated
        else load_scripts(script or SCRIPTS / f"{catalog}.yaml")
    )

    async def run() -> ConversationReport:
        async with assistant(settings, open_shop(stored)) as helper:

            async def ask(conversation: str, request: str) -> dict[str, object]:
                result = await helper.turn(conversation, request)
                return {"reply": result.reply, "products": result.products, "calls": result.calls}

            with console().status("starting") as status:
                return await run_scripts(scripts, stored.catalog, ask, runs, lambda t: status.update(t))

    report = asyncio.run(run())
    if as_json:
        print(json.dumps(report.model_dump()))
        return
    from interarec.tables import conversation_table

    out().print(conversation_table(report))
    for failure in report.failures:
        out().print(f"{failure.conversation}: {failure.say!r}: {failure.aspect}: {failure.reason}")


@evaluate_app.command("reading")
def evaluate_reading(
    catalog: Annotated[str, typer.Option("--catalog", "-c", help="The catalog whose pages are rendered.")] = "sample",
    pages: Annotated[int, typer.Option(min=1, help="Listings, and as many product pages, per design, width, zoom and theme.")] = 1,
    visits: Annotated[int, typer.Option(min=0, help="Whole visits whose summaries are compared with the truth.")] = 24,
    home: Annotated[Path | None, typer.Option("--home", help="Where everything is kept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:  # fmt: skip
    """Render pages whose truth is known and read them back from the pixels."""
    from agents.screen_reader.page import PageInterpreter
    from evaluation.reading import evaluate_reading as run
    from evaluation.visits import evaluate_visits
    from interarec.app import open_catalog, open_shop
    from interarec.console import console, out, track
    from interarec.settings import load_settings
    from interarec.tables import reading_table, visits_table

    settings = load_settings(home=home, catalog=catalog)
    stored = open_catalog(settings, track)
    linker = open_shop(stored).linker
    interpreter = PageInterpreter.of(settings.fast_reading)
    with console().status("starting") as status:
        lines = run(stored.catalog, linker, interpreter, pages, lambda text: status.update(text))
        told = evaluate_visits(stored.catalog, linker, interpreter, visits, lambda text: status.update(text))
    if as_json:
        print(
            json.dumps(
                {
                    "pages": [line.model_dump() for line in lines],
                    "visits": [line.model_dump() for line in told],
                }
            )
        )
    else:
        out().print(reading_table(lines))
        out().print(visits_table(told))


@evaluate_app.command("screens")
def evaluate_screens(
    pictures: Annotated[Path, typer.Option(help="The folder of the labelled screenshots, which are no part of the project.")],
    labels: Annotated[Path | None, typer.Option(help="Labels as JSON lines (default: the project's, which only a checkout has).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:  # fmt: skip
    """Read labelled screenshots of real shops: the third kept for the test, and those developed on."""
    from agents.screen_reader.page import PageInterpreter
    from evaluation.screens.labels import LABELS, labelled_screens
    from evaluation.screens.measure import measured
    from interarec.console import console, out
    from interarec.settings import load_settings
    from interarec.tables import screens_table

    screens = [s for s in labelled_screens(labels or LABELS) if (pictures / s.file).is_file()]
    if not screens:
        raise InputError(f"None of the labelled screenshots lies below {pictures}; --pictures is the folder of shop-screens.")
    interpreter = PageInterpreter.of(load_settings().fast_reading)
    found = {}
    with console().status("reading"):
        for name, part in (("test", True), ("development", False)):
            found[name] = measured([s for s in screens if s.is_test is part], pictures, interpreter)
    if as_json:
        print(json.dumps({name: [line.model_dump() for line in lines] for name, lines in found.items()}))
        return
    for name, lines in found.items():
        out().print(screens_table(name, lines))


@evaluate_app.command("grounding")
def evaluate_grounding(
    drafts: Annotated[Path | None, typer.Option(help="A YAML file of drafts (default: the frozen ones, which only a checkout has).")] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Where the converted embedding model is kept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:  # fmt: skip
    """Count inventions that the check of replies catches, and honest drafts that it damages."""
    from agents.grounding.property_claims import WordVectors
    from catalog.encoder import Encoder
    from evaluation.grounding.drafts import FROZEN, load_drafts
    from evaluation.grounding.measure import evaluate_grounding as run
    from interarec.console import out
    from interarec.settings import load_settings
    from interarec.tables import grounding_table

    vectors = WordVectors(Encoder(load_settings(home=home).home / "encoder").encode)
    lines = run(load_drafts(drafts or FROZEN), vectors)
    if as_json:
        print(json.dumps([line.model_dump() for line in lines]))
    else:
        out().print(grounding_table(lines))


@evaluate_app.command("privacy")
def evaluate_privacy(
    persons: Annotated[int, typer.Option(min=1, help="Invented people for each page and language.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:  # fmt: skip
    """Count what personal data stays readable in stored frames, in five languages."""
    from agents.screen_reader.ocr import TextReader
    from evaluation.privacy import evaluate_privacy as run
    from interarec.console import console, out
    from interarec.settings import load_settings
    from interarec.tables import privacy_table

    with console().status("starting") as status:
        reader = TextReader(fast=load_settings().fast_reading)
        lines = run(persons, reader, lambda text: status.update(text))
    if as_json:
        print(json.dumps([line.model_dump() for line in lines]))
    else:
        out().print(privacy_table(lines))


@evaluate_app.command("interarec")
def evaluate_interarec(
    dataset: Annotated[Path, typer.Option(help="A dataset made with `interarec dataset build`.")],
    catalog: Annotated[str, typer.Option("--catalog", "-c", help="The catalog that it was made from.")] = "sample",
    home: Annotated[Path | None, typer.Option("--home", help="Where everything is kept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:  # fmt: skip
    """The full claim: GRU4Rec on the true log against InteraRec that saw nothing but screenshots."""
    import numpy as np

    from evaluation.dataset import load_dataset
    from evaluation.pixels import evaluate_pixels, trained_without
    from interarec.app import open_catalog
    from interarec.console import console, out, track
    from interarec.settings import load_settings
    from interarec.tables import recommend_tables

    sessions = load_dataset(dataset)
    stored = open_catalog(load_settings(home=home, catalog=catalog), track)
    with console().status("training without the dataset's sessions"):
        trained = trained_without(stored.catalog, stored.log, np.asarray(stored.vectors.vectors), sessions)
        found = evaluate_pixels(stored.catalog, sessions, *trained)
    if as_json:
        print(json.dumps(found.model_dump()))
        return
    for table in recommend_tables(found.report, ours="interarec, pixels"):
        out().print(table)
    lost = found.lost
    out().print(
        f"{found.linked:.1%} of the opened items recognised; GRU4Rec loses {lost.value:.1%} ({lost.low:.1%} to {lost.high:.1%}) "
        "of the true log's Recall@20 from pixels alone"
    )


@evaluate_app.command("ablation")
def evaluate_ablation(
    dataset: Annotated[Path, typer.Option(help="A dataset made with `interarec dataset build`.")],
    catalog: Annotated[str, typer.Option("--catalog", "-c", help="The catalog that it was made from.")] = "sample",
    limit: Annotated[int, typer.Option(min=1, help="Use so many of its sessions.")] = 60,
    plot: Annotated[Path | None, typer.Option(help="Write a picture of the figures here.")] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Where everything is kept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:  # fmt: skip
    """Screenshot interval, resolution, number of frames and summary length against quality and cost."""
    import numpy as np

    from evaluation.ablation import evaluate_ablation as run
    from evaluation.ablation import plot as draw
    from evaluation.dataset import load_dataset
    from evaluation.pixels import gru_without
    from interarec.app import open_catalog, open_shop
    from interarec.console import console, out, track
    from interarec.settings import load_settings
    from interarec.tables import ablation_table

    sessions = load_dataset(dataset)
    stored = open_catalog(load_settings(home=home, catalog=catalog), track)
    linker, vectors = open_shop(stored).linker, np.asarray(stored.vectors.vectors)
    with console().status("training without the dataset's sessions") as status:
        gru = gru_without(stored.catalog, stored.log, sessions)
        lines = run(
            stored.catalog,
            dataset,
            sessions[-limit:],
            gru,
            linker,
            stored.encoder,
            vectors,
            lambda text: status.update(text),
        )
    if plot is not None:
        draw(lines, plot)
    if as_json:
        print(json.dumps([line.model_dump() for line in lines]))
    else:
        out().print(ablation_table(lines))
