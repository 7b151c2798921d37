"""Amounts in groups of digits beside small raised digits: whatever the OCR makes of their places, there is a price or none."""

import random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from agents.screen_reader.lines import TextLine
from agents.screen_reader.prices import prices_on

AMOUNTS = ["€12 345 678", "$12 345 678", "£1 234", "€12 345", "$1 234", "45 000 kr"]


def drawn(text: str, small: str, gap: int, size: int, rng: random.Random) -> tuple[np.ndarray, TextLine]:
    """A large text with a small one raised behind it, and its line with the characters' places as a reader guesses them."""
    picture = Image.new("RGB", (700, 100), "white")
    draw = ImageDraw.Draw(picture)
    large, raised = ImageFont.load_default(size), ImageFont.load_default(size // 2)
    draw.text((20, 20), text, fill="black", font=large)
    left = 20 + draw.textlength(text, font=large) + gap
    draw.text((left, 24), small, fill="black", font=raised)
    right = int(left + draw.textlength(small, font=raised) + 4)
    step = (right - 16) / len(text)
    centres = tuple(16 + (i + 0.5) * step * rng.uniform(0.9, 1.1) for i in range(len(text)))
    return np.asarray(picture), TextLine(text, 1.0, 16, 18, right, 66, centres)


@pytest.mark.parametrize("text", AMOUNTS)
def test_grouped_digits_beside_raised_ones_are_read_without_a_fault(text: str) -> None:
    rng = random.Random(3)
    for _ in range(120):
        image, line = drawn(text, rng.choice(["99", "50", "7 1", ""]), rng.choice([0, 1, 2, 6]), rng.choice([24, 32, 40]), rng)
        assert all(p.amount.money.amount > 0 for p in prices_on(image, [line]))
