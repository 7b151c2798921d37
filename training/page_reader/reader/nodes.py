"""What the page model looks at: the lines of a page cut at their amounts of money, and its pictures."""

from dataclasses import dataclass, replace

import numpy as np

from agents.screen_reader.lines import TextLine
from agents.screen_reader.marks import span
from agents.screen_reader.signs import with_cents
from catalog.money import Money
from training.page_reader.reader.money_in_text import written_in
from training.page_reader.reader.pictures import pictures_on

MOST_NODES = 400  # of a page; attention is over pairs of them


@dataclass(frozen=True)
class Node:
    """A piece of a line, or a picture (without a line and a text), with its box in pixels."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    money: Money | None = None
    signed: bool = False
    line: TextLine | None = None
    start: int = 0
    first: bool = True
    """Whether it begins its line."""

    @property
    def height(self) -> float:
        """The height of its box; of a text, about 1.3 times that of a capital."""
        return self.y1 - self.y0

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture."""
        return self.line is None


def nodes_of(image: np.ndarray, lines: list[TextLine]) -> list[Node]:
    """The nodes of a page from its pixels, RGB (h, w, 3) uint8, and its lines; the first ``MOST_NODES`` of them."""
    texts = [node for line in lines for node in _pieces(image, line, lines)]
    pictures = [Node("", x0, y0, x1, y1) for x0, y0, x1, y1 in pictures_on(image, lines)]
    return (
        texts[: MOST_NODES - len(pictures)] if len(texts) + len(pictures) > MOST_NODES else texts
    ) + pictures


def _pieces(image: np.ndarray, line: TextLine, lines: list[TextLine]) -> list[Node]:
    written = written_in(line.text)
    if not written:
        return [_piece(line, 0, len(line.text))]
    found: list[Node] = []
    end = 0
    for w in written:
        if line.text[end : w.start].strip(" .,|·()"):
            found.append(_piece(line, end, w.start))
        money = with_cents(image, line, w.start, w.end, w.money, lines)
        found.append(replace(_piece(line, w.start, w.end), money=money, signed=w.signed))
        end = w.end
    if line.text[end:].strip(" .,|·()"):
        found.append(_piece(line, end, len(line.text)))
    return [found[0], *(replace(node, first=False) for node in found[1:])]


def _piece(line: TextLine, start: int, end: int) -> Node:
    whole = start == 0 and end == len(line.text)
    x0, x1 = (line.x0, line.x1) if whole else span(line, start, end)
    return Node(line.text[start:end].strip(), x0, line.y0, x1, line.y1, line=line, start=start)
