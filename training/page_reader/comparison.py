"""The rules of the screen reader and the learned reader side by side, on labelled screenshots and the same text lines."""

from pathlib import Path

from agents.screen_reader.ocr import TextReader
from agents.screen_reader.page import interpret as by_rules
from evaluation.screens.labels import LabelledScreen
from evaluation.screens.measure import ScreenLine, Tally, count, pictured
from training.page_reader.reader.page import interpret as by_model
from training.page_reader.reader.page_model import PageModel


def compared(screens: list[LabelledScreen], folder: Path, model: PageModel) -> dict[str, list[ScreenLine]]:
    """The figures of both readers over the screens whose pictures lie below ``folder``."""
    reader = TextReader()
    tallies = {"rules": Tally(), "learned": Tally()}
    for screen, image in pictured(screens, folder):
        reader.seen.clear()
        lines = reader.read(image)
        count(tallies["rules"], screen, by_rules(image, lines))
        count(tallies["learned"], screen, by_model(image, lines, model))
    return {name: tally.lines() for name, tally in tallies.items()}
