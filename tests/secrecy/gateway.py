"""The worst possible message gateway: it fails first, and repeats in every answer what it got.

It takes most messages in the end. Nothing of its answers may appear in our logs.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.secrecy.search import Place, Text

TAKEN = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}"
FAILURES = (
    b"HTTP/1.1 500 %(head)s\r\nx-sent: %(body)s\r\ncontent-length: %(size)d\r\n\r\n%(body)s",
    b"%(body)s\r\n\r\n",
    b"HTTP/1.1 307 Elsewhere\r\nlocation: /%(body)s\r\ncontent-length: 0\r\n\r\n",
)
"""A fault, something that isn't HTTP, and a redirection."""
REFUSED = b"HTTP/1.1 422 %(head)s\r\nx-sent: %(body)s\r\ncontent-length: %(size)d\r\n\r\n%(body)s"
EVERY = 3
"""Of this many messages to writers one is refused when repeated; the others are taken."""
FOR_STAFF = b'"channel":"staff"'


@dataclass
class Gateway:
    """What it received."""

    port: int = 0
    got: list[Text] = field(default_factory=list, repr=False)
    asked: Counter[bytes] = field(default_factory=Counter)
    """The number of attempts by idempotency key, for messages to writers."""
    asked_for_staff: Counter[bytes] = field(default_factory=Counter)
    taken: int = 0
    """Also for messages to writers, as `refused`."""
    refused: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request of one connection."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            self.got.append((Place("message", "to the gateway"), head + body))
            writer.write(self._answer(head, body))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            self.got.append((Place("message", "to the gateway"), b""))
        finally:
            writer.close()

    def _answer(self, head: bytes, body: bytes) -> bytes:
        key, is_for_staff = _header(head, b"idempotency-key"), FOR_STAFF in body
        asked = self.asked_for_staff if is_for_staff else self.asked
        asked[key] += 1
        order = list(asked).index(key)
        if asked[key] == 1:
            return _filled(FAILURES[order % len(FAILURES)], body)
        if is_for_staff:
            return TAKEN
        if order % EVERY == EVERY - 1:
            self.refused += 1
            return _filled(REFUSED, body)
        self.taken += 1
        return TAKEN


@asynccontextmanager
async def bad_gateway() -> AsyncIterator[Gateway]:
    """A gateway that listens during the block."""
    gateway = Gateway()
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0)
    gateway.port = server.sockets[0].getsockname()[1]
    async with server:
        yield gateway


def _filled(template: bytes, body: bytes) -> bytes:
    line = body.replace(b"\r", b" ").replace(b"\n", b" ")
    return template % {b"head": line, b"body": line, b"size": len(line)}


def _header(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        found, _, value = line.partition(b":")
        if found.lower() == name:
            return value.strip()
    return b""


def _length(head: bytes) -> int:
    return int(_header(head, b"content-length") or b"0")
