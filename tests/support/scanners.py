"""A scanner that speaks clamd's protocol, as a server of its own on a loopback port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from services.intake.domain.files import FileState
from services.intake.files.scanning import ScannerAway

Mood = Literal["well", "silent", "full", "muddled"]
"""`silent`: it reads, and never answers; `full`: every file is too large for it."""


@dataclass
class ClamdDouble:
    """Finds what contains `harmful`; counts what it was asked."""

    harmful: bytes = b"HARMFUL"
    mood: Mood = "well"
    port: int = 0
    scanned: list[int] = field(default_factory=list)
    """Bytes of each file."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one command."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # the asker gave up
            assert await reader.readline() == b"nINSTREAM\n"
            answer = self._answer(await _stream(reader))
            if answer is None:
                await reader.read()
            else:
                writer.write(answer)
                await writer.drain()
        writer.close()

    def _answer(self, content: bytes) -> bytes | None:
        self.scanned.append(len(content))
        match self.mood:
            case "silent":
                return None
            case "full":
                return b"INSTREAM size limit exceeded. ERROR\n"
            case "muddled":
                return b"stream: Can't allocate memory ERROR\n"
            case "well":
                found = b"Test.Signature FOUND" if self.harmful in content else b"OK"
                return b"stream: " + found + b"\n"


@dataclass
class AwayScanner:
    """A scanner that is away until it is said to be there; counts how often it was asked."""

    is_away: bool = True
    asked: int = 0

    async def scan(self, content: AsyncIterator[bytes]) -> FileState:
        """`clean`, or nothing."""
        del content
        self.asked += 1
        if self.is_away:
            raise ScannerAway
        return "clean"


async def _stream(reader: asyncio.StreamReader) -> bytes:
    content = bytearray()
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        content += await reader.readexactly(size)
    return bytes(content)


@asynccontextmanager
async def clamd() -> AsyncIterator[ClamdDouble]:
    """Such a scanner, listening."""
    double = ClamdDouble()
    server = await asyncio.start_server(double.serve, "127.0.0.1", 0)
    double.port = server.sockets[0].getsockname()[1]
    async with server:
        yield double
