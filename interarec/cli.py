"""The command line. Each command is a few lines: settings, then the work of one module."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from interarec.datasets import dataset_app
from interarec.evaluating import evaluate_app

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

app = typer.Typer(
    name="interarec", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="A shopping assistant that sees what the shopper sees.",
)  # fmt: skip

app.add_typer(evaluate_app, name="evaluate")
app.add_typer(dataset_app, name="dataset")

CatalogOption = Annotated[
    str | None, typer.Option("--catalog", "-c", help="A catalog by name, or a path to import.")
]
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where everything is kept (default: .interarec).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
FramesOption = Annotated[
    list[Path] | None,
    typer.Option("--frames", "-f", help="Screenshots, or folders of them, of what was browsed."),
]


def _settings(**given: Any) -> Any:
    from interarec.settings import load_settings

    return load_settings(**given)


def _catalog(settings: Any, name: str | None) -> Any:
    """The stored catalog; a path is imported first, unless that was done before."""
    from catalog.importers.run import import_path
    from catalog.store import CatalogStore
    from interarec.app import catalog_name, open_catalog
    from interarec.console import console, track
    from storefront.sample import NAME as SAMPLE

    chosen, path = catalog_name(name or settings.catalog)
    settings = settings.model_copy(update={"catalog": chosen})
    store = CatalogStore(settings.home, track)
    if path is not None and chosen not in store.names():
        console().print(f"importing {path}")
        products, log, report = import_path(path)
        store.save(chosen, products, log, report)
        console().print(f"   {report.sentence()}")
    stored = open_catalog(settings, track)
    if chosen == SAMPLE and not stored.model_path.exists():
        from interarec.training import train as train_model

        train_model(stored, fusion=False)  # the sample shop comes complete: a few seconds, once
    return stored


@app.command()
def demo(
    catalog: CatalogOption = None, home: HomeOption = None,
    interval: Annotated[float | None, typer.Option(help="Seconds between frames, 0.1 to 10.")] = None,
    report: Annotated[Path, typer.Option(help="Where the report is written.")] = Path("report.html"),
    chat: Annotated[bool, typer.Option(help="Go on in an interactive chat.")] = True,
    show: Annotated[bool, typer.Option("--show", help="Open the report in your browser.")] = False,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Serve a shop, replay a shopper in a real browser, see, plan, recommend, talk, and write a report."""
    import asyncio
    import sys

    from interarec.demo import run_demo

    settings = _settings(home=home, interval=interval)
    talks = chat and sys.stdin.isatty() and not as_json
    result = asyncio.run(run_demo(settings, _catalog(settings, catalog), report, talks, show, as_json))
    if as_json:
        print(json.dumps(result, ensure_ascii=False, default=str))


