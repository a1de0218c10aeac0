"""Letters with files, and what the scanner found in them, for tests of whoever opens them."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

import httpx
from PIL import Image

from services.intake.domain.files import FileState
from services.intake.jobs import FileScanning
from shared.platform.crypto.key_ring import BlindIndex
from shared.platform.http.tokens import Person
from tests.intake.faces import token
from tests.intake.front import Front
from tests.intake.story import received, routed
from tests.support.sign_in import BROWSER, signed_in

PHOTO: Final = "image/jpeg"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **saved: Any) -> bytes:
    """A small picture."""
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **saved)
    return out.getvalue()


async def uploaded(
    desk: Front,
    content: bytes = b"",
    *,
    kind: str = PHOTO,
    thumbnail: bytes = b"",
    who: str = "chen",
) -> str:
    """The id of a new file of the writer, stored as if it had been cleaned."""
    files, content = desk.file_desk, content or picture()
    owner = BlindIndex(bytes(range(32))).of("owner", who)
    record = await files.records.begin(f"f{secrets.token_hex(16)}", owner, name=None)
    await files._chunks.write(record.id, "clean", content=_once(content))
    if thumbnail:
        await files._chunks.write(record.id, "thumbnail", content=_once(thumbnail))
    found: dict[str, Any] = {
        "type": kind,
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
    }
    await files.records.finish(replace(record, **found, thumbnail=len(thumbnail)))
    return record.id


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def letter_with(
    desk: Front, *files: str, found: FileState | None = "clean", **over: Any
) -> str:
    """A letter of Guangzhou's with these files; `found`: what the scanner says, None: nothing."""
    number = await desk.taken_in(files=list(files), **over)
    await desk.progress(number, received(), routed())
    if found is not None:
        await scanned(desk, found)
    return number


async def scanned(desk: Front, found: FileState) -> None:
    """The scanner looks at what waits, and letters learn of it."""
    scanning = FileScanning(
        desk.file_desk, _Says(found), tell=desk.shelf.commands.execute, now=desk.shelf.now
    )
    await scanning.look()
    await desk.shelf.quiet()


class _Says:
    """A scanner that finds the same in everything."""

    def __init__(self, found: FileState) -> None:
        self._found = found

    async def scan(self, content: AsyncIterator[bytes]) -> FileState:
        """Read everything."""
        async for _ in content:
            pass
        return self._found


async def opened(
    desk: Front, path: str, who: str = "s-1", role: str = "bureau:guangzhou:handler"
) -> httpx.Response:
    """A member of staff opens a page in a browser."""
    desk.client.cookies.clear()
    await signed_in(desk.client, Person(who, name=who, roles=frozenset({role})))
    answer = await desk.client.get(path, headers={**BROWSER, "accept-language": "en"})
    await desk.shelf.quiet()
    return answer


async def fetched(
    desk: Front, number: str, file: str, *, bureau: str = "guangzhou", **claims: Any
) -> httpx.Response:
    """A bureau's system asks for a file."""
    given: dict[str, Any] = {"roles": [f"bureau:{bureau}:system"], "auth_time": None, **claims}
    bearer = token(f"bureau-{bureau}", at=desk.shelf.now(), **given)
    headers = {"authorization": f"Bearer {bearer}"}
    answer = await desk.client.get(f"/v1/bureau-files/{number}/{file}", headers=headers)
    await desk.shelf.quiet()
    return answer
