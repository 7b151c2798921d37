"""Counts inventions that a check lets through, and honest drafts that it damages."""

from collections.abc import Callable

import numpy as np
from pydantic import BaseModel

from agents.grounding.check import ground
from evaluation.grounding.drafts import Case, Drafts
from evaluation.grounding.drafts import Scene as Scene
from evaluation.metrics import wilson

HONEST = "honest"


class GroundingLine(BaseModel):
    """One kind of draft: how many, how many were treated rightly, and the 95 % Wilson interval of the share."""

    kind: str
    drafts: int
    right: int
    low: float
    high: float


def verdicts(drafts: Drafts, encode: Callable[[list[str]], np.ndarray] | None) -> list[tuple[Case, bool, list[str]]]:
    """Each draft with whether it was treated rightly, and what was taken out of it."""
    scenes = {s.id: s for s in drafts.scenes}
    found = []
    for case in drafts.cases:
        checked = ground(case.draft, scenes[case.scene].known(encode))
        right = not checked.removed if case.honest else not any(part in checked.text for part in case.false_parts)
        found.append((case, right, checked.removed))
    return found


def evaluate_grounding(drafts: Drafts, encode: Callable[[list[str]], np.ndarray] | None) -> list[GroundingLine]:
    """Lines by kind, all inventions together, and the honest drafts."""
    told = [(case.kind if not case.honest else HONEST, right) for case, right, _ in verdicts(drafts, encode)]
    lines = [_line(kind, [r for k, r in told if k == kind]) for kind in sorted({k for k, _ in told} - {HONEST})]
    return [*lines, _line("all inventions", [r for k, r in told if k != HONEST]), _line(HONEST, [r for k, r in told if k == HONEST])]


def _line(kind: str, right: list[bool]) -> GroundingLine:
    low, high = wilson(sum(right), len(right))
    return GroundingLine(kind=kind, drafts=len(right), right=sum(right), low=low, high=high)
