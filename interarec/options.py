"""Options that several commands take, and what they stand for."""

from pathlib import Path
from typing import Annotated, Any

import typer

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


def settings_from(**given: Any) -> Any:
    """The settings: what was given on the command line before the environment."""
    from interarec.settings import load_settings

    return load_settings(**given)


def catalog_from(settings: Any, name: str | None) -> Any:
    """The stored catalog; a path is imported first, unless that was done before."""
    from catalog.importers.run import import_path
    from catalog.store import CatalogStore
    from interarec.app import catalog_name, open_catalog
    from interarec.console import console, track
    from interarec.home import make_home
    from storefront.sample import NAME as SAMPLE

    make_home(settings.home)
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
