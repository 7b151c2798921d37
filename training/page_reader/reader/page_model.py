"""The learned model of a page: what role each node has, which nodes are one product's, what kind of page it is.

A small transformer whose attention is biased by the geometry of each pair of nodes (as in LayoutLMv2, Xu et al. 2021),
trained on made-up pages by :mod:`training.page_reader`; ``docs/page-model.md`` is its card. It runs under OpenVINO.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from agents.screen_reader.ocr import EXACT
from training.page_reader.reader.features import Features

ROLES = (
    "other", "navigation", "filter", "picture", "promotion", "title", "brand", "price", "price_high", "list_price", "unit_price", "money",
    "rating", "review_count", "specification", "variant", "button",
)  # fmt: skip
KINDS = ("listing", "product", "comparison", "cart", "reviews", "home", "other")
WEIGHTS = Path(__file__).parent / "page_model.xml"


@dataclass(frozen=True)
class Prediction:
    """Of a page of N nodes: probabilities of ``roles`` (N, len(ROLES)), of ``together`` (N, N) that two nodes belong to
    one product, of ``main`` (N,) that a node belongs to the product that the page is about, and of ``kinds`` (len(KINDS),).
    """

    roles: np.ndarray
    together: np.ndarray
    main: np.ndarray
    kinds: np.ndarray


class PageModel:
    """The trained model; loaded when it is first asked."""

    def __init__(self, weights: Path = WEIGHTS):
        self.weights = weights

    def predict(self, features: Features) -> Prediction:
        """What the model says of a page with at least one node."""
        given = [features.values[None], features.tokens[None], features.boxes[None]]
        roles, together, main, kinds = (self._request.infer(given)[i][0] for i in range(4))
        return Prediction(_softmax(roles), _sigmoid(together), _sigmoid(main), _softmax(kinds))

    @cached_property
    def _request(self) -> Any:
        import openvino as ov

        core = ov.Core()
        return core.compile_model(core.read_model(self.weights), "CPU", EXACT).create_infer_request()


def _softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True))


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))))
