"""Health and metrics of the simulation over HTTP on a loopback port."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

HOST = "127.0.0.1"
READ_WITHIN_S = 5.0
PLAIN = "text/plain; charset=utf-8"

Page = tuple[int, str]
"""HTTP status and text."""
_PHRASES = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


@asynccontextmanager
async def served(
    port: int, *, is_ready: Callable[[], bool], metrics: Callable[[], str]
) -> AsyncIterator[int]:
    """Serve on `port` during the block; 0 takes a free one. Yields the port."""

    def page(method: str, path: str) -> Page:
        if method not in {"GET", "HEAD"}:
            return 405, "only GET\n"
        match path.partition("?")[0]:
            case "/health/live":
                return 200, "live\n"
            case "/health/ready":
                return (200, "ready\n") if is_ready() else (503, "catching up\n")
            case "/metrics":
                return 200, metrics()
            case _:
                return 404, "nothing here\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            async with asyncio.timeout(READ_WITHIN_S):
                await _answer(reader, writer, page)
        writer.close()

    server = await asyncio.start_server(answer, HOST, port)
    async with server:
        yield int(server.sockets[0].getsockname()[1])


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, page: Callable[[str, str], Page]
) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    method, path, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    status, text = page(method, path)
    body = text.encode()
    writer.write(
        f"HTTP/1.1 {status} {_PHRASES[status]}\r\nContent-Type: {PLAIN}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
    )
    writer.write(b"" if method == "HEAD" else body)
    await writer.drain()
