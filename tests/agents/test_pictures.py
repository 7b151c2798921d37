"""Pictures from elsewhere: three formats and no others, within limits, in a process that can do no harm."""

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from agents import pictures
from agents.pictures import Decoders, decoded
from agents.sources import IMAGES, source_files, video_pictures
from catalog.errors import InputError

Image.init()
OTHERS = sorted(set(Image.SAVE) - {"PNG", "JPEG", "WEBP", "MPO"})


def encoded(kind: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "teal" if mode == "RGB" else 0).save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG of one bit a pixel, all of it black."""
    rows = zlib.compress((b"\0" + b"\0" * ((width + 7) // 8)) * height, 9)
    head = struct.pack("!IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", head), *chunks, chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    )


@pytest.mark.parametrize("kind", ("PNG", "JPEG", "WEBP"))
def test_what_browsers_and_phones_send_is_decoded(kind: str) -> None:
    image = decoded(encoded(kind, (64, 48)), "it")
    assert image.shape == (48, 64, 3) and abs(image.astype(int) - (0, 128, 128)).max() <= 3
    assert decoded(encoded(kind, (3840, 2160)), "it").shape == (1080, 1920, 3)


def test_no_other_format_is_decoded_whatever_it_is_called(tmp_path: Path) -> None:
    tried = 0
    for kind in OTHERS:
        for mode in ("RGB", "L", "1"):
            try:
                picture = encoded(kind, mode=mode)
            except (OSError, ValueError, KeyError):  # a format that cannot hold this, or needs another library
                continue
            tried += 1
            with pytest.raises(InputError, match="^shot.png is not an image"):
                decoded(picture, "shot.png")
            break
    assert tried > 12
    (tmp_path / "old.bmp").write_bytes(encoded("BMP"))
    with pytest.raises(InputError, match="no images"):
        source_files([tmp_path])
    assert set(IMAGES) == {".png", ".jpg", ".jpeg", ".webp"}


POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(PATH) (w) file closefile\n%%EOF\n"


def test_no_program_is_run_for_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = tmp_path / "called"
    (tmp_path / "gs").write_text(f"#!/bin/sh\ntouch {called}\n")
    (tmp_path / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    for data in (POSTSCRIPT, b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 30, len(POSTSCRIPT)) + b"\0" * 18 + POSTSCRIPT):
        with pytest.raises(InputError):
            decoded(data, "shot.png")
    assert not called.exists()


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        (png(1, 5_000_000), "too large"), (png(30_000, 30_000), "too large"), (png(9_000, 9_000), "too large"),
        (png(1900, 9_000), "in parts of at most 6315 pixels of height"),
        (png(9, 9, *[chunk(b"zTXt", b"a\0\0" + zlib.compress(b" " * 2**24, 9))] * 9), "not an image"),
        (png(9, 9)[:44], "not an image"),
        (encoded("PNG", save_all=True, append_images=[Image.new("RGB", (64, 48))] * 3), "animation"),
        (encoded("WEBP", save_all=True, append_images=[Image.new("RGB", (64, 48))] * 3), "animation"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_what_unpacks_to_too_much_is_refused_in_a_sentence(picture: bytes, told: str) -> None:
    with pytest.raises(InputError, match=f"^it is .*{told}"):
        decoded(picture, "it")


def test_a_decoder_that_takes_too_long_is_ended_and_the_next_picture_gets_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = Decoders(1)
    monkeypatch.setattr(pictures, "_DECODERS", own)
    monkeypatch.setattr(pictures, "SECONDS", 0.001)
    with pytest.raises(InputError, match="takes too long"):
        decoded(encoded("PNG", (4000, 3000)), "it")
    monkeypatch.setattr(pictures, "SECONDS", 10.0)
    assert decoded(encoded("PNG"), "it").shape == (48, 64, 3)
    own.close()


def test_a_playlist_that_is_called_a_video_opens_nothing(tmp_path: Path) -> None:
    real = tmp_path / "real.avi"
    writer = cv2.VideoWriter(str(real), cv2.VideoWriter.fourcc(*"MJPG"), 5, (320, 240))
    for shade in range(0, 250, 50):
        writer.write(np.full((240, 320, 3), shade, np.uint8))
    writer.release()
    assert len(list(video_pictures(real, 0.2))) > 1
    for name, text in (
        ("list.mp4", "ffconcat version 1.0\nfile real.avi\n"),
        ("list.mkv", f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\n{real}\n#EXT-X-ENDLIST\n"),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(InputError, match="not a video"):
            list(video_pictures(tmp_path / name, 0.2))
