"""Training examples from labelled screenshots of real shops: what the labels tell of each node, and nothing more."""

from pathlib import Path

import numpy as np
from rapidfuzz import fuzz

from agents.screen_reader.facts import rating_in
from agents.screen_reader.ocr import TextReader
from agents.screen_reader.signs import with_signs_joined
from evaluation.screens.labels import LabelledProduct, LabelledScreen
from evaluation.screens.measure import pictured
from training.page_reader.examples import Example
from training.page_reader.reader.brands import brand_named
from training.page_reader.reader.features import look_of
from training.page_reader.reader.nodes import Node, nodes_of
from training.page_reader.reader.page_model import KINDS, ROLES

ALIKE = 88  # of 100
SAME_SIZE = 0.22
NEAR, BESIDE = (
    7,
    2,
)  # title heights: how far above or below its title a brand stands at most, and how far beside it
ON_PICTURE = 0.4
CENT = 0.005
WEIGHT = 2.0
NOT_OF_A_PRODUCT = ("title", "brand", "price", "price_high", "list_price", "unit_price", "promotion")


def labelled_examples(screens: list[LabelledScreen], folder: Path) -> list[Example]:
    """An example of each screenshot that lies below ``folder`` and shows some text."""
    reader = TextReader()
    found = []
    for screen, image in pictured(screens, folder):
        reader.seen.clear()
        nodes = nodes_of(image, with_signs_joined(reader.read(image)))
        if nodes:
            found.append(_example(screen, image, nodes))
    return found


def _example(screen: LabelledScreen, image: np.ndarray, nodes: list[Node]) -> Example:
    told = _Told(nodes)
    for i, node in enumerate(nodes):
        told.only(i, "picture") if node.is_picture else told.none_of(i, NOT_OF_A_PRODUCT)
    for text in screen.promotions:
        _promotions(told, text, -1, main=False)
    for money in screen.other_money:
        if money.amount is not None:
            for i in _with_amount(nodes, money.amount):
                told.only(i, "money", "promotion" if "saving" in money.what else "unit_price")
    for number, product in enumerate(screen.products):
        _product(told, product, number, len(screen.products))
    looks = np.array([look_of(image, n) for n in nodes], np.float32)
    height, width = image.shape[:2]
    return Example(
        nodes, looks, width, height, told.allowed, told.products, told.main, KINDS.index(screen.kind), WEIGHT
    )


class _Told:
    """What is known of the nodes of one page."""

    def __init__(self, nodes: list[Node]):
        self.nodes = nodes
        self.allowed = np.ones((len(nodes), len(ROLES)), bool)
        self.products = np.full(len(nodes), -1, np.int16)
        self.main = np.full(len(nodes), -1, np.int8)

    def only(self, i: int, *roles: str) -> None:
        """A node has one of these roles."""
        self.allowed[i] = [role in roles for role in ROLES]

    def none_of(self, i: int, roles: tuple[str, ...]) -> None:
        """A node has none of these roles."""
        self.allowed[i] = [role not in roles for role in ROLES]

    def of(self, i: int, product: int, main: bool, *roles: str) -> None:
        """A node has one of these roles for a product."""
        self.only(i, *roles)
        self.products[i], self.main[i] = product, main


def _with_amount(nodes: list[Node], amount: float) -> list[int]:
    return [
        i for i, n in enumerate(nodes) if n.money is not None and abs(float(n.money.amount) - amount) < CENT
    ]


def _product(told: _Told, product: LabelledProduct, number: int, products: int) -> None:
    nodes, main = told.nodes, product.about
    title = _title(nodes, product.title, product.brand) if product.title else []
    for i in title:
        told.of(i, number, main, "title")
    for amount, role in (
        (product.price, "price"),
        (product.price_high, "price_high"),
        (product.list_price, "list_price"),
    ):
        found = _with_amount(nodes, amount) if amount is not None else []
        if products > 1 and title:
            found = sorted(found, key=lambda i: _distance(nodes[i], nodes[title[0]]))[:1]
        for i in found:
            told.of(i, number, main, role)
    if product.brand:
        _brand(told, product.brand, title, number, main)
    if product.promotion:
        _promotions(
            told, product.promotion, number, main, near=nodes[title[0]] if title and products > 1 else None
        )
    if title:
        for i in _ratings(nodes, product, nodes[title[0]]):
            told.of(i, number, main, "rating", "review_count")


