"""Saves and loads GRU4Rec: finished models and interrupted trainings, as plain tensors and JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from catalog.errors import ModelMismatch
from tools.gru4rec.config import GRU4RecConfig
from tools.gru4rec.network import Network

if TYPE_CHECKING:
    from tools.gru4rec.training import Trainer

FORMAT = 1


def save(path: Path, network: Network, item_ids: list[str], about: dict[str, str] | None = None) -> None:
    """Write a finished model atomically; ``about`` may say which catalog it was trained for."""
    _write(
        path,
        {
            "format": FORMAT,
            "config": network.config.model_dump_json(),
            "item_ids": json.dumps(item_ids),
            "about": json.dumps(about or {}),
            "parameters": {name: value.cpu() for name, value in network.state_dict().items()},
        },
    )


def load(path: Path, device: str = "cpu") -> tuple[Network, list[str], dict[str, str]]:
    """Read a model: the network, its item ids by row, and what it says about itself.

    ModelMismatch when the file is missing, damaged or of another format.
    """
    stored = _read(path)
    try:
        config = GRU4RecConfig.model_validate_json(stored["config"])
        item_ids = json.loads(stored["item_ids"])
        network = Network(len(item_ids), config, device)
        network.load_state_dict(stored["parameters"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelMismatch(
            f"{path} is not a complete GRU4Rec model; train again with `interarec train`."
        ) from error
    return network, item_ids, json.loads(stored["about"])


def save_progress(trainer: Trainer, path: Path) -> None:
    """Write everything that a killed training needs to go on."""
    _write(
        path,
        {
            "format": FORMAT,
            "config": trainer.config.model_dump_json(),
            "items": len(trainer.data.item_ids),
            "events": len(trainer.data.items),
            "epoch": trainer.epoch,
            "losses": trainer.losses,
            "parameters": trainer.network.state_dict(),
            "optimizer": trainer.optimizer.state_dict(),
        },
    )


def resume(trainer: Trainer, path: Path) -> None:
    """Put a trainer back to where :func:`save_progress` left it; start afresh when the file is another run's."""
    try:
        stored = _read(path)
    except ModelMismatch:
        return
    same = (
        stored.get("config") == trainer.config.model_dump_json()
        and stored.get("items") == len(trainer.data.item_ids)
        and stored.get("events") == len(trainer.data.items)
    )
    if not same:
        return
    trainer.network.load_state_dict(stored["parameters"])
    trainer.optimizer.load_state_dict(stored["optimizer"])
    trainer.epoch = int(stored["epoch"])
    trainer.losses = list(stored["losses"])


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    torch.save(content, unfinished)
    os.replace(unfinished, path)


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise ModelMismatch(f"There is no model at {path}; train one with `interarec train`.")
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises a dozen kinds for a damaged file
        raise ModelMismatch(f"{path} is damaged; train again with `interarec train`.") from error
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise ModelMismatch(f"{path} is not a model of this version; train again with `interarec train`.")
    return stored
