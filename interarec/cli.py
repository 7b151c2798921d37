"""The command line. Each command is a few lines: settings, then the work of one module."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from interarec import catalogs
from interarec.datasets import dataset_app
from interarec.evaluating import evaluate_app
from interarec.options import CatalogOption, FramesOption, HomeOption, JsonOption, catalog_from, settings_from

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

app = typer.Typer(
    name="interarec", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="A shopping assistant that sees what the shopper sees.",
)  # fmt: skip

app.add_typer(evaluate_app, name="evaluate")
app.add_typer(dataset_app, name="dataset")


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

    settings = settings_from(home=home, interval=interval)
    talks = chat and sys.stdin.isatty() and not as_json
    result = asyncio.run(run_demo(settings, catalog_from(settings, catalog), report, talks, show, as_json))
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

    settings = settings_from(home=home, interval=interval)
    visit = Visit(url, settings.interval, settings.browser, seconds, headless, attach)
    frames = capture_visit(settings, visit, script, yes, conversation)
    summarise_visit(settings, catalog_from(settings, catalog), frames, conversation, as_json)


@app.command()
def summarize(
    images: Annotated[list[Path], typer.Argument(help="Screenshots or screen recordings, or folders of them, in the order in which they were seen.")],
    catalog: Annotated[str | None, typer.Option("--catalog", "-c", help="Link products to this catalog.")] = None,
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Summarise screenshots in the eight categories."""
    from interarec.browsing import summarise_images

    settings = settings_from(home=home)
    summarise_images(settings, images, catalog_from(settings, catalog) if catalog else None, as_json)


app.command("import")(catalogs.import_catalog)
app.command()(catalogs.index)
app.command()(catalogs.update)
app.command()(catalogs.train)
app.command()(catalogs.tune)


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

    settings = settings_from(home=home)
    recommend_once(settings, catalog_from(settings, catalog), items, frames or [], wish, as_json)


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

    settings = settings_from(home=home)
    converse(
        settings, lambda: catalog_from(settings, catalog), frames or [], items, script, conversation, as_json
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

    settings = settings_from(home=home)
    serve_storefront(settings, lambda: catalog_from(settings, catalog), port, design, assistant)


@app.command()
def serve(
    catalog: CatalogOption = None, home: HomeOption = None,
    host: Annotated[str | None, typer.Option(help="Where to listen (default: this machine only).")] = None,
    port: Annotated[int | None, typer.Option(help="Where to listen.")] = None,
) -> None:  # fmt: skip
    """Serve the web chat, the widget and the API of one catalog until Ctrl-C."""
    from interarec.serving import serve as run

    settings = settings_from(home=home, host=host, port=port)
    run(settings, lambda: catalog_from(settings, catalog))


@app.command()
def mcp(catalog: CatalogOption = None, home: HomeOption = None) -> None:
    """Serve the tools to an MCP client on standard input and output."""
    from interarec.serving import serve_mcp

    settings = settings_from(home=home)
    serve_mcp(settings, lambda: catalog_from(settings, catalog))


@app.command()
def config(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Print every setting; secrets are hidden."""
    from interarec.serving import print_config

    print_config(settings_from(home=home), as_json)


@app.command()
def doctor(
    home: HomeOption = None, catalog: Annotated[str | None, typer.Option("--catalog", "-c")] = None
) -> None:
    """Check browser, models, index, endpoint and database, and say what to do."""
    from interarec.doctor import print_diagnosis

    if not print_diagnosis(settings_from(home=home, catalog=catalog)):
        raise typer.Exit(1)


@app.command()
def graph() -> None:
    """Print the state machine as Mermaid."""
    from graphs.shopping import build_graph

    print(build_graph().get_graph().draw_mermaid())


@app.command()
def delete(
    home: HomeOption = None,
    conversation: Annotated[str | None, typer.Option(help="Delete this one alone: its name, or the id of its session.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:  # fmt: skip
    """Delete every stored frame and conversation, or one conversation with its frames; a server may run meanwhile."""
    from interarec.deleting import delete_everything, delete_one

    settings = settings_from(home=home)
    what = (
        f"the conversation {conversation} and its screenshots"
        if conversation
        else "all stored screenshots and conversations"
    )
    if not yes:
        typer.confirm(f"Delete {what}?", abort=True)
    if conversation:
        delete_one(settings, conversation)
    else:
        delete_everything(settings)


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
