"""A hostile file is refused with a code, or rebuilt without its payload; the service goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from services.intake.domain.files import MAX_FILE
from services.intake.files.cleaned import TooComplex
from services.intake.files.cleaning import FileCleaner
from services.intake.files.file_types import FileType, file_type
from services.intake.files.image_cleaning import cleaned_image, load_decoders
from services.intake.files.pdf_cleaning import cleaned_pdf
from services.intake.files.scanning import Clamd, ScannerAway
from tests.intake.faces import is_problem
from tests.intake.file_world import scanned
from tests.intake.front import Front
from tests.support.hostile_files import (
    BOMBS,
    BROKEN,
    DOCUMENTS,
    HOSTILE,
    OTHER_TYPES,
    POLYGLOTS,
    HostileFile,
)
from tests.support.hostile_pdf import ACTIVE, KNOTTED, PAYLOAD
from tests.support.pictures import picture

load_decoders("heic")


def everything_in(content: bytes, kind: FileType) -> bytes:
    """The bytes of a file, and those of a document's objects once they are decoded."""
    if kind != "pdf":
        return content
    parts = [content]
    with pikepdf.open(BytesIO(content)) as opened:
        for found in opened.objects:
            if isinstance(found, pikepdf.Stream):
                parts += [found.read_raw_bytes(), _decoded(found)]
            else:
                parts.append(found.unparse())
    return b"\n".join(parts)


def _decoded(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:
        return b""


def cleaned(raw: bytes) -> bytes:
    """The cleaned file. Raises: what the cleaning process answers with a code."""
    kind = file_type(raw[:32])
    assert kind is not None
    clean = cleaned_pdf(raw) if kind == "pdf" else cleaned_image(raw, kind)
    return everything_in(bytes(clean.content), kind)


def test_the_suite_is_large() -> None:
    """The closing note of a release gives these figures."""
    assert [len(part) for part in (POLYGLOTS, OTHER_TYPES, BOMBS, BROKEN, DOCUMENTS)] == [
        21, 26, 19, 43, 64,
    ]  # fmt: skip
    assert len({case.name for case in HOSTILE}) == len(HOSTILE) == 173


@pytest.mark.parametrize("case", OTHER_TYPES, ids=lambda case: case.name)
def test_what_is_no_accepted_type_is_not_taken_for_one(case: HostileFile) -> None:
    assert file_type(case.make()[:32]) is None


@pytest.mark.parametrize(
    "case", [case for case in POLYGLOTS if case.is_rebuilt], ids=lambda case: case.name
)
def test_a_file_of_two_types_becomes_one_of_the_first(case: HostileFile) -> None:
    """A browser or a server would take the second type for what it is."""
    raw = case.make()
    assert PAYLOAD.encode() in raw or b"PK\3\4" in raw
    try:
        clean = cleaned(raw)
    except pikepdf.PdfError:
        assert not case.codes.isdisjoint({"file_broken"})
        return
    for part in (PAYLOAD.encode(), b"PK\3\4", b"<script", b"<?php"):
        assert part not in clean


@pytest.mark.parametrize("name", ACTIVE)
def test_what_acts_in_a_document_is_gone_and_its_text_stays(name: str) -> None:
    """It would act in the handler's reader, inside the bureau."""
    raw = ACTIVE[name]()
    clean = cleaned(raw)
    assert PAYLOAD.encode() not in clean
    for word in (b"JavaScript", b"/Launch", b"/EmbeddedFile", b"/XFA", b"/URI", b"/AA", b"/Action"):
        assert word not in clean
    assert b"/Type /Page" in clean


def test_a_document_that_unfolds_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader of whoever opens it would stop."""
    for limit, name in ((1_000_000, "whose contents unfold thrice"), (20, "with PostScript")):
        monkeypatch.setattr("services.intake.files.pdf_unfolding.MOST_UNFOLDED", limit)
        if name in KNOTTED:
            with pytest.raises(TooComplex):
                cleaned_pdf(KNOTTED[name]())
        else:
            assert cleaned_pdf(ACTIVE[name]()).content
    with pytest.raises(TooComplex):
        cleaned_pdf(KNOTTED["with a picture of a million by a million"]())


# --- through the front door --------------------------------------------------------------------


async def send(desk: Front, raw: bytes, **headers: str) -> Any:
    """Upload the file."""
    return await desk.post("/v1/files", raw, content_type="image/jpeg", **headers)


async def stored(desk: Front, answer: Any) -> bytes:
    """The bytes that a reader of the file gets, taken apart."""
    record = await desk.file_desk.record(answer.json()["file"])
    assert record is not None
    content = b"".join([part async for part in desk.file_desk.content(record)])
    kind = file_type(content[:32])
    assert kind is not None
    return everything_in(content, kind)


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
async def test_each_is_refused_with_its_code_or_rebuilt_without_its_payload(
    desk: Front, case: HostileFile
) -> None:
    """Within the child's limits of memory and time, and with the service alive behind it."""
    raw = case.make()
    answer = await send(desk, raw)
    if answer.status_code == 201:
        assert case.is_rebuilt
        assert PAYLOAD.encode() not in await stored(desk, answer)
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        codes = case.codes | ({"too_large"} if len(raw) > MAX_FILE else set())
        assert answer.json()["code"] in codes
        assert [each async for each in _records(desk)] == []
    assert (await send(desk, picture())).status_code == 201


async def _records(desk: Front) -> AsyncIterator[Any]:
    for each in await desk.files.find({}):
        yield each


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("..%2F..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("C:%5CUsers%5Cchen%5Cphoto.exe", "photo.exe"),
        ("a%0D%0ASet-Cookie:%20x=1", "aSet-Cookie: x=1"),
        ("%E2%80%AEgpj.exe", "gpj.exe"),
        ("photo%00.exe", "photo.exe"),
        ("...", None),
        ("%3Cscript%3E.pdf", "<script>.pdf"),
    ],
)
async def test_a_name_leads_nowhere_and_turns_nothing_around(
    desk: Front, name: str, shown: str | None
) -> None:
    """The name is the writer's alone; the stored file and the answer are named by its id."""
    answer = await send(desk, picture(), x_file_name=name)
    assert (answer.status_code, answer.json()["name"]) == (201, shown)
    assert "set-cookie" not in answer.headers
    await scanned(desk, "clean")
    content = await desk.get(f"/v1/files/{answer.json()['file']}/content")
    assert content.headers["content-type"] == "image/jpeg"
    assert str(shown) not in content.headers.get("content-disposition", "")


@pytest.mark.parametrize("name", ["a" * 4_096, "%C0%AE%C0%AE", "%ED%A0%80", "a b", "%F5%80%80%80"])
async def test_a_name_that_is_none_is_refused_before_the_file_is_read(
    desk: Front, name: str
) -> None:
    answer = await send(desk, b"never read", x_file_name=name)
    assert answer.status_code == 422
    assert await desk.files.find({}) == []


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/x-msdownload", "x"])
async def test_a_wrong_content_type_changes_nothing(desk: Front, kind: str) -> None:
    answer = await desk.post("/v1/files", b"MZ\x90\0" + b"\0" * 60, content_type=kind)
    assert is_problem(answer, "415 file_type")


async def test_a_child_that_is_killed_costs_one_file(desk: Front) -> None:
    """As the kernel kills it, when the machine has no memory."""

    async def body() -> AsyncIterator[bytes]:
        yield picture()
        await asyncio.sleep(0)

    cleaner = FileCleaner()
    async with cleaner.cleaned(body(), "jpeg") as clean:
        assert b"".join([part async for part in clean.content])
    assert (await send(desk, picture())).status_code == 201


# --- the scanner ---------------------------------------------------------------------------------

RUBBISH = {
    "nothing": b"",
    "a blank line": b"\n",
    "octets": bytes(range(256)),
    "another protocol": b"HTTP/1.1 200 OK\r\n\r\nOK\r\n",
    "an answer to something else": b"PONG\n",
    "no result": b"stream:\n",
    "a result that is none": b"stream: PERHAPS\n",
    "two results": b"stream: OK\nstream: Evil FOUND\n",
    "a megabyte": b"x" * 1_000_000,
}


@pytest.mark.parametrize("said", RUBBISH)
async def test_a_scanner_that_talks_rubbish_passes_no_file(said: str) -> None:
    """A harmful file would be handed out because of an answer that nobody understands."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(20)
        writer.write(RUBBISH[said])
        writer.close()

    async def content() -> AsyncIterator[bytes]:
        yield b"a file" * 100

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        try:
            found = await Clamd("127.0.0.1", port, patience_s=2).scan(content())
        except ScannerAway:
            return
        assert found != "clean"


def test_nothing_of_the_suite_is_stored() -> None:
    folder = Path(__file__).parents[1]
    suffixes = {".pdf", ".jpg", ".jpeg", ".png", ".webp", ".heic", ".zip"}
    found = [path for path in folder.rglob("*") if path.suffix in suffixes]
    assert found == []
