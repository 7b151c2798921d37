from pathlib import Path

import numpy as np
import pytest
import torch

from catalog.errors import InputError, ModelMismatch
from tools.gru4rec import checkpoint
from tools.gru4rec.batches import NegativeSampler, batches, session_parallel
from tools.gru4rec.config import GRU4RecConfig
from tools.gru4rec.fast_step import FastStep
from tools.gru4rec.gates import close_gates, dropout_mask, open_gates
from tools.gru4rec.losses import bpr_max, cross_entropy
from tools.gru4rec.network import Network
from tools.gru4rec.optimizer import Repeats
from tools.gru4rec.search import recall, search
from tools.gru4rec.training import Trainer, training_data


@pytest.mark.parametrize("elu", [0.0, 0.5])
def test_bpr_max_gradient_is_that_of_autograd(elu: float) -> None:
    torch.manual_seed(0)
    scores = torch.randn(4, 9, dtype=torch.float64, requires_grad=True)
    activated = torch.nn.functional.elu(scores, elu) if elu else scores
    i = torch.arange(4)
    masked = activated.clone()
    masked[i, i] = -torch.inf
    weights = torch.softmax(masked, 1)
    gain = (weights * torch.sigmoid(activated[i, i].unsqueeze(1) - activated)).sum(1)
    expected = (-gain.log() + 1.5 * (weights * activated**2).sum(1)).mean()
    expected.backward()
    loss, gradient = bpr_max(scores.detach(), elu, 1.5)
    assert torch.allclose(loss, expected.detach())
    assert torch.allclose(gradient, scores.grad)


@pytest.mark.parametrize("elu", [0.0, 0.5])
def test_the_compiled_bpr_max_is_the_same(elu: float) -> None:
    torch.manual_seed(0)
    scores = 3 * torch.randn(5, 33)
    exact, expected = bpr_max(scores.double(), elu, 1.5)
    loss, gradient = bpr_max(scores, elu, 1.5)
    assert float(loss) == pytest.approx(float(exact), rel=1e-5)
    assert torch.allclose(gradient, expected.float(), atol=1e-5)


def test_cross_entropy_gradient_with_logq() -> None:
    torch.manual_seed(0)
    scores = torch.randn(4, 9, dtype=torch.float64, requires_grad=True)
    log_q = torch.randn(9, dtype=torch.float64)
    expected = torch.nn.functional.cross_entropy(scores - log_q, torch.arange(4))
    expected.backward()
    loss, gradient = cross_entropy(scores.detach() - log_q)
    assert torch.allclose(loss, expected.detach())
    assert torch.allclose(gradient, scores.grad)


@pytest.mark.parametrize("embedding", ["constrained", "separate", "none"])
def test_backward_is_that_of_autograd(embedding: str) -> None:
    config = GRU4RecConfig(layers=(6, 5), embedding=embedding, embedding_size=4)
    network = Network(11, config)
    parameters = network.dense_parameters()
    width = {"constrained": 5, "separate": 4, "none": 18}[embedding]
    x = torch.randn(3, width, requires_grad=True)
    for value in parameters.values():
        value.requires_grad_(True)
    state = [torch.randn(3, 6), torch.randn(3, 5)]
    out, _, traces = network.step(x, state)
    d_out = torch.randn_like(out)
    out.backward(d_out)
    with torch.no_grad():
        d_x, gradients = network.backward(traces, d_out)
    assert torch.allclose(d_x, x.grad, atol=1e-6)
    for name, gradient in gradients.items():
        assert torch.allclose(gradient, parameters[name].grad, atol=1e-5), name


def test_the_step_is_torchs_own_gru_cell() -> None:
    network = Network(9, GRU4RecConfig(layers=(7,)))
    cell = torch.nn.GRUCell(7, 7)
    layer = network.layers[0]
    with torch.no_grad():
        for ours, theirs in (
            ("w_input", "weight_ih"),
            ("w_hidden", "weight_hh"),
            ("b_input", "bias_ih"),
            ("b_hidden", "bias_hh"),
        ):
            getattr(layer, ours).copy_(getattr(cell, theirs))
        x, h = torch.randn(4, 7), torch.randn(4, 7)
        assert torch.allclose(network.step(x, [h])[0], cell(x, h), atol=1e-6)


def test_session_parallel_walks_every_event_once_and_in_order() -> None:
    items = np.arange(20)
    offsets = np.array([0, 3, 5, 10, 12, 20])
    schedule = session_parallel(offsets, 2)
    read = [s for s in schedule.source.ravel().tolist() if s >= 0]
    last = set(offsets[1:] - 1)
    assert sorted(read) == [i for i in range(20) if i not in last]
    for lane in schedule.source.T:
        seen = [s for s in lane.tolist() if s >= 0]
        assert seen == sorted(seen)
    sampler, known = NegativeSampler(np.ones(20), 0.5), Repeats(20)
    for batch in batches(items, schedule, sampler, 6, seed=1):
        rows = batch.rows.tolist()
        repeats, firsts, again = known.of(batch.rows)
        for repeat, first in zip(repeats.tolist(), firsts.tolist(), strict=True):
            assert rows[repeat] == rows[first] and first < repeat and again[repeat]
        assert len(set(rows)) == len(rows) - len(repeats) == len(rows) - again.sum()
        targets, inputs = rows[: batch.size], rows[-batch.size :]
        assert all(t == i + 1 for t, i in zip(targets, inputs, strict=True))


