"""A real PostgreSQL from Debian's packages, in a folder of its own, for as long as a ``with`` block lasts."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """Where the server's programs lie, or None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The URL of a fresh server."""
    programs = binaries()
    assert programs is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    data.mkdir()
    # The server refuses to run as root.
    lead = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if lead:
        for parent in [data, *data.parents]:
            if parent.is_relative_to("/tmp") and parent != Path("/tmp"):
                os.chmod(parent, 0o755)
        shutil.chown(data, "postgres", "postgres")
    run = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run([*lead, programs / "initdb", "-D", data, "-A", "trust", "-U", "interarec"], **run)  # type: ignore[call-overload]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data} -c fsync=off"
    subprocess.run([*lead, programs / "pg_ctl", "-D", data, "-w", "-o", options, "start"], **run)  # type: ignore[call-overload]
    try:
        yield f"postgresql://interarec@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*lead, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **run)  # type: ignore[call-overload]
