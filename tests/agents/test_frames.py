"""Frames are kept for as long as was promised, by conversation, and for their owner alone."""

import io
import os
import stat
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agents.embedded_reader import EmbeddedReader
from agents.frames import FrameStore
from agents.screen_reader.incremental import MOST_CONVERSATIONS, MOST_FRAMES, IncrementalReader
from agents.screen_reader.lines import Box, TextLine
from agents.screen_reader.ocr import Recognised, TextReader
from agents.screen_reader.page import PageInterpreter
from tests.agents.test_redaction import drawn
from tools.needs import BehaviorSummary


def png(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 10), colour).save(buffer, "PNG")
    return buffer.getvalue()


def aged(store: FrameStore, digest: str, seconds: float) -> None:
    path = next(p for p in store.folder.rglob("*") if digest in p.name)
    os.utime(path, (time.time() - seconds,) * 2)


def test_an_expired_frame_cannot_be_read_though_nothing_swept_it(tmp_path: Path) -> None:
    store = FrameStore(tmp_path / "frames", keep_seconds=100)
    frame = store.put(png())
    assert (frame.width, frame.height) == (20, 10) and store.pixels(frame.digest) is not None
    aged(store, frame.digest, 101)
    assert store.picture(frame.digest) is None and store.pixels(frame.digest) is None and not store.has(frame.digest)
    assert store.sweep() == 1 and not list(store.folder.rglob("*"))


def test_a_store_that_is_written_to_sweeps_itself_and_what_was_never_finished(tmp_path: Path) -> None:
    store = FrameStore(tmp_path / "frames", keep_seconds=3600)
    old = store.of("one").put(png()).digest
    unfinished = next(store.folder.glob("*")) / "left.1.1"
    unfinished.write_bytes(png())
    os.utime(unfinished, (time.time() - 1000,) * 2)
    aged(store, old, 3601)
    new = FrameStore(store.folder, 3600).of("two").put(png("blue")).digest
    assert [p.stem for p in store.folder.rglob("*") if p.is_file()] == [new]


def test_the_same_picture_of_two_conversations_is_two_frames(tmp_path: Path) -> None:
    store = FrameStore(tmp_path / "frames")
    one, two = (store.of(name).put(png()).digest for name in ("tenant-1:a", "tenant-2:b"))
    assert one != two
    store.delete(one)
    assert store.picture(one) is None and store.picture(two) == png()
    again = store.of("tenant-1:a").put(png()).digest
    assert again == one and store.of("tenant-1:a").delete_conversation() == 1
    assert store.picture(one) is None and store.picture(two) == png()
    assert store.delete_all() == 1 and store.picture(two) is None


def test_a_frame_that_is_deleted_while_it_is_masked_stays_deleted(tmp_path: Path) -> None:
    own = FrameStore(tmp_path / "frames").of("a")
    digest = own.put(png()).digest
    own.delete_conversation()
    own.replace(digest, png("black"))
    assert own.picture(digest) is None and not list((tmp_path / "frames").rglob("*"))
    kept = own.put(png()).digest
    own.replace(kept, png("black"))
    assert own.put(png()).digest == kept and own.picture(kept) == png("black")


def test_frames_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir(mode=0o755)
    os.chmod(folder, 0o755)
    FrameStore(folder).of("a").put(png())
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in (folder, *folder.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://jo:secret@shop.example:8443/lamps?email=jo%40example.org#address", "https://shop.example:8443/lamps"),
        ("https://shop.example/dp/B0ABC12345", "https://shop.example/dp/B0ABC12345"),
        ("https://shop.example/reset/eyJhbGciOiJIUzI1NiJ9.e30", "https://shop.example/reset/-"),
        ("https://shop.example/bestellung/203-1234567/jo", "https://shop.example/bestellung/-/-"),
        ("https://shop.example/gift/jo%40example.org", "https://shop.example/gift/-"),
        ("https://shop.example/call/+44-20-7946-0958", "https://shop.example/call/-"),
        ("data:image/png;base64,AAAA", "data:"), ("http://[broken/jo@example.org", "-"), ("/home/jo/lamp.png", "lamp.png"),
    ],
)  # fmt: skip
def test_addresses_lose_what_is_personal(tmp_path: Path, url: str, kept: str) -> None:
    frame = FrameStore(tmp_path).put(png(), url=url)
    assert frame.url == kept
    assert "secret" not in frame.model_dump_json() and "example.org" not in frame.model_dump_json()


