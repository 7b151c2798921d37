"""Redaction from pixels, incremental reading, video, and what a picture costs."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from agents.embedded_reader import EmbeddedReader
from agents.frames import FrameStore
from agents.redaction import HIDDEN, Redactor, find_personal
from agents.screen_reader.incremental import IncrementalReader
from agents.screen_reader.ocr import TextReader
from agents.sources import frames_from, source_files
from catalog.errors import InputError, UnreadLanguage
from tools.needs import BehaviorSummary

FONT = "DejaVuSans.ttf"


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader()


def drawn(lines: list[tuple[int, int, str]], size: tuple[int, int] = (800, 600)) -> np.ndarray:
    image = Image.new("RGB", size, "white")
    font = cv2_font()
    pen = ImageDraw.Draw(image)
    for x, y, text in lines:
        pen.text((x, y), text, fill="black", font=font)
    return np.asarray(image)


def cv2_font() -> ImageFont.FreeTypeFont:
    import matplotlib

    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / FONT), 22)


CHECKOUT = [
    (30, 30, "Deliver to"), (30, 62, "Josephine Bloggs"), (30, 94, "12 Elm Street"), (30, 126, "Leeds LS1 4DY"),
    (30, 220, "Write to jo@example.org or call +44 20 7946 0958"), (30, 280, "Visa 4111 1111 1111 1111"),
    (30, 340, "Oak desk lamp £24.99"),
]  # fmt: skip


def test_personal_text_is_neither_stored_nor_told(tmp_path: Path, reader: TextReader) -> None:
    store = FrameStore(tmp_path)
    frame = Redactor(store, IncrementalReader(reader)).put(drawn(CHECKOUT))
    stored = store.pixels(frame.digest)
    assert stored is not None
    left = " ".join(line.text for line in TextReader().read(stored))
    assert "desk lamp" in left and "24.99" in left
    for secret in ("Josephine", "Elm", "LS1", "example", "7946", "4111"):
        assert secret not in left


def test_a_frame_that_came_unmasked_is_masked_when_it_is_read(tmp_path: Path) -> None:
    store = FrameStore(tmp_path)
    path = tmp_path / "x.png"
    Image.fromarray(drawn(CHECKOUT)).save(path)
    frame = store.put(path.read_bytes())
    (reading,) = EmbeddedReader(store).read([frame], BehaviorSummary())
    assert reading.page is not None and "4111" not in reading.page.text and "24.99" in reading.page.text
    stored = store.pixels(frame.digest)
    assert stored is not None and "4111" not in " ".join(x.text for x in TextReader().read(stored))


def test_an_estate_agents_address_is_no_secret(reader: TextReader) -> None:
    image = drawn([(30, 30, "12 Elm Street, Leeds LS1 4DY"), (30, 80, "£1,250 per month")])
    assert HIDDEN not in " ".join(line.text for line in find_personal(reader.read(image), image).lines)


def test_reading_only_what_is_new_says_the_same_as_reading_all(reader: TextReader) -> None:
    page = drawn([(40, 40 + 50 * i, f"Product {i * 37} in oak £{i}4.99") for i in range(40)], (800, 2100))
    incremental = IncrementalReader()
    for top in (0, 200, 430, 90, 90, 1300):
        view = page[top : top + 600]
        ours = [(line.text, line.y0 // 12) for line in incremental.read(view)]
        whole = [(line.text, line.y0 // 12) for line in reader.read(view)]
        inner = [t for t, _ in whole[1:-1]]
        assert [t for t, _ in ours if t in inner] == inner, f"at {top}"


def test_a_screen_recording_is_read(tmp_path: Path) -> None:
    file = tmp_path / "visit.mp4"
    video = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), 10, (800, 600))
    for text in ("Oak desk lamp £24.99", "Brass table lamp £39.00"):
        for _ in range(20):
            video.write(drawn([(40, 60, text), (40, 200, "Signed in: jo@example.org")])[:, :, ::-1])
    video.release()
    store = FrameStore(tmp_path / "frames")
    frames = frames_from(source_files([file]), Redactor(store, IncrementalReader()), every=0.5)
    assert 2 <= len(frames) <= 4
    readings = list(EmbeddedReader(store).read(frames, BehaviorSummary()))
    text = " ".join(r.page.text for r in readings if r.page)
    assert "24.99" in text and "39.00" in text and "example" not in text
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    with pytest.raises(InputError, match="not a video"):
        frames_from([tmp_path / "bad.mp4"], Redactor(store, IncrementalReader()))


def told(reader: TextReader, lines: list[tuple[int, int, str]]) -> str:
    image = drawn(lines)
    return " ".join(line.text for line in find_personal(reader.read(image), image).lines)


def test_labels_of_other_languages_cover_their_values(reader: TextReader) -> None:
    left = told(
        reader,
        [(30, 30, "Passwort: hunter2"), (30, 100, "Kartennummer"), (300, 100, "9911"), (30, 170, "Geburtsdatum *"), (30, 200, "01.02.1980"),
         (30, 280, "Visa 4111 1111 1111 1111 12/27"), (30, 350, "Hallo Josephine!"), (30, 420, "Schreibtischlampe 24,99 €")],
    )  # fmt: skip
    assert "Schreibtischlampe" in left
    assert "24,99" in left
    assert not [s for s in ("hunter2", "9911", "1980", "1111", "12/27", "Josephine") if s in left]


def test_a_card_in_four_boxes_is_covered(reader: TextReader) -> None:
    assert "4111" not in told(reader, [(30 + 180 * i, 60, text) for i, text in enumerate(["4111", "1111", "1111", "1111"])])


def test_details_in_a_language_that_is_not_read_are_not_stored(tmp_path: Path, reader: TextReader) -> None:
    store = FrameStore(tmp_path)
    dutch = [(30, 30, "Voornaam"), (30, 62, "Jan"), (30, 120, "Woonplaats"), (30, 152, "Delft"), (30, 220, "Wachtwoord")]
    with pytest.raises(UnreadLanguage, match="send a picture that shows products alone"):
        Redactor(store, IncrementalReader(reader)).put(drawn(dutch))
    assert not list(tmp_path.rglob("*.png"))
    products = [(30, 30, "Eikenhouten bureaulamp"), (30, 70, "24,99"), (30, 120, "In winkelwagen")]
    assert Redactor(store, IncrementalReader(reader)).put(drawn(products)).digest
