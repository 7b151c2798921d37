"""Products from the nodes of a page: those that the model puts together, each node in its role."""

import re
from collections import Counter
from dataclasses import dataclass
from statistics import median

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from agents.screen_reader.facts import promotion_in, rating_in
from agents.screen_reader.lines import TextLine
from agents.screen_reader.reading import ReadProduct
from catalog.money import Money
from training.page_reader.reader.brands import brand_named
from training.page_reader.reader.currency import page_currency
from training.page_reader.reader.drawn_stars import stars_beside
from training.page_reader.reader.nodes import Node
from training.page_reader.reader.page_model import ROLES, Prediction
from training.page_reader.reader.specifications import facts_of

GROUPED = (
    "title",
    "brand",
    "price",
    "price_high",
    "list_price",
    "unit_price",
    "rating",
    "review_count",
    "promotion",
)
ATTACHED = ("specification",)
TOGETHER = 0.5  # the mean probability from which on two groups of nodes are one product's
LARGER = 1.1  # times another price's height: what is set larger is what one pays
SAME_SIZE = 1.25  # times the other line's height at most: lines of one title
PARAGRAPH = 1.8  # times the type size: how far apart two lines of one title stand at most
MAX_SPECIFICATIONS = 24


@dataclass(frozen=True)
class Member:
    """A node with the role that it most likely has, and how likely that is."""

    index: int
    node: Node
    role: str
    probability: float


@dataclass(frozen=True)
class Found:
    """A product with the likelihood that the page is about it, and the indices of its nodes."""

    product: ReadProduct
    main: float
    indices: frozenset[int]


def members_of(nodes: list[Node], prediction: Prediction) -> list[Member]:
    """Every node in its likeliest role."""
    best = prediction.roles.argmax(1)
    return [Member(i, n, ROLES[best[i]], float(prediction.roles[i, best[i]])) for i, n in enumerate(nodes)]


def products_of(image: np.ndarray, members: list[Member], prediction: Prediction) -> list[Found]:
    """The products of a page, in reading order; ``image`` is RGB, (h, w, 3) uint8."""
    grouped = [m for m in members if m.role in GROUPED]
    currency = page_currency([m.node for m in members if not m.node.is_picture])
    facts = [m for m in members if m.role in ATTACHED]
    found = []
    groups = _groups(grouped, prediction)
    attached = _attached(facts, groups, prediction)
    for group, more in zip(groups, attached, strict=True):
        product = _product(image, group, more, currency)
        main = float(np.mean([prediction.main[m.index] for m in group]))
        if product is not None and (
            product.price is not None or product.rating is not None or main > TOGETHER
        ):
            found.append(Found(product, main, frozenset(m.index for m in group)))
    return sorted(found, key=lambda f: (f.product.box[1], f.product.box[0]))


def _groups(members: list[Member], prediction: Prediction) -> list[list[Member]]:
    """Put together by average linkage what the model takes for one product's."""
    if len(members) < 2:
        return [members] if members else []
    indices = [m.index for m in members]
    apart = 1 - prediction.together[np.ix_(indices, indices)]
    labels = fcluster(linkage(apart[np.triu_indices(len(indices), 1)], "average"), 1 - TOGETHER, "distance")
    groups: dict[int, list[Member]] = {}
    for member, label in zip(members, labels, strict=True):
        groups.setdefault(int(label), []).append(member)
    return list(groups.values())


def _attached(facts: list[Member], groups: list[list[Member]], prediction: Prediction) -> list[list[Member]]:
    """For each group the facts that most likely belong to it."""
    found: list[list[Member]] = [[] for _ in groups]
    for fact in facts:
        likely = [
            float(np.mean([prediction.together[fact.index, m.index] for m in group])) for group in groups
        ]
        if likely and max(likely) > TOGETHER:
            found[int(np.argmax(likely))].append(fact)
    return found


def _product(
    image: np.ndarray, group: list[Member], facts: list[Member], currency: str | None
) -> ReadProduct | None:
    by_role: dict[str, list[Member]] = {}
    for member in group:
        by_role.setdefault(member.role, []).append(member)
    title = _title(by_role.get("title", []))
    if title is None:
        return None
    price = _price(by_role, currency)
    score, count = _rating(image, by_role.get("rating", []) + by_role.get("review_count", []))
    lines = [m.node.line for m in facts if m.node.line is not None]
    box = [m.node for m in group]
    return ReadProduct(
        title=title,
        brand=_brand(by_role.get("brand", [])),
        price=price,
        list_price=_list_price(by_role.get("list_price", []), price, currency),
        rating=score,
        review_count=count,
        promotion=_promotion(by_role.get("promotion", [])),
        specifications=facts_of(lines)[:MAX_SPECIFICATIONS],
        box=(
            int(min(n.x0 for n in box)), int(min(n.y0 for n in box)),
            int(max(n.x1 for n in box)), int(max(n.y1 for n in box)),
        ),
    )  # fmt: skip


