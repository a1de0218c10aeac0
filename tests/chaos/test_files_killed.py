"""Intake is killed while files arrive: each file is whole or not there, and none is readable."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from deploy.local.stack.plan import url
from deploy.local.stack.ports import Ports, free_ports
from tests.chaos.people import People, Written, body
from tests.chaos.processes import Processes, processes
from tests.support.pictures import SECRET, with_secrets
from tests.support.waiting import until_true

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(600)]

KILLS = 4
AT_ONCE = 6


class Uploader:
    """A writer who uploads photos, and repeats until one was received."""

    def __init__(self, ports: Ports, client: httpx.AsyncClient, people: People) -> None:
        self._address = f"{url(ports.intake)}/v1/files"
        self._client = client
        self._people = people
        self.received: list[str] = []

    async def upload(self) -> str:
        """The id of a photo that was received, however often intake dies meanwhile."""
        while True:
            try:
                sent = await self._client.post(
                    self._address, content=slowly(with_secrets("JPEG")), headers=await self._who()
                )
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
                continue
            if sent.status_code == httpx.codes.CREATED:
                self.received.append(sent.json()["file"])
                return self.received[-1]
            assert sent.is_server_error, sent.text

    async def content(self, file: str) -> tuple[str, bytes]:
        """The digest that was promised, and the photo once it was scanned."""
        headers = await self._who()

        async def is_clean() -> bool:
            shown = await self._client.get(f"{self._address}/{file}", headers=headers)
            return shown.is_success and shown.json()["state"] == "clean"

        await until_true(is_clean)
        shown = await self._client.get(f"{self._address}/{file}", headers=headers)
        sent = await self._client.get(f"{self._address}/{file}/content", headers=headers)
        return shown.json()["sha256"], sent.content

    async def _who(self) -> dict[str, str]:
        return {"authorization": f"Bearer {await self._people._token('chen')}"}


async def slowly(photo: bytes) -> AsyncIterator[bytes]:
    """In pieces, so that a kill may come between them."""
    for at in range(0, len(photo), 400):
        yield photo[at : at + 400]
        await asyncio.sleep(0.01)


async def test_a_killed_intake_leaves_whole_files_alone(tmp_path: Path) -> None:
    ports = free_ports()
    async with (
        processes(tmp_path, ports=ports) as started,
        httpx.AsyncClient(timeout=15) as client,
    ):
        people = People(ports, client)
        uploader = Uploader(ports, client, people)
        for _ in range(KILLS):
            await _killed_while_files_arrive(started, uploader)
        for file in uploader.received:
            digest, content = await uploader.content(file)
            assert sha256(content).hexdigest() == digest
        letter = Written("files-killed", "plain")
        given = body(letter) | {"files": uploader.received[:10]}
        told = await people.post("intake", "/v1/letters", who="chen", key=letter.key, body=given)
        answer = await people.ask("GET", "intake", f"/v1/letters/{told['letter']}", who="chen")
        assert answer is not None
        assert len(answer.json()["files"]) == 10
    stored = [path for path in (tmp_path / "data" / "files").rglob("*") if path.is_file()]
    assert {path.parts[-3] for path in stored} >= set(uploader.received)
    for path in stored:
        assert SECRET.encode() not in path.read_bytes()
        assert b"JFIF" not in path.read_bytes()


async def _killed_while_files_arrive(started: Processes, uploader: Uploader) -> None:
    uploads = [asyncio.create_task(uploader.upload()) for _ in range(AT_ONCE)]
    await asyncio.wait(uploads, return_when=asyncio.FIRST_COMPLETED)
    await started.kill("intake")
    await started.start("intake")
    await asyncio.gather(*uploads)
