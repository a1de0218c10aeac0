"""Calls to the duty desk have a lane of their own, and succeed only if every officer is reached."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.letter import NotifierLetter
from services.notifier.jobs.clock_gauges import ClockGauges
from services.notifier.jobs.message_delivery import LONGEST_PAUSE_OF_CALLS, MOST_ATTEMPTS_AT_ONCE
from shared.contracts.topics import DIVERTED, PROGRESS
from shared.kernel.letter_number import new_letter_number
from shared.kernel.offices import Offices
from tests.notifier.story import DIVERTED as AN_EMERGENCY
from tests.notifier.story import RED_AT, RULES, SEEN, fact, started
from tests.notifier.test_message_gateway import OURS, of
from tests.notifier.working import (
    OurStage,
    ScriptedGateway,
    a_reply,
    delivering,
    firing,
    sample,
    settled,
)
from tests.support.memory_shell import memory_shell

DIVERSION = "D-TEST-0001"
AT = AN_EMERGENCY.diverted_at
DUTY = replace(OURS, terms=(*of("duty", "s-1", "s-2"), *of("duty_chief", "s-3")))
ALL = replace(DUTY, terms=(*DUTY.terms, *of("province_command", "s-4")))


class Directory:
    """A gateway that answers some officers with other statuses, and all others with 202."""

    def __init__(self, **statuses: int) -> None:
        self.statuses = {name.replace("_", "-"): status for name, status in statuses.items()}
        self.called: list[str] = []
        self.keys: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(request.headers["Idempotency-Key"])
        officer = request.headers["Idempotency-Key"].rpartition("/")[2]
        self.called.append(officer)
        return httpx.Response(self.statuses.get(officer, 202))


async def calls(stage: OurStage) -> list[Delivery]:
    """Return all calls about the diversion."""
    state: NotifierLetter | None = await stage.letters.state(DIVERSION)
    assert state is not None
    return list(state.deliveries)


async def called(stage: OurStage, phone: Directory, offices: Offices, *, seconds: int = 0) -> None:
    """Run the lane of calls for that long."""
    work = delivering(stage, phone, offices, is_urgent=True)
    await work.deliver()
    for _ in range(seconds):
        stage.now.pass_by(seconds=1)
        await work.deliver()


# --- the lane ----------------------------------------------------------------------------------


async def test_a_call_waits_for_no_message_to_anybody_else() -> None:
    """The gateway answers only the duty desk, and more messages wait than a page holds."""
    answers = asyncio.Event()
    phone = ScriptedGateway()

    async def slow(request: httpx.Request) -> httpx.Response:
        await answers.wait()
        return phone(request)

    async with memory_shell(RULES, at=AT) as stage:
        stage.now.pass_by(minutes=10)
        for number in range(250):
            await a_reply(stage, at=new_letter_number(number.to_bytes(10)))
        await stage.hear(DIVERTED.name, DIVERSION, AN_EMERGENCY)
        writers = asyncio.create_task(delivering(stage, slow).deliver())
        desk = Directory()
        assert await delivering(stage, desk, DUTY, is_urgent=True).deliver() == 1
        assert desk.called == ["s-1", "s-2"]
        assert not writers.done()
        answers.set()
        assert await writers == 200
    assert all("D-TEST" not in request.headers["Idempotency-Key"] for request in phone.asked)
    assert MOST_ATTEMPTS_AT_ONCE < 200


async def test_the_next_call_is_due_whatever_clocks_passed_before() -> None:
    async with memory_shell(RULES, at=RED_AT) as stage:
        diverted = AN_EMERGENCY.model_copy(update={"diverted_at": RED_AT, "see_by": RED_AT})
        for number in range(3):
            letter = new_letter_number(number.to_bytes(10))
            await stage.hear(PROGRESS.name, letter, fact(started()))
        await stage.hear(DIVERTED.name, DIVERSION, diverted)
        assert await firing(stage, is_urgent=True).fire() == 1
        await settled(stage)
        assert [call.details.page for call in await calls(stage)] == [1, 2]
        assert await firing(stage).fire() == 3


# --- success -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [422, 400, 404])
async def test_the_next_level_is_called_at_once_if_an_officer_can_not_be_called(
    status: int,
) -> None:
    phone = Directory(s_1=status)
    async with memory_shell(RULES, at=AT) as stage:
        await stage.hear(DIVERTED.name, DIVERSION, AN_EMERGENCY)
        await called(stage, phone, DUTY)
        assert [call.standing for call in await calls(stage)] == ["waiting", "waiting"]
        await called(stage, phone, DUTY)
        assert phone.called == ["s-1", "s-2", "s-3"]
        assert [call.standing for call in await calls(stage)] == ["dropped", "delivered"]


async def test_an_unreached_officer_is_tried_again_until_the_next_level_was_called() -> None:
    phone = Directory(s_1=503)
    async with memory_shell(RULES, at=AT) as stage:
        await stage.hear(DIVERTED.name, DIVERSION, AN_EMERGENCY)
        await called(stage, phone, DUTY, seconds=299)
        assert [call.standing for call in await calls(stage)] == ["waiting"]
        longest = LONGEST_PAUSE_OF_CALLS.total_seconds()
        assert phone.called.count("s-1") >= 300 / longest, "however often it failed before"
        stage.now.pass_by(seconds=1)
        await firing(stage, is_urgent=True).fire()
        await called(stage, phone, DUTY)
        assert [call.standing for call in await calls(stage)] == ["dropped", "delivered"]


async def test_without_any_office_holder_the_call_waits_and_keeps_its_age() -> None:
    async with memory_shell(RULES, at=AT) as stage:
        await stage.hear(DIVERTED.name, DIVERSION, AN_EMERGENCY)
        for _ in range(20):
            await called(stage, Directory(), OURS, seconds=60)
            await firing(stage, is_urgent=True).fire()
            await settled(stage)
        waiting = [call for call in await calls(stage) if call.standing == "waiting"]
        assert [message.to and message.to.name for message in waiting] == [
            "duty",
            "duty_chief",
            "province_command",
        ]
        assert max(message.details.page for message in waiting) > 4
        await ClockGauges(stage.documents, now=stage.now).count()
        assert sample("mailbox_notifier_oldest_undelivered_call_seconds") >= 20 * 60 - 1
        await called(stage, Directory(), ALL, seconds=60)
        assert {call.standing for call in await calls(stage)} == {"delivered", "dropped"}


async def test_a_call_that_waits_ages_and_other_messages_do_not_count_as_calls() -> None:
    name = "mailbox_notifier_oldest_undelivered_call_seconds"
    async with memory_shell(RULES, at=AT) as stage:
        await a_reply(stage)
        stage.now.pass_by(minutes=9)
        await ClockGauges(stage.documents, now=stage.now).count()
        assert sample(name) == 0
        late = AN_EMERGENCY.model_copy(update={"diverted_at": stage.now()})
        await stage.hear(DIVERTED.name, DIVERSION, late)
        await called(stage, Directory(s_2=503), DUTY, seconds=70)
        await ClockGauges(stage.documents, now=stage.now).count()
        assert sample(name) == 70 + timedelta(minutes=0).total_seconds()
        await stage.hear(DIVERTED.name, DIVERSION, SEEN)
        await ClockGauges(stage.documents, now=stage.now).count()
        assert sample(name) == 0, "somebody has seen it"


# --- one writer's repeats ----------------------------------------------------------------------


async def passed(stage: OurStage, phone: Directory) -> list[tuple[str, int]]:
    """The diversions called about in one pass, with the number of the call."""
    before = len(phone.keys)
    await firing(stage, is_urgent=True).fire()
    await settled(stage)
    await delivering(stage, phone, is_urgent=True).deliver()
    parts = [key.split("/") for key in phone.keys[before:]]
    return [(each[0], int(each[-2].removeprefix("page-"))) for each in parts]


async def test_a_writers_diversions_are_called_about_one_at_a_time() -> None:
    first, second, third = (f"D-TEST-{number:04d}" for number in range(3))
    phone = Directory()
    async with memory_shell(RULES, at=AT) as stage:
        for number in (first, second, third):
            repeats = None if number == first else first
            said = AN_EMERGENCY.model_copy(update={"repeats": repeats})
            await stage.hear(DIVERTED.name, number, said)
        for page in (1, 2, 3):
            assert await passed(stage, phone) == [(first, page)]
            stage.now.pass_by(minutes=5)
        await stage.hear(DIVERTED.name, first, SEEN)
        assert await passed(stage, phone) == [(second, 2)], "the first call was the first one's"
        await stage.hear(DIVERTED.name, second, SEEN)
        stage.now.pass_by(minutes=5)
        assert await passed(stage, phone) == [(third, 2)]
        await stage.hear(DIVERTED.name, third, SEEN)
        stage.now.pass_by(minutes=30)
        assert await passed(stage, phone) == []


async def test_a_repeat_of_an_unknown_diversion_is_called_about() -> None:
    phone = Directory()
    async with memory_shell(RULES, at=AT) as stage:
        said = AN_EMERGENCY.model_copy(update={"repeats": "D-TEST-LOST"})
        await stage.hear(DIVERTED.name, DIVERSION, said)
        assert await passed(stage, phone) == []
        stage.now.pass_by(minutes=5)
        assert await passed(stage, phone) == [(DIVERSION, 2)]
