"""Staff open a letter's files on pages: who may, on record, and never so that a file can act."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.intake.domain import file_access
from shared.contracts.progress_v1 import ConflictDeclared, LetterReclassified
from shared.contracts.submitted_v1 import AttachmentFetched
from shared.contracts.topics import SUBMITTED
from shared.contracts.values import About, By
from tests.intake.faces import token
from tests.intake.file_world import letter_with, picture, scanned, uploaded
from tests.intake.front import Front
from tests.intake.story import fact, withdrawn
from tests.intake.test_masked_reveals import decide, request
from tests.intake.test_reveal_pages import ENGLISH, as_
from tests.intake.test_reveals import CHIEF, HANDLER

SMALL = picture(size=(8, 6))
TRAFFIC = "bureau:guangzhou:traffic:handler"


async def get(desk: Front, path: str, who: str, *roles: str) -> httpx.Response:
    """Somebody opens a page."""
    await as_(desk, who, *roles)
    answer = await desk.client.get(path, headers=ENGLISH)
    await desk.shelf.quiet()
    return answer


async def photo(desk: Front) -> str:
    return await uploaded(desk, thumbnail=SMALL)


async def views(desk: Front, number: str) -> list[tuple[str, str, int]]:
    return [(one.staff, one.role, len(one.files)) for one in (await desk.letter(number)).file_views]


@pytest.mark.parametrize(
    ("role", "as_role"),
    [
        (HANDLER, "handler"),
        (CHIEF, "chief"),
        ("triage", "triage"),
        ("supervisor", "supervisor"),
        ("director", "director"),
    ],
)
async def test_who_sees_all_of_a_letter_opens_its_files_on_record(
    desk: Front, role: str, as_role: str
) -> None:
    file, document = await photo(desk), await uploaded(desk, b"%PDF-", kind="application/pdf")
    number = await letter_with(desk, file, document)
    page = await get(desk, f"/files/{number}", "s-1", role)
    assert page.status_code == 200
    for part in ("JPEG image", "PDF document", f'src="/files/{number}/{file}/thumbnail"'):
        assert part in page.text
    assert await views(desk, number) == [("s-1", as_role, 1)], "the picture, not the document"
    thumbnail = await get(desk, f"/files/{number}/{file}/thumbnail", "s-1", role)
    assert (thumbnail.content, thumbnail.headers["content-type"]) == (SMALL, "image/jpeg")
    shown = await get(desk, f"/files/{number}/{document}", "s-1", role)
    assert shown.content == b"%PDF-"
    assert await views(desk, number) == [("s-1", as_role, 2)]
    said = [one.data for one in desk.shelf.said(SUBMITTED.name)]
    fetched = [one for one in said if isinstance(one, AttachmentFetched)]
    assert len(fetched) == (2 if as_role in ("handler", "chief") else 0)


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (("bureau:foshan:handler",), 404),
        ((TRAFFIC,), 404),
        (("bureau:province:handler",), 404),
        (("bureau:guangzhou:system",), 403),
        (("auditor",), 403),
        (("custodian",), 403),
        (("duty",), 403),
        (("editor",), 403),
    ],
)
async def test_nobody_else_sees_even_that_there_are_files(
    desk: Front, roles: tuple[str, ...], status: int
) -> None:
    file = await photo(desk)
    number = await letter_with(desk, file)
    for path in ("", f"/{file}", f"/{file}/thumbnail"):
        answer = await get(desk, f"/files/{number}{path}", "s-2", *roles)
        assert answer.status_code == status
        assert "JPEG image" not in answer.text
    assert await views(desk, number) == []


async def test_unknown_letters_and_files_are_not_found(desk: Front) -> None:
    file, other = await photo(desk), await photo(desk)
    number, another = await letter_with(desk, file), await letter_with(desk, other)
    paths = (
        f"/files/{number}/{other}", f"/files/{another}/{file}", f"/files/{number}/f{'0' * 32}",
        f"/files/{number}/..%2f", f"/files/GD-7K2M-9QXT-4HBN-W3RD-5/{file}", "/files/x",
    )  # fmt: skip
    for path in paths:
        assert (await get(desk, path, "s-1", HANDLER)).status_code == 404, path


async def test_a_conflict_of_interest_keeps_the_files_away_too(desk: Front) -> None:
    number = await letter_with(desk, await photo(desk))
    await desk.progress(
        number, fact(ConflictDeclared, by=By(role="handler", bureau="guangzhou"), staff="s-1")
    )
    assert (await get(desk, f"/files/{number}", "s-1", HANDLER)).status_code == 404
    assert (await get(desk, f"/files/{number}", "s-2", HANDLER)).status_code == 200


async def test_nothing_in_a_file_can_act_in_the_browser(desk: Front) -> None:
    file, document = await photo(desk), await uploaded(desk, b"%PDF-", kind="application/pdf")
    number = await letter_with(desk, file, document)
    for one, disposition in ((file, "inline"), (document, "attachment"), (f"{file}/thumbnail", "")):
        shown = (await get(desk, f"/files/{number}/{one}", "s-1", HANDLER)).headers
        assert shown["content-security-policy"] == "default-src 'none'; sandbox"
        assert shown["x-content-type-options"] == "nosniff"
        assert shown["cache-control"] == "no-store"
        assert shown["cross-origin-resource-policy"] == "same-origin"
        assert shown.get("content-disposition", "").startswith(disposition)


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        (None, 409, "Being checked"),
        ("refused", 410, "Could not be checked, refused"),
        ("quarantined", 410, "Harmful, locked away"),
    ],
)
async def test_a_file_that_is_not_clean_is_listed_and_not_opened(
    desk: Front, found: Any, status: int, said: str
) -> None:
    file = await photo(desk)
    number = await letter_with(desk, file, found=found)
    page = await get(desk, f"/files/{number}", "s-1", HANDLER)
    assert said in page.text
    assert f"/files/{number}/{file}" not in page.text
    for path in (f"/files/{number}/{file}", f"/files/{number}/{file}/thumbnail"):
        assert (await get(desk, path, "s-1", HANDLER)).status_code == status
    assert await views(desk, number) == []


@pytest.mark.parametrize("category", ["complaint", "report"])
async def test_files_of_a_masked_letter_need_a_grant_and_close_with_it(
    desk: Front, category: str
) -> None:
    """A photo would tell a bureau who complained about it."""
    file = await photo(desk)
    number = await letter_with(desk, file, category=category)
    path = f"/files/{number}/{file}"
    for role in (HANDLER, CHIEF, "triage", "supervisor"):
        page = await get(desk, f"/files/{number}", "s-4471", role)
        assert "can show who wrote it" in page.text
        assert (path in page.text, f"/reveals/letters/{number}" in page.text) == (
            False, role == HANDLER,
        )  # fmt: skip
        assert (await get(desk, path, "s-4471", role)).status_code == 403
        assert (await get(desk, f"{path}/thumbnail", "s-4471", role)).status_code == 403
    assert await views(desk, number) == []
    desk.client.cookies.clear()
    name = (await request(desk, number)).json()["reveal"]
    assert (await decide(desk, number, name)).status_code == 200
    page = await get(desk, f"/files/{number}", "s-4471", HANDLER)
    assert f'src="{path}/thumbnail"' in page.text
    assert page.headers["refresh"] == f"901;url=/files/{number}"
    assert (await get(desk, path, "s-4471", HANDLER)).status_code == 200
    assert (await get(desk, path, "s-2", HANDLER)).status_code == 403, "another person's grant"
    desk.shelf.now.pass_by(seconds=16 * 60)
    assert (await get(desk, path, "s-4471", HANDLER)).status_code == 403
    assert await views(desk, number) == [("s-4471", "handler", 1)]


async def test_a_letter_that_is_masked_later_closes_its_files(desk: Front) -> None:
    file = await photo(desk)
    number = await letter_with(desk, file)
    path = f"/files/{number}/{file}"
    assert (await get(desk, path, "s-1", HANDLER)).status_code == 200
    about = About(kind="unit", bureau="guangzhou", police_type="traffic")
    await desk.progress(
        number, fact(LetterReclassified, category="complaint", about=about, masked=True)
    )
    inspection = "bureau:guangzhou:inspection:handler"
    assert (await get(desk, path, "s-1", HANDLER)).status_code == 404
    assert (await get(desk, path, "s-1", inspection)).status_code == 403


async def test_a_withdrawn_letter_shows_no_files(desk: Front) -> None:
    file = await photo(desk)
    number = await letter_with(desk, file)
    await desk.progress(number, withdrawn())
    page = await get(desk, f"/files/{number}", "s-1", HANDLER)
    assert "has withdrawn this letter" in page.text
    assert (await get(desk, f"/files/{number}/{file}", "s-1", HANDLER)).status_code == 404


async def test_each_day_and_each_person_is_an_entry_of_its_own(desk: Front) -> None:
    file = await photo(desk)
    number = await letter_with(desk, file)
    for who in ("s-1", "s-1", "s-2"):
        await get(desk, f"/files/{number}/{file}", who, HANDLER)
    desk.shelf.now.pass_by(seconds=86_400)
    await get(desk, f"/files/{number}/{file}", "s-1", HANDLER)
    assert [who for who, *_ in await views(desk, number)] == ["s-1", "s-2", "s-1"]


async def test_when_no_more_can_be_recorded_nothing_is_shown(
    desk: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody could look at files without leaving a trace."""
    monkeypatch.setattr(file_access, "MOST_VIEWS", 1)
    file = await photo(desk)
    number = await letter_with(desk, file)
    assert (await get(desk, f"/files/{number}", "s-1", HANDLER)).status_code == 200
    for path in ("", f"/{file}"):
        assert (await get(desk, f"/files/{number}{path}", "s-2", HANDLER)).status_code == 429


async def test_a_letter_without_files_says_so(desk: Front) -> None:
    number = await letter_with(desk)
    page = await get(desk, f"/files/{number}", "s-1", HANDLER)
    assert "sent no files" in page.text
    chinese = await desk.client.get(
        f"/files/{number}", headers={**ENGLISH, "accept-language": "zh-CN"}
    )
    assert "此信没有附件" in chinese.text


# --- the record --------------------------------------------------------------------------------


async def test_auditors_see_who_opened_and_fetched_files(desk: Front) -> None:
    file = await photo(desk)
    number = await letter_with(desk, file)
    await get(desk, f"/files/{number}/{file}", "s-1", HANDLER)
    given = token("s-he", at=desk.shelf.now(), roles=["auditor"])
    headers = {"authorization": f"Bearer {given}"}
    found = (await desk.client.get(f"/v1/letters/{number}/file-log", headers=headers)).json()
    assert [(one["staff"], one["files"]) for one in found["views"]] == [("s-1", [file])]
    assert [(one["bureau"], one["file"]) for one in found["fetches"]] == [("guangzhou", file)]
    log = await get(desk, "/reveals/log", "s-he", "auditor")
    assert number in log.text
    assert "s-1" in log.text
    await scanned(desk, "clean")
