"""Lines of text on a picture."""

from dataclasses import dataclass

Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels."""


@dataclass(frozen=True)
class TextLine:
    """One line of text with its box in pixels and the centre of each character along x."""

    text: str
    score: float
    x0: int
    y0: int
    x1: int
    y1: int
    centres: tuple[float, ...]

    @property
    def height(self) -> int:
        """The height of the box: about 1.3 times that of a capital."""
        return self.y1 - self.y0

    @property
    def width(self) -> int:
        """The width of the box."""
        return self.x1 - self.x0

    @property
    def cx(self) -> float:
        """The middle along x."""
        return (self.x0 + self.x1) / 2

    @property
    def cy(self) -> float:
        """The middle along y."""
        return (self.y0 + self.y1) / 2


def in_order(lines: list[TextLine]) -> list[TextLine]:
    """Lines from top to bottom, and from left to right."""
    return sorted(lines, key=lambda line: (line.y0, line.x0))
