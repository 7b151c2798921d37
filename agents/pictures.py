"""Decoding pictures: PNG, JPEG and WebP and nothing else, those from elsewhere in a process of its own."""

import atexit
import contextlib
import io
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator

import numpy as np
from PIL import Image, UnidentifiedImageError

from agents.picture_decoder import ANSWERED, ASKED, FORMATS
from catalog.errors import InputError

MAX_SIDE = 1920  # pixels of width: a display of double density is read no better at its full size
LONGEST_SIDE = 10_000
MAX_PIXELS = 34_000_000  # a display of 7680 x 4320
MAX_READ = 12_000_000  # pixels after scaling: what is read takes seconds for each million
SECONDS = 10.0
DECODERS = 2


def decoded(picture: bytes, name: str) -> np.ndarray:
    """A picture from elsewhere as RGB, (h, w, 3) uint8, at most ``MAX_SIDE`` wide; InputError when it is none.

    It is decoded in a process that has little memory, ``SECONDS`` of time, and no part in what goes on here.
    """
    with _DECODERS.borrowed() as decoder:
        return decoder.rgb(picture, name)


def own_pixels(picture: bytes, name: str) -> np.ndarray:
    """A picture that we encoded or that our browser took, as :func:`decoded` gives it, decoded here."""
    with _opened(picture, name) as image:
        whole = image.convert("RGB")
        if whole.width > MAX_SIDE:
            height = max(1, round(whole.height * MAX_SIDE / whole.width))
            whole = whole.resize((MAX_SIDE, height), Image.Resampling.LANCZOS)
        return np.asarray(whole)


def size_of(picture: bytes, name: str) -> tuple[int, int]:
    """Width and height of a picture that we encoded or that our browser took; InputError when it is none."""
    with _opened(picture, name) as image:
        return image.size


def _opened(picture: bytes, name: str) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(picture), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise InputError(f"{name} is too large to read ({image.width} x {image.height} pixels).")
        image.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(
            f"{name} is not an image that can be read; pass a PNG, JPEG or WebP screenshot."
        ) from error
    return image


class Decoder:
    """One process of :mod:`agents.picture_decoder`; not to be used by two threads at once."""

    def __init__(self) -> None:
        from agents import picture_decoder

        # Without our environment: what decodes a stranger's file has no use for keys.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(picture_decoder.__file__)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )  # fmt: skip

    @property
    def runs(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def rgb(self, picture: bytes, name: str) -> np.ndarray:
        """The picture as RGB, (h, w, 3) uint8; InputError when it is none or takes too long."""
        late = threading.Timer(SECONDS, self._process.kill)
        late.start()
        try:
            failed, width, height, data = self._answer(picture)
        except (OSError, EOFError) as error:
            self.close()
            raise InputError(
                f"{name} takes too long or too much memory to decode; send a smaller picture."
            ) from error
        finally:
            late.cancel()
        if failed:
            raise InputError(f"{name} {data.decode()}")
        return np.frombuffer(data, np.uint8).reshape(height, width, 3)

    def _answer(self, picture: bytes) -> tuple[int, int, int, bytes]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(ASKED.pack(len(picture), MAX_SIDE, LONGEST_SIDE, MAX_PIXELS, MAX_READ))
        stdin.write(picture)
        stdin.flush()
        head = stdout.read(ANSWERED.size)
        if len(head) < ANSWERED.size:
            raise EOFError
        failed, width, height, size = ANSWERED.unpack(head)
        data = stdout.read(size)
        if len(data) < size:
            raise EOFError
        return failed, width, height, data

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()


class Decoders:
    """At most ``DECODERS`` processes, each started when it is first needed and again after it was killed."""

    def __init__(self, most: int = DECODERS):
        self._idle: queue.LifoQueue[Decoder | None] = queue.LifoQueue()
        for _ in range(most):
            self._idle.put(None)
        atexit.register(self.close)

    @contextlib.contextmanager
    def borrowed(self) -> Iterator[Decoder]:
        """A decoder for the length of a ``with`` block; waits for one where all are in use."""
        decoder = self._idle.get()
        try:
            if decoder is None or not decoder.runs:
                decoder = Decoder()
            yield decoder
        finally:
            self._idle.put(decoder)

    def close(self) -> None:
        """End every process that is not in use."""
        with contextlib.suppress(queue.Empty):
            while True:
                if (decoder := self._idle.get_nowait()) is not None:
                    decoder.close()


_DECODERS = Decoders()
