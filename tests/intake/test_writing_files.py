"""Files of a letter on its page: taken, shown, removed, and refused with a reason."""

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.intake.browsing import ENGLISH, as_writer, send, show, written
from tests.intake.emergencies import guarded_front
from tests.intake.front import Front


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened:
        yield opened


def photo() -> bytes:
    """A small picture with a comment."""
    made = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(made, "JPEG", comment=b"seeded comment")
    return made.getvalue()


async def upload(desk: Front, csrf: str, letter: str, content: bytes, **over: str) -> Any:
    """Send the form with a file, as a browser does."""
    fields = {"csrf": csrf, "draft": letter.rpartition("/")[2], **over}
    sent: Any = {"data": fields, "files": {"file": ("照片.jpg", content, "image/jpeg")}}
    return await desk.client.post("/write/files", headers=ENGLISH, **sent)


async def test_a_photo_goes_with_the_letter(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await written(desk, csrf)
    went = await upload(desk, csrf, letter, photo())
    assert (went.status_code, went.headers["location"]) == (303, f"{letter}/files")
    shown = (await show(desk, f"{letter}/files")).text
    assert "照片.jpg" in shown
    assert "1 file" in (await show(desk, f"{letter}/check")).text
    sent = await send(desk, f"{letter}/check", csrf)
    number = sent.headers["location"].split("/")[-1].partition("?")[0]
    [file] = (await desk.letter(number)).files
    assert file.type == "image/jpeg"
    record = await desk.file_desk.record(file.id)
    assert record is not None
    assert b"seeded" not in b"".join([each async for each in desk.file_desk.content(record)])


async def test_a_file_is_removed_again(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await written(desk, csrf)
    await upload(desk, csrf, letter, photo())
    shown = (await show(desk, f"{letter}/files")).text
    [file] = re.findall(r"/files/(f[0-9a-f]{32})/remove", shown)
    removed = await send(desk, f"{letter}/files/{file}/remove", csrf)
    assert removed.headers["location"] == f"{letter}/files"
    assert "/remove" not in (await show(desk, f"{letter}/files")).text
    assert await desk.file_desk.record(file) is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "Choose a file"),
        (b"MZ a program", "Only photos"),
        (b"\xff\xd8\xff\xe0 broken", "damaged"),
    ],
)
async def test_a_bad_file_is_refused_on_its_page(desk: Front, content: bytes, says: str) -> None:
    csrf = await as_writer(desk)
    letter = await written(desk, csrf)
    refused = await upload(desk, csrf, letter, content)
    assert refused.status_code in {415, 422}
    assert says in refused.text
    assert "/remove" not in refused.text


async def test_uploads_of_others_are_refused_before_the_file_is_read(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await written(desk, csrf)
    assert (await upload(desk, "other", letter, photo())).status_code == 403
    assert (await upload(desk, csrf, letter, photo(), draft="../x")).status_code == 422
    other_site = {**ENGLISH, "sec-fetch-site": "cross-site"}
    sent: Any = {"data": {"csrf": csrf}, "files": {"file": ("x", photo(), "image/jpeg")}}
    answer = await desk.client.post("/write/files", headers=other_site, **sent)
    assert answer.status_code == 403
    assert await desk.files.find({}) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no parts",
        b"--x\r\n\r\nno header\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nbroken off',
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"a" * 20_000 + b"\r\n--x--",
        b'--x\r\nContent-Disposition: attachment; filename="a"\r\n\r\na\r\n--x--\r\n',
    ],
)
async def test_forms_that_no_page_sends_are_refused(desk: Front, body: bytes) -> None:
    await as_writer(desk)
    headers = {**ENGLISH, "content-type": "multipart/form-data; boundary=x"}
    answer = await desk.client.post("/write/files", content=body, headers=headers)
    assert answer.status_code in {403, 422}
    assert await desk.files.find({}) == []


async def test_a_file_sent_after_the_sessions_end_leads_to_a_page_and_not_to_another_host(
    desk: Front,
) -> None:
    csrf = await as_writer(desk)
    letter = await written(desk, csrf)
    desk.shelf.now.pass_by(minutes=31)
    late = await upload(desk, csrf, letter, photo())
    assert late.headers["location"] == "/my/sign-in/again?to=%2Fwrite&why=file"