def test_negatives_follow_the_support() -> None:
    sampler = NegativeSampler(np.array([1, 10, 100]), 0.5)
    drawn = np.bincount(sampler.draw((200_000,), np.random.default_rng(0)), minlength=3) / 200_000
    assert np.allclose(drawn, sampler.probabilities, atol=0.005)


CYCLE = [[f"i{(s + k) % 12}" for k in range(6)] for s in range(12)] * 20


@pytest.mark.parametrize(
    "change",
    [{}, {"loss": "bpr-max", "momentum": 0.2, "learning_rate": 0.05}, {"embedding": "separate", "embedding_size": 16},
     {"embedding": "none"}, {"layers": (24, 24), "dropout_p_hidden": 0.1}],
)  # fmt: skip
def test_every_variant_learns_a_cycle(change: dict[str, object]) -> None:
    config = GRU4RecConfig(
        **{"layers": (24,), "batch_size": 8, "n_sample": 16, "epochs": 12, "dropout_p_embed": 0.0, **change}
    )
    trainer = Trainer(training_data(CYCLE), config, "cpu")
    trainer.run()
    row = {item: i for i, item in enumerate(trainer.data.item_ids)}
    network, hits = trainer.network, 0
    with torch.no_grad():
        for start in range(12):
            state = network.initial_state(1)
            for k in range(3):
                out, state, _ = network.step(
                    network.embed(torch.tensor([row[f"i{(start + k) % 12}"]])), state
                )
            hits += int(network.scores(out).argmax()) == row[f"i{(start + 3) % 12}"]
    assert hits >= 11
    assert trainer.losses[-1] < trainer.losses[0]


def test_a_killed_training_resumes_where_it_was(tmp_path: Path) -> None:
    config = GRU4RecConfig(layers=(8,), batch_size=8, n_sample=8, epochs=4, dropout_p_embed=0.0)
    whole = Trainer(training_data(CYCLE), config, "cpu")
    whole.run()
    path = tmp_path / "unfinished.pt"
    first = Trainer(training_data(CYCLE), config.model_copy(update={"epochs": 2}), "cpu")
    first.run()
    first.config = config
    checkpoint.save_progress(first, path)
    second = Trainer(training_data(CYCLE), config, "cpu")
    second.run(checkpoint_path=path)
    assert second.losses == pytest.approx(whole.losses)


def test_a_damaged_or_foreign_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    trainer = Trainer(
        training_data(CYCLE), GRU4RecConfig(layers=(8,), epochs=1, n_sample=8, batch_size=8), "cpu"
    )
    checkpoint.save(path, trainer.network, trainer.data.item_ids, {"catalog": "abc"})
    network, item_ids, about = checkpoint.load(path)
    assert item_ids == trainer.data.item_ids and about == {"catalog": "abc"}
    assert torch.equal(network.tables["output"], trainer.network.tables["output"])
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ModelMismatch, match="damaged"):
        checkpoint.load(path)
    with pytest.raises(ModelMismatch, match="no model"):
        checkpoint.load(tmp_path / "none.pt")


def test_nothing_to_train_on() -> None:
    with pytest.raises(InputError, match="two known items"):
        training_data([["a"], []])


def test_several_workers_learn_what_one_learns() -> None:
    config = GRU4RecConfig(layers=(24,), batch_size=8, n_sample=16, epochs=12, dropout_p_embed=0.0)
    trainer = Trainer(training_data(CYCLE), config, "cpu", workers=2)
    trainer.run()
    assert recall(trainer, CYCLE[:12]) == 1.0


def one_batch_each(change: dict[str, object]) -> tuple[Trainer, Trainer, FastStep]:
    config = GRU4RecConfig(
        **{"layers": (24,), "batch_size": 8, "n_sample": 40, "epochs": 1, "dropout_p_embed": 0.0, **change}
    )
    full, fast = (Trainer(training_data(CYCLE), config, "cpu", workers=1) for _ in range(2))
    return full, fast, FastStep(fast.network, fast.optimizer, (fast._log_q_targets, fast._log_q_samples))


