"""The tools that recommend: search the catalog, predict next items, re-rank the candidates."""

import re
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from catalog.lexical import stem, terms
from tools.complements import complements
from tools.kinds import head_noun
from tools.needs import NOT_AVAILABLE, Candidate, Wishes
from tools.relaxations import relaxations
from tools.relevance import APART, carried, kinds_named, relevant_rows
from tools.synonyms import EVERYDAY, OF_TASTE, synonyms
from tools.workspace import Workspace

SHOW = 4
MAX_SHOW = 12
PLACE = 0.03  # what a place further down a list counts when one of it is chosen
CHILDHOOD = 12  # years
RELATED = 0.345  # cosine: below it, nothing that was found has to do with what somebody likes
NEAR_ENOUGH = 0.4  # cosine: below it, what was found is no substitute for what was asked


class SearchArguments(BaseModel):
    """What to look for; the standing wishes are applied by themselves."""

    model_config = ConfigDict(extra="forbid")

    query: str | None = Field(
        default=None, max_length=300, description="words; leave out to search by the wishes and what was seen"
    )
    k: int = Field(default=60, ge=1, le=200)


class PredictArguments(BaseModel):
    """How many next items to predict."""

    model_config = ConfigDict(extra="forbid")

    k: int = Field(default=60, ge=1, le=200)


class RerankArguments(BaseModel):
    """How many to recommend, and whether to leave out what was shown before."""

    model_config = ConfigDict(extra="forbid")

    k: int = Field(default=SHOW, ge=1, le=MAX_SHOW)
    fresh: bool = Field(default=False, description="leave out products shown in earlier turns")
    like: str | None = Field(default=None, description="a handle: prefer products like this one")
    goes_with: str | None = Field(
        default=None, description="a handle: products of other kinds that go with this one"
    )
    among: list[str] = Field(
        default_factory=list, max_length=MAX_SHOW, description="handles: choose the best k of these"
    )
    order: Literal["cheapest", "dearest", "rating", "popular", "saving", "extremes"] | None = Field(
        default=None,
        description="order everything that satisfies the wishes by this instead of by fit; extremes: the cheapest and the dearest",
    )


def search(workspace: Workspace, arguments: SearchArguments) -> dict[str, Any]:
    """Candidates from the catalog by words and meaning, among the rows that satisfy the wishes."""
    shop, wishes = workspace.shop, workspace.wishes
    wanted = arguments.query or wishes.query
    allowed = shop.filter.allowed(wishes)
    if wanted and wanted not in workspace.topics:
        workspace.topics.append(wanted)
    exact = allowed & relevant_rows(workspace, wanted)
    if not wanted:
        # Nothing was named: what the shopper searched for is the topic, as long as something of it is left.
        implied = allowed & relevant_rows(
            workspace, workspace.summary.queries[-1] if workspace.summary.queries else None
        )
        exact = implied if implied.any() else exact
    query = query_text(workspace, arguments.query)
    found = shop.retriever.search(query, arguments.k, exact if exact.any() else np.zeros_like(allowed))
    workspace.candidates = [c for c in workspace.candidates if c.source != "retrieval"] + found
    result: dict[str, Any] = {
        "query": query,
        "wishes": wishes.sentences(shop.catalog.currency),
        "found": int(exact.sum()),
    }
    if wanted and found and (lacking := _lacking_words(workspace, wanted, found)):
        result["inexact"] = lacking
    if missing := [part for part in kinds_named(wanted or "") if not carried(workspace, part)]:
        result["without"] = missing
    if not wanted and wishes.interest and not _spoken_of(workspace, wishes.interest, found):
        result["unspoken"] = wishes.interest
    known = not wanted or carried(workspace, wanted)
    if not known:
        result["not_carried"] = wanted
        found = [c for c in found if c.parts.get("meaning", 0) >= NEAR_ENOUGH]
        workspace.candidates = [c for c in workspace.candidates if c.source != "retrieval"] + found
    if not found:
        result["relax"] = relaxations(workspace)[:3]
    result["products"] = [workspace.card(c.item_id) for c in found[:8]]
    return result


def _spoken_of(workspace: Workspace, interest: str, found: list[Candidate]) -> bool:
    """Whether the shop names what somebody likes, or has something that is near to it in meaning."""
    if set(interest.split()) <= OF_TASTE:
        return True
    named = any(workspace.shop.filter.term(word).any() for word in terms(interest))
    return named or any(c.parts.get("meaning", 0) >= RELATED for c in found)


