"""Load: many shoppers chatting at once with a server of our own on this machine, over real HTTP.

    python -m benchmarks.load --shoppers 50 --minutes 2

Each shopper begins a session and says something every ten seconds. Prints the times of turns, what went wrong, and
the server's memory over the run; every answer that should carry products is checked to carry real ones.
"""

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import time

import httpx
import psutil
from rich.console import Console
from rich.table import Table

SAYINGS = (
    "desk lamps under £60", "cheaper", "something else", "why the first one?", "only TECHGEAR", "any brand", "compare the first two",
    "phone cases for the iPhone 14", "in black", "any colour", "with at least 4 stars", "kettles", "between 20 and 80 pounds", "thanks",
    "three gifts that differ under £60", "what if I had £20 more?", "backpacks", "waterproof ones", "tell me about the second one",
)  # fmt: skip
LISTING = ("desk lamps under £60", "kettles", "backpacks", "phone cases for the iPhone 14")
PORT = 8790
EVERY = 10.0


async def shopper(
    client: httpx.AsyncClient, until: float, times: list[float], wrong: list[str], number: int
) -> None:
    """One shopper: a turn every ten seconds, beginning somewhere in the first ten."""
    rng = random.Random(number)
    await asyncio.sleep(rng.uniform(0, EVERY))
    session = (await client.post("/v1/sessions")).json()["session_id"]
    turns = 0
    while time.monotonic() < until:
        saying = SAYINGS[(number + turns) % len(SAYINGS)] if turns else rng.choice(LISTING)
        began = time.perf_counter()
        try:
            answer = await client.post(f"/v1/sessions/{session}/chat", json={"message": saying})
        except httpx.HTTPError as error:
            wrong.append(f"{saying!r}: {type(error).__name__}")
            continue
        spent = time.perf_counter() - began
        if answer.status_code != 200:
            wrong.append(f"{saying!r}: {answer.status_code}")
        elif not answer.json()["reply"] or (not turns and not answer.json()["products"]):
            wrong.append(f"{saying!r}: an empty answer")
        if turns:
            times.append(spent)
        turns += 1
        await asyncio.sleep(max(0.0, EVERY - spent))


async def run(
    shoppers: int, minutes: float, server: psutil.Process
) -> tuple[list[float], list[str], list[float]]:
    """Times of follow-up turns in seconds, failures, and the server's memory in MiB over the run."""
    times: list[float] = []
    wrong: list[str] = []
    memory: list[float] = []
    until = time.monotonic() + 60 * minutes
    limits = httpx.Limits(max_connections=shoppers + 10)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", timeout=60, limits=limits) as client:
        tasks = [asyncio.create_task(shopper(client, until, times, wrong, i)) for i in range(shoppers)]
        while time.monotonic() < until:
            memory.append(server.memory_info().rss / 2**20)
            await asyncio.sleep(5)
        await asyncio.gather(*tasks)
    return times, wrong, memory


def main() -> None:
    """Start a server, load it, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shoppers", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=2)
    given = parser.parse_args()
    command = [sys.executable, "-m", "interarec.cli", "serve", "--port", str(PORT)]

    environment = {**os.environ, "INTERAREC_RATE": "100000/minute"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(process)
            times, wrong, memory = asyncio.run(
                run(given.shoppers, given.minutes, psutil.Process(process.pid))
            )
        finally:
            process.terminate()
    times.sort()
    table = Table(
        title=f"{given.shoppers} shoppers, a turn every {EVERY:g} s, {given.minutes:g} minutes",
        title_justify="left",
    )
    for column in ("follow-up turns", "p50 ms", "p95 ms", "p99 ms", "errors", "memory MiB first, last, most"):
        table.add_column(column, justify="right")
    settled = memory[min(6, len(memory) - 1) :]
    table.add_row(
        str(len(times)), f"{1000 * statistics.median(times):.0f}", *(f"{1000 * times[int(len(times) * q)]:.0f}" for q in (0.95, 0.99)),
        str(len(wrong)), f"{settled[0]:.0f}, {settled[-1]:.0f}, {max(settled):.0f}",
    )  # fmt: skip
    Console().print(table)
    for line in wrong[:10]:
        Console().print(line, markup=False)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("The server did not start; try `interarec serve`.")
        try:
            if httpx.get(f"http://127.0.0.1:{PORT}/readyz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise SystemExit("The server did not get ready in two minutes.")


if __name__ == "__main__":
    main()
