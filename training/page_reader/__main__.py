"""``python -m training.page_reader train`` makes pages and trains, and goes on where it stopped; ``compare`` measures."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from evaluation.screens.labels import LABELS, labelled_screens
from storefront.sample import sample_catalog
from training.page_reader.chunks import loaded, made_chunks
from training.page_reader.comparison import compared
from training.page_reader.examples import Example
from training.page_reader.labelled import labelled_examples
from training.page_reader.learning import accuracies, export, train
from training.page_reader.reader.page_model import WEIGHTS, PageModel
from training.page_reader.storefront_pages import storefront_examples

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Train the reader of pages, and measure it."
)
REPEATED = 6  # how often an epoch meets each labelled screenshot


@app.command("train")
def train_reader(
    work: Annotated[Path, typer.Option(help="Where pages and half-trained weights are kept between runs.")],
    catalog: Annotated[list[Path], typer.Option(help="Parquet files with a column title, and brand where known, to fill pages with.")] = [],  # noqa: B006
    pictures: Annotated[Path | None, typer.Option(help="The folder of the labelled screenshots; those of the test are left out.")] = None,
    pages: Annotated[int, typer.Option(min=200, help="How many pages to make.")] = 3000,
    shop_pages: Annotated[int, typer.Option(min=0, help="How many pages of the sample shop to read.")] = 220,
    epochs: Annotated[int, typer.Option(min=1, help="How often to go through them.")] = 12,
    workers: Annotated[int, typer.Option(min=1, help="Processes that make pages.")] = 2,
    weights: Annotated[Path, typer.Option(help="Where to write the model.")] = WEIGHTS,
) -> None:  # fmt: skip
    """Make what is missing of the pages, train, print the figures on the last hundred pages, and write the weights."""
    chunks = made_chunks(work, catalog, pages, workers)
    held_out, examples = loaded(chunks[-1:]), loaded(chunks[:-1])
    examples += _kept(
        work / "storefront.pickle", lambda: list(storefront_examples(sample_catalog(), shop_pages))
    )
    if pictures is not None:
        screens = [s for s in labelled_screens(LABELS) if not s.is_test]
        examples += REPEATED * _kept(work / "labelled.pickle", lambda: labelled_examples(screens, pictures))
    network = train(examples, epochs, work / "network.pt")
    print(accuracies(network, held_out))
    export(network, weights)


@app.command("compare")
def compare_readers(
    pictures: Annotated[Path, typer.Option(help="The folder of the labelled screenshots.")],
    weights: Annotated[Path, typer.Option(help="The model to measure.")] = WEIGHTS,
) -> None:
    """Print the figures of the rules and of the learned reader, on the test third and on the others."""
    for part in (True, False):
        screens = [s for s in labelled_screens(LABELS) if s.is_test is part]
        for name, lines in compared(screens, pictures, PageModel(weights)).items():
            print(f"{'test' if part else 'development'}, {name}")
            for line in lines:
                print(
                    f"  {line.name:36} {line.right:4} of {line.of:4}  {line.share:.3f}  [{line.low:.3f}, {line.high:.3f}]"
                )


def _kept(path: Path, make: Callable[[], list[Example]]) -> list[Example]:
    """What a file holds; made and kept there first where it is missing."""
    if not path.exists():
        path.write_bytes(pickle.dumps(make()))
    return loaded([path])


if __name__ == "__main__":
    app()
