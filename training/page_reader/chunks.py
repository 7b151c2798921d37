"""Made-up pages as files of examples, a hundred pages each: what was made is not made again."""

import pickle
import random
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from agents.screen_reader.ocr import TextReader
from training.page_reader.examples import Example, example_of, lines_from
from training.page_reader.pages import made_page
from training.page_reader.products import Products
from training.page_reader.rendering import rendered

SIZE = 100
READ = 6  # every so manieth page is read by the OCR itself too


def made_chunks(folder: Path, catalogs: list[Path], pages: int, workers: int) -> list[Path]:
    """The files with the examples of ``pages`` pages; those that are missing are made first."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(-(-pages // SIZE))
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(partial(_chunk, folder, catalogs), numbers))


def _chunk(folder: Path, catalogs: list[Path], number: int) -> Path:
    path = folder / f"pages-{number:04}.pickle"
    if path.exists():
        return path
    products = Products.from_files(catalogs)
    reader = TextReader(threads=1)
    found: list[Example] = []
    for page in rendered(
        (seed, made_page(seed, products)) for seed in range(number * SIZE, (number + 1) * SIZE)
    ):
        found += [e for e in [example_of(page, lines_from(page.pieces, random.Random(page.seed)))] if e]
        if page.seed % READ == 0:
            reader.seen.clear()
            found += [e for e in [example_of(page, reader.read(page.pixels))] if e]
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(found))
    part.rename(path)
    print(f"{path.name}: {len(found)} examples", flush=True)
    return path


def loaded(paths: list[Path]) -> list[Example]:
    """The examples of several files."""
    return [example for path in paths for example in pickle.loads(path.read_bytes())]  # noqa: S301 - our own files
