"""The breadcrumb trail of a page ("Home / Lamps / Oak desk lamp"): its end names what the page is about."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from agents.screen_reader.blocks import Paragraph
from agents.screen_reader.lines import TextLine

SEPARATOR = re.compile(r"\s*[>›»/→]\s*|\s[|•·:]\s|\s{2,}")  # arrows that were not read leave a gap
FIRST = re.compile(r"^\W*(?:home(?: ?page)?|shop|store|all\b.{0,20}|products?|back|goods)\W*$", re.IGNORECASE)
LOWEST = 0.45  # of the page's height: trails stand at the top
SHORTEST_END = 10  # letters: a shorter end may be any word of the page
SAME = 92


@dataclass(frozen=True)
class Trail:
    """Where a trail ends along y, and its letters without the spaces."""

    y1: int
    letters: str
    last: str

    def names(self, text: str) -> bool:
        """Whether a text is the trail's end, or begins with it where the trail was cut off."""
        letters = _letters(text)
        if len(letters) < SHORTEST_END or len(self.last) < SHORTEST_END:
            return False
        if self.letters.endswith(letters) or letters.startswith(self.last):
            return True
        return fuzz.ratio(self.letters[-len(letters) :], letters) >= SAME

    def above(self, paragraph: Paragraph) -> bool:
        """Whether a paragraph stands above the trail, where logos, menus and the search box are."""
        return paragraph.y1 < self.y1


def trail_of(lines: list[TextLine], height: int) -> Trail | None:
    """The page's trail, or None: a line near the top with separators, that begins at the shop's front door."""
    for line in lines:
        parts = [p for p in SEPARATOR.split(line.text) if p.strip()]
        if line.y0 > LOWEST * height or len(parts) < 2:
            continue
        if FIRST.match(parts[0]) or (len(parts) > 3 and re.search(r"[>›»]|\S\s{2,}\S", line.text)):
            return Trail(line.y1, _letters(line.text), _letters(parts[-1]))
    return None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())
