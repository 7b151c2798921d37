"""The summarizer merges what frames say: cut titles, dwelling, going back."""

from collections.abc import Iterator
from decimal import Decimal

from agents.frames import Frame
from agents.models import FrameReading
from agents.screen_reader.reading import PageKind, PageReading, ReadProduct
from agents.summarizer import Summarizer
from catalog.money import Money
from tools.needs import BehaviorSummary, Category


class Told:
    """A reader that says what the test gave it."""

    def __init__(self, *pages: tuple[float, list[ReadProduct]]):
        self.pages = pages

    def read(self, frames: list[Frame], summary: BehaviorSummary) -> Iterator[FrameReading]:
        for frame, (_, products) in zip(frames, self.pages, strict=True):
            yield FrameReading(frame, PageReading(kind=PageKind.LISTING, products=products))

    def frames(self) -> list[Frame]:
        return [Frame(digest=str(i), url="u", taken=1000 + at) for i, (at, _) in enumerate(self.pages)]


def product(title: str, price: str = "19.99", main: bool = False) -> ReadProduct:
    return ReadProduct(title=title, price=Money(amount=Decimal(price), currency="GBP"), main=main)


def summarised(*pages: tuple[float, list[ReadProduct]]) -> BehaviorSummary:
    told = Told(*pages)
    return Summarizer(told).update(BehaviorSummary(), told.frames())[0]


def test_a_title_cut_at_the_top_of_the_viewport_is_no_second_product() -> None:
    whole = product("Galaxy S23 Phone Case, Polycarbonate, Pink")
    summary = summarised(
        (0, [whole]),
        (1, [product("Polycarbonate, Pink"), product("Polycarbonate, Pink", "23.50"), product("Pink")]),
    )
    titles = [(p.title, str(p.price)) for p in summary.products]
    assert titles == [
        (whole.title, "£19.99"), ("Polycarbonate, Pink", "£23.50"), ("Pink", "£19.99"),
    ]  # fmt: skip


def test_time_in_view_is_shared_and_going_back_counts() -> None:
    lamp, rug = product("Oak desk lamp"), product("Wool rug", "80.00")
    summary = summarised((0, [lamp, rug]), (4, [rug]), (14, [lamp]))
    first, second = summary.products
    assert (first.dwell, second.dwell) == (2, 12) and (first.returns, second.returns) == (1, 0)
    told = summary.categories[Category.CHARACTERISTICS]
    assert "stayed longest on Wool rug (12 s)" in told and "went back to Oak desk lamp" in told
