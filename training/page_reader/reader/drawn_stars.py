"""Ratings that are drawn as five stars near a number of reviews."""

import numpy as np

from agents.screen_reader.facts import rating_in
from agents.screen_reader.lines import TextLine
from agents.screen_reader.stars import stars_in

REACH = 9  # times the line's height: how far to the left of the number of reviews their stars may begin


def stars_beside(image: np.ndarray, lines: list[TextLine]) -> float | None:
    """The rating that a row of drawn stars shows: in one of the lines, or beside, above or below a number of reviews."""
    for line in lines:
        size = line.height
        if rating_in(line.text).count is None and any(c.isalpha() for c in line.text):
            continue
        own = (line.x0 - size // 4, line.y0, line.x1 + size // 4, line.y1)
        beside = (line.x0 - REACH * size, line.y0 - size // 4, line.x1, line.y1 + size // 4)
        wide = (line.x0 - 2 * size, line.x1 + 2 * size)
        above = (wide[0], line.y0 - 2 * size, wide[1], line.y0 + 2)
        below = (wide[0], line.y1 - 2, wide[1], line.y1 + 2 * size)
        pixels = image[line.y0 : line.y1, line.x0 : line.x1].reshape(-1, 3)
        r, g, b = (int(v) for v in np.median(pixels, axis=0)) if len(pixels) else (255, 255, 255)
        for area in (own, beside, above, below):
            if (score := stars_in(image, area, size, (r, g, b))) is not None:
                return score
    return None
