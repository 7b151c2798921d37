"""Tables of specifications: a label on the left and its value to the right, or a fact alone in its row."""

import re
from statistics import median

from agents.screen_reader.amounts import amounts_in
from agents.screen_reader.blocks import same_row
from agents.screen_reader.facts import is_call, is_noise, promotion_in, specifications_in
from agents.screen_reader.lines import TextLine

HEADING = re.compile(
    r"^\W*(?:(?:product|technical|tech|key|full|item|general) )?(?:specifications?|specs|details|information|features|attributes|at a glance|dimensions|measurements)\W*$",
    re.IGNORECASE,
)
LONGEST_LABEL = 24  # characters
LONGEST_FACT = 3  # words of a fact that stands alone
REACH = 8.0  # times the line's height: how far rows of one table stand apart
STEP = 3.5  # times the line's height: how far apart two rows that follow each other stand at most
EVEN = 0.2  # of the step: how evenly rows stand
ALIKE = 0.2  # of the line's height: how alike the type of a table's labels is

Row = tuple[TextLine, TextLine]


def table_rows(lines: list[TextLine], known: list[str]) -> list[str]:
    """What the rows of a specification table say, as "Label: value" or as the fact alone.

    A row counts when its label is a usual one, when it stands under a heading that announces specifications, or when
    it stands in line with a row that counts. A fact alone has to stand where the table's next row would.
    """
    rows = [(line, beside) for line in lines if (beside := _value_of(line, lines)) is not None]
    headings = [line for line in lines if HEADING.match(line.text)]
    usual = [row for row in rows if ":" in "".join(specifications_in(_stated(*row))[:1])]
    table = _in_table(rows, [row for row in rows if row in usual or _announced(row[0], headings)])
    facts = [(label.cy, _stated(label, value)) for label, value in table]
    facts += [(line.cy, line.text.strip(" ·•*-")) for line in _alone(lines, table, headings)]
    return [fact for _, fact in sorted(facts) if fact not in known]


def _in_table(rows: list[Row], certain: list[Row]) -> list[Row]:
    """The rows that stand in line with a certain one, or with one that does."""
    table, left = list(certain), [row for row in rows if row not in certain]
    while joined := [row for row in left if any(_in_line(row, other) for other in table)]:
        table += joined
        left = [row for row in left if row not in joined]
    return table


def _announced(label: TextLine, headings: list[TextLine]) -> bool:
    """Whether a label stands right below a heading of specifications, at its edge."""
    return any(
        0 < label.cy - h.cy < STEP * h.height and abs(label.x0 - h.x0) < h.height and len(label.text) > 1
        for h in headings
    )


def _alone(lines: list[TextLine], table: list[Row], headings: list[TextLine]) -> list[TextLine]:
    """Lines without a value that stand in the column of the table's labels, one step from a row: "Wireless"."""
    found: list[TextLine] = []
    taken = {id(line) for row in table for line in row}
    labels = [label for label, _ in table]
    for line in sorted(lines, key=lambda line: line.y0):
        if id(line) in taken or not _is_fact(line) or any(o is not line and same_row(o, line) for o in lines):
            continue
        step = _step(labels)
        for label in (*labels, *found):
            apart = abs(line.cy - label.cy)
            alike = abs(line.x0 - label.x0) < 0.5 * label.height and abs(line.height - label.height) <= max(
                ALIKE * label.height, 2
            )
            even = (
                abs(apart - step) < EVEN * step
                if step is not None
                else (apart < STEP * label.height and any(_announced(label, [h]) for h in headings))
            )
            if alike and even:
                found.append(line)
                break
    return found


def _step(labels: list[TextLine]) -> float | None:
    """How far apart the labels of a table stand; None for fewer than two."""
    heights = sorted(label.cy for label in labels)
    steps = [b - a for a, b in zip(heights, heights[1:], strict=False) if b > a]
    return median(steps) if steps else None


def _is_fact(line: TextLine) -> bool:
    text = line.text.strip()
    return (
        len(text) < LONGEST_LABEL
        and len(text.split()) <= LONGEST_FACT
        and bool(re.match(r"[A-Z0-9].*[A-Za-z]", text))
        and text[-1:] not in ".:?!"
        and not HEADING.match(text)
        and not is_noise(text)
        and not is_call(text)
        and promotion_in(text) is None
    )


def _value_of(line: TextLine, lines: list[TextLine]) -> TextLine | None:
    if line.text[:1].isdigit() or amounts_in(line.text):
        return None
    right = [o for o in lines if o is not line and o.x0 > line.x1 and same_row(o, line)]
    labelled = line.text.rstrip().endswith(":")  # whatever else stands in its row, the nearest is its value
    if not right or len(line.text) >= LONGEST_LABEL or (len(right) > 1 and not labelled):
        return None
    value = min(right, key=lambda o: o.x0)
    if line.text.isupper() and value.text.isupper():
        return None  # the heads of two columns
    return value if re.search(r"[A-Za-z0-9]", value.text) and not is_noise(value.text) else None


def _stated(label: TextLine, value: TextLine) -> str:
    return f"{label.text.strip(' :·•*-').capitalize()}: {value.text.strip()}"


def _in_line(a: Row, b: Row) -> bool:
    """Whether two rows of label and value begin at the same edges, not far from each other."""
    labels = abs(a[0].x0 - b[0].x0)
    values = min(abs(a[1].x0 - b[1].x0), abs(a[1].x1 - b[1].x1))
    return max(labels, values) < 0.5 * a[0].height and abs(a[0].cy - b[0].cy) < REACH * a[0].height
