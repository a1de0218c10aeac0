"""A bureau's system gets a clean file of a letter that it works on, on record, and nothing else."""

from __future__ import annotations

import base64
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from typing_extensions import override

from clients.bureau.attachments import AttachmentFetcher, FileAccess, NotFetched
from services.intake.domain.letter import FileFetch
from shared.contracts.progress_v1 import LetterRecalled, LetterReclassified
from shared.contracts.submitted_v1 import AttachmentFetched
from shared.contracts.topics import SUBMITTED
from shared.contracts.values import About
from tests.intake.faces import ISSUER, is_problem, token
from tests.intake.file_world import fetched, letter_with, picture, scanned, uploaded
from tests.intake.front import Front
from tests.intake.story import closed, fact, routed, withdrawn


def fetches(desk: Front) -> list[AttachmentFetched]:
    said = (one.data for one in desk.shelf.said(SUBMITTED.name))
    return [one for one in said if isinstance(one, AttachmentFetched)]


async def test_the_holders_system_gets_the_file_and_it_is_recorded_once(desk: Front) -> None:
    file = await uploaded(desk, picture("PNG"), kind="image/png")
    number = await letter_with(desk, file)
    answers = [await fetched(desk, number, file) for _ in range(2)]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        content, shown = answer.content, answer.headers
        digest = base64.b64encode(sha256(content).digest()).decode()
        assert shown["repr-digest"] == f"sha-256=:{digest}:"
        assert (shown["content-type"], shown["content-length"]) == ("image/png", str(len(content)))
        assert shown["content-disposition"] == f'attachment; filename="{file}.png"'
        assert shown["x-content-type-options"] == "nosniff"
        assert shown["cache-control"] == "no-store"
        assert shown["content-security-policy"] == "default-src 'none'; sandbox"
    [event] = fetches(desk)
    assert (event.attachment, event.bureau, event.assignment) == (file, "guangzhou", 1)
    at = desk.shelf.now()
    assert (await desk.letter(number)).fetches == (FileFetch(file, "guangzhou", 1, at),)


async def test_what_arrives_is_what_the_event_announced(desk: Front) -> None:
    """Otherwise every bureau's program would throw each file away."""
    file = await uploaded(desk)
    number = await letter_with(desk, file)
    [submitted] = [one.data for one in desk.shelf.said(SUBMITTED.name) if one.sequence == 1]
    content = (await fetched(desk, number, file)).content
    [announced] = submitted.attachments
    assert (announced.size, announced.sha256) == (len(content), sha256(content).hexdigest())


async def test_a_file_of_a_new_holding_is_recorded_again(desk: Front) -> None:
    file = await uploaded(desk)
    number = await letter_with(desk, file)
    await fetched(desk, number, file)
    recalled = fact(
        LetterRecalled,
        state="triage",
        holder="triage",
        from_bureau="guangzhou",
        reason="wrong_bureau",
    )
    await desk.progress(number, recalled)
    assert is_problem(await fetched(desk, number, file), "404 not_found")
    await desk.progress(number, routed(assignment=2))
    assert (await fetched(desk, number, file)).status_code == 200
    assert [event.assignment for event in fetches(desk)] == [1, 2]


CASES = (
    *("other bureau", "unknown letter", "no number", "unknown file"),
    *("no file id", "another letter's file", "nobody's file"),
)


