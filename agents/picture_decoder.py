"""A program of its own that decodes pictures from elsewhere, one after another, with little memory and no file to write to.

It is started by its path (:mod:`agents.pictures`), imports nothing of ours, and speaks over its standard streams: in
come the size of a picture, the widest that it may be, and its bytes; out come a kind, a width, a height and a size, and
then the pixels, or the sentence that says what is wrong with it.
"""

import io
import struct
import sys
from contextlib import suppress
from typing import Any

from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401 - loaded before the limits

FORMATS = ("PNG", "JPEG", "WEBP")
ASKED = struct.Struct("!IIIII")
"""Bytes of the picture; the widest that it is to be; the longest side and the most pixels that it may have, and the
most that may be left of them once it is no wider."""
ANSWERED = struct.Struct("!BIII")
"""0 and the width, the height and the bytes of the pixels; or 1, two zeros and the bytes of a sentence."""
MEMORY = 1024 * 2**20  # bytes of address space
MOST_TEXT = 64 * 1024  # bytes of a PNG's text, unpacked


class Refused(Exception):
    """The picture is not decoded; the message completes a sentence that begins with its name."""


def rgb(picture: bytes, widest: int, longest: int, most: int, most_left: int) -> Image.Image:
    """A picture as RGB, at most ``widest`` wide; Refused before a pixel is decoded where it breaks a limit."""
    # Pillow would otherwise guess among all that it knows, down to formats that other programs are called for.
    with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
        width, height = image.size
        if max(width, height) > longest or width * height > most:
            raise Refused(
                f"is too large to read ({width} x {height} pixels); send at most {longest} pixels a side and "
                f"{most // 1_000_000} million in all, in parts if need be."
            )
        scale = min(1.0, widest / width)
        if width * height * scale**2 > most_left:
            raise Refused(
                f"is too long to read at once ({width} x {height} pixels); send it in parts of at most "
                f"{int(most_left / scale**2 / width)} pixels of height."
            )
        if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:  # MPO: a camera's JPEG with a preview
            raise Refused("is an animation; send a single picture.")
        whole = image.convert("RGB")
    if whole.width > widest:
        height = max(1, round(whole.height * widest / whole.width))
        whole = whole.resize((widest, height), Image.Resampling.LANCZOS)
    return whole


def main() -> None:
    """Decode until the standard input ends."""
    _confine()
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    while len(head := stdin.read(ASKED.size)) == ASKED.size:
        size, *limits = ASKED.unpack(head)
        picture = stdin.read(size)
        failed, width, height, data = _answer(picture, *limits)
        stdout.write(ANSWERED.pack(failed, width, height, len(data)))
        stdout.write(data)
        stdout.flush()


def _answer(picture: bytes, *limits: int) -> tuple[int, int, int, bytes]:
    try:
        image = rgb(picture, *limits)
        return 0, image.width, image.height, image.tobytes()
    except Refused as refused:
        return 1, 0, 0, str(refused).encode()
    except MemoryError:
        return 1, 0, 0, b"takes too much memory to decode; send a smaller picture."
    except Exception:  # whatever a damaged or hostile file makes a decoder do
        return 1, 0, 0, b"is not an image that can be read; send a PNG, JPEG or WebP screenshot."


def _confine() -> None:
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = MOST_TEXT
    Image.MAX_IMAGE_PIXELS = None  # the limits come with each picture
    limits: Any = None
    with suppress(ImportError):  # not on Windows
        import resource as limits
    if limits is not None:
        for name, value in (("RLIMIT_AS", MEMORY), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0), ("RLIMIT_NPROC", 0)):
            limits.setrlimit(getattr(limits, name), (value, value))


if __name__ == "__main__":
    main()