def _lacking_words(workspace: Workspace, query: str, found: list[Candidate]) -> str | None:
    """Words of a request that not one of the products found has; None when some product has them all."""
    if APART.search(query):
        return None
    rows = [workspace.shop.catalog.row(c.item_id) for c in found]
    said = [w for w in query.split() if terms(w)]
    held = {w: workspace.shop.filter.term(w)[rows] for w in said}
    if not held:
        return None
    if np.logical_and.reduce(list(held.values())).any():
        return _only_accompanies(workspace, said[-1], rows)
    lacking = [w for w, has in held.items() if not has.any()]
    return " ".join(lacking) or query


def _only_accompanies(workspace: Workspace, word: str, rows: list[int]) -> str | None:
    """A kind of thing that titles speak of and none is about: who has phone holders has no phones."""
    noun = stem(word.lower())
    about = {noun, *synonyms(noun)}
    if noun not in EVERYDAY or about & workspace.shop.kinds.heads:
        return None
    titles = workspace.shop.catalog.titles
    return None if about & {head_noun(titles[row]) for row in rows} else word


def query_text(workspace: Workspace, asked: str | None) -> str:
    """The words to search by: what was asked, else the wishes, else what was seen."""
    wishes, summary = workspace.wishes, workspace.summary
    topic = asked or wishes.query or ""
    parts = [topic, *wishes.must, wishes.interest or "", (topic and wishes.recipient) or ""]
    if not (asked or wishes.query or wishes.interest):
        parts += summary.queries[-2:]
        if not summary.queries:
            parts += [p.title for p in summary.products if p.opened][-2:]
    if not any(parts) and wishes.recipient:
        parts = [_present_for(wishes.recipient)]
    if not any(parts):
        known = [p.title for p in summary.products][:2]
        parts = known or [*wishes.categories, *wishes.brands]
    return " ".join(p for p in parts if p) or "popular products"


def _present_for(recipient: str) -> str:
    """What to look for when nothing is known but whom it is for."""
    aged = re.match(r"(\d+)[- ]year[- ]old", recipient)
    if aged is None:
        return f"present for a {recipient}"
    return "toy for a child" if int(aged.group(1)) <= CHILDHOOD else "present for a young person"


def predict(workspace: Workspace, arguments: PredictArguments) -> dict[str, Any]:
    """Candidates that the next-item model expects, among the rows that satisfy the wishes."""
    shop = workspace.shop
    workspace.candidates = [c for c in workspace.candidates if c.source != "next-item"]
    if shop.next_item is None:
        return {
            "predicted": 0,
            "note": shop.next_item_problem or "there is no next-item model for this catalog",
        }
    allowed = shop.filter.allowed(workspace.wishes)
    asked = bool(workspace.wishes.query or workspace.topics)
    topic = allowed & _rows_asked_for(workspace)
    allowed = topic if topic.any() or asked else allowed
    for item in workspace.session:
        allowed[shop.catalog.row(item)] = False
    found = shop.next_items(workspace.session, allowed, arguments.k)
    if found is None:
        return {"predicted": 0, "note": "the model knows no item of this visit"}
    if not found:
        return {"predicted": 0, "note": "no predicted item satisfies the wishes"}
    workspace.candidates += found
    return {
        "model": shop.next_item.name,
        "session_items": len(workspace.session),
        "predicted": len(found),
        "products": [workspace.card(c.item_id) for c in found[:5]],
    }


def _rows_asked_for(workspace: Workspace) -> np.ndarray:
    """The rows of what is wished for, or was searched for in this turn, or else by the shopper on the pages.

    All without any of these, and none where the catalog has no word of what was asked.
    """
    asked = [workspace.wishes.query] if workspace.wishes.query else workspace.topics
    if not asked:
        queries = workspace.summary.queries
        return relevant_rows(workspace, queries[-1] if queries else None)
    known = [relevant_rows(workspace, topic) for topic in asked if carried(workspace, topic)]
    return np.asarray(np.logical_or.reduce(known)) if known else np.zeros(len(workspace.shop.catalog), bool)


def _asked_for(workspace: Workspace, candidates: list[Candidate]) -> list[Candidate]:
    """The candidates without next items that are not what was asked for: their model goes by what was browsed."""
    asked = workspace.wishes.query or workspace.topics
    if not asked or all(c.source != "next-item" for c in candidates):
        return candidates
    rows = _rows_asked_for(workspace)
    return [c for c in candidates if c.source != "next-item" or rows[workspace.shop.catalog.row(c.item_id)]]