@pytest.mark.parametrize("case", CASES)
async def test_foreign_and_unknown_letters_and_files_are_one_404_by_one_query(
    desk: Front, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bureau would learn which letters exist, by the answer or by its time."""
    file, other, loose = [await uploaded(desk) for _ in range(3)]
    number, another = await letter_with(desk, file), await letter_with(desk, other)
    asked: dict[str, tuple[str, str, str]] = {
        "other bureau": (number, file, "foshan"),
        "unknown letter": ("GD-7K2M-9QXT-4HBN-W3RD-5", file, "guangzhou"),
        "no number": ("nothing", file, "guangzhou"),
        "unknown file": (number, "f" + "0" * 32, "guangzhou"),
        "no file id": (number, "..%2f", "guangzhou"),
        "another letter's file": (another, file, "guangzhou"),
        "nobody's file": (number, loose, "guangzhou"),
    }
    queries: list[Any] = []
    plain = type(desk.shelf.documents).find

    async def counted(self: Any, *where: Any, **how: Any) -> Any:
        queries.append(where)
        return await plain(self, *where, **how)

    monkeypatch.setattr(type(desk.shelf.documents), "find", counted)
    letter, wanted, bureau = asked[case]
    answer = await fetched(desk, letter, wanted, bureau=bureau)
    assert is_problem(answer, "404 not_found")
    assert len(queries) <= 1
    assert fetches(desk) == []


@pytest.mark.parametrize("end", ["closed", "withdrawn"])
async def test_after_the_letters_end_its_bureau_gets_no_more_files(desk: Front, end: str) -> None:
    file = await uploaded(desk)
    number = await letter_with(desk, file)
    await desk.progress(number, closed() if end == "closed" else withdrawn())
    assert is_problem(await fetched(desk, number, file), "404 not_found")


async def test_a_file_that_waits_is_handed_out_once_it_is_clean(desk: Front) -> None:
    file = await uploaded(desk)
    number = await letter_with(desk, file, found=None)
    answer = await fetched(desk, number, file)
    assert is_problem(answer, "409 waiting")
    assert answer.headers["retry-after"] == "10"
    assert fetches(desk) == []
    await scanned(desk, "clean")
    assert (await fetched(desk, number, file)).status_code == 200


@pytest.mark.parametrize("found", ["refused", "quarantined"])
async def test_a_refused_or_harmful_file_is_given_to_nobody(desk: Front, found: Any) -> None:
    file = await uploaded(desk)
    number = await letter_with(desk, file, found=found)
    assert is_problem(await fetched(desk, number, file), "410 file_refused")
    assert fetches(desk) == []


@pytest.mark.parametrize("category", ["complaint", "report"])
async def test_no_system_gets_files_that_could_show_who_wrote_a_masked_letter(
    desk: Front, category: str
) -> None:
    file = await uploaded(desk)
    number = await letter_with(desk, file, category=category)
    assert is_problem(await fetched(desk, number, file), "403 needs_grant")
    assert fetches(desk) == []


async def test_a_complaint_about_the_department_is_hidden_from_its_system(desk: Front) -> None:
    file = await uploaded(desk)
    number = await letter_with(desk, file)
    about = About(kind="bureau", level="province")
    holding = {"holder": "province", "assignment": 2}
    await desk.progress(
        number, fact(LetterReclassified, category="complaint", about=about, masked=True, **holding)
    )
    answer = await fetched(desk, number, file, bureau="province")
    assert is_problem(answer, "404 not_found")


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": ["bureau:guangzhou:handler"]},
        {"roles": ["bureau:guangzhou:system", "bureau:guangzhou:handler"]},
        {"roles": ["supervisor"]},
        {"name": "somebody"},
        {"auth_time": 1_700_000_000},
    ],
)
async def test_no_person_comes_in_by_the_systems_door(desk: Front, claims: dict[str, Any]) -> None:
    file = await uploaded(desk)
    number = await letter_with(desk, file)
    assert is_problem(await fetched(desk, number, file, **claims), "403 not_allowed")


async def test_without_a_valid_token_nobody_does(desk: Front) -> None:
    path = f"/v1/bureau-files/GD-7K2M-9QXT-4HBN-W3RD-5/f{'0' * 32}"
    assert (await desk.client.get(path)).status_code == 401
    old = token("bureau-foshan", at=desk.shelf.now() - timedelta(hours=13), auth_time=None)
    for given in (old, "x.y.z", ""):
        answer = await desk.client.get(path, headers={"authorization": f"Bearer {given}"})
        assert answer.status_code == 401


async def test_an_erased_file_is_gone_like_one_that_never_was(desk: Front) -> None:
    file = await uploaded(desk)
    number = await letter_with(desk, file)
    await desk.file_desk.erase([file])
    assert is_problem(await fetched(desk, number, file), "404 not_found")


async def test_without_the_storage_the_answer_is_a_problem_and_no_broken_file(desk: Front) -> None:
    file = await uploaded(desk)
    number = await letter_with(desk, file)
    desk.objects.delete(f"{file}/clean/0")
    answer = await fetched(desk, number, file)
    assert is_problem(answer, "503 not_ready")


class Province(httpx.AsyncBaseTransport):
    """The issuer beside intake, for a program that signs in itself."""

    def __init__(self, desk: Front) -> None:
        self._desk = desk

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != "id.example.cn":
            return await self._desk.client._transport.handle_async_request(request)
        if request.url.path.endswith("/token"):
            claims = {"roles": ["bureau:guangzhou:system"], "auth_time": None}
            given = token("bureau-guangzhou", at=self._desk.shelf.now(), **claims)
            return httpx.Response(200, json={"access_token": given, "expires_in": 600})
        known = {"issuer": ISSUER, "token_endpoint": f"{ISSUER}/token"}
        return httpx.Response(200, json=known)


async def test_a_bureaus_program_fetches_what_the_event_announced(
    desk: Front, tmp_path: Path
) -> None:
    """Our own client and our own route would each be right, and not fit each other."""
    file = await uploaded(desk, picture("PNG", size=(300, 200)), kind="image/png")
    number = await letter_with(desk, file, found=None)
    [submitted] = [one.data for one in desk.shelf.said(SUBMITTED.name) if one.sequence == 1]
    [announced] = submitted.attachments
    access = FileAccess("http://test", ISSUER, "bureau-guangzhou", "seeded-secret")
    async with AttachmentFetcher(access, transport=Province(desk)) as fetcher:
        with pytest.raises(NotFetched) as no:
            await fetcher.save(number, announced, into=tmp_path)
        assert (no.value.why, no.value.again_after_s) == ("waiting", 10.0)
        await scanned(desk, "clean")
        path = await fetcher.save(number, announced, into=tmp_path)
    assert path.read_bytes() == picture("PNG", size=(300, 200))
    await desk.shelf.quiet()
    assert len(fetches(desk)) == 1
