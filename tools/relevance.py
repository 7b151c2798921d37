"""Which catalog rows are the kind of thing that a request names."""

import re

import numpy as np

from catalog.lexical import stem, terms
from tools.kinds import Kinds
from tools.synonyms import EVERYDAY
from tools.workspace import Workspace

FEW = 4
APART = re.compile(r"\b(?:and|or)\b|,|&")
"""Between the kinds of thing that one query names."""


def kinds_named(query: str) -> list[str]:
    """The kinds of thing that a query names.

    >>> kinds_named("kettle or toaster, mugs")
    ['kettle', 'toaster', 'mugs']
    """
    return [part.strip() for part in APART.split(query) if part.strip()]


def carried(workspace: Workspace, query: str) -> bool:
    """Whether the catalog has the words of a request at all."""
    words = [w for w in terms(query) if not w.isdigit()]
    return not words or any(workspace.shop.filter.term(w).any() for w in words)


def _about(kinds: Kinds, words: list[str], head: str) -> np.ndarray:
    """Rows whose titles are about a kind, or name the whole phrase, (n,) bool."""
    of_kind = kinds.about(head)
    return of_kind | kinds.named(*words) if len(words) > 1 else of_kind


def relevant_rows(workspace: Workspace, query: str | None) -> np.ndarray:
    """Rows that are the kind of thing a query names, (n,) bool; all rows when it names no known kind."""
    shop = workspace.shop
    everything = np.ones(len(shop.catalog), bool)
    if not query:
        return everything
    several = kinds_named(query)
    if len(several) > 1:
        named = [relevant_rows(workspace, part) for part in several]
        known = [
            rows for rows in named if not rows.all()
        ]  # a kind that the shop does not know narrows nothing
        return np.asarray(np.any(known or named, axis=0), bool)
    words = terms(query)
    head = shop.kinds.head(query)
    headed = _about(shop.kinds, words, head) if head in words else ~everything
    worded = everything
    for word in words:
        worded = worded & shop.filter.term(word)
    narrowed = headed
    for word in words:
        if word != head and word in shop.kinds.nouns:
            narrowed = narrowed & shop.filter.term(word)
    if len(words) > 1 and head in words:  # what only its description speaks of is no such thing
        worded = worded & shop.filter.titled(head)
    exact = headed & worded
    if len(words) > 1 and exact.sum() < FEW:  # "ALARM CLOCK BAKELIKE" is an alarm clock, whatever it ends in
        exact = worded
    for mask in (exact, worded if len(words) > 1 else headed, narrowed, headed):
        if mask.any() and not mask.all():
            return mask
    scores = shop.retriever.words.scores(query)
    if scores.max() <= 0:
        return everything
    if stem(words[-1]) in EVERYDAY and not shop.filter.term(words[-1]).any():
        return ~everything  # a kind of thing that the shop does not have: its other words name something else
    return np.asarray(scores >= 0.45 * scores.max(), bool)