def rerank(workspace: Workspace, arguments: RerankArguments) -> dict[str, Any]:
    """Order the candidates; what comes out is what is shown."""
    candidates, wishes = workspace.candidates, workspace.wishes
    before = {i for shown in workspace.shown for i in shown}
    if arguments.like is not None:
        candidates = _like(workspace, arguments.like)
    if arguments.goes_with is not None:
        candidates, wishes = complements(workspace, arguments.goes_with), Wishes()
    if arguments.fresh:
        candidates = [c for c in candidates if c.item_id not in before]
    if arguments.among:
        # What was shown earlier may not have what is wished by now.
        candidates, wishes = _among(workspace, arguments.among), wishes.model_copy(update={"must": []})
    if arguments.order is not None:
        among = [c.item_id for c in candidates] if arguments.among else None
        candidates = _ordered(workspace, arguments.order, arguments.k, among)
    if not arguments.among:
        # Whatever else the candidates were gathered for, what is shown satisfies the wishes as they stand now.
        allowed = workspace.shop.filter.allowed(workspace.wishes)
        candidates = [c for c in candidates if allowed[workspace.shop.catalog.row(c.item_id)]]
    if arguments.like is None and arguments.goes_with is None and not arguments.among:
        candidates = _asked_for(workspace, candidates)
    chosen = workspace.shop.reranker.rerank(candidates, workspace.summary, wishes, arguments.k)
    if arguments.order is not None:
        place = {c.item_id: i for i, c in enumerate(candidates)}
        chosen = sorted(chosen, key=lambda r: place[r.item_id])
    workspace.recommendations = chosen
    workspace.chosen = [r.item_id for r in chosen]
    return {
        "compared_with": {c.value: v for c, v in workspace.summary.categories.items() if v != NOT_AVAILABLE},
        "candidates": len({c.item_id for c in candidates}),
        "recommended": [
            {**workspace.card(r.item_id), "reasons": r.reasons, "score": r.score, "parts": r.parts}
            for r in chosen
        ],
    }


def _ordered(workspace: Workspace, order: str, k: int, among: list[str] | None) -> list[Candidate]:
    """The first ``k`` of all that satisfies the wishes, or of ``among``, by price, rating, number of reviews or saving.

    Those of which that is not known are left out.
    """
    catalog, wishes = workspace.shop.catalog, workspace.wishes
    rows = (
        np.flatnonzero(workspace.shop.filter.allowed(wishes) & relevant_rows(workspace, wishes.query))
        if among is None
        else np.array([catalog.row(item) for item in among], int)
    )
    saving = catalog.list_prices - catalog.prices
    reviews = catalog.frame["review_count"].fill_null(0).to_numpy().astype(float)
    keys = {
        "cheapest": (reviews, -catalog.prices), "dearest": (reviews, catalog.prices),
        "rating": (reviews, catalog.ratings), "popular": (catalog.ratings, reviews),
        "saving": (reviews, np.where(saving > 0, saving, np.nan)), "extremes": (reviews, -catalog.prices),
    }[order]  # fmt: skip
    known = rows[~np.isnan(keys[1][rows])]
    best = known[np.lexsort((np.nan_to_num(keys[0][known]), keys[1][known]))[::-1]]
    best = best[[0, -1]] if order == "extremes" and len(best) > 1 else best[:k]
    return [
        Candidate(item_id=catalog.item_ids[int(row)], score=1.0 - i / max(k, 1), source="retrieval")
        for i, row in enumerate(best)
    ]


def _like(workspace: Workspace, handle: str) -> list[Candidate]:
    item = workspace.items([handle])[0]
    row, kind = workspace.shop.catalog.row(item), relevant_rows(workspace, workspace.wishes.query)
    allowed = workspace.shop.filter.allowed(workspace.wishes)
    if kind[row]:  # what is like it is of its kind
        allowed = allowed & kind
    allowed[row] = False
    return workspace.shop.retriever.search(workspace.product(item).title, 40, allowed)


def _among(workspace: Workspace, handles: list[str]) -> list[Candidate]:
    """Products that were shown, the earlier in the list the better: they were ranked when they were shown."""
    items = workspace.items(handles)
    return [
        Candidate(item_id=item, score=1.0 - PLACE * place, source="retrieval")
        for place, item in enumerate(items)
    ]
