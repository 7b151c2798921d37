"""The nodes of a page as numbers: place, type, ink and the shape of their texts."""

import math
import re
import zlib
from dataclasses import dataclass

import numpy as np

from agents.screen_reader.marks import ink
from training.page_reader.reader.nodes import Node

BUCKETS = 8192  # of hashed words and letter triples; 0 stands for none
TOKENS = 48  # of a text
WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
SIGN = re.compile(r"[£$€¥₹₩]|\b(?:usd|eur|gbp|inr|aud|cad|chf|aed|rs|kr|zł|sgd|zar)\b", re.IGNORECASE)
NUMBER = re.compile(r"\W*[\d.,]+\W*")
STARS = re.compile(r"[★☆⭐✩✭✮✯]")
FEATURES = 37


@dataclass(frozen=True)
class Features:
    """What the model is given of a page of N nodes.

    ``values`` (N, FEATURES) float32; ``tokens`` (N, TOKENS) int32, buckets of words and letter triples, 0 for none;
    ``boxes`` (N, 4) float32, in units of the usual line's height.
    """

    values: np.ndarray
    tokens: np.ndarray
    boxes: np.ndarray


def features_of(image: np.ndarray, nodes: list[Node]) -> Features:
    """The features of nodes on an RGB image, (h, w, 3) uint8."""
    looks = np.array([look_of(image, node) for node in nodes], np.float32)
    return encoded(nodes, looks, image.shape[1], image.shape[0])


def encoded(nodes: list[Node], looks: np.ndarray, width: int, height: int) -> Features:
    """Nodes and what their pixels look like, (N, 10), as features; ``width`` and ``height`` of the page in pixels."""
    texts = [node.height for node in nodes if not node.is_picture]
    unit = float(np.median(texts)) if texts else 20.0
    boxes = np.array([[n.x0, n.y0, n.x1, n.y1] for n in nodes], np.float32)
    inside = _inside_pictures(nodes, boxes)
    values = [
        [
            n.x0 / width, n.x1 / width, n.y0 / height, n.y1 / height,
            math.log(max(0.2, n.height / unit)), math.log(max(0.2, (n.x1 - n.x0) / unit)) / 3,
            unit / width * 40, width / 1500, height / 1000,
            float(n.money is not None), float(n.signed), float(n.is_picture), float(n.first), float(within),
            math.log1p(float(n.money.amount)) / 8 if n.money else 0.0,
            *look, *shape_of(n.text),
        ]
        for n, look, within in zip(nodes, looks, inside, strict=True)
    ]  # fmt: skip
    return Features(
        np.array(values, np.float32), np.array([tokens_of(n.text) for n in nodes], np.int32), boxes / unit
    )


def look_of(image: np.ndarray, node: Node) -> list[float]:
    """Of a node's pixels, ten numbers: colours of ink and ground, thickness of the strokes, share of ink, strike, roughness."""
    if node.is_picture:
        return [0.0] * 10
    h, w = image.shape[:2]
    x0, x1 = max(0, int(node.x0)), min(w, math.ceil(node.x1))
    y0, y1 = max(0, int(node.y0)), min(h, math.ceil(node.y1))
    found = ink(image, x0, y0, x1, y1)
    if found is None:
        return [0.0] * 10
    crop = image[y0:y1, x0:x1]
    edge = np.concatenate([crop[0], crop[-1]])
    ground = np.median(edge, axis=0) / 255
    return [
        *(c / 255 for c in found.colour), *map(float, ground), found.stroke / 3, float(found.mask.mean()),
        _strike(found.mask), float(edge.std(0).mean()) / 64,
    ]  # fmt: skip


def _strike(mask: np.ndarray) -> float:
    """The longest run of ink in a row of pixels near the middle of the text, as a share of its width."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if len(rows) < 5 or len(columns) < 6:
        return 0.0
    body = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    middle = body[int(0.3 * len(body)) : int(0.72 * len(body)) + 1]
    row = middle[int(middle.mean(1).argmax())]
    gaps = np.concatenate([[-1], np.flatnonzero(~row), [len(row)]])
    return float((np.diff(gaps) - 1).max() / len(row))


def _inside_pictures(nodes: list[Node], boxes: np.ndarray) -> list[bool]:
    pictures = [box for node, box in zip(nodes, boxes, strict=True) if node.is_picture]
    found = []
    for x0, y0, x1, y1 in boxes:
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
        found.append(any(a < cx < c and b < cy < d for a, b, c, d in pictures))
    return found


def shape_of(text: str) -> list[float]:
    """Twelve numbers about the characters of a text."""
    n = max(1, len(text))
    letters = sum(c.isalpha() for c in text)
    return [
        sum(c.isdigit() for c in text) / n, letters / n, sum(c.isupper() for c in text) / max(1, letters),
        math.log1p(len(text)) / 5, math.log1p(len(text.split())) / 3, float(bool(SIGN.search(text))),
        float("%" in text), float(bool(STARS.search(text))), float(text[:1].isupper()),
        float(bool(NUMBER.fullmatch(text))), float(text.endswith(("…", "..."))), float("(" in text),
    ]  # fmt: skip


def tokens_of(text: str) -> list[int]:
    """Buckets of the words of a text and of their letter triples, filled up to ``TOKENS`` with 0; digits count only by how many."""
    found: list[int] = []
    for word in WORD.findall(text.lower())[:40]:
        plain = "#" * min(len(word), 5) if word.isdigit() else word
        found.append(_bucket(f"w{plain}"))
        if len(plain) > 3 and not word.isdigit():
            found += [_bucket(f"g{plain[i : i + 3]}") for i in range(len(plain) - 2)]
    found = found[:TOKENS]
    return found + [0] * (TOKENS - len(found))


def _bucket(token: str) -> int:
    return zlib.crc32(token.encode()) % (BUCKETS - 1) + 1
