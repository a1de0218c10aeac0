"""The notice that writers are shown, over HTTP and as a page."""

import pytest

from tests.intake.faces import is_problem
from tests.intake.front import Front


async def test_anybody_reads_the_notice_in_both_languages(desk: Front) -> None:
    answer = await desk.client.get("/v1/notices/current")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["version"], said["is_current"]) == ("1", True)
    assert said["zh"]["title"] == "写信须知"
    assert (await desk.client.get("/v1/notices/1")).json() == said


@pytest.mark.parametrize(("lang", "title"), [("zh-CN", "写信须知"), ("en", "Notice to")])
async def test_the_page_is_in_the_readers_language(desk: Front, lang: str, title: str) -> None:
    page = await desk.client.get(
        "/notice", headers={"accept-language": lang, "accept": "text/html"}
    )
    assert page.status_code == 200
    assert title in page.text


@pytest.mark.parametrize("path", ["/v1/notices/2", "/notice?version=2"])
async def test_a_version_that_is_unknown_is_not_found(desk: Front, path: str) -> None:
    assert (await desk.client.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/v1/notices/%3Cb%3E", "/notice?version=%3Cb%3E"])
async def test_no_version_is_answered_as_invalid(desk: Front, path: str) -> None:
    answer = await desk.client.get(path)
    assert answer.status_code in (404, 422)
    assert "<b>" not in answer.text


async def test_a_letter_must_point_to_the_notice_that_holds(desk: Front) -> None:
    answer = await desk.submit(notice_version="0")
    assert is_problem(answer, "422 notice_not_current")
    assert answer.json()["current"] == "1"
    assert (await desk.submit(notice_version="1")).status_code == 201
