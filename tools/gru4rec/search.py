"""Hyper-parameter search for GRU4Rec with Optuna: resumable, pruned early, on the latest sessions held out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import optuna
import torch

from tools.gru4rec.config import GRU4RecConfig
from tools.gru4rec.training import Trainer, training_data

HELD_OUT = 0.1
K = 20
BATCH = 256

OnTrial = Callable[[int, float], None]
"""Called after each trial with its number and the best Recall@20 so far."""


def search(
    sessions: list[list[str]], trials: int, storage: Path, on_trial: OnTrial = lambda *_: None
) -> GRU4RecConfig:
    """The best configuration of ``trials`` in all; those that ``storage`` (SQLite) holds already are not run again."""
    cut = max(1, int(len(sessions) * (1 - HELD_OUT)))
    data, held = training_data(sessions[:cut]), sessions[cut:] or sessions[-1:]
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        study_name="gru4rec", storage=f"sqlite:///{storage}", load_if_exists=True, direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=1), pruner=optuna.pruners.MedianPruner(n_startup_trials=4),
    )  # fmt: skip

    def objective(trial: optuna.Trial) -> float:
        config = _suggested(trial, len(data.item_ids))
        trainer = Trainer(data, config, workers=1)
        best = 0.0
        for epoch in range(1, config.epochs + 1):
            trainer.config = config.model_copy(update={"epochs": epoch})
            trainer.run()
            best = max(best, recall(trainer, held))
            trial.report(best, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
        return best

    finished = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)
    left = trials - len(study.get_trials(states=finished))
    if left > 0:
        study.optimize(
            objective, n_trials=left, callbacks=[lambda s, t: on_trial(t.number + 1, s.best_value)]
        )
    return _suggested(optuna.trial.FixedTrial(study.best_params), len(data.item_ids))


def _suggested(trial: optuna.trial.BaseTrial, items: int) -> GRU4RecConfig:
    loss = trial.suggest_categorical("loss", ["cross-entropy", "bpr-max"])
    return GRU4RecConfig(
        loss=loss,
        layers=(trial.suggest_categorical("units", [64, 96, 128]),),
        batch_size=trial.suggest_categorical("batch_size", [32, 64, 128]),
        n_sample=min(2048, 4 * items),
        sample_alpha=trial.suggest_float("sample_alpha", 0.0, 1.0, step=0.1),
        dropout_p_embed=trial.suggest_float("dropout_p_embed", 0.0, 0.5, step=0.05),
        dropout_p_hidden=trial.suggest_float("dropout_p_hidden", 0.0, 0.5, step=0.05),
        learning_rate=trial.suggest_float("learning_rate", 0.02, 0.2, log=True),
        momentum=trial.suggest_float("momentum", 0.0, 0.4, step=0.1),
        epochs=trial.suggest_int("epochs", 3, 10),
    )


@torch.no_grad()
def recall(trainer: Trainer, held: list[list[str]]) -> float:
    """Recall@20 over every position after the first, full ranking, conservative on ties."""
    row = {item: i for i, item in enumerate(trainer.data.item_ids)}
    known = sorted((s for s in ([row[i] for i in h if i in row] for h in held) if len(s) > 1), key=len)
    hits: list[np.ndarray] = []
    network = trainer.network
    for start in range(0, len(known), BATCH):
        chunk = known[start : start + BATCH]
        state = network.initial_state(len(chunk))
        for step in range(max(map(len, chunk)) - 1):
            active = [j for j, s in enumerate(chunk) if step + 1 < len(s)]
            x = network.embed(torch.tensor([chunk[j][step] for j in active]))
            out, after, _ = network.step(x, [h[active] for h in state])
            for whole, part in zip(state, after, strict=True):
                whole[active] = part
            scores = network.scores(out)
            target = torch.tensor([chunk[j][step + 1] for j in active])[:, None]
            hits.append(((scores >= scores.gather(1, target)).sum(1) <= K).numpy())
    return float(np.concatenate(hits).mean()) if hits else 0.0
