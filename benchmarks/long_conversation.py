"""A conversation of 200 turns: its latency, its stored state and the process's memory, early and late.

python -m benchmarks.long_conversation
"""

import asyncio
import json
import statistics
import time

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.load import SAYINGS
from interarec.app import assistant, open_catalog, open_shop
from interarec.console import track
from interarec.settings import load_settings

TURNS = 200
PART = 40


async def run() -> None:
    """Talk, measure, print."""
    settings = load_settings()
    shop = open_shop(open_catalog(settings, track))
    times, sizes, memory = [], [], []
    async with assistant(settings, shop) as helper:
        name = f"long-{time.monotonic_ns()}"
        for turn in range(TURNS):
            began = time.perf_counter()
            await helper.turn(name, SAYINGS[turn % len(SAYINGS)])
            times.append(1000 * (time.perf_counter() - began))
            state = await helper.state(name)
            sizes.append(len(json.dumps(state, default=str)) / 1024)
            memory.append(psutil.Process().memory_info().rss / 2**20)
        await helper.forget(name)
    table = Table(title=f"{TURNS} turns", title_justify="left")
    for column in ("turns", "median ms", "state KiB", "memory MiB"):
        table.add_column(column, justify="right")
    for begin in range(0, TURNS, PART):
        part = slice(begin, begin + PART)
        table.add_row(
            f"{begin + 1} to {begin + PART}", f"{statistics.median(times[part]):.0f}", f"{statistics.median(sizes[part]):.0f}",
            f"{statistics.median(memory[part]):.0f}",
        )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    asyncio.run(run())
