"""Redaction: finds what is personal in the text lines of a frame and paints it over, for frames without a DOM.

A whole block is covered where a person is named: under "Deliver to", beside "Full name", around a postal code.
"""

import re
from dataclasses import dataclass

import cv2
import numpy as np

from agents.frames import Frame, FrameStore
from agents.personal import LABEL, PERSON, POSTCODE, SECRET, STREET, card_across, personal_spans
from agents.screen_reader.blocks import aligned, same_row
from agents.screen_reader.marks import span
from agents.screen_reader.ocr import TextLine
from agents.screen_reader.page import LineReader
from catalog.errors import InputError

COLOUR = (16, 20, 24)
BLOCK_LINES = 6
BLOCK_GAP = 1.3  # of a line's height: the lines of an address stand closer
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

Box = tuple[int, int, int, int]


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
        spans = (
            [(0, len(line.text))]
            if id(line) in whole
            else [*personal_spans(line.text), *broken.get(id(line), [])]
        )
        if not spans:
            left.append(line)
            continue
        boxes += [_box(line, start, end) for start, end in spans]
        text = line.text
        for start, end in spans:
            text = text[:start] + HIDDEN * (end - start) + text[end:]
        if re.search(rf"[^{HIDDEN}\W]", text):
            left.append(TextLine(text, line.score, line.x0, line.y0, line.x1, line.y1, line.centres))
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
    heads = [line for line in lines if (m := _PERSON.search(line.text)) and m.start() < HEADING]
    found: dict[int, TextLine] = {}
    for head in heads:
        match = _PERSON.search(head.text)
        if match and len(re.sub(r"\W", "", head.text[match.end() :])) > 1:
            found[id(head)] = head
        for line in [*_beside(head, lines), *_below(head, lines)]:
            found[id(line)] = line
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
    block: list[TextLine] = []
    last = head
    for line in sorted(lines, key=lambda o: o.y0):
        if len(block) == most:
            break
        near = 0 <= line.cy - last.cy and line.y0 - last.y1 <= BLOCK_GAP * head.height
        if line is last or not near or same_row(line, last) or not aligned(line, last, head.height):
            continue
        if _OTHER.search(line.text) or re.search(r"[£$€¥]\s?\d", line.text):
            break
        block.append(line)
        last = line
    return block


def _above(place: TextLine, lines: list[TextLine], most: int = 3) -> list[TextLine]:
    block: list[TextLine] = []
    last = place
    for line in sorted(lines, key=lambda o: -o.y1):
        if len(block) == most:
            break
        near = 0 <= last.cy - line.cy and last.y0 - line.y1 <= 0.8 * place.height
        if line is last or not near or same_row(line, last) or not aligned(line, last, place.height):
            continue
        if _PERSON.search(line.text) or re.search(r"[£$€¥]\s?\d", line.text):
            break
        block.append(line)
        last = line
    return block


def _box(line: TextLine, start: int, end: int) -> Box:
    x0, x1 = (line.x0, line.x1) if end - start >= len(line.text) else span(line, start, end)
    # Where characters stand is known to half of one: a mask that is too wide costs less than a letter that shows.
    slack = 0 if end - start >= len(line.text) else 0.35 * line.height
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
