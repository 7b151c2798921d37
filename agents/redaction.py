"""Redaction: finds what is personal in the text lines of a frame and paints it over, for frames without a DOM.

A whole block is covered where a person is named: under "Deliver to", beside "Full name", around a postal code.
"""

import re
from dataclasses import dataclass, replace

import cv2
import numpy as np

from agents.frames import Frame, FrameStore
from agents.personal import LABEL, PERSON, POSTCODE, SECRET, STREET, card_across, personal_spans
from agents.screen_reader.blocks import aligned, same_row
from agents.screen_reader.lines import Box, TextLine
from agents.screen_reader.marks import span
from agents.screen_reader.page import LineReader
from catalog.errors import InputError

COLOUR = (16, 20, 24)
BLOCK_LINES = 6
BLOCK_GAP = 1.3  # of a line's height: the lines of an address stand closer
LINES_ABOVE, GAP_ABOVE = 3, 0.8  # what stands over a postal code: a street, a house, a name
VALUE_REACH = 14.0
HEADING = 40
HIDDEN = "█"
_PERSON = re.compile(PERSON, re.IGNORECASE)
_SECRET = re.compile(SECRET, re.IGNORECASE)
_LABEL = re.compile(LABEL, re.IGNORECASE)
_PLACE = re.compile(f"{POSTCODE}|{STREET}")
# Headings and buttons that may stand under an address and end it.
_OTHER = re.compile(
    r"^(?:change|edit|remove|payment|items?|delivery (?:date|option)|subtotal|total|order)\b", re.I
)

_MONEY = re.compile(r"[£$€¥]\s?\d")


@dataclass(frozen=True)
class Redaction:
    """What is personal on a frame: ``boxes`` in pixels, and the ``lines`` with it taken out."""

    boxes: list[Box]
    lines: list[TextLine]


def find_personal(lines: list[TextLine]) -> Redaction:
    """What is personal in the lines of a frame."""
    whole = {id(line) for line in _about_people(lines)}
    broken = _broken_cards(lines)
    boxes: list[Box] = []
    left: list[TextLine] = []
    for line in lines:
        if id(line) in whole:
            spans = [(0, len(line.text))]
        else:
            spans = [*personal_spans(line.text), *broken.get(id(line), [])]
        if not spans:
            left.append(line)
            continue
        boxes += [_box(line, start, end) for start, end in spans]
        text = line.text
        for start, end in spans:
            text = text[:start] + HIDDEN * (end - start) + text[end:]
        if re.search(rf"[^{HIDDEN}\W]", text):
            left.append(replace(line, text=text))
    return Redaction(boxes, left)


def _broken_cards(lines: list[TextLine]) -> dict[int, list[tuple[int, int]]]:
    """Spans of card numbers that were wrapped onto a second line, by the ``id`` of the line."""
    found: dict[int, list[tuple[int, int]]] = {}
    for line in lines:
        for below in _below(line, lines, 1) if line.text[-1:].isdigit() else []:
            if place := card_across(line.text, below.text):
                found.setdefault(id(line), []).append((place[0], len(line.text)))
                found.setdefault(id(below), []).append((0, place[1]))
    return found


def _about_people(lines: list[TextLine]) -> list[TextLine]:
    """The lines of blocks that name a person or say where one lives."""
    named = ((line, match) for line in lines if (match := _PERSON.search(line.text)))
    heads = [(line, match) for line, match in named if match.start() < HEADING]
    found: dict[int, TextLine] = {}
    for head, match in heads:
        if len(re.sub(r"\W", "", head.text[match.end() :])) > 1:
            found[id(head)] = head
        found |= {id(line): line for line in [*_beside(head, lines), *_below(head, lines)]}
    labels = [line for line in lines if _SECRET.search(line.text) or (heads and _LABEL.search(line.text))]
    for label in labels:
        found |= {id(line): line for line in [*_beside(label, lines), *_below(label, lines, 1)]}
    if heads:
        for line in lines:
            if _PLACE.search(line.text):
                found |= {id(other): other for other in [line, *_above(line, lines), *_below(line, lines, 2)]}
    return list(found.values())


def _beside(head: TextLine, lines: list[TextLine]) -> list[TextLine]:
    return [
        o for o in lines
        if o is not head and same_row(o, head) and 0 <= o.x0 - head.x1 + head.height < VALUE_REACH * head.height
    ]  # fmt: skip


def _below(head: TextLine, lines: list[TextLine], most: int = BLOCK_LINES) -> list[TextLine]:
    return _block(head, sorted(lines, key=lambda o: o.y0), most, BLOCK_GAP, _OTHER, down=True)


def _above(place: TextLine, lines: list[TextLine]) -> list[TextLine]:
    return _block(place, sorted(lines, key=lambda o: -o.y1), LINES_ABOVE, GAP_ABOVE, _PERSON, down=False)


def _block(
    start: TextLine, lines: list[TextLine], most: int, gap: float, end: re.Pattern[str], down: bool
) -> list[TextLine]:
    """Lines that follow ``start`` closely in its column, in the order given; a price or ``end`` ends them."""
    block: list[TextLine] = []
    last = start
    for line in lines:
        if len(block) == most:
            break
        upper, lower = (last, line) if down else (line, last)
        near = upper.cy <= lower.cy and lower.y0 - upper.y1 <= gap * start.height
        if line is last or not near or same_row(line, last) or not aligned(line, last, start.height):
            continue
        if end.search(line.text) or _MONEY.search(line.text):
            break
        block.append(line)
        last = line
    return block


def _box(line: TextLine, start: int, end: int) -> Box:
    if end - start >= len(line.text):
        x0, x1, slack = float(line.x0), float(line.x1), 0.0
    else:
        # Where characters stand is known to half of one: too wide a mask costs less than a letter that shows.
        (x0, x1), slack = span(line, start, end), 0.35 * line.height
    return int(x0 - slack) - 2, line.y0 - 2, int(x1 + slack) + 3, line.y1 + 2


def painted(image: np.ndarray, boxes: list[Box]) -> np.ndarray:
    """A copy of an RGB image, (h, w, 3) uint8, with opaque boxes."""
    masked = image.copy()
    for x0, y0, x1, y1 in boxes:
        masked[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = COLOUR
    return masked


def encoded(image: np.ndarray) -> bytes:
    """An RGB image as PNG."""
    done, data = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    if not done:
        raise InputError("A frame could not be written as PNG.")
    return bytes(data)


class Redactor:
    """Stores frames that come from outside a browser, with what is personal painted over first."""

    def __init__(self, store: FrameStore, reader: LineReader):
        self.store = store
        self.reader = reader

    def put(self, image: np.ndarray, url: str = "", taken: float | None = None) -> Frame:
        """Redact an RGB image, (h, w, 3) uint8, and store it; what cannot be read is not stored."""
        found = find_personal(self.reader.read(image))
        return self.store.put(encoded(painted(image, found.boxes)), url=url, taken=taken)
