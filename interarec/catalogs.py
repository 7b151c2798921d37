"""The commands that keep catalogs: import, index, update, train, tune."""

import json
from pathlib import Path
from typing import Annotated

import typer

from interarec.options import CatalogOption, HomeOption, JsonOption, catalog_from, settings_from


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
    from interarec.home import make_home

    columns = _mapping(mapping or [])
    settings = settings_from(home=home)
    make_home(settings.home)
    products, log, report = import_path(source, layout, columns, locale)
    chosen = safe_name(name or (source.resolve().name if source.is_dir() else source.name.split(".")[0]))
    CatalogStore(settings.home).save(chosen, products, log, report)
    if as_json:
        print(json.dumps({"catalog": chosen, **report.model_dump()}))
        return
    out().print(f"{chosen}: {report.sentence()}")
    for example in report.examples[:5]:
        console().print(f"   left out: {example}")
    for note in report.notes:
        console().print(f"   {note}")


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


def index(catalog: CatalogOption = None, home: HomeOption = None) -> None:
    """Build the vector index of a catalog anew."""
    from interarec.console import out

    stored = catalog_from(settings_from(home=home), catalog)
    out().print(f"{stored.name}: {len(stored.build_vectors()):,} products indexed")


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

    stored = catalog_from(settings_from(home=home), catalog)
    upserts = import_path(source, "table", _mapping(mapping or []))[0] if source else None
    done = change(stored, upserts, [i.strip() for i in delete.split(",") if i.strip()])
    out().print(
        f"{stored.name}: {done.added:,} added, {done.updated:,} updated, {done.deleted:,} deleted, {done.embedded:,} embedded"
    )


def train(
    catalog: CatalogOption = None, home: HomeOption = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the log.")] = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Train GRU4Rec on a catalog's session log; a killed training resumes."""
    from interarec.console import out
    from interarec.training import train as run

    stored = catalog_from(settings_from(home=home), catalog)
    loss = run(stored, epochs=epochs)
    if as_json:
        print(json.dumps({"catalog": stored.name, "loss": loss, "model": str(stored.model_path)}))
    else:
        out().print(f"{stored.name}: trained, last loss {loss:.3f}, saved to {stored.model_path}")


def tune(
    catalog: CatalogOption = None, home: HomeOption = None,
    trials: Annotated[int, typer.Option(min=1, help="Configurations in all; those tried before count.")] = 20,
) -> None:  # fmt: skip
    """Search GRU4Rec's hyper-parameters on the catalog's log; the next `train` uses the best. It resumes."""
    from interarec.console import out
    from interarec.training import tune as run

    stored = catalog_from(settings_from(home=home), catalog)
    out().print(f"{stored.name}: {run(stored, trials).model_dump_json()}")
