"""Writers upload files and send them with letters, answers and additions."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import obstore
import pytest

from services.intake.api.letters_schemas import NewLetter
from services.intake.api.requests_schemas import NewAddition
from services.intake.domain.files import MAX_FILE, MOST_FILES, MOST_UNUSED
from services.intake.files import file_desk
from shared.contracts.envelope import Envelope
from shared.contracts.topics import SUBMITTED
from shared.platform.crypto.key_ring import BlindIndex
from tests.intake.emergencies import ASK, diverted, guarded_front
from tests.intake.faces import is_problem
from tests.intake.front import Front
from tests.support.pictures import (
    SECRET,
    document,
    document_with_secrets,
    picture,
    with_secrets,
)

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "422 file_broken"),
    "text": (b"hello, this is a plain text and no picture at all", "415 file_type"),
    "short": (b"\xff", "415 file_type"),
    "program": (b"MZ" + bytes(100), "415 file_type"),
    "vector": (b"<svg xmlns='http://www.w3.org/2000/svg'>" + bytes(40), "415 file_type"),
    "half a picture": (picture(size=(900, 900))[:4_000], "422 file_broken"),
    "half a document": (document()[:400], "422 file_broken"),
    "only a beginning": (b"%PDF-1.7\n" + bytes(64), "422 file_broken"),
}


def objects(desk: Front) -> dict[str, bytes]:
    """All that is stored of files."""
    paths = [found["path"] for page in obstore.list(desk.objects) for found in page]
    return {path: bytes(obstore.get(desk.objects, path).bytes()) for path in paths}


def submitted(desk: Front) -> Envelope[Any]:
    """The last event that went to the router."""
    return desk.shelf.said(SUBMITTED.name)[-1]


async def test_a_photo_is_cleaned_scanned_and_goes_with_a_letter(desk: Front) -> None:
    sent = await desk.upload(with_secrets("JPEG", orientation=6), x_file_name=quote("路灯.jpg"))
    assert sent.status_code == 201, sent.text
    file = sent.json()
    assert (file["type"], file["state"], file["name"]) == ("image/jpeg", "waiting", "路灯.jpg")
    letter = await desk.taken_in(files=[file["file"]])
    attached = submitted(desk).data.attachments[0]
    assert attached.model_dump() == {
        "id": file["file"], "type": "image/jpeg", "size": file["size"], "sha256": file["sha256"],
    }  # fmt: skip
    await desk.scanning.look()
    shown = (await desk.get(f"/v1/letters/{letter}")).json()["files"]
    assert [(each["id"], each["state"]) for each in shown] == [(file["file"], "clean")]
    content = await desk.get(f"/v1/files/{file['file']}/content")
    assert content.headers["content-type"] == "image/jpeg"
    assert content.headers["content-disposition"] == "inline"
    assert "sandbox" in content.headers["content-security-policy"]
    assert content.headers["x-content-type-options"] == "nosniff"
    assert sha256(content.content).hexdigest() == file["sha256"]
    assert SECRET.encode() not in content.content
    assert (await desk.get(f"/v1/files/{file['file']}")).json()["letter"] == letter


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF", "PDF"])
async def test_every_type_comes_in_whatever_its_header_says(desk: Front, kind: str) -> None:
    raw = document_with_secrets() if kind == "PDF" else with_secrets(kind)
    sent = await desk.upload(raw, content_type="text/html")
    assert sent.status_code == 201, sent.text
    expected = {"PDF": "application/pdf", "HEIF": "image/jpeg"}.get(kind, f"image/{kind.lower()}")
    assert sent.json()["type"] == expected


async def test_nothing_is_stored_readably_and_the_file_as_sent_is_gone(desk: Front) -> None:
    await desk.upload(document_with_secrets(), x_file_name=quote(SECRET))
    stored = objects(desk)
    assert {path.split("/")[1] for path in stored} == {"clean"}
    assert not [path for path, kept in stored.items() if b"%PDF" in kept or b"SEED" in kept]
    assert SECRET not in str(desk.files.kept)
    assert all(kept[:5] == b".test" for kept in stored.values())


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_taken_is_refused_and_leaves_nothing(desk: Front, name: str) -> None:
    content, problem = REFUSED[name]
    assert is_problem(await desk.upload(content), problem)
    assert objects(desk) == {}
    assert desk.files.kept == {}


async def test_a_file_beyond_the_limit_is_refused_before_and_while_it_arrives(desk: Front) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MAX_FILE // 65_536 + 2):
            yield b"%PDF-" + bytes(65_531)

    assert is_problem(await desk.upload(b"%PDF-" + bytes(MAX_FILE)), "413 too_large")
    headers = desk.headers("chen")
    streamed = await desk.client.post("/v1/files", content=endless(), headers=headers)
    assert is_problem(streamed, "413 too_large")
    assert objects(desk) == {}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\灯.png", "灯.png"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\x00b\n.jpg", "ab.jpg"),
        ("/", None),
        ("..", None),
        ("灯" * 210, "灯" * 200),
    ],
)
async def test_a_name_loses_folders_and_controls(
    desk: Front, given: str, shown: str | None
) -> None:
    sent = await desk.upload(picture(), x_file_name=quote(given))
    assert sent.json()["name"] == shown


@pytest.mark.parametrize("given", ["%ff%fe", "%E7%81", "a b"])
async def test_a_name_that_cannot_be_read_is_refused(desk: Front, given: str) -> None:
    assert (await desk.upload(picture(), x_file_name=given)).status_code == 422
    assert desk.files.kept == {}


@pytest.mark.parametrize("way", ["read", "content", "remove", "send", "add"])
async def test_a_foreign_file_is_like_an_unknown_one(desk: Front, way: str) -> None:
    foreign, unknown = await desk.uploaded("huang"), f"f{'0' * 32}"
    await desk.scanning.look()
    letter = await desk.taken_in()
    for file in (foreign, unknown):
        match way:
            case "read":
                answer = await desk.get(f"/v1/files/{file}")
            case "content":
                answer = await desk.get(f"/v1/files/{file}/content")
            case "remove":
                answer = await desk.client.delete(f"/v1/files/{file}", headers=desk.headers("chen"))
            case "send":
                answer = await desk.submit(files=[file])
            case _:
                told = {"text": "还有照片", "files": [file]}
                answer = await desk.post(f"/v1/letters/{letter}/addition", told)
        assert is_problem(answer, "404 not_found")
    assert (await desk.get(f"/v1/files/{foreign}", "huang")).status_code == 200


async def test_only_citizens_upload(desk: Front) -> None:
    assert is_problem(await desk.upload(picture(), None), "401 not_signed_in")
    assert is_problem(await desk.upload(picture(), "lin"), "403 not_allowed")


async def test_a_file_that_is_not_scanned_is_handed_out_to_nobody(desk: Front) -> None:
    file = await desk.uploaded()
    assert is_problem(await desk.get(f"/v1/files/{file}/content"), "409 out_of_order")


async def test_an_unused_file_can_be_removed_and_one_of_a_letter_cannot(desk: Front) -> None:
    unused, used = await desk.uploaded(), await desk.uploaded()
    await desk.taken_in(files=[used])
    headers = desk.headers("chen")
    assert (await desk.client.delete(f"/v1/files/{unused}", headers=headers)).status_code == 204
    assert not [path for path in objects(desk) if path.startswith(unused)]
    assert is_problem(await desk.get(f"/v1/files/{unused}"), "404 not_found")
    answer = await desk.client.delete(f"/v1/files/{used}", headers=headers)
    assert is_problem(answer, "409 out_of_order")


async def test_a_file_belongs_to_one_letter(desk: Front) -> None:
    file = await desk.uploaded()
    await desk.taken_in(files=[file])
    assert is_problem(await desk.submit(files=[file]), "422 bad_value")


async def test_a_letter_sent_again_has_the_same_files(desk: Front) -> None:
    file = await desk.uploaded()
    first = await desk.submit(files=[file], key="the-same-key")
    again = await desk.submit(files=[file], key="the-same-key")
    assert again.json()["letter"] == first.json()["letter"]
    assert is_problem(await desk.submit(files=[], key="the-same-key"), "422 id_reused")


@pytest.mark.parametrize(
    "files", [["../x"], ["f" * 65], [7], "f0", [f"f{n:032x}" for n in range(MOST_FILES + 1)]]
)
async def test_bad_lists_of_files_are_refused(desk: Front, files: object) -> None:
    assert is_problem(await desk.submit(files=files), "422 invalid")


async def test_a_file_named_twice_is_refused(desk: Front) -> None:
    file = await desk.uploaded()
    assert is_problem(await desk.submit(files=[file, file]), "422 invalid")


async def test_files_come_with_answers_and_additions(desk: Front) -> None:
    letter = await desk.taken_in()
    for way, said in (("answer", {"question": 1}), ("addition", {})):
        file = await desk.uploaded()
        told = {"text": "请看照片", "files": [file], **said}
        for _ in range(2):
            sent = await desk.post(f"/v1/letters/{letter}/{way}", told, key=f"{way}-key")
            assert sent.status_code == 202, sent.text
        assert submitted(desk).data.attachments[0].id == file
    await desk.scanning.look()
    shown = (await desk.get(f"/v1/letters/{letter}")).json()["files"]
    assert [each["state"] for each in shown] == ["clean", "clean"]


async def test_a_letter_has_at_most_so_many_files(desk: Front) -> None:
    letter = await desk.taken_in(files=[await desk.uploaded() for _ in range(MOST_FILES)])
    for number, count in ((1, MOST_FILES), (2, 1)):
        told = {"text": "更多", "files": [await desk.uploaded() for _ in range(count)]}
        key = f"addition-{number}"
        sent = await desk.post(f"/v1/letters/{letter}/addition", told, key=key)
        assert sent.status_code == (202 if number == 1 else 429)


async def test_a_writer_has_only_so_many_files_without_a_letter(desk: Front) -> None:
    owner = BlindIndex(bytes(range(32))).of("owner", "chen")
    for number in range(MOST_UNUSED):
        record = await desk.file_desk.records.begin(f"f{number:032x}", owner, name=None)
        await desk.file_desk.records.finish(record)
    assert is_problem(await desk.upload(picture()), "429 limit")


async def test_a_writer_sends_only_so_many_files_at_once(
    desk: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_desk, "MOST_OF_WRITER", 1)
    goes_on, begun = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield picture()[:100]
        begun.set()
        await goes_on.wait()
        yield picture()[100:]

    headers = desk.headers("chen")
    first = asyncio.create_task(desk.client.post("/v1/files", content=slowly(), headers=headers))
    await begun.wait()
    assert is_problem(await desk.upload(picture()), "429 limit")
    assert (await desk.upload(picture(), "huang")).status_code == 201
    goes_on.set()
    assert (await first).status_code == 201
    assert not desk.file_desk._uploads


def test_a_digest_from_before_files_is_still_known(desk: Front) -> None:
    """A letter that an older version accepted is the same letter when it is sent again."""
    old = NewLetter(subject="s", body="b", category="request")
    assert '"files"' not in old.digest_of()
    assert NewAddition(text="t").digest_of() == '{"text":"t"}'


async def test_files_follow_a_false_alarm_into_its_letter(tmp_path: Path) -> None:
    async with guarded_front(tmp_path) as desk:
        file = await desk.uploaded()
        number = await diverted(desk, ASK, files=[file])
        record = await desk.file_desk.record(file)
        assert record is not None
        assert record.letter == number
        said = {"happening_now": False}
        answer = await desk.post(f"/v1/diversions/{number}/answer", said)
        letter = answer.json()["letter"]
        await desk.scanning.look()
        shown = (await desk.get(f"/v1/letters/{letter}")).json()["files"]
        assert [each["state"] for each in shown] == ["clean"]


async def test_an_emergency_is_diverted_though_its_files_are_unknown(tmp_path: Path) -> None:
    async with guarded_front(tmp_path) as desk:
        await diverted(desk, files=[f"f{'0' * 32}"])
