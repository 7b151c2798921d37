import dataclasses

import numpy as np
import pytest

from tools.needs import BehaviorSummary, Wishes
from tools.sasrec import LENGTH, SASRecScorer, ScoredModel
from tools.scorers import UNSEEN
from tools.toolbox import run_tool
from tools.workspace import Handles, Shop, Workspace

ROUND = 12  # items that follow one another in a circle, forwards or backwards


@pytest.fixture(scope="module")
def circles() -> list[tuple[int, ...]]:
    rng = np.random.default_rng(0)
    starts, ways = rng.integers(0, ROUND, 300), rng.choice([-1, 1], 300)
    return [tuple((int(s) + w * k) % ROUND for k in range(5)) for s, w in zip(starts, ways, strict=True)]


def test_sasrec_reads_the_order_of_a_session(circles: list[tuple[int, ...]]) -> None:
    model = SASRecScorer.train(circles, ROUND + 1)
    scores = model.scores([[3, 4, 5], [7, 6, 5], [4, 5]])
    assert scores.shape == (3, ROUND + 1)
    # The last item is the same each time: only the way there tells what follows.
    assert scores.argmax(1).tolist() == [6, 4, 6]
    assert (scores[:, ROUND] == UNSEEN).all()
    assert model.scores([[5] * LENGTH + [3, 4, 5]]).shape == (1, ROUND + 1)


def test_another_model_plugs_in_where_gru4rec_does(shop: Shop, circles: list[tuple[int, ...]]) -> None:
    model = ScoredModel(SASRecScorer.train(circles, len(shop.catalog)), shop.catalog)
    workspace = Workspace(
        dataclasses.replace(shop, next_item=model), BehaviorSummary(), [], Wishes(), [], Handles()
    )
    workspace.session = [shop.catalog.item_ids[row] for row in (3, 4, 5)]
    run = run_tool(workspace, "predict_next_items", {})
    assert run.result["model"] == "sasrec"
    assert run.result["products"][0]["title"] == shop.catalog.product(6).title
    assert model.scores(["nothing of this shop"]) is None
