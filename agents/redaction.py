"""Redaction: finds what is personal in the text lines of a frame and paints it over, for frames without a DOM.

What each line is, :mod:`agents.personal` tells; here it is where on the picture it stands: what is covered is a number
or an address itself, the value beside or below a label, the block under a heading, and what stands in a form's fields.
"""

import re
from dataclasses import dataclass, replace

import cv2
import numpy as np

from agents.frames import Frame, FrameStore
from agents.personal import numbers
from agents.personal.language import is_read
from agents.personal.terms import LANGUAGES
from agents.personal.verdicts import Kind, Verdict, judged
from agents.screen_reader.blocks import aligned, same_row
from agents.screen_reader.entry_boxes import entry_boxes, stacked
from agents.screen_reader.lines import Box, TextLine, in_order
from agents.screen_reader.marks import span
from agents.screen_reader.page import LineReader
from catalog.errors import InputError, UnreadLanguage

COLOUR = (16, 20, 24)
BLOCK_LINES = 6
BLOCK_GAP = 1.3  # of a line's height: the lines of an address stand closer
LINES_ABOVE, GAP_ABOVE = 3, 0.8  # what stands over a postal code: a street, a house, a name
VALUE_REACH = 22.0
HIDDEN = "█"
STRONG = Kind.LABEL | Kind.HEADING
UNREAD = (
    f"This picture seems to show a form or somebody's details, and not in a language that is read ({', '.join(LANGUAGES.values())}), "
    "so nothing of it was kept; send a picture that shows products alone."
)
_MONEY = re.compile(r"[£$€¥]\s?\d|\d\s?€")
_DIGITS_ALONE = re.compile(r"\d{3,7}$")
Spans = list[tuple[int, int]]


FEWEST_FIELDS = 2  # words of an address that a page may have and still be about nobody: "Company", "Country"


@dataclass(frozen=True)
class Redaction:
    """What is personal on a frame: ``boxes`` in pixels, and the ``lines`` with it taken out."""

    boxes: list[Box]
    lines: list[TextLine]


def find_personal(lines: list[TextLine], image: np.ndarray) -> Redaction:
    """What is personal in the lines of a frame, an RGB image, (h, w, 3) uint8.

    UnreadLanguage when it shows a form or somebody's details in a language that is not read.
    """
    verdicts = {id(line): judged(line.text) for line in lines}
    kinds = Kind(0)
    for verdict in verdicts.values():
        kinds |= verdict.kinds
    fields = stacked(entry_boxes(image))
    formlike = bool(kinds & (Kind.UNREAD | Kind.OWN)) or len(fields) > 1
    if formlike and not is_read("\n".join(line.text for line in in_order(lines))):
        raise UnreadLanguage(UNREAD)
    whole = _whole(lines, verdicts, fields)
    broken = _broken_cards(lines)
    boxes: list[Box] = []
    left: list[TextLine] = []
    for line in lines:
        spans = [*verdicts[id(line)].spans, *broken.get(id(line), [])]
        if id(line) in whole:
            spans = [(0, len(line.text))]
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


def _broken_cards(lines: list[TextLine]) -> dict[int, Spans]:
    """Spans of card numbers that go on in the next line, or stand in boxes beside each other, by the ``id`` of the line."""
    found: dict[int, Spans] = {}
    for line in lines:
        if line.text[-1:].isdigit():
            for below in _below(line, lines, 1):
                _across([line, below], found)
        if _DIGITS_ALONE.match(line.text):
            row = [o for o in lines if same_row(o, line) and _DIGITS_ALONE.match(o.text)]
            if len(row) > 2:
                _across(sorted(row, key=lambda o: o.x0), found)
    return found


def _across(pieces: list[TextLine], found: dict[int, Spans]) -> None:
    joined = " ".join(piece.text for piece in pieces)
    for start, end in numbers.cards(joined):
        at = 0
        for piece in pieces:
            a, b = max(start - at, 0), min(end - at, len(piece.text))
            if a < b:
                found.setdefault(id(piece), []).append((a, b))
            at += len(piece.text) + 1


def _whole(lines: list[TextLine], verdicts: dict[int, Verdict], fields: list[Box]) -> set[int]:
    """The ``id`` of lines that are covered whole: blocks that name a person or say where one lives, values of labels."""
    weak = {line.text for line in lines if verdicts[id(line)].of_a_page & Kind.FIELD}
    about = len(weak) > FEWEST_FIELDS or any(v.of_a_page & STRONG for v in verdicts.values())
    found: set[int] = set()
    for line in lines:
        kinds, spans = verdicts[id(line)].of_a_page, verdicts[id(line)].spans
        if about and kinds & Kind.PLACE:
            found |= {id(o) for o in [line, *_above(line, lines), *_below(line, lines, 2)]}
        if kinds & Kind.HEADING:
            found |= {id(o) for o in [*([] if spans else _beside(line, lines)), *_below(line, lines)]}
        elif kinds & Kind.LABEL or (about and kinds & Kind.FIELD):
            beside = [] if spans else _beside(line, lines)
            found |= {id(o) for o in [*beside, *_below(line, lines, 1)]}
            if re.search(r":\s*\S", line.text):
                found.add(id(line))
    if about:
        found |= {id(line) for line in lines if any(_within(line, box) for box in fields)}
    return found


def _within(line: TextLine, box: Box) -> bool:
    slack = line.height / 2  # the reader's boxes are wider than their letters
    return box[0] - slack <= line.x0 and line.x1 <= box[2] + slack and box[1] <= line.cy <= box[3]


def _beside(head: TextLine, lines: list[TextLine]) -> list[TextLine]:
    return [
        o for o in lines
        if o is not head and same_row(o, head) and 0 <= o.x0 - head.x1 + head.height < VALUE_REACH * head.height
    ]  # fmt: skip


def _below(head: TextLine, lines: list[TextLine], most: int = BLOCK_LINES) -> list[TextLine]:
    return _block(head, sorted(lines, key=lambda o: o.y0), most, BLOCK_GAP, down=True)


def _above(place: TextLine, lines: list[TextLine]) -> list[TextLine]:
    return _block(place, sorted(lines, key=lambda o: -o.y1), LINES_ABOVE, GAP_ABOVE, down=False)


def _block(start: TextLine, lines: list[TextLine], most: int, gap: float, down: bool) -> list[TextLine]:
    """Lines that follow ``start`` closely in its column, in the order given; a price ends them."""
    block: list[TextLine] = []
    last = start
    for line in lines:
        if len(block) == most:
            break
        upper, lower = (last, line) if down else (line, last)
        near = upper.cy <= lower.cy and lower.y0 - upper.y1 <= gap * start.height
        if line is last or not near or same_row(line, last) or not aligned(line, last, start.height):
            continue
        if _MONEY.search(line.text):
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
        """Redact an RGB image, (h, w, 3) uint8, and store it; UnreadLanguage for one that is not kept."""
        found = find_personal(self.reader.read(image), image)
        return self.store.put(encoded(painted(image, found.boxes)), url=url, taken=taken)