@app.command()
def browse(
    url: Annotated[str, typer.Argument(help="The site to browse; with --attach, the site that may be captured.")],
    catalog: CatalogOption = None, home: HomeOption = None,
    script: Annotated[Path | None, typer.Option(help="A JSON list of steps to replay in a headless browser.")] = None,
    interval: Annotated[float | None, typer.Option(help="Seconds between frames, 0.1 to 10.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Stop after so many seconds.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Open no window.")] = False,
    attach: Annotated[str | None, typer.Option(help="Watch a browser that runs already, such as http://127.0.0.1:9222.")] = None,
    conversation: Annotated[str, typer.Option(help="The conversation that the frames belong to.")] = "browse",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Agree to capture this site.")] = False,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Capture a visit: yours in a window, or a replayed script. Ctrl-C or closing the window ends it."""
    from interarec.browsing import capture_visit, summarise_visit
    from interarec.visit import Visit

    settings = _settings(home=home, interval=interval)
    visit = Visit(url, settings.interval, settings.browser, seconds, headless, attach)
    frames = capture_visit(settings, visit, script, yes)
    summarise_visit(settings, _catalog(settings, catalog), frames, conversation, as_json)


@app.command()
def summarize(
    images: Annotated[list[Path], typer.Argument(help="Screenshots or screen recordings, or folders of them, in the order in which they were seen.")],
    catalog: Annotated[str | None, typer.Option("--catalog", "-c", help="Link products to this catalog.")] = None,
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Summarise screenshots in the eight categories."""
    from interarec.browsing import summarise_images

    settings = _settings(home=home)
    summarise_images(settings, images, _catalog(settings, catalog) if catalog else None, as_json)


@app.command("import")
def import_catalog(
    source: Annotated[Path, typer.Argument(help="A file or folder: Amazon-M2, UCI Online Retail, Amazon Reviews, CSV, Parquet, JSONL.")],
    name: Annotated[str | None, typer.Option(help="What to call the catalog (default: the source's name).")] = None,
    layout: Annotated[str | None, typer.Option(help="amazon-m2, online-retail, amazon-reviews or table; guessed when not given.")] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", help="Our column = the source's, e.g. title=Name. Repeatable.")] = None,
    locale: Annotated[str | None, typer.Option(help="Keep one locale of Amazon-M2, e.g. UK.")] = None,
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Import a catalog and its session log."""
    from catalog.importers.run import import_path
    from catalog.store import CatalogStore, safe_name
    from interarec.console import console, out

    columns = _mapping(mapping or [])
    settings = _settings(home=home)
    products, log, report = import_path(source, layout, columns, locale)
    chosen = safe_name(name or (source.resolve().name if source.is_dir() else source.name.split(".")[0]))
    CatalogStore(settings.home).save(chosen, products, log, report)
    if as_json:
        print(json.dumps({"catalog": chosen, **report.model_dump()}))
        return
    out().print(f"{chosen}: {report.sentence()}")
    for example in report.examples[:5]:
        console().print(f"   left out: {example}", markup=False)


def _mapping(pairs: list[str]) -> dict[str, str]:
    from catalog.errors import InputError
    from catalog.importers.layouts import SYNONYMS

    columns = {}
    for pair in pairs:
        ours, separator, theirs = pair.partition("=")
        if not separator or ours not in SYNONYMS:
            raise InputError(
                f"--map {pair!r} is wrong; write one of {', '.join(SYNONYMS)} = the source's column."
            )
        columns[ours] = theirs
    return columns


@app.command()
def index(catalog: CatalogOption = None, home: HomeOption = None) -> None:
    """Build the vector index of a catalog anew."""
    from interarec.console import out

    stored = _catalog(_settings(home=home), catalog)
    out().print(f"{stored.name}: {len(stored.build_vectors()):,} products indexed")


@app.command()
def update(
    source: Annotated[Path | None, typer.Argument(help="A file of products to add, or to replace by their item_id.")] = None,
    catalog: CatalogOption = None,
    delete: Annotated[str, typer.Option(help="Item ids to delete, separated by commas.")] = "",
    mapping: Annotated[list[str] | None, typer.Option("--map", help="Our column = the source's. Repeatable.")] = None,
    home: HomeOption = None,
) -> None:  # fmt: skip
    """Add, replace or delete products of a catalog; its indexes are changed, not rebuilt."""
    from catalog.changes import change
    from catalog.importers.run import import_path
    from interarec.console import out

    stored = _catalog(_settings(home=home), catalog)
    upserts = import_path(source, "table", _mapping(mapping or []))[0] if source else None
    done = change(stored, upserts, [i.strip() for i in delete.split(",") if i.strip()])
    out().print(
        f"{stored.name}: {done.added:,} added, {done.updated:,} updated, {done.deleted:,} deleted, {done.embedded:,} embedded"
    )


@app.command()
def train(
    catalog: CatalogOption = None, home: HomeOption = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the log.")] = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Train GRU4Rec on a catalog's session log; a killed training resumes."""
    from interarec.console import out
    from interarec.training import train as run

    stored = _catalog(_settings(home=home), catalog)
    loss = run(stored, epochs=epochs)
    if as_json:
        print(json.dumps({"catalog": stored.name, "loss": loss, "model": str(stored.model_path)}))
    else:
        out().print(f"{stored.name}: trained, last loss {loss:.3f}, saved to {stored.model_path}")


@app.command()
def tune(
    catalog: CatalogOption = None, home: HomeOption = None,
    trials: Annotated[int, typer.Option(min=1, help="Configurations in all; those tried before count.")] = 20,
) -> None:  # fmt: skip
    """Search GRU4Rec's hyper-parameters on the catalog's log; the next `train` uses the best. It resumes."""
    from interarec.console import out
    from interarec.training import tune as run

    stored = _catalog(_settings(home=home), catalog)
    out().print(f"{stored.name}: {run(stored, trials).model_dump_json()}", markup=False)


@app.command()
def recommend(
    catalog: CatalogOption = None, home: HomeOption = None,
    items: Annotated[str, typer.Option(help="Item ids that were browsed, separated by commas.")] = "",
    frames: FramesOption = None,
    wish: Annotated[str, typer.Argument(help="What is wanted, in words.")] = "What would you recommend?",
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Recommend once, from items or screenshots and a wish."""
    from interarec.browsing import recommend_once

    settings = _settings(home=home)
    recommend_once(settings, _catalog(settings, catalog), items, frames or [], wish, as_json)


@app.command()
def chat(
    catalog: CatalogOption = None, home: HomeOption = None, frames: FramesOption = None,
    items: Annotated[str, typer.Option(help="Item ids that were browsed, separated by commas.")] = "",
    script: Annotated[Path | None, typer.Option(help="One request per line; runs them as one conversation.")] = None,
    conversation: Annotated[str | None, typer.Option(help="Go on with this conversation (default: a new one).")] = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Talk to the assistant, or run a script of requests."""
    from interarec.browsing import converse

    settings = _settings(home=home)
    converse(
        settings, lambda: _catalog(settings, catalog), frames or [], items, script, conversation, as_json
    )


@app.command()
def storefront(
    catalog: CatalogOption = None, home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Where to listen.")] = 8765,
    design: Annotated[str, typer.Option(help="classic, market, atelier, ledger, bazaar or estate.")] = "classic",
    assistant: Annotated[bool, typer.Option(help="Put the assistant into its pages.")] = True,
) -> None:  # fmt: skip
    """Serve a shop with this catalog, the assistant in its pages, until Ctrl-C."""
    from interarec.serving import serve_storefront

    settings = _settings(home=home)
    serve_storefront(settings, _catalog(settings, catalog), port, design, assistant)


@app.command()
def serve(
    catalog: CatalogOption = None, home: HomeOption = None,
    host: Annotated[str | None, typer.Option(help="Where to listen (default: this machine only).")] = None,
    port: Annotated[int | None, typer.Option(help="Where to listen.")] = None,
) -> None:  # fmt: skip
    """Serve the web chat, the widget and the API of one catalog until Ctrl-C."""
    from interarec.serving import serve as run

    settings = _settings(home=home, host=host, port=port)
    run(settings, _catalog(settings, catalog))


@app.command()
def mcp(catalog: CatalogOption = None, home: HomeOption = None) -> None:
    """Serve the tools to an MCP client on standard input and output."""
    from interarec.serving import serve_mcp

    settings = _settings(home=home)
    serve_mcp(settings, _catalog(settings, catalog))


@app.command()
def config(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Print every setting; secrets are hidden."""
    from interarec.serving import print_config

    print_config(_settings(home=home), as_json)


@app.command()
def doctor(
    home: HomeOption = None, catalog: Annotated[str | None, typer.Option("--catalog", "-c")] = None
) -> None:
    """Check browser, models, index, endpoint and database, and say what to do."""
    from interarec.serving import print_diagnosis

    if not print_diagnosis(_settings(home=home, catalog=catalog)):
        raise typer.Exit(1)


@app.command()
def graph() -> None:
    """Print the state machine as Mermaid."""
    from graphs.shopping import build_graph

    print(build_graph().get_graph().draw_mermaid())


@app.command("delete")
def delete_everything(
    home: HomeOption = None, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False
) -> None:
    """Delete every stored frame and conversation."""
    from interarec.app import frame_store
    from interarec.console import out

    settings = _settings(home=home)
    if not yes:
        typer.confirm("Delete all stored screenshots and conversations?", abort=True)
    count = frame_store(settings).delete_all()
    for leftover in settings.home.glob("conversations.sqlite*"):
        leftover.unlink()
    out().print(f"deleted {count} frames and every conversation")


def _hidden_package() -> str | None:
    """A sentence when another package's ``agents`` or ``tools`` hides ours; None when all is well."""
    import importlib.util

    ours = Path(__file__).resolve().parent.parent
    for name in ("agents", "tools", "graphs", "catalog"):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None or Path(spec.origin).resolve().parent.parent != ours:
            return f"Another package installed a module named {name!r}, which hides InteraRec's; install InteraRec in an environment of its own."
    return None


def main() -> None:
    """The entry point: errors are one sentence, never a traceback."""
    from interarec.console import console, told

    if problem := _hidden_package():
        console().print(problem)
        raise SystemExit(1)
    with told():
        app()


if __name__ == "__main__":
    main()
