"""Mass emergencies of one writer hide nobody: one row for each writer, one call, and an alarm."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.intake import metrics
from services.intake.store.diversion_queries import MOST_COUNTED, MOST_ROWS
from shared.contracts.diverted_v1 import LetterDiverted
from shared.contracts.topics import DIVERTED
from tests.intake.emergencies import STOP, diverted, guarded_front, kept, on_duty, page, send
from tests.intake.front import Front
from tests.notifier.story import RULES
from tests.notifier.working import ScriptedGateway, delivering
from tests.support.budget import budget
from tests.support.memory_shell import memory_shell

SCRIPTED = budget(MOST_COUNTED, quick=MOST_ROWS + 10)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened_front:
        yield opened_front


async def rows(desk: Front, query: str = "") -> Any:
    """One page of the desk's list."""
    answer = await on_duty(desk, query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def scripted(desk: Front, count: int, who: str = "chen") -> list[str]:
    """Numbers of what one person's script has sent, one a second."""
    numbers = []
    for number in range(count):
        numbers.append(await diverted(desk, who=who, body=f"{STOP} {number}"))
        desk.shelf.now.pass_by(seconds=1)
    return numbers


@pytest.mark.timeout(240)
async def test_a_real_emergency_behind_many_scripted_ones_is_shown_and_called_about(
    desk: Front,
) -> None:
    many = await scripted(desk, SCRIPTED)
    real = await diverted(desk, who="huang", body=f"{STOP} 真的")
    listed = await rows(desk)
    assert [(one["first"], one["diversion"], one["count"]) for one in listed["diversions"]] == [
        (many[0], many[-1], SCRIPTED),
        (real, real, 1),
    ]
    assert listed["diversions"][0]["text"] == f"{STOP} {SCRIPTED - 1}", "the newest text"
    assert listed["diversions"][0]["first_age_s"] == SCRIPTED
    assert listed["next"] is None
    shown = (await page(desk)).text
    assert f"{STOP} 真的" in shown
    and_more = "+" if SCRIPTED == MOST_COUNTED else ""
    assert f"共 {SCRIPTED}{and_more} 件" in shown
    said = desk.shelf.said(DIVERTED.name)
    assert len(said) == SCRIPTED + 1, "every one was taken"
    assert await called_about(said) == [many[0], real]


async def called_about(said: list[Any]) -> list[str]:
    """About which of these diversions the desk is called within the first five minutes."""
    phone = ScriptedGateway()
    async with memory_shell(RULES, at=said[-1].data.diverted_at) as stage:
        for one in said:
            await stage.hear(DIVERTED.name, one.subject, one.data)
        work = delivering(stage, phone, is_urgent=True)
        while await work.deliver():
            pass
    return [one.headers["Idempotency-Key"].partition("/")[0] for one in phone.asked]


async def test_what_comes_after_the_first_was_seen_is_called_about_by_itself(desk: Front) -> None:
    (first,) = await scripted(desk, 1)
    second, third = await scripted(desk, 2)
    await on_duty(desk, f"/{first}/seen", None)
    fourth = await diverted(desk)
    for number in (second, third):
        await on_duty(desk, f"/{number}/seen", None)
    await on_duty(desk, f"/{fourth}/seen", None)
    fifth = await diverted(desk)
    other = await diverted(desk, who="huang")
    said = [one for one in desk.shelf.said(DIVERTED.name) if isinstance(one.data, LetterDiverted)]
    assert {one.subject: one.data.repeats for one in said} == {
        first: None,
        second: first,
        third: first,
        fourth: first,
        fifth: None,
        other: None,
    }


async def test_all_of_a_writer_are_inside_page_by_page_and_seen_as_they_are_shown(
    desk: Front,
) -> None:
    numbers = await scripted(desk, 60)
    inside = f"/{numbers[7]}/same-writer"
    first = await rows(desk, inside)
    second = await rows(desk, f"{inside}?after={first['next']}")
    found = [one["diversion"] for one in (*first["diversions"], *second["diversions"])]
    assert (found, second["next"]) == (numbers, None)
    assert len(await desk.readings.find({})) == 60, "each reading is recorded"
    shown = (await page(desk, f"/{numbers[7]}/writer")).text
    assert all(number in shown for number in numbers[:50])
    assert numbers[50] not in shown
    (action,) = re.findall(r'action="/duty(/[^"]*/writer/seen[^"]*)"', shown)
    late = await diverted(desk, body=f"{STOP} 又一件")
    assert (await send(desk, action)).status_code == 303
    assert [(await kept(desk, one)).seen_at is not None for one in numbers] == (
        [True] * 50 + [False] * 10
    )
    (row,) = (await rows(desk))["diversions"]
    assert (row["first"], row["diversion"], row["count"]) == (numbers[50], late, 11)
    (row,) = (await rows(desk, "?standing=unresolved"))["diversions"]
    assert (row["first"], row["diversion"], row["count"]) == (numbers[0], numbers[49], 50)


async def test_rows_go_on_page_by_page_and_no_writer_is_shown_twice(desk: Front) -> None:
    writers = [f"writer-{number}" for number in range(MOST_ROWS + 5)]
    for _ in range(2):
        for who in writers:
            await scripted(desk, 1, who)
    first = await rows(desk)
    second = await rows(desk, f"?after={first['next']}")
    assert (len(first["diversions"]), len(second["diversions"])) == (MOST_ROWS, 5)
    every = [*first["diversions"], *second["diversions"]]
    assert len({one["first"] for one in every}) == len(writers)
    assert {one["count"] for one in every} == {2}
    firsts = [one["first_at"] for one in every]
    assert firsts == sorted(firsts)


async def test_what_an_older_version_kept_is_shown_too(desk: Front) -> None:
    """Without its writer beside it."""
    numbers = await scripted(desk, 2)
    for number in numbers:
        del desk.shelf.documents.kept[number]["diverted_by"]
    other = await diverted(desk, who="huang")
    listed = (await rows(desk))["diversions"]
    assert [(one["first"], one["count"]) for one in listed] == [(numbers[0], 1), (other, 1)]
    await on_duty(desk, f"/{numbers[0]}/seen", None)
    assert (await rows(desk))["diversions"][0]["first"] == numbers[1]


async def test_emergencies_of_one_writer_in_numbers_are_a_flood(
    desk: Front, caplog: pytest.LogCaptureFixture
) -> None:
    def counted() -> tuple[float, float]:
        counters = (metrics.FLOODS, metrics.FLOOD_LETTERS)
        begun, taken = (one.labels("emergencies")._value.get() for one in counters)
        return begun, taken

    begun, taken = counted()
    for number in range(12):
        await scripted(desk, 1, f"writer-{number}")
    await scripted(desk, 4)
    assert counted() == (begun, taken), "each writes little"
    await scripted(desk, 6)
    assert counted() == (begun + 1, taken + 6)
    lines = [one.__dict__ for one in caplog.records if one.message == "a flood of letters"]
    told = [(one["kind"], one["group"]) for one in lines if one["kind"] == "emergencies"]
    assert told == [("emergencies", None)], "nobody is named"


@pytest.mark.parametrize("path", ["/D-none/writer/seen?until=x", "/{number}/writer/seen"])
async def test_nothing_is_seen_that_no_page_showed(desk: Front, path: str) -> None:
    number = await diverted(desk)
    assert (await send(desk, path.format(number=number))).status_code == 404
    assert (await kept(desk, number)).seen_at is None
    assert (await page(desk, "/D-none/writer")).status_code == 404
