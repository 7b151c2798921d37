"""Groups text lines into blocks: lines that stand together, as those of one product card do."""

import re
from dataclasses import dataclass
from statistics import median

import numpy as np

from agents.screen_reader.lines import TextLine

LINE_GAP = 0.95  # of the taller line's height: more is another block
ROW_GAP = 1.3
SAME_SIZE = 0.25
WORD_GAP = 0.9  # of the line's height: more is another text in the same row
CUT_GAP = 0.2  # of the line's height: less than a space
AMOUNTS = frozenset("£$€¥₹%★☆")
GIANT = 3.5  # times the usual line's height
EDGE = 0.3  # of the line's height: how far left edges of one column lie apart
SHORT = 0.7  # of the next line's width: lines that wrapped by themselves are longer
REGULAR, BOLD = 1.09, 1.13  # the strokes of regular type, and of bold type
TEXT_SIZE = 28  # pixels of a line's box
LARGE_TEXT = 40  # pixels: larger is a heading
BOLDER = 1.17  # times the strokes of regular type
SAME_INK = 40  # of 255, in the channel that differs most


@dataclass(frozen=True)
class Block:
    """Lines that stand together, from top to bottom."""

    lines: tuple[TextLine, ...]

    @property
    def x0(self) -> int:
        """Left edge."""
        return min(line.x0 for line in self.lines)

    @property
    def x1(self) -> int:
        """Right edge."""
        return max(line.x1 for line in self.lines)

    @property
    def y0(self) -> int:
        """Top edge."""
        return min(line.y0 for line in self.lines)

    @property
    def y1(self) -> int:
        """Bottom edge."""
        return max(line.y1 for line in self.lines)


def same_row(a: TextLine, b: TextLine) -> bool:
    """Whether two lines stand beside each other."""
    return abs(a.cy - b.cy) < 0.45 * min(a.height, b.height) or (
        min(a.y1, b.y1) - max(a.y0, b.y0) > 0.6 * min(a.height, b.height)
    )


def overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    """How much of the shorter of two intervals the other covers, 0 to 1."""
    shared = min(a1, b1) - max(a0, b0)
    return max(0.0, shared) / max(1.0, min(a1 - a0, b1 - b0))


def aligned(a: TextLine | Block, b: TextLine | Block, slack: float) -> bool:
    """Whether two pieces share a left edge or a middle, or one lies within the width of the other."""
    middle_a, middle_b = (a.x0 + a.x1) / 2, (b.x0 + b.x1) / 2
    if abs(a.x0 - b.x0) <= slack or abs(middle_a - middle_b) <= slack:
        return True
    return overlap(a.x0, a.x1, b.x0, b.x1) > 0.8 and max(a.x1 - a.x0, b.x1 - b.x0) < 6 * min(
        a.x1 - a.x0, b.x1 - b.x0
    )


