"""Scanning of files for harmful content, over clamd's protocol."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any, Final, Protocol, cast

from aioclamd import BufferTooLongError, ClamdAsyncClient, ClamdError
from typing_extensions import override

from services.intake.domain.files import FileState

PATIENCE_S: Final = 60.0
"""How long a scan may take."""


class ScannerAway(Exception):
    """The scanner can't be reached or gives no answer; the file waits."""


class Scanner(Protocol):
    """Says whether a file may be handed out."""

    async def scan(self, content: AsyncIterator[bytes]) -> FileState:
        """`clean`, `quarantined` (something was found) or `refused` (too large for it).

        Raises: ScannerAway.
        """


class NoScanner:
    """Passes every file: the operator chose to run without a scanner."""

    async def scan(self, content: AsyncIterator[bytes]) -> FileState:
        """`clean`, unread."""
        del content
        return "clean"


class Clamd:
    """A scanner that speaks clamd's protocol (`INSTREAM`)."""

    def __init__(self, host: str, port: int, *, patience_s: float = PATIENCE_S) -> None:
        self._client = ClamdAsyncClient(host, port, timeout=patience_s)

    async def scan(self, content: AsyncIterator[bytes]) -> FileState:
        """What clamd says of the content. Raises: ScannerAway; whatever the content raises."""
        pulled = _Pulled(content, asyncio.get_running_loop())
        try:
            found = await self._client.instream(cast("Any", pulled))
        except BufferTooLongError:
            return "refused"
        except (ClamdError, OSError) as fault:
            raise ScannerAway from fault
        status = next(iter(found.values()))[0] if found else "ERROR"
        if status == "ERROR":
            raise ScannerAway
        return "clean" if status == "OK" else "quarantined"


class _Pulled(io.RawIOBase):
    """A file that a thread reads and the event loop fills."""

    def __init__(self, content: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._content = content
        self._loop = loop

    @override
    def read(self, size: int = -1, /) -> bytes:
        """The next piece, whole: the client asks for 1 KiB each, and sends what it is given."""
        return asyncio.run_coroutine_threadsafe(self._pull(), self._loop).result()

    async def _pull(self) -> bytes:
        return await anext(self._content, b"")


def scanner_at(address: str | None) -> Scanner:
    """The scanner at `host:port`; None or `none`: every file passes."""
    if address is None or address == "none":
        return NoScanner()
    host, _, port = address.rpartition(":")
    return Clamd(host, int(port))
