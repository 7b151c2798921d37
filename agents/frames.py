"""Frames: screenshots of the viewport, kept by conversation and digest in a folder, for as short as they are needed."""

import contextlib
import hashlib
import math
import os
import secrets
import shutil
import threading
import time
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from agents.pictures import own_pixels, size_of
from agents.urls import public_url
from catalog.errors import InputError

KEEP_SECONDS = 24 * 3600
SWEEP_SECONDS = 60.0  # a store that is written to sweeps itself, whoever runs it
UNFINISHED_SECONDS = 600.0
ATTEMPTS = 5
HALF = 32
SUFFIX = ".png"
_SALT = secrets.token_bytes(16)


class Frame(BaseModel):
    """One screenshot; its pixels lie in a :class:`FrameStore` under ``digest``."""

    model_config = ConfigDict(frozen=True)

    digest: str
    """Of the conversation and of the picture, in this order, ``HALF`` letters each."""
    url: str = ""
    """The page's address without what is personal in it."""
    page: str = ""
    """The same for frames of the same whole address, as long as the process runs; it tells nothing of the address."""
    taken: float = 0.0
    """Seconds since the epoch."""
    width: int = 0
    height: int = 0


class FrameStore:
    """A folder of PNG files; each expires ``keep_seconds`` after it was put there, and cannot be read from then on.

    Frames belong to a ``conversation`` (:meth:`of`): the same picture of two conversations is two frames, and lies in
    two folders, so that deleting the one leaves the other. Files are readable by their owner alone.
    """

    def __init__(self, folder: Path, keep_seconds: float = KEEP_SECONDS, conversation: str = ""):
        self.folder = folder
        self.keep_seconds = keep_seconds
        self.conversation = conversation
        self._swept = [0.0]

    def of(self, conversation: str) -> "FrameStore":
        """The same store for the frames of one conversation; ``conversation`` names its tenant as well."""
        own = FrameStore(self.folder, self.keep_seconds, conversation)
        own._swept = self._swept
        return own

    def put(self, picture: bytes, url: str = "", taken: float | None = None) -> Frame:
        """Store an encoded picture; the same picture is stored once. InputError when it is none."""
        width, height = size_of(picture, public_url(url) or "the picture")
        digest = owner_of(self.conversation) + _hash(picture)
        try:
            os.utime(self._path(digest))  # more of it may have been masked since: that stays
        except FileNotFoundError:
            self._write(self._path(digest), picture)
        if time.monotonic() - self._swept[0] > SWEEP_SECONDS:
            self.sweep()
        taken = time.time() if taken is None else taken
        page = hashlib.blake2b(url.encode("utf-8", "replace"), key=_SALT, digest_size=8).hexdigest()
        return Frame(digest=digest, url=public_url(url), page=page, taken=taken, width=width, height=height)

    def replace(self, digest: str, picture: bytes) -> None:
        """Put another picture in a frame's place, such as the same one with more of it masked.

        A frame that is gone, or goes meanwhile with its conversation, does not come back.
        """
        path = self._path(digest)
        with contextlib.suppress(FileNotFoundError):
            stored = path.stat().st_mtime
            _write_private(path, picture, stored)

    def _write(self, path: Path, picture: bytes) -> None:
        for _ in range(ATTEMPTS):  # a sweep may take the empty folder away under us
            private_folder(self.folder)
            private_folder(path.parent)
            with contextlib.suppress(FileNotFoundError):
                _write_private(path, picture)
                return
        raise InputError(f"{self.folder} cannot be written to; check that it is a folder of ours.")

    def has(self, digest: str) -> bool:
        """Whether the frame is there and has not expired."""
        return _age(self._path(digest)) < self.keep_seconds

    def picture(self, digest: str) -> bytes | None:
        """The encoded picture, or None when it has expired or was deleted."""
        if not self.has(digest):
            return None
        with contextlib.suppress(FileNotFoundError):
            return self._path(digest).read_bytes()
        return None

    def pixels(self, digest: str) -> np.ndarray | None:
        """The picture as RGB, (h, w, 3) uint8, at most ``pictures.MAX_SIDE`` wide; None when it is gone."""
        picture = self.picture(digest)
        if picture is None:
            return None
        return own_pixels(picture, digest)

    def sweep(self) -> int:
        """Delete what has expired, of every conversation, and what was never finished; returns how many pictures."""
        self._swept[0] = time.monotonic()
        count = 0
        for path in sorted(self.folder.rglob("*"), reverse=True):  # what lies in a folder before the folder
            finished = path.suffix == SUFFIX
            if path.is_dir():
                with contextlib.suppress(OSError):
                    path.rmdir()  # only what is empty goes
            elif _age(path) >= (self.keep_seconds if finished else UNFINISHED_SECONDS):
                path.unlink(missing_ok=True)
                count += finished
        return count

    def delete(self, digest: str) -> None:
        """Delete one frame."""
        self._path(digest).unlink(missing_ok=True)

    def delete_conversation(self) -> int:
        """Delete every frame of this conversation; returns how many."""
        return _removed(self.folder / owner_of(self.conversation))

    def delete_all(self) -> int:
        """Delete every frame of every conversation; returns how many."""
        count = sum(_removed(path) for path in self.folder.glob("*") if path.is_dir())
        for path in self.folder.glob("*"):
            path.unlink(missing_ok=True)
            count += path.suffix == SUFFIX
        return count

    def _path(self, digest: str) -> Path:
        plain = "".join(c for c in digest if c.isalnum())
        return self.folder / plain[:HALF] / f"{plain}{SUFFIX}"


def owner_of(conversation: str) -> str:
    """What the digests of a conversation's frames begin with."""
    return _hash(conversation.encode())


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:HALF]


def _age(path: Path) -> float:
    """Seconds since a file was written; infinitely many where there is none."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return math.inf


def private_folder(folder: Path) -> None:
    """Make a folder, or an existing one, its owner's alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def _write_private(path: Path, content: bytes, modified: float | None = None) -> None:
    """Write a file whole, readable by its owner alone from its first byte on; FileNotFoundError without its folder."""
    unfinished = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(content)
    if modified is not None:
        os.utime(unfinished, (modified, modified))
    os.replace(unfinished, path)


def _removed(folder: Path) -> int:
    """Remove a folder of frames; returns how many. It goes in one step, so that nothing is put back into it."""
    going = folder.with_name(f".{folder.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        os.replace(folder, going)
    except FileNotFoundError:
        return 0
    count = len(list(going.glob(f"*{SUFFIX}")))
    shutil.rmtree(going, ignore_errors=True)
    return count

