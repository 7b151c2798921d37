"""Runs a web application on localhost in a thread, for as long as a ``with`` block lasts."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import uvicorn

from catalog.errors import InputError

STARTUP_SECONDS = 90


@contextmanager
def running(
    app: Any, port: int = 0, host: str = "127.0.0.1", lifespan: Literal["on", "off"] = "off", http: Any = "auto"
) -> Iterator[str]:
    """Serve an ASGI application and yield its base URL; port 0 takes a free one.

    ``http``: the protocol, as uvicorn takes it. ``lifespan``: whether the application has something to open before the first request and to close after the last.

    InputError when the port is taken.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InputError(f"Port {port} on {host} is taken; choose another with --port.") from error
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="error", lifespan=lifespan, timeout_graceful_shutdown=1, http=http, ws="none"
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + STARTUP_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()
