"""Reading is recorded, the queue is measured, and words are finally erased."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.intake.domain.erasure import EraseLetterParts
from services.intake.jobs import DiversionGauges
from services.intake.metrics import OLDEST_UNSEEN, UNSEEN
from shared.contracts.topics import SUBMITTED
from shared.kernel.errors import OutOfOrder
from shared.platform.letters.service_decider import IdempotentCommand
from tests.intake.emergencies import STOP, diverted, guarded_front, on_duty, staff, waiting
from tests.intake.faces import is_problem
from tests.intake.front import Front

LETTERS = SUBMITTED.name


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened_front:
        yield opened_front


# --- on record ---------------------------------------------------------------------------------


async def test_every_reading_is_recorded_before_anything_is_shown(desk: Front) -> None:
    number, other = await diverted(desk), await diverted(desk, who="huang")
    await waiting(desk)
    await waiting(desk)
    desk.shelf.now.pass_by(hours=1)
    await on_duty(desk, f"/{number}", who="d-0072")
    path = f"/v1/duty/diversions/{number}/readings"
    answer = await desk.client.get(path, headers=staff(desk, "auditor", who="a-1"))
    assert answer.json()["readings"] == [
        {"staff": "d-0071", "at": "2026-11-24T04:00:00Z"},
        {"staff": "d-0072", "at": "2026-11-24T05:00:00Z"},
    ]
    assert {one["diversion"] for one in desk.readings.kept.values()} == {number, other}
    assert is_problem(await desk.client.get(path, headers=staff(desk, "duty")), "403 not_allowed")


async def test_what_can_not_be_recorded_is_not_shown(desk: Front) -> None:
    await diverted(desk)
    desk.readings.failures.append("before")
    answer = await on_duty(desk, "")
    assert is_problem(answer, "503 not_ready")
    assert STOP not in answer.text


# --- how it stands -----------------------------------------------------------------------------


async def test_how_many_nobody_has_seen_and_the_oldest_age_are_measured(desk: Front) -> None:
    first = await diverted(desk)
    desk.shelf.now.pass_by(seconds=60)
    await diverted(desk)
    desk.shelf.now.pass_by(seconds=30)
    watching = DiversionGauges(desk.shelf.documents, now=desk.shelf.now)
    await watching.look()
    assert (UNSEEN._value.get(), OLDEST_UNSEEN._value.get()) == (2, 90)
    await on_duty(desk, f"/{first}/seen", None)
    await watching.look()
    assert (UNSEEN._value.get(), OLDEST_UNSEEN._value.get()) == (1, 30)


async def test_words_are_erased_once_the_desk_has_done_with_it(desk: Front) -> None:
    number = await diverted(desk)
    erase = IdempotentCommand(
        number, EraseLetterParts(("words", "identity"), "diverted.one_year"), "erase-1"
    )
    with pytest.raises(OutOfOrder):
        await desk.shelf.commands.execute(erase)
    await on_duty(desk, f"/{number}/resolve", {"outcome": "called_back"})
    await desk.shelf.commands.execute(erase)
    shown = (await on_duty(desk, f"/{number}")).json()
    assert (shown["text"], shown["subject"], shown["who"]) == (None, None, None)
    assert desk.shelf.said_types(LETTERS) == []


async def test_everything_at_the_desk_works_though_nothing_can_be_sent(desk: Front) -> None:
    desk.shelf.bus.fates.extend(["refused"] * 50)
    number = await diverted(desk)
    assert [one["diversion"] for one in await waiting(desk)] == [number]
    answer = await on_duty(desk, f"/{number}/resolve", {"outcome": "called_back"})
    assert answer.json()["outcome"] == "called_back"
    document = desk.shelf.documents.kept[number]
    assert (document["sent"], document["unsent"]) == ({"diverted": 3}, {"diverted": 1})