@pytest.mark.parametrize(
    "change",
    [{"logq": 0.0}, {"logq": 1.0}, {"momentum": 0.3}, {"loss": "bpr-max", "momentum": 0.2}, {"loss": "bpr-max", "elu": 0.0}],
)  # fmt: skip
def test_the_fast_step_is_the_full_step_but_for_rounding(change: dict[str, object]) -> None:
    full, fast, step = one_batch_each(change)
    data, schedule = full.data, session_parallel(full.data.offsets, 8)
    lanes = [full.network.initial_state(8), fast.network.initial_state(8)]
    repeats, scratch = Repeats(full.network.n_items), step.scratch(0)
    before = {name: value.clone() for name, value in full.network.state_dict().items()}
    losses = []
    with torch.no_grad():
        for batch, _ in zip(batches(data.items, schedule, full.sampler, 40, seed=3), range(6), strict=False):
            lanes[0], loss = full._one_step(batch, lanes[0], repeats)
            losses.append((float(loss), step.run(batch, lanes[1][0], scratch)))
    assert all(a == pytest.approx(b, rel=0.02) for a, b in losses)
    # Adagrad's first moves have one size whatever the gradient's: the sign of the smallest ones hangs on rounding.
    assert alike(lanes[0][0], lanes[1][0]) > 0.99
    for name, value in full.network.state_dict().items():
        start, moved = before[name], fast.network.state_dict()[name]
        assert alike(value - start, moved - start) > 0.95, name


def alike(a: torch.Tensor, b: torch.Tensor) -> float:
    return float(torch.nn.functional.cosine_similarity(a.flatten(), b.flatten(), 0))


def test_a_training_in_fast_steps_learns_the_cycle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        FastStep, "fits", staticmethod(lambda config, device: True)
    )  # whatever this machine multiplies
    config = GRU4RecConfig(layers=(24,), batch_size=8, n_sample=16, epochs=12, dropout_p_embed=0.1)
    trainer = Trainer(training_data(CYCLE), config, "cpu", workers=2)
    trainer.run()
    assert recall(trainer, CYCLE[:12]) == 1.0


def test_compiled_gates_are_torchs() -> None:
    torch.manual_seed(0)
    x, g, h, d = torch.randn(5, 21), torch.randn(5, 21) * 3, torch.randn(5, 7), torch.randn(5, 7)
    slow, slow_after = open_gates(x, g, h)  # with gradients on, torch's own operations
    slow_back = close_gates(slow, g[:, 14:], h, d)
    with torch.no_grad():
        fast, fast_after = open_gates(x, g, h)
        fast_back = close_gates(fast, g[:, 14:], h, d)
    for a, b in zip((*slow, slow_after, *slow_back), (*fast, fast_after, *fast_back), strict=True):
        assert torch.allclose(a, b, atol=1e-5)


def test_dropout_drops_its_share_and_keeps_the_mean() -> None:
    torch.manual_seed(0)
    with torch.no_grad():
        first, second = (dropout_mask(torch.zeros(400, 100), 0.3) for _ in range(2))
    assert first is not None and second is not None
    assert float((first == 0).float().mean()) == pytest.approx(0.3, abs=0.01)
    assert float(first.mean()) == pytest.approx(1.0, abs=0.02)
    assert float(((first == 0) & (second == 0)).float().mean()) == pytest.approx(0.09, abs=0.01)


def test_a_search_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    seen: list[int] = []
    sessions = CYCLE[:60]
    search(sessions, 2, tmp_path / "s.sqlite", lambda number, _: seen.append(number))
    config = search(sessions, 3, tmp_path / "s.sqlite", lambda number, _: seen.append(number))
    assert seen == [1, 2, 3] and config.layers[0] in (64, 96, 128)


def test_items_that_the_model_never_saw_are_scored_by_their_texts(tmp_path: Path) -> None:
    from catalog.products import Product, catalog_of
    from tools.next_item import GRU4RecModel

    ids = [f"i{k}" for k in range(60)]
    sessions = [[ids[(s + k) % 60] for k in range(5)] for s in range(60)] * 6
    trainer = Trainer(
        training_data(sessions), GRU4RecConfig(layers=(32,), batch_size=16, n_sample=64, epochs=15), "cpu"
    )
    trainer.run()
    checkpoint.save(tmp_path / "m.pt", trainer.network, trainer.data.item_ids)
    catalog = catalog_of([Product(item_id=i, title=i) for i in [*ids, "twin"]])
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(61, 48)).astype(np.float32)
    vectors[60] = vectors[5]  # the new item reads like i5
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    model = GRU4RecModel(tmp_path / "m.pt", catalog, vectors)
    scores = model.scores(["i2", "i3", "i4"])
    assert scores is not None and scores.argmax() == 5 and np.isfinite(scores[60])
    assert np.sort(scores)[::-1].tolist().index(scores[60]) < 12
    rows, top = model.top([["i2", "i3", "i4"], ["nothing"], ["i9", "i10"]], 3)
    assert rows[0, 0] == 5 and rows[1].tolist() == [-1] * 3 and rows[2, 0] == 11
    assert np.allclose(top[0], np.sort(scores)[::-1][:3], atol=1e-4)