def blocks_of(lines: list[TextLine]) -> list[Block]:
    """Join lines that follow each other closely in a column, or stand closely side by side."""
    if not lines:
        return []
    group = list(range(len(lines)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    tops = np.array([line.y0 for line in lines])
    for i, upper in enumerate(lines):
        reach = upper.y1 + LINE_GAP * 2.2 * upper.height + 40
        for j in np.flatnonzero((tops >= upper.y0 - upper.height) & (tops <= reach)):
            if int(j) != i and _belongs(upper, lines[int(j)]):
                group[root(int(j))] = root(i)
    found: dict[int, list[TextLine]] = {}
    for i, line in enumerate(lines):
        found.setdefault(root(i), []).append(line)
    return [Block(tuple(sorted(b, key=lambda line: (line.cy, line.x0)))) for b in found.values()]


def _belongs(a: TextLine, b: TextLine) -> bool:
    if same_row(a, b):
        gap = max(a.x0, b.x0) - min(a.x1, b.x1)
        return gap <= ROW_GAP * max(min(a.height, b.height), 0.6 * max(a.height, b.height))
    if b.y0 < a.y0:
        return False
    gap = b.y0 - a.y1
    larger = max(a.height, b.height)
    return gap <= LINE_GAP * larger and aligned(a, b, 0.6 * min(a.height, b.height) + 4)


def rows_of(lines: list[TextLine]) -> list[str]:
    """The text of lines that stand closely side by side, joined: a heading may be found in pieces."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda item: item.x0):
        last = next((row for row in reversed(rows) if _goes_on(row[-1], line)), None)
        if last is None:
            rows.append([line])
        else:
            last.append(line)
    return [" ".join(line.text.strip() for line in row) for row in sorted(rows, key=lambda row: row[0].y0)]


def _goes_on(last: TextLine, line: TextLine) -> bool:
    return same_row(last, line) and -0.5 * last.height < line.x0 - last.x1 < WORD_GAP * last.height


def whole_lines(lines: list[TextLine]) -> list[TextLine]:
    """The lines with those joined that the detector cut in two: of one size, in one row, nearer than a space is wide."""
    out: list[TextLine] = []
    for line in sorted(lines, key=lambda item: item.x0):
        last = next((i for i, other in enumerate(out) if _cut(other, line)), None)
        if last is None:
            out.append(line)
        else:
            out[last] = _joined(out[last], line)
    return sorted(out, key=lambda item: (item.y0, item.x0))


def _cut(a: TextLine, b: TextLine) -> bool:
    size = min(a.height, b.height)
    near = -0.7 * size < b.x0 - a.x1 < CUT_GAP * size and abs(a.cy - b.cy) < 0.15 * size
    like = abs(a.height - b.height) <= 0.15 * size and min(len(a.text), len(b.text)) > 2
    return near and like and not any(c in AMOUNTS for c in a.text + b.text)


def _joined(a: TextLine, b: TextLine) -> TextLine:
    twice = b.x0 < a.x1 and a.text[-1:] == b.text[:1] and not a.text[-1:].isalnum()
    first, centres = (
        (a.text[:-1].rstrip(), a.centres[: len(a.text[:-1].rstrip())]) if twice else (a.text, a.centres)
    )
    return TextLine(
        f"{first} {b.text}", min(a.score, b.score), a.x0, min(a.y0, b.y0), b.x1, max(a.y1, b.y1),
        (*centres, float((a.x1 + b.x0) / 2), *b.centres),
    )  # fmt: skip


def without_pictures(lines: list[TextLine]) -> list[TextLine]:
    """The lines without shapes of a picture that were taken for a letter or two of a giant type."""
    if not lines:
        return []
    usual = median(line.height for line in lines)
    return [line for line in lines if line.height < GIANT * usual or len(line.text.strip()) > 2]


@dataclass(frozen=True)
class Paragraph(Block):
    """Consecutive lines of one type size, read as one text."""

    @property
    def text(self) -> str:
        """The lines joined; a word broken at its hyphen is whole again."""
        return re.sub(r"(?<=\w)- (?=\w)", "-", " ".join(line.text.strip() for line in self.lines))

    @property
    def height(self) -> float:
        """The type size: the median height of its lines."""
        return float(median(line.height for line in self.lines))


Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Type:
    """How a line is set: its ink, and how thick its strokes are (see :attr:`agents.screen_reader.marks.Ink.stroke`)."""

    colour: Colour
    stroke: float


def columns_of(lines: list[TextLine]) -> dict[int, int]:
    """By the ``id`` of a line, how wide the column is in which it stands: as its widest line with the same left edge."""
    edges = np.array([line.x0 for line in lines])
    widths = np.array([line.width for line in lines])
    heights = np.array([line.height for line in lines])
    widest = {}
    for line in lines:
        same = np.abs(edges - line.x0) <= EDGE * line.height
        like = np.abs(heights - line.height) <= SAME_SIZE * line.height
        widest[id(line)] = int(widths[same & like].max())
    return widest


def paragraphs(
    lines: list[TextLine],
    alone: set[int] | None = None,
    types: dict[int, Type] | None = None,
    columns: dict[int, int] | None = None,
) -> list[Paragraph]:
    """Join lines of the same type (size, colour, weight, case) that follow each other.

    Lines whose ``id`` is in ``alone`` are joined to nothing; ``types`` gives how a line is set by its ``id``,
    ``columns`` how wide the column is in which it stands.
    """
    alone, types, columns = alone or set(), types or {}, columns or {}
    out: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda item: (item.y0, item.x0)):
        target = None
        if id(line) not in alone:
            fits = (
                p
                for p in reversed(out[-8:])
                if id(p[-1]) not in alone
                and _continues(p[-1], line)
                and not _broken(p[-1], line, columns.get(id(p[-1]), 0))
            )
            target = next((p for p in fits if _same_type(p[-1], line, types)), None)
        if target is None:
            out.append([line])
        else:
            target.append(line)
    return [Paragraph(tuple(p)) for p in out]


def _same_type(last: TextLine, line: TextLine, types: dict[int, Type]) -> bool:
    a, b = types.get(id(last)), types.get(id(line))
    if a is None or b is None:
        return True
    thin, thick = sorted((a.stroke, b.stroke))
    large = max(last.height, line.height)
    if large <= TEXT_SIZE:
        bolder = thin < REGULAR and thick > BOLD
    else:  # the larger the type, the more its letters differ among themselves
        bolder = large <= LARGE_TEXT and thick > BOLDER * thin
    return not bolder and max(abs(x - y) for x, y in zip(a.colour, b.colour, strict=True)) < SAME_INK


def _continues(last: TextLine, line: TextLine) -> bool:
    gap = line.y0 - last.y1
    size = abs(last.height - line.height) <= SAME_SIZE * max(last.height, line.height)
    return (
        size
        and -0.5 * last.height <= gap <= 0.42 * last.height
        and line.cy > last.cy + 0.4 * last.height
        and (abs(last.x0 - line.x0) <= 0.7 * last.height or abs(last.cx - line.cx) <= 0.7 * last.height)
        and not _turns_loud(last, line)
    )


def _turns_loud(last: TextLine, line: TextLine) -> bool:
    """Whether capitals begin or end between two lines; a long line may wrap before "RAM, 1 TB SSD"."""
    loud = _shouts(last.text), _shouts(line.text)
    return loud[0] != loud[1] and not (loud[1] and line.width < SHORT * last.width)


def _broken(last: TextLine, line: TextLine, column: int) -> bool:
    """Whether a line ended although the next one's first word had room in it: a brand above a title, not a wrapped title."""
    word = line.text.split()[0] if line.text.split() else ""
    needed = last.width + (len(word) + 1) * line.width / max(len(line.text), 1)
    return last.width < SHORT * line.width and needed < max(column, line.width)


def _shouts(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 2 and all(c.isupper() for c in letters)