def _title(nodes: list[Node], title: str, brand: str | None) -> list[int]:
    """The nodes of the title where it is set largest; a breadcrumb that repeats it is not meant."""
    lower = title.lower()
    like = [
        i for i, n in enumerate(nodes)
        if len(n.text) > 2 and _part_of(n.text.lower(), lower) and fuzz.ratio(n.text.lower(), (brand or "").lower()) < ALIKE
    ]  # fmt: skip
    if not like:
        return []
    pictures = [n for n in nodes if n.is_picture]
    first = max(like, key=lambda i: _prominence(nodes[i], title, pictures))
    size = nodes[first].height
    found = [first]
    for i in sorted(like, key=lambda i: abs(nodes[i].y0 - nodes[first].y0)):
        level = min(abs(nodes[i].y0 - nodes[j].y0) for j in found)
        across = any(nodes[i].x0 < nodes[j].x1 + size and nodes[i].x1 > nodes[j].x0 - size for j in found)
        if (
            i not in found
            and abs(nodes[i].height - size) < SAME_SIZE * size
            and level < 1.6 * size
            and across
        ):
            found.append(i)
    return found


def _prominence(node: Node, title: str, pictures: list[Node]) -> float:
    """How large a text is set and how much of the title it says; less where it stands on a picture, as on a package."""
    on_picture = any(
        p.x0 < (node.x0 + node.x1) / 2 < p.x1 and p.y0 < (node.y0 + node.y1) / 2 < p.y1 for p in pictures
    )
    covered: float = min(1.0, len(node.text) / len(title)) ** 0.75
    return covered * node.height * (ON_PICTURE if on_picture else 1.0)


def _part_of(part: str, whole: str) -> bool:
    if len(part) > len(whole) + 3:
        return fuzz.ratio(part, whole) >= ALIKE
    return fuzz.partial_ratio(part, whole) >= ALIKE and (len(part) > 5 or part in whole.split())


def _distance(a: Node, b: Node) -> float:
    return abs((a.x0 + a.x1) - (b.x0 + b.x1)) + abs((a.y0 + a.y1) - (b.y0 + b.y1))


def _brand(told: _Told, brand: str, title: list[int], number: int, main: bool) -> None:
    for i, node in enumerate(told.nodes):
        named = brand_named(node.text) if node.text else None
        if i in title or named is None or fuzz.ratio(named.lower(), brand.lower()) < ALIKE:
            continue
        near = bool(title) and _near(node, told.nodes[title[0]])
        if near:
            told.of(i, number, main, "brand")
        else:
            told.only(i, "navigation", "picture", "other", "filter", "brand")


def _near(node: Node, title: Node) -> bool:
    tall = title.height
    across = node.x0 < title.x1 + BESIDE * tall and node.x1 > title.x0 - BESIDE * tall
    return across and abs(node.y0 - title.y0) < NEAR * tall


def _promotions(told: _Told, text: str, number: int, main: bool, near: Node | None = None) -> None:
    like = [
        i for i, n in enumerate(told.nodes)
        if len(n.text) > 2 and (fuzz.ratio(n.text.lower(), text.lower()) >= ALIKE or (len(n.text) > 6 and _part_of(n.text.lower(), text.lower())))
    ]  # fmt: skip
    if near is not None:
        like = sorted(like, key=lambda i: _distance(told.nodes[i], near))[:1]
    for i in like:
        if number >= 0:
            told.of(i, number, main, "promotion")
        else:
            told.only(i, "promotion")


def _ratings(nodes: list[Node], product: LabelledProduct, title: Node) -> list[int]:
    """The nodes that state the rating or the number of reviews, those nearest to the title where several do."""
    stated = []
    for i, node in enumerate(nodes):
        rating = rating_in(node.text)
        score = product.rating is not None and rating.score == product.rating
        digits = "".join(c for c in node.text if c.isdecimal())
        count = product.review_count is not None and (
            rating.count == product.review_count or digits == str(product.review_count)
        )
        if score or count:
            stated.append(i)
    return sorted(stated, key=lambda i: _distance(nodes[i], title))[:3]
