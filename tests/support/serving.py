"""An application on a loopback port, as a browser reaches it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from tests.support.waiting import until


@asynccontextmanager
async def served(app: Any, listening: socket.socket | None = None) -> AsyncIterator[str]:
    """Serve the application until the end of the block; yields its address.

    `listening`: a bound socket, for an application that must know its address beforehand.
    """
    listening = listening or loopback()
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await until(lambda: server.started)
        yield address_of(listening)
    finally:
        server.should_exit = True
        await running
        listening.close()


def loopback() -> socket.socket:
    """A socket on a free port of this machine."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


def address_of(listening: socket.socket) -> str:
    """The socket's address for a browser."""
    return f"http://localhost:{listening.getsockname()[1]}"
