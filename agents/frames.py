"""Frames: screenshots of the viewport, kept by digest in a folder, for as short as they are needed."""

import hashlib
import os
import threading
import time
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from agents.pictures import own_pixels, size_of

KEEP_SECONDS = 24 * 3600


class Frame(BaseModel):
    """One screenshot; its pixels lie in a :class:`FrameStore` under ``digest``."""

    model_config = ConfigDict(frozen=True)

    digest: str
    url: str = ""
    taken: float = 0.0
    """Seconds since the epoch."""
    width: int = 0
    height: int = 0


class FrameStore:
    """A folder of PNG files named by the digest of their content; each expires after ``keep_seconds``."""

    def __init__(self, folder: Path, keep_seconds: float = KEEP_SECONDS):
        self.folder = folder
        self.keep_seconds = keep_seconds

    def put(self, picture: bytes, url: str = "", taken: float | None = None) -> Frame:
        """Store an encoded picture; the same picture is stored once. InputError when it is none."""
        width, height = size_of(picture, url or "the picture")
        digest = hashlib.sha256(picture).hexdigest()[:32]
        path = self._path(digest)
        if not path.exists():
            self._write(path, picture)
        else:
            os.utime(path)
        taken = time.time() if taken is None else taken
        return Frame(digest=digest, url=url, taken=taken, width=width, height=height)

    def replace(self, digest: str, picture: bytes) -> None:
        """Put another picture in a frame's place, such as the same one with more of it masked."""
        path = self._path(digest)
        if path.exists():
            taken = path.stat().st_mtime
            self._write(path, picture)
            os.utime(path, (taken, taken))

    def _write(self, path: Path, picture: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        unfinished.write_bytes(picture)
        os.chmod(unfinished, 0o600)
        os.replace(unfinished, path)

    def picture(self, digest: str) -> bytes | None:
        """The encoded picture, or None when it has expired or was deleted."""
        path = self._path(digest)
        return path.read_bytes() if path.exists() else None

    def pixels(self, digest: str) -> np.ndarray | None:
        """The picture as RGB, (h, w, 3) uint8, at most ``pictures.MAX_SIDE`` wide; None when it is gone."""
        picture = self.picture(digest)
        if picture is None:
            return None
        return own_pixels(picture, digest)

    def sweep(self) -> int:
        """Delete what has expired; returns how many."""
        limit = time.time() - self.keep_seconds
        expired = [p for p in self.folder.glob("*.png") if p.stat().st_mtime < limit]
        for path in expired:
            path.unlink(missing_ok=True)
        return len(expired)

    def delete(self, digest: str) -> None:
        """Delete one frame."""
        self._path(digest).unlink(missing_ok=True)

    def delete_all(self) -> int:
        """Delete every frame; returns how many."""
        everything = list(self.folder.glob("*.png"))
        for path in everything:
            path.unlink(missing_ok=True)
        return len(everything)

    def _path(self, digest: str) -> Path:
        return self.folder / f"{''.join(c for c in digest if c.isalnum())}.png"
