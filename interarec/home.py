"""The home folder: made for its owner alone, and served by one server at a time."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from catalog.errors import StorageError
from interarec.settings import Settings

LOCK = "server.lock"
FULL = (errno.ENOSPC, errno.EDQUOT)
UNUSABLE = (
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EIO,
    errno.ENAMETOOLONG,
    errno.ELOOP,
)


def make_home(home: Path) -> Path:
    """The home folder, made if it was not there; StorageError when nothing can be written there."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        if error.errno in FULL:
            raise StorageError(disk_fault(error) or "") from error
        raise StorageError(
            f"{home} cannot be written to ({error.strerror}); set INTERAREC_HOME, or --home, to a folder that can."
        ) from error
    return home


def disk_fault(error: Exception) -> str | None:
    """A sentence for what the disk or a folder refused, also where a library only repeats it; None for what is no fault of theirs."""
    if not isinstance(error, OSError):
        full = os.strerror(errno.ENOSPC) in str(error)
        return "The disk is full; free some space. What was kept before is still there." if full else None
    place = f" ({os.fspath(error.filename)})" if isinstance(error.filename, str | os.PathLike) else ""
    if error.errno in FULL:
        return f"The disk is full{place}; free some space. What was kept before is still there."
    if error.errno in UNUSABLE and place:
        return f"A file cannot be used{place}: {error.strerror}; check its permissions, or set INTERAREC_HOME to another folder."
    return None


@contextlib.contextmanager
def served_alone(settings: Settings) -> Iterator[None]:
    """Hold the home folder as its only server; StorageError while another one does.

    Two servers would each answer from what it read before, and lose what the other saved. In PostgreSQL they share a
    conversation, so that it needs no holding. The lock goes with the process, however that ends.
    """
    if settings.database_url is not None:
        yield
        return
    lock = FileLock(make_home(settings.home) / LOCK, timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise StorageError(
            f"Another server uses {settings.home} already. Stop it, or give this one a --home of its own; "
            "several servers share conversations in PostgreSQL (INTERAREC_DATABASE_URL)."
        ) from error
    try:
        yield
    finally:
        lock.release()
