"""Training examples: a page's nodes with their features and, for each, its role, its product and whether it is the main one's."""

import random
from dataclasses import dataclass, replace

import numpy as np

from agents.screen_reader.lines import TextLine, in_order
from agents.screen_reader.signs import with_signs_joined
from training.page_reader.reader.features import Features, encoded, look_of
from training.page_reader.reader.nodes import Node, nodes_of
from training.page_reader.reader.page_model import KINDS, ROLES
from training.page_reader.rendering import Piece, RenderedPage

TALL = 1.65  # times the type size: the height of the boxes that the OCR finds
COVERED = 0.2  # of a node's area: less of a text under it says nothing of it
ROLE_OF = {"stars": "rating"}
UNKNOWN = -1


@dataclass
class Example:
    """A page of N nodes: ``nodes`` and ``looks`` (N, 10) to make features of, and the truth.

    ``allowed`` (N, roles) bool: the roles that a node may have, all of them where nothing is known of it; ``products``
    (N,) int, -1 for none and -2 for unknown; ``main`` (N,) int8, -1 for unknown; ``kind`` -1 for unknown.
    """

    nodes: list[Node]
    looks: np.ndarray
    width: int
    height: int
    allowed: np.ndarray
    products: np.ndarray
    main: np.ndarray
    kind: int
    weight: float = 1.0

    def features(self, rng: random.Random | None = None) -> Features:
        """Its features; spoilt as the OCR spoils lines where a generator is given."""
        if rng is None:
            return encoded(self.nodes, self.looks, self.width, self.height)
        noise = np.random.default_rng(rng.randrange(1 << 30)).normal(0, 0.02, self.looks.shape)
        return encoded(
            [_spoilt(n, rng) for n in self.nodes],
            (self.looks + noise).astype(np.float32),
            self.width,
            self.height,
        )


def lines_from(pieces: list[Piece], rng: random.Random) -> list[TextLine]:
    """Lines as the OCR would find them: pieces close beside each other run together."""
    reach = rng.uniform(0.3, 0.9)
    groups: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (round(p.y0 + p.y1), p.x0)):
        for group in reversed(groups[-14:]):
            last = group[-1]
            level = abs((last.y0 + last.y1) - (piece.y0 + piece.y1)) / 2 < 0.3 * piece.size
            like = 0.65 < last.size / piece.size < 1.55
            if level and like and -0.6 * piece.size < piece.x0 - last.x1 < reach * piece.size:
                group.append(piece)
                break
        else:
            groups.append([piece])
    return in_order([_line(group, rng) for group in groups])


def _line(group: list[Piece], rng: random.Random) -> TextLine:
    text, centres = "", []
    for i, piece in enumerate(group):
        if i and piece.x0 - group[i - 1].x1 > 0.12 * piece.size:
            text += " "
            centres.append((group[i - 1].x1 + piece.x0) / 2)
        step = (piece.x1 - piece.x0) / max(1, len(piece.text))
        centres += [piece.x0 + (k + 0.5) * step for k in range(len(piece.text))]
        text += piece.text
    size = max(p.size for p in group)
    tall = TALL * size * min(1.25, max(0.8, rng.gauss(1, 0.08)))
    middle = sum((p.y0 + p.y1) / 2 for p in group) / len(group)
    x0, x1 = group[0].x0 - rng.uniform(2, 6), group[-1].x1 + rng.uniform(2, 6)
    return TextLine(
        text, 1.0, int(x0), int(middle - tall / 2), int(x1), int(middle + tall / 2), tuple(centres)
    )


def example_of(page: RenderedPage, lines: list[TextLine]) -> Example | None:
    """The example of a page whose lines were read or made; None where it has hardly any text."""
    nodes = nodes_of(page.pixels, with_signs_joined(lines))
    if sum(not n.is_picture for n in nodes) < 4:
        return None
    height, width = page.pixels.shape[:2]
    allowed = np.zeros((len(nodes), len(ROLES)), bool)
    products = np.full(len(nodes), -1, np.int16)
    main = np.zeros(len(nodes), np.int8)
    boxes = np.array([[p.x0, p.y0, p.x1, p.y1] for p in page.pieces]).reshape(-1, 4)
    for i, node in enumerate(nodes):
        piece = None if node.is_picture else _under(node, page.pieces, boxes)
        role = "picture" if node.is_picture or piece is None else ROLE_OF.get(piece.role, piece.role)
        if node.signed and role in ("other", "navigation", "filter"):
            role = "money"
        allowed[i, ROLES.index(role)] = True
        if piece is not None:
            products[i], main[i] = piece.product, piece.main
    looks = np.array([look_of(page.pixels, n) for n in nodes], np.float32)
    bare = [n if n.line is None else replace(n, line=replace(n.line, centres=())) for n in nodes]
    return Example(bare, looks, width, height, allowed, products, main, KINDS.index(page.kind))


def _under(node: Node, pieces: list[Piece], boxes: np.ndarray) -> Piece | None:
    """A text of the role and the product whose texts together cover most of a node."""
    if not len(pieces):
        return None
    wide = np.minimum(boxes[:, 2], node.x1) - np.maximum(boxes[:, 0], node.x0)
    tall = np.minimum(boxes[:, 3], node.y1) - np.maximum(boxes[:, 1], node.y0)
    shared = np.maximum(wide, 0) * np.maximum(tall, 0)
    covered: dict[tuple[str, int], float] = {}
    for i in np.flatnonzero(shared):
        key = (pieces[i].role, pieces[i].product)
        covered[key] = covered.get(key, 0.0) + float(shared[i])
    best = max(covered, key=lambda key: covered[key], default=None)
    area = max(1.0, (node.x1 - node.x0) * node.height)
    if best is None or covered[best] < COVERED * area:
        return None
    return next(pieces[i] for i in np.flatnonzero(shared) if (pieces[i].role, pieces[i].product) == best)


CONFUSED = {"$": "S", "S": "$", "0": "O", "1": "l", "l": "1", "£": "E", "€": "C"}


def _spoilt(node: Node, rng: random.Random) -> Node:
    """A node with its box moved a little, and its text misread now and then."""
    tall = node.height
    x0, x1 = node.x0 + rng.gauss(0, 0.08) * tall, node.x1 + rng.gauss(0, 0.1) * tall
    y0, y1 = node.y0 + rng.gauss(0, 0.07) * tall, node.y1 + rng.gauss(0, 0.07) * tall
    text, signed = node.text, node.signed
    if len(text) > 3 and rng.random() < 0.06:
        place = rng.randrange(len(text))
        text = text[:place] + CONFUSED.get(text[place], rng.choice("aeiou rnl.")) + text[place + 1 :]
    if node.money is not None and rng.random() < 0.05:
        text, signed = text.strip("$£€₹¥ "), False
    if rng.random() < 0.04:
        text = text.replace(" ", "")
    if rng.random() < 0.02 and len(text) > 5:
        text = text[: max(2, int(len(text) * rng.uniform(0.4, 0.9)))]
    return Node(
        text, x0, y0, max(x1, x0 + 1), max(y1, y0 + 1), node.money, signed, node.line, node.start, node.first
    )
