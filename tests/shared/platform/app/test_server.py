"""The web server closes slow and endless connections, and keeps room for others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from deploy.local.stack.ports import free_ports
from shared.platform.app import server
from shared.platform.app.server import MAX_HEADER_BYTES, Server
from shared.platform.runtime.settings import ServiceSettings
from tests.shared.platform.faces import faces
from tests.support.sign_in import issuers
from tests.support.waiting import until

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def served(keys: Path, **options: int) -> AsyncIterator[int]:
    """The sample application on its own port, for the block."""
    settings = ServiceSettings(
        env="dev",
        kafka_bootstrap="127.0.0.1:9",
        mongo_uri=SecretStr("mongodb://127.0.0.1:9/"),
        database="mailbox_test",
        http_port=free_ports().router,
        **issuers("http://127.0.0.1:9"),
        keys_dir=keys,
        **options,  # type: ignore[arg-type]  # only numbers are given
    )
    server = Server(faces(), settings)
    serving_it = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield settings.http_port
    finally:
        server.should_exit = True
        await serving_it


async def answer_to(line: Line, sent: bytes = b"") -> bytes:
    """All that comes until the server hangs up."""
    reader, writer = line
    writer.write(sent)
    answer = await reader.read()
    writer.close()
    return answer


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEADER_PATIENCE_S", 0.2)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", b""),
        (b"\r\n", b"HTTP/1.1 408 "),
        (b"GET /hea", b"HTTP/1.1 408 "),
        (b"GET /health/live HTTP/1.1\r\nhost: x\r\nx-slow: ", b"HTTP/1.1 408 "),
    ],
)
async def test_headers_that_do_not_come_are_waited_for_only_so_long(
    sent: bytes, status: bytes, tmp_path: Path
) -> None:
    async with served(tmp_path) as port:
        line = await asyncio.open_connection("127.0.0.1", port)
        assert (await answer_to(line, sent)).startswith(status)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("trickled", [b"GET /" + b"a" * 2_000, b"\r\n" * 1_000])
async def test_a_kept_connection_that_trickles_is_closed(trickled: bytes, tmp_path: Path) -> None:
    async with served(tmp_path) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(len(b'{"status":"live"}'))

        async def trickle() -> None:
            for at in range(len(trickled)):
                writer.write(trickled[at : at + 1])
                await asyncio.sleep(0.01)

        trickling = asyncio.create_task(trickle())
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 408 ")
        trickling.cancel()
        writer.close()


async def test_many_slow_connections_keep_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEADER_PATIENCE_S", 2.0)  # all of them connect within it
    async with served(tmp_path, http_max_connections=50) as port, httpx.AsyncClient() as client:
        lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(60)]
        for _, writer in lines:
            writer.write(b"GET /health/live HTTP/1.1\r\nx-slow: ")
        address = f"http://127.0.0.1:{port}/health/live"
        assert (await client.get(address)).status_code == 503
        await asyncio.gather(*(answer_to(line) for line in lines))
        assert (await client.get(address)).status_code == 200


async def test_headers_without_an_end_are_cut_off(tmp_path: Path) -> None:
    begun = b"GET /health/live HTTP/1.1\r\nx-long: "
    async with served(tmp_path) as port:
        line = await asyncio.open_connection("127.0.0.1", port)
        sent = begun + b"x" * (MAX_HEADER_BYTES - len(begun) + 1)
        assert (await answer_to(line, sent)).startswith(b"HTTP/1.1 431 ")


async def test_a_slow_answer_or_body_is_not_cut_by_the_time_for_headers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEADER_PATIENCE_S", 0.05)
    async with served(tmp_path) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"POST /v1/letters HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"content-length: 26\r\nconnection: close\r\n\r\n"
        )
        await asyncio.sleep(0.15)
        assert b"201 Created" in await answer_to((reader, writer), b'{"subject":"x","body":"y"}')
