"""How does a service serve its web face, and who hears the signals? uvicorn, and the service."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from shared.platform.settings import ServiceSettings


class Server(uvicorn.Server):
    """A uvicorn that leaves the signals to the service."""

    def __init__(self, app: FastAPI, settings: ServiceSettings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.http_host,
                port=settings.http_port,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                proxy_headers=False,  # whoever needs the sender's network says whom it believes
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def on_signals() -> asyncio.Event:
    """What SIGTERM and SIGINT set from now on."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping
