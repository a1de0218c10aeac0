"""A writer with an open letter on the same matter learns of it, and nobody else does."""

from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.same_matter import MOST_ANSWERS, Matter, answers_near
from shared.contracts.published_v1 import (
    LetterPublished,
    PublicationCorrected,
    PublicationWithdrawn,
)
from shared.contracts.topics import PUBLISHED
from tests.intake.emergencies import ASK, CRIME, STOP, guarded_front
from tests.intake.faces import is_problem
from tests.intake.front import Front
from tests.intake.story import NOON, received, replied, routed

LAMP = "村口的红绿灯坏了三个月，晚上看不清路，车开得很快，请尽快派人来修，谢谢。"
NOISE = "楼下的烧烤摊每天摆到凌晨两点，音响很大，老人孩子都睡不好，希望有人来管一管。"


def matter(text: str, subject: str = "反映问题") -> Matter:
    """What a letter with that text is about."""
    return Matter.of(subject, text)


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (LAMP, True),
        (LAMP.replace("三个月", "四个月"), True),
        (f"您好！{LAMP}", True),
        (NOISE, False),
        ("坏了", False),
    ],
)
def test_nearly_the_same_words_are_the_same_matter(other: str, is_same: bool) -> None:
    assert matter(LAMP).is_same(matter(other)) is is_same
    assert matter(other).is_same(matter(LAMP)) is is_same


def test_short_texts_are_the_same_only_if_they_are_equal() -> None:
    assert matter("灯", "坏").is_same(matter("灯", "坏"))
    assert not matter("灯", "坏").is_same(matter("路", "坏"))


async def test_the_open_letter_is_named_to_its_own_writer(desk: Front) -> None:
    first = await desk.taken_in(body=LAMP, send_anyway=...)
    again = await desk.submit(body=LAMP, send_anyway=...)
    assert is_problem(again, "409 same_matter")
    shown = again.json()
    assert (shown["letter"], shown["send_anyway"]) == (first, "same_matter")
    added = await desk.post(shown["add_at"], {"text": "今天又看到了。"}, key="addition-key")
    assert added.status_code == 202
    other = await desk.submit("huang", body=LAMP, send_anyway=...)
    assert other.status_code == 201
    anyway = await desk.submit(body=LAMP)
    assert anyway.status_code == 201


async def test_repeating_a_submission_is_not_another_letter(desk: Front) -> None:
    answers = [await desk.submit(body=LAMP, send_anyway=..., key="the-same-key") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize(
    "over",
    [{"category": "inquiry"}, {"place": {"city": "foshan"}}, {"body": NOISE}],
)
async def test_another_category_place_or_text_is_another_matter(desk: Front, over: Any) -> None:
    await desk.taken_in(body=LAMP, send_anyway=...)
    assert (await desk.submit(**{"body": LAMP, "send_anyway": ...} | over)).status_code == 201


async def test_an_answered_letter_is_not_open(desk: Front) -> None:
    number = await desk.taken_in(body=LAMP, send_anyway=...)
    await desk.progress(number, received(), routed(), replied())
    assert (await desk.submit(body=LAMP, send_anyway=...)).status_code == 201


async def similar(desk: Front, who: str = "chen", **over: Any) -> Any:
    """What is shown while somebody writes."""
    written = {"subject": "红绿灯", "body": LAMP, "place": {"city": "guangzhou"}} | over
    answer = await desk.post("/v1/letters/similar", written, who=who, key=None)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_own_open_letters_are_shown_while_writing(desk: Front) -> None:
    number = await desk.taken_in(body=LAMP, subject="红绿灯")
    (own,) = (await similar(desk))["own"]
    assert (own["letter"], own["add_at"]) == (number, f"/v1/letters/{number}/addition")
    assert (await similar(desk, "huang"))["own"] == []
    assert (await similar(desk, category="inquiry"))["own"] == []
    assert (await similar(desk, subject="", body=""))["own"] == []


async def test_public_answers_are_shown_as_everyone_can_read_them(desk: Front) -> None:
    number, at = await desk.taken_in(body=NOISE), NOON
    await desk.progress(number, received(), routed(), replied())

    async def said(event: Any) -> list[Any]:
        await desk.shelf.hear_events(PUBLISHED.name, number, event)
        found = await similar(desk, "huang", subject="村口红绿灯坏了", body="")
        return [(each["path"], each["title"], each["city"]) for each in found["public"]]

    old = LetterPublished(publication="p-1", path="/publications/p-1", published_at=at)
    assert await said(old) == []
    new = old.model_copy(update={"title": "村口红绿灯坏了三个月", "city": "guangzhou"})
    assert await said(new) == [("/publications/p-1", "村口红绿灯坏了三个月", "guangzhou")]
    corrected = PublicationCorrected(publication="p-1", note="more_hidden", title="红绿灯坏了")
    assert await said(corrected) == [("/publications/p-1", "红绿灯坏了", "guangzhou")]
    away = await similar(desk, "huang", place={"city": "foshan"})
    assert away["public"] == []
    assert await said(PublicationWithdrawn(publication="p-1", reason="problem")) == []
    publication = (await desk.letter(number)).publication
    assert publication is not None
    assert publication.title is None


def test_the_nearest_three_come_first() -> None:
    rows = [
        {"path": f"/p/{n}", "title": "红绿灯坏了" + "请问哪里修"[:n], "city": None}
        for n in range(5)
    ]
    found = answers_near("红绿灯坏了", "", city=None, published=[*reversed(rows)])
    assert [each.path for each in found] == ["/p/0", "/p/1", "/p/2"][:MOST_ANSWERS]


@pytest.mark.parametrize(
    "wrong",
    [{"subject": 7}, {"body": "字" * 10_001}, {"place": {"city": "x"}}, {"letter": "GD-"}, []],
)
async def test_what_is_compared_is_checked(desk: Front, wrong: Any) -> None:
    answer = await desk.post("/v1/letters/similar", wrong)
    assert is_problem(answer, "422 invalid")


async def test_an_emergency_is_never_held_up_by_an_open_letter(tmp_path: Path) -> None:
    async with guarded_front(tmp_path) as desk:
        await desk.taken_in(body=LAMP, send_anyway=...)
        for mark, code in ((STOP, "emergency"), (ASK, "happening_now")):
            answer = await desk.submit(body=LAMP + mark, send_anyway=...)
            assert is_problem(answer, f"422 {code}")


async def test_where_to_turn_is_explained_first_and_one_code_is_enough(tmp_path: Path) -> None:
    async with guarded_front(tmp_path) as desk:
        text = LAMP + CRIME
        await desk.taken_in(body=text, send_anyway="crime_report")
        assert is_problem(await desk.submit(body=text, send_anyway=...), "422 crime_report")
        again = await desk.submit(body=text, send_anyway="same_matter")
        assert is_problem(again, "422 crime_report")
        assert (await desk.submit(body=text, send_anyway="crime_report")).status_code == 201
