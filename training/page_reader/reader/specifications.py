"""What a page states of a product as facts: quantities, labelled values, rows of a table."""

import re

from agents.screen_reader.blocks import same_row
from agents.screen_reader.facts import specifications_in
from agents.screen_reader.lines import TextLine

LONGEST_LABEL = 24  # characters
LONGEST_FACT = 3  # words of a fact without a label


def facts_of(lines: list[TextLine]) -> list[str]:
    """The facts of lines that state specifications, each once, as "Label: value" or alone.

    Of two lines beside each other the left one is the label; a single line states its labelled values and quantities,
    or is a short fact itself ("Wireless").
    """
    facts: list[str] = []
    for row in _rows(lines):
        for fact in _facts(row):
            if fact not in facts:
                facts.append(fact)
    return facts


def _rows(lines: list[TextLine]) -> list[list[TextLine]]:
    rows: list[list[TextLine]] = []
    for line in sorted({id(line): line for line in lines}.values(), key=lambda item: (item.cy, item.x0)):
        if rows and same_row(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.x0) for row in rows]


def _facts(row: list[TextLine]) -> list[str]:
    label = row[0].text.strip(" :·•*-")
    if len(row) == 2 and len(label) < LONGEST_LABEL and not label[:1].isdigit():
        return [f"{label.capitalize()}: {row[1].text.strip()}"]
    return [fact for line in row for fact in (specifications_in(line.text) or _short(line.text))]


def _short(text: str) -> list[str]:
    words = text.strip(" ·•*-").split()
    named = 0 < len(words) <= LONGEST_FACT and words[0][:1].isupper() and re.search(r"[A-Za-z]{2}", text)
    return [" ".join(words)] if named and text[-1:] not in ".:?!" else []