def in_reading_order(members: list[Member]) -> list[Member]:
    """From top to bottom, those of one row from left to right."""
    rows: list[list[Member]] = []
    for member in sorted(members, key=lambda m: m.node.y0 + m.node.y1):
        middle = (member.node.y0 + member.node.y1) / 2
        last = rows[-1][0].node if rows else None
        if last is not None and abs(middle - (last.y0 + last.y1) / 2) < 0.4 * min(
            last.height, member.node.height
        ):
            rows[-1].append(member)
        else:
            rows.append([member])
    return [m for row in rows for m in sorted(row, key=lambda m: m.node.x0)]


def _title(members: list[Member]) -> str | None:
    """The lines of the title joined; of several texts that are apart, the likeliest."""
    if not members:
        return None
    texts: list[list[Member]] = []
    for member in in_reading_order(members):
        last = texts[-1][-1].node if texts else None
        if last is not None and _goes_on(last, member.node):
            texts[-1].append(member)
        else:
            texts.append([member])
    best = max(texts, key=_likelihood)
    joined = re.sub(r"(?<=\w)- (?=\w)", "-", " ".join(m.node.text for m in best))
    cleaned = re.sub(r"\s+", " ", joined).strip(" -–|·•")
    return cleaned if any(c.isalnum() for c in cleaned) else None


def _likelihood(text: list[Member]) -> float:
    """How likely the lines of a text are a title: the mean probability, more for a longer and a larger text."""
    letters = sum(c.isalpha() for m in text for c in m.node.text)
    size = median(m.node.height for m in text)
    return float(float(np.mean([m.probability for m in text])) ** 2 * (letters * size) ** 0.5)


def _goes_on(line: Node, below: Node) -> bool:
    """Whether a line is of one size with the one before it, and right below it or beside it."""
    larger, smaller = max(line.height, below.height), min(line.height, below.height)
    return larger < SAME_SIZE * smaller and below.y0 - line.y1 < (PARAGRAPH - 1) * larger


def _brand(members: list[Member]) -> str | None:
    best = max(members, key=lambda m: m.probability, default=None)
    if best is None or best.probability < TOGETHER:
        return None
    row = [m for m in in_reading_order(members) if abs(m.node.y0 - best.node.y0) < 0.5 * best.node.height]
    return brand_named(" ".join(m.node.text for m in row))


def _price(by_role: dict[str, list[Member]], currency: str | None) -> Money | None:
    """What is set largest; of several of one size, the first."""
    prices = [m for m in by_role.get("price", []) if m.node.money is not None and m.node.money.amount > 0]
    if not prices:
        return None
    largest = max(m.node.height for m in prices)
    return _in_currency(
        next(m for m in in_reading_order(prices) if m.node.height * LARGER >= largest), currency
    )


def _list_price(members: list[Member], price: Money | None, currency: str | None) -> Money | None:
    """The likeliest old price above the price; None where there is no price."""
    amounts = [(m.probability, _in_currency(m, currency)) for m in members if m.node.money is not None]
    higher = [(p, a) for p, a in amounts if price is not None and a.amount > price.amount]
    return max(higher, key=lambda pair: pair[0])[1] if higher else None


def _in_currency(member: Member, currency: str | None) -> Money:
    """A member's amount; without a sign, or with one that several currencies share, in the page's currency."""
    assert member.node.money is not None
    money = member.node.money
    shared = money.currency in (None, "USD") and currency is not None
    return money.model_copy(update={"currency": currency}) if shared else money


def _rating(image: np.ndarray, members: list[Member]) -> tuple[float | None, int | None]:
    score = count = None
    for member in in_reading_order(members):
        for text in (member.node.text, member.node.line.text if member.node.line else ""):
            rating = rating_in(text)
            score = rating.score if score is None else score
            count = rating.count if count is None else count
        bare = re.fullmatch(r"\W*(\d[\d,.]*)\W*", member.node.text)
        if count is None and member.role == "review_count" and bare:
            count = int(re.sub(r"\D", "", bare.group(1)))
    lines = list({id(m.node.line): m.node.line for m in members if m.node.line is not None}.values())
    return (score if score is not None else stars_beside(image, lines)), count


def _promotion(members: list[Member]) -> str | None:
    """The likeliest offer, with what stands in its row."""
    best = max(members, key=lambda m: m.probability, default=None)
    if best is None:
        return None
    row = [m for m in in_reading_order(members) if abs(m.node.y0 - best.node.y0) < 0.5 * best.node.height]
    text = " ".join(m.node.text for m in row)
    return promotion_in(text) or text.strip(" !·|•*()") or None


def offers_beside(members: list[Member], used: set[int]) -> list[str]:
    """What the page offers beside single products: promotions that belong to none of them, each once."""
    lines: dict[int, TextLine] = {}
    for m in members:
        if m.role == "promotion" and m.index not in used and m.node.line is not None:
            lines.setdefault(id(m.node.line), m.node.line)
    texts = [promotion_in(line.text) or line.text.strip(" !·|•*") for line in lines.values()]
    return [text for text, _ in Counter(t for t in texts if t).items()]
