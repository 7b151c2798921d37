"""GRU4Rec: training events per second and quality, against the official implementation where it is given.

    python -m benchmarks.gru4rec --sessions ../shared/data/amazon-m2/sessions.parquet --official DIR
    python -m benchmarks.gru4rec --generated

``--official`` is a checkout of hidasib/GRU4Rec_PyTorch_Official; it is run in a process of its own on the same
training file, alternately with ours, and the medians are compared. Its licence allows research and education.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
import torch

from tools.gru4rec.config import GRU4RecConfig
from tools.gru4rec.training import Trainer, TrainingData, training_data

LOCALES = ("FR", "IT", "ES")
TEST_SHARE = 0.1
MIN_SUPPORT = 5
ROUNDS = 3
BATCH = 512


def sessions_of(path: Path | None) -> list[list[str]]:
    """Real sessions by the protocol of the reference figures, or generated ones of the same shape."""
    if path is None:
        rng = np.random.default_rng(0)
        starts = rng.integers(0, 3000, 20_000)
        return [[f"i{(s + k * k) % 3000}" for k in range(int(rng.integers(2, 7)))] for s in starts]
    frame = pl.read_parquet(path).filter(pl.col("locale").is_in(LOCALES))
    collapsed = (
        [x for i, x in enumerate(s) if i == 0 or x != s[i - 1]] for s in frame["prev_items"].to_list()
    )
    return [s for s in collapsed if len(s) > 1]


def train(data: TrainingData, config: GRU4RecConfig) -> tuple[Trainer, float]:
    trainer = Trainer(data, config)
    began = time.perf_counter()
    trainer.run()
    return trainer, data.events * config.epochs / (time.perf_counter() - began)


@torch.no_grad()
def quality(
    trainer: Trainer, test: list[list[str]], cut_offs: tuple[int, ...] = (20, 50, 100)
) -> dict[str, float]:
    """Recall and MRR at every position after the first, full ranking, as in the papers."""
    row = {item: i for i, item in enumerate(trainer.data.item_ids)}
    known = [[row[i] for i in s if i in row] for s in test]
    known = sorted((s for s in known if len(s) > 1), key=len)
    network, ranks = trainer.network, []
    for start in range(0, len(known), BATCH):
        chunk = known[start : start + BATCH]
        state = network.initial_state(len(chunk))
        for step in range(max(map(len, chunk)) - 1):
            active = torch.tensor([step + 1 < len(s) for s in chunk])
            x = torch.tensor([s[min(step, len(s) - 1)] for s in chunk])
            out, state, _ = network.step(network.embed(x), state)
            scores = network.scores(out[active])
            target = torch.tensor([s[step + 1] for s in chunk if step + 1 < len(s)])
            ranks.append((scores > scores.gather(1, target[:, None])).sum(1) + 1)
    rank = torch.cat(ranks).double()
    out_figures = {}
    for k in cut_offs:
        out_figures[f"Recall@{k}"] = float((rank <= k).double().mean())
        out_figures[f"MRR@{k}"] = float(torch.where(rank <= k, 1 / rank, 0.0).mean())
    return out_figures


def official_speed(folder: Path, data: TrainingData, config: GRU4RecConfig, scratch: Path) -> float:
    """Events per second that the official code reports for one epoch on the same events."""
    path = scratch / "train.tsv"
    if not path.exists():
        lines = ["SessionId\tItemId\tTime"]
        for s, (a, b) in enumerate(zip(data.offsets, data.offsets[1:], strict=False)):
            lines += [f"{s}\t{data.item_ids[i]}\t{100 * s + t}" for t, i in enumerate(data.items[a:b])]
        path.write_text("\n".join(lines))
    parameters = (
        f"loss={config.loss},layers={config.layers[0]},constrained_embedding=True,batch_size={config.batch_size},"
        f"n_sample={config.n_sample},sample_alpha={config.sample_alpha},dropout_p_embed={config.dropout_p_embed},"
        f"dropout_p_hidden=0.0,learning_rate={config.learning_rate},momentum={config.momentum},n_epochs=1,logq={config.logq}"
    )
    command = [
        sys.executable,
        str(folder / "run.py"),
        str(path),
        "-ps",
        parameters,
        "-d",
        "cpu",
        "-s",
        str(scratch / "m.pt"),
    ]
    printed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    match = re.search(r"\|\s*(\d+) e/s", printed)
    if match is None:
        raise SystemExit(f"The official code printed no speed; run it by hand: {' '.join(command)}")
    return float(match.group(1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--sessions", type=Path)
    source.add_argument("--generated", action="store_true")
    parser.add_argument("--official", type=Path)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--loss", choices=["cross-entropy", "bpr-max"], default="cross-entropy")
    arguments = parser.parse_args()
    every = sessions_of(arguments.sessions)
    cut = int(len(every) * (1 - TEST_SHARE))
    data = training_data(every[:cut], MIN_SUPPORT)
    momentum = 0.2 if arguments.loss == "bpr-max" else 0.0
    config = GRU4RecConfig(epochs=arguments.epochs, loss=arguments.loss, momentum=momentum)
    print(f"{data.events:,} events an epoch, {len(data.item_ids):,} items, {torch.get_num_threads()} threads")
    ours, theirs = [], []
    trainer = None
    with tempfile.TemporaryDirectory() as scratch:
        for _ in range(ROUNDS if arguments.epochs == 1 else 1):
            trainer, speed = train(data, config)
            ours.append(speed)
            if arguments.official:
                theirs.append(official_speed(arguments.official, data, config, Path(scratch)))
    print(f"ours      {statistics.median(ours):>10,.0f} events/s (median of {len(ours)})")
    if theirs:
        print(f"official  {statistics.median(theirs):>10,.0f} events/s (median of {len(theirs)})")
        print(f"ratio     {statistics.median(ours) / statistics.median(theirs):>10.2f}")
    assert trainer is not None
    for name, value in quality(trainer, every[cut:]).items():
        print(f"{name:<10}{value:.4f}")


if __name__ == "__main__":
    main()
