"""A writer sees which offices have seen their identity and files, and never which person."""

from typing import Any

import pytest

from services.intake.domain.access_log import access_log
from services.intake.domain.file_access import FetchFile, ViewFiles
from shared.platform.letters.service_decider import IdempotentCommand
from tests.intake.faces import is_problem
from tests.intake.file_world import letter_with, uploaded
from tests.intake.front import Front
from tests.intake.story import received, routed
from tests.intake.test_masked_reveals import ASKER, GRANTER, NO, asked, decide, request, view

LOG = "/v1/letters/{}/access-log"


async def log(desk: Front, number: str, **params: Any) -> Any:
    """The writer's page of the log."""
    answer = await desk.get(LOG.format(number), **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_each_holder_that_got_the_identity_is_named_once(desk: Front) -> None:
    number = await desk.taken_in()
    assert (await log(desk, number))["accesses"] == []
    await desk.progress(number, received(), routed())
    (given,) = (await log(desk, number))["accesses"]
    assert (given["what"], given["bureau"], given["role"]) == ("identity_given", "guangzhou", None)
    assert given["at"] is not None
    assert given["zh"] == "承办单位收到您的身份信息"


async def test_a_masked_letters_identity_is_given_to_no_bureau(desk: Front) -> None:
    number, _ = await asked(desk)
    kinds = [each["what"] for each in (await log(desk, number))["accesses"]]
    assert kinds == ["identity_requested"]


async def test_requests_refusals_and_views_are_shown_without_persons(desk: Front) -> None:
    number, name = await asked(desk)
    await decide(desk, number, name)
    desk.shelf.now.pass_by(minutes=1)
    assert (await view(desk, number, name)).status_code == 200
    again = (await request(desk, number, key="step-key-2")).json()["reveal"]
    await decide(desk, number, again, body=NO, key="step-key-3")
    answer = await desk.get(LOG.format(number))
    shown = answer.json()["accesses"]
    assert sorted(each["what"] for each in shown) == [
        "identity_refused",
        "identity_requested",
        "identity_requested",
        "identity_shown",
    ]
    assert all(each["bureau"] == "guangzhou" and each["reason"] for each in shown)
    assert not {ASKER, GRANTER} & set(answer.text.split('"'))


async def test_files_that_were_fetched_and_opened_are_shown(desk: Front) -> None:
    file = await uploaded(desk)
    number, at = await letter_with(desk, file), desk.shelf.now()
    fetch = FetchFile(file, "guangzhou", at)
    views = ViewFiles((file,), "handler", "guangzhou", "s-4471", at)
    for name, command in (("fetch", fetch), ("view", views)):
        await desk.shelf.commands.execute(IdempotentCommand(number, command, name))
    answer = await desk.get(LOG.format(number))
    found = {each["what"]: each for each in answer.json()["accesses"]}
    assert found.keys() == {"identity_given", "file_fetched", "files_opened"}
    assert found["file_fetched"]["files"] == found["files_opened"]["files"] == [file]
    assert (found["file_fetched"]["role"], found["files_opened"]["role"]) == (None, "handler")
    assert "s-4471" not in answer.text


async def test_a_long_log_comes_in_pages(desk: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.intake.api.letter_access.PAGE", 2)
    number, name = await asked(desk)
    await decide(desk, number, name)
    await view(desk, number, name)
    await request(desk, number, key="step-key-2")
    assert len(access_log(await desk.letter(number))) == 3
    first = await log(desk, number)
    assert (len(first["accesses"]), first["next"]) == (2, 2)
    second = await log(desk, number, after=first["next"])
    assert (len(second["accesses"]), second["next"]) == (1, None)


@pytest.mark.parametrize("after", [-1, "x", 10_001, ""])
async def test_a_page_of_another_form_is_refused(desk: Front, after: Any) -> None:
    number = await desk.taken_in()
    assert is_problem(await desk.get(LOG.format(number), after=after), "422 invalid")


async def test_nobody_else_reads_it(desk: Front) -> None:
    number = await desk.taken_in()
    for who, code in (
        ("huang", "404 not_found"),
        ("lin", "401 not_signed_in"),
        (None, "401 not_signed_in"),
    ):
        answer = await desk.get(LOG.format(number), who)
        assert is_problem(answer, code) or answer.status_code == 403
