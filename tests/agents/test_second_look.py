from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from agents.screen_reader.lines import Box, TextLine
from agents.screen_reader.ocr import TextReader
from agents.screen_reader.second_look import with_cents

FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
TOP, LEFT, SIZE = 30, 40, 24


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader()


def picture(after: str, raised: bool, dark: bool) -> tuple[np.ndarray, int, int]:
    """An amount with something behind it, where the amount ends, and where that ends."""
    image = Image.new("RGB", (240, 90), (27, 32, 40) if dark else (255, 255, 255))
    draw, ink = ImageDraw.Draw(image), (235, 238, 240) if dark else (20, 20, 20)
    large, small = ImageFont.truetype(FONT, SIZE), ImageFont.truetype(FONT, int(0.55 * SIZE))
    middle = LEFT + int(large.getlength("£3"))
    draw.text((LEFT, TOP), "£3", font=large, fill=ink)
    draw.text((middle + 2, TOP + (1 if raised else 12)), after, font=small, fill=ink)
    return np.array(image), middle, middle + 2 + int(small.getlength(after))


def seen(reader: TextReader, image: np.ndarray, box: Box) -> list[TextLine]:
    """The line that is read where only this box was found."""
    text, score, centres = reader.recognise(image, [box])[0]
    return [TextLine(text, score, *box, centres)]


@pytest.mark.parametrize("dark", [False, True])
def test_cents_without_a_box_are_read(reader: TextReader, dark: bool) -> None:
    image, middle, _ = picture("75", raised=True, dark=dark)
    before = seen(reader, image, (LEFT - 4, TOP, middle, TOP + 30))
    assert before[0].text == "£3"
    assert [line.text for line in with_cents(image, before, reader.recognise)] == ["£375"]


@pytest.mark.parametrize("dark", [False, True])
def test_an_amount_without_a_box_is_read(reader: TextReader, dark: bool) -> None:
    image, middle, end = picture("75", raised=True, dark=dark)
    before = seen(reader, image, (middle, TOP, end + 3, TOP + 20))
    assert before[0].text == "75"
    assert [line.text for line in with_cents(image, before, reader.recognise)] == ["£375"]


@pytest.mark.parametrize("after", ["kg", "75"])
def test_what_is_no_cents_stays_apart(reader: TextReader, after: str) -> None:
    """Letters, and small digits that stand on the line, as "per 75 g" does."""
    image, middle, _ = picture(after, raised=False, dark=False)
    before = seen(reader, image, (LEFT - 4, TOP, middle, TOP + 30))
    assert with_cents(image, before, reader.recognise) == before
