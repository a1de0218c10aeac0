"""The web server: uvicorn with bounded connections and header times, without signal handlers."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shared.platform.runtime.settings import ServiceSettings

HEADER_PATIENCE_S = 10.0
"""Time for a request's line and headers to arrive, since the connection or its last response."""
MAX_HEADER_BYTES = 64 * 1024
"""Maximum bytes of an incomplete request line with headers that are buffered."""

_TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class HeaderLimits(HttpToolsProtocol):
    """Closes connections whose request headers arrive too slowly or grow too large.

    uvicorn limits neither: without this, a client that trickles headers holds a socket forever.
    """

    _deadline: asyncio.TimerHandle | None = None
    _received = 0

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        super().connection_made(transport)
        self._await_headers()

    @override
    def data_received(self, data: bytes) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        if self._deadline is None and (cycle is None or cycle.response_complete):
            self._await_headers()
        if self._deadline is not None:
            self._received += len(data)
        super().data_received(data)
        if self._deadline is not None and self._received > MAX_HEADER_BYTES:
            self._refuse(_TOO_LARGE)

    @override
    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_headers(self) -> None:
        self._received = 0
        self._deadline = self.loop.call_later(HEADER_PATIENCE_S, self._refuse, _TIMED_OUT)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, answer: bytes) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            if self._received:
                self.transport.write(answer)
            self.transport.close()


class Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the service."""

    def __init__(self, app: FastAPI, settings: ServiceSettings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.http_host,
                port=settings.http_port,
                http=HeaderLimits,
                limit_concurrency=settings.http_max_connections,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                proxy_headers=False,  # uvicorn trusts no proxy headers; services evaluate them
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture no signals."""
        yield


def on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set from now on."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping
