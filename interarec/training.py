"""Trains the next-item model of a catalog."""

import numpy as np

from catalog.errors import InputError
from catalog.store import StoredCatalog
from interarec.console import bar, console, training_bar
from tools.gru4rec.config import GRU4RecConfig

SMALL = 20_000
TUNED = "tuned.json"


def default_config(items: int, events: int, epochs: int | None = None) -> GRU4RecConfig:
    """Hyper-parameters by the size of the log: a small one gets a small network and more epochs."""
    if events < SMALL:
        return GRU4RecConfig(
            layers=(64,), n_sample=min(512, 4 * items), batch_size=32, dropout_p_embed=0.1, learning_rate=0.08,
            epochs=epochs or 10,
        )  # fmt: skip
    return GRU4RecConfig(layers=(96,), batch_size=64, n_sample=min(1024, 4 * items), epochs=epochs or 3)


def tune(stored: StoredCatalog, trials: int) -> GRU4RecConfig:
    """Search hyper-parameters on the catalog's log and keep the best, which :func:`train` then uses; it resumes."""
    from tools.gru4rec.search import search

    known = set(stored.catalog.item_ids)
    sessions = [[i for i in s if i in known] for s in stored.log.items]
    if not sessions:
        raise InputError(
            f"The catalog {stored.name!r} has no session log to tune on; import one with sessions."
        )
    with bar() as progress:
        task = progress.add_task("searching hyper-parameters", total=trials)

        def told(number: int, best: float) -> None:
            progress.update(task, completed=number, description=f"searching (best Recall@20 {best:.3f})")

        found = search(sessions, trials, stored.folder / "tuning.sqlite", told)
    (stored.folder / TUNED).write_text(found.model_dump_json(indent=2))
    return found


def _tuned(stored: StoredCatalog, epochs: int | None) -> GRU4RecConfig | None:
    path = stored.folder / TUNED
    if not path.exists():
        return None
    config = GRU4RecConfig.model_validate_json(path.read_text())
    return config.model_copy(update={"epochs": epochs}) if epochs else config


def _train_fusion(stored: StoredCatalog, sessions: list[list[str]]) -> None:
    from tools.learned import save_fusion, train_fusion

    with console().status("learning how to weigh the signals") as status:
        vectors = np.asarray(stored.vectors.vectors)
        trained = train_fusion(stored.catalog, vectors, sessions, lambda text: status.update(text))
    if trained is not None:
        save_fusion(stored.fusion_path, *trained, stored.catalog)


def train(
    stored: StoredCatalog, config: GRU4RecConfig | None = None, epochs: int | None = None, fusion: bool = True
) -> float:
    """Train on the catalog's log and save the model; returns the last loss. A killed training resumes.

    ``fusion``: also learn how to weigh the model against the other signals, which takes several times as long.
    """
    from tools.gru4rec import checkpoint
    from tools.gru4rec.training import Trainer, training_data

    known = set(stored.catalog.item_ids)
    sessions = [[i for i in s if i in known] for s in stored.log.items]
    if not sessions:
        raise InputError(
            f"The catalog {stored.name!r} has no session log to train on; import one with sessions."
        )
    data = training_data(sessions)
    config = config or _tuned(stored, epochs) or default_config(len(data.item_ids), data.events, epochs)
    trainer = Trainer(data, config)
    unfinished = stored.model_path.with_suffix(".training")
    with training_bar("training GRU4Rec", data.events * config.epochs) as progress:
        trainer.run(progress, unfinished)
    checkpoint.save(
        stored.model_path, trainer.network, data.item_ids, {"catalog": stored.catalog.fingerprint}
    )
    unfinished.unlink(missing_ok=True)
    if fusion:
        _train_fusion(stored, sessions)
    return trainer.losses[-1]
