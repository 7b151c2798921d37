"""The recommendation experiment on a tiny world whose answer is known."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from catalog.errors import InputError
from evaluation.conversation import Script, Turn, run_scripts
from evaluation.metrics import bootstrap, paired
from evaluation.recommend import load_rows
from tools.scorers import CoOccurrence, Popularity, SessionKNN, whole_sequences
from tools.workspace import Shop


def test_baselines_on_a_world_with_known_answers() -> None:
    log = [[0, 1, 2], [0, 1, 3], [0, 1, 2], [4, 5], [4, 5]]
    assert Popularity(log, 6).scores([[0]])[0].argmax() in (0, 1)
    together = CoOccurrence(log, 6).scores([[4], [0, 1]])
    assert together[0].argmax() == 5 and together[1, 2] > together[1, 3] > together[1, 5]
    neighbours = SessionKNN(log, 6).scores([[4]])[0]
    assert neighbours[5] > 0 and neighbours[2] == 0


def test_growing_histories_tell_each_event_once() -> None:
    assert whole_sequences([[1, 2], [1, 2, 3], [4, 5], [1, 2, 3]]) == [(1, 2, 3), (4, 5)]


def test_a_paired_interval_is_narrower_than_two_single_ones() -> None:
    rng = np.random.default_rng(0)
    theirs = rng.integers(1, 60, 800)
    ours = np.maximum(1, theirs - 3)
    difference = paired(ours, theirs)["recall"]["20"]
    assert difference.low > 0
    assert (
        difference.high - difference.low
        < bootstrap((ours <= 20).astype(float)).high - bootstrap((ours <= 20).astype(float)).low
    )


def test_rows_with_unknown_items_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pl.DataFrame({"history": [["a"], ["x"], ["a", "b"]], "next_item": ["b", "a", "x"]}).write_parquet(path)
    rows, skipped = load_rows(path, {"a": 0, "b": 1}, {"test"})
    assert rows == [([0], 1)] and skipped == 2
    with pytest.raises(InputError, match="history and next_item"):
        pl.DataFrame({"h": [1]}).write_parquet(path)
        load_rows(path, {"a": 0}, {"test"})


def test_the_command_prints_the_promised_object(home: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    titles = [
        f"{colour} {thing}"
        for thing in ("lamp", "kettle", "desk", "mug", "chair")
        for colour in ("red", "blue", "green", "black", "white", "oak")
    ]
    pl.DataFrame(
        {"item_id": [f"i{i}" for i in range(30)], "title": titles, "brand": [f"b{i % 3}" for i in range(30)]}
    ).write_parquet(tmp_path / "items.parquet")
    rows = []
    for row in range(400):
        start = int(rng.integers(0, 30))
        walk = [f"i{(start + k) % 30}" for k in range(4)]
        rows.append({"split": "train" if row < 320 else "test", "history": walk[:3], "next_item": walk[3]})
    pl.DataFrame(rows).write_parquet(tmp_path / "rows.parquet")
    arguments = [
        "--items",
        tmp_path / "items.parquet",
        "--train",
        tmp_path / "rows.parquet",
        "--test",
        tmp_path / "rows.parquet",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "interarec.cli", "evaluate", "recommend", *map(str, arguments), "--home", str(home), "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1500:]
    report = json.loads(done.stdout)
    named = {row["name"]: row for row in report["rows"]}
    assert {"popularity", "knn", "gru4rec", "content", "interarec"} <= named.keys()
    assert set(named["interarec"]["mrr"]) == {"10", "20", "50", "100"}
    assert named["interarec"]["mrr"]["10"]["value"] > 0.8  # the next item is certain in this world
    assert named["interarec"]["mrr"]["10"]["value"] > named["popularity"]["mrr"]["10"]["value"]
    assert len(report["differences"]) == len(report["rows"]) - 1


def test_a_conversation_that_holds_only_sometimes_passes_no_run_of_all(shop: Shop) -> None:
    known = shop.catalog.product(0)
    price = str(known.price.amount) if known.price else None
    card = {"item_id": known.item_id, "price": price}
    times = iter(range(100))

    async def ask(conversation: str, request: str) -> dict[str, Any]:
        shown = [card] if next(times) % 2 == 0 else []
        return {"reply": known.title, "products": shown, "calls": []}

    scripts = [Script(name="sometimes", turns=[Turn(say="anything", count=(1, 1))])]
    report = asyncio.run(run_scripts(scripts, shop.catalog, ask, runs=4))
    assert (report.all.conversations, report.all.turns, report.all.runs) == (1, 1, 4)
    assert (report.all.passed, report.all.passed_each_run, report.all.resolved) == (0.5, 0.0, 0.5)
    assert report.held_aside.conversations == 0
