"""What a picture costs a vision model, in tokens, and the size that it is best sent at.

Vision models scale a picture to fit a square, then until its shorter side fits, and count tiles of what is left
(OpenAI's published rule). Sending it at that size costs the same tokens and fewer bytes.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class TileRule:
    """How a model counts: sides in pixels, tokens for the picture and for each tile."""

    square: int = 2048
    short_side: int = 768
    tile: int = 512
    base_tokens: int = 85
    tile_tokens: int = 170

    def size(self, width: int, height: int) -> tuple[int, int]:
        """The size that the model looks at; pictures are never enlarged.

        >>> TileRule().size(2560, 1600)
        (1229, 768)
        """
        scale = min(1.0, self.square / max(width, height))
        scale = min(scale, self.short_side / min(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))

    def tokens(self, width: int, height: int) -> int:
        """What the picture costs.

        >>> TileRule().tokens(1280, 800)
        1105
        """
        w, h = self.size(width, height)
        return self.base_tokens + self.tile_tokens * math.ceil(w / self.tile) * math.ceil(h / self.tile)


def text_tokens(text: str) -> int:
    """About what a text costs: four letters a token."""
    return math.ceil(len(text) / 4)