def test_pages_are_told_apart_by_what_their_addresses_lost(tmp_path: Path) -> None:
    store = FrameStore(tmp_path)
    lamps, desks, again = (store.put(png(), url=f"https://shop.example/s?q={q}") for q in ("lamp", "desk", "lamp"))
    assert lamps.url == desks.url and lamps.page == again.page != desks.page


class Counting(TextReader):
    """Counts the lines that are recognised and not remembered."""

    recognised = 0

    def _recognise_crops(self, waiting: list[tuple[int, bytes, np.ndarray]]) -> list[tuple[int, Recognised]]:
        self.recognised += len(waiting)
        return super()._recognise_crops(waiting)


PAGE = [(40, 40, "Oak desk lamp £24.99"), (40, 120, "Brass table lamp £39.00")]


def test_nothing_that_was_read_for_one_conversation_is_used_for_another(tmp_path: Path) -> None:
    counting = Counting()
    reader = IncrementalReader(counting)
    store = FrameStore(tmp_path)
    embedded = EmbeddedReader(store, PageInterpreter(reader))
    picture = Image.fromarray(drawn(PAGE))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    frames = [store.of(name).put(buffer.getvalue()) for name in ("one", "two")]
    costs = []
    for frame in (frames[0], frames[0], frames[1], frames[1]):
        before = counting.recognised
        (reading,) = embedded.read([frame], BehaviorSummary())
        assert reading.page is not None and "24.99" in reading.page.text
        costs.append(counting.recognised - before)
    assert costs[0] == costs[2] > 0 and costs[1] == costs[3] == 0, "the other conversation's lines were used"


def test_what_was_read_is_forgotten_with_its_conversation_and_its_frame(tmp_path: Path) -> None:
    counting = Counting()
    store = FrameStore(tmp_path, keep_seconds=100)
    embedded = EmbeddedReader(store, PageInterpreter(IncrementalReader(counting)))
    buffer = io.BytesIO()
    Image.fromarray(drawn(PAGE)).save(buffer, "PNG")
    frame = store.of("one").put(buffer.getvalue())
    list(embedded.read([frame], BehaviorSummary()))
    read = counting.recognised
    embedded.forget(frame.digest[:32])
    list(embedded.read([frame], BehaviorSummary()))
    assert counting.recognised == 2 * read
    aged(store, frame.digest, 101)
    (reading,) = embedded.read([frame], BehaviorSummary())
    assert reading.page is None and "expired" in (reading.note or "")


class Blank(TextReader):
    """Finds no lines; what is remembered is the frames."""

    def detect(self, image: np.ndarray) -> list[Box]:
        return []

    def recognise(self, image: np.ndarray, boxes: list[Box]) -> list[Recognised]:
        return []


def test_what_is_remembered_of_all_conversations_together_has_a_bound() -> None:
    reader = IncrementalReader(Blank())
    lines: list[TextLine] = []
    for number in range(3 * MOST_CONVERSATIONS):
        for shade in range(4):
            lines += reader.of(str(number)).read(np.full((60, 80, 3), shade * 40 + number, np.uint8))
    held = reader._memories
    assert len(held) <= MOST_CONVERSATIONS and sum(len(m.frames) for m in held.values()) <= MOST_FRAMES
    assert len(held[str(number)].frames) == 4 and not lines, "the latest conversation lost its frames"
    reader.forget_idle(0)
    assert not held
