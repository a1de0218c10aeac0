"""The notifier's loops: what is due is proposed and delivered, once, whatever fails between."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from prometheus_client import REGISTRY

from services.notifier.domain import Command, Letter
from services.notifier.work import Delivering, Firing, Gateway
from services.notifier.work.delivering import FIRST_PAUSE, LONGEST_PAUSE, pause_after
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.words import Contact
from shared.platform import datafiles
from shared.platform.database import DatabaseFault
from shared.platform.letters import TooManyRaces
from shared.platform.rules import Told
from tests.notifier.stage import Stage, moment, staged
from tests.notifier.story import (
    LETTER,
    OTHER,
    PHONE,
    RED_AT,
    RULES,
    fact,
    other,
    replied,
    started,
    submitted,
)

FIRED = "gd.mailbox.clock.fired.v1"
CONTACT = Contact(phone=PHONE)

OurStage = Stage[Command, Letter]


def firing(stage: OurStage) -> Firing:
    return Firing(stage.documents, stage.commands.tell, now=stage.now, pause_s=0.001)


async def settled(stage: OurStage) -> None:
    """What was told is sent in the background: let it be."""
    await stage.commands._unsent.join()


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_passed_level_is_proposed_once_however_often_one_looks() -> None:
    async with staged(RULES, at=RED_AT - timedelta(seconds=1)) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()))
        before = sample("mailbox_notifier_clocks_fired_total", level="red")
        assert await firing(stage).fire() == 0
        stage.now.pass_by(seconds=1)
        assert await firing(stage).fire() == 1
        assert await firing(stage).fire() == 0
        await settled(stage)
        assert stage.bus.types() == [FIRED]
        assert sample("mailbox_notifier_clocks_fired_total", level="red") == before + 1


async def test_two_processes_that_see_the_same_level_propose_it_once() -> None:
    async with staged(RULES, at=RED_AT) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()))
        await asyncio.gather(*(firing(stage).fire() for _ in range(4)))
        await settled(stage)
        assert stage.bus.ids() == {f"letters.deadlines/{LETTER}/1"}


async def test_a_clock_that_stopped_between_look_and_firing_is_left_alone() -> None:
    async with staged(RULES, at=RED_AT) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()))
        tell = stage.commands.tell

        async def tell_late(told: object) -> Letter:
            await stage.hear(PROGRESS.name, LETTER, fact(other("paused")))
            return await tell(told)  # type: ignore[arg-type]  # passed on as it came

        late = Firing(stage.documents, tell_late, now=stage.now, pause_s=1)
        assert await late.fire() == 1
        await stage.hear(PROGRESS.name, LETTER, fact(other("resumed")))
        assert await firing(stage).fire() == 1
        await settled(stage)
        assert stage.bus.types() == [FIRED]


async def test_the_loop_goes_on_when_the_database_fails() -> None:
    async with staged(RULES, at=RED_AT) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()))
        stage.documents.unread.append(True)
        running = asyncio.create_task(firing(stage).run())
        async with asyncio.timeout(5):
            await stage.bus.has_spoken.wait()
        running.cancel()
    assert stage.bus.types() == [FIRED]


async def test_a_letter_that_cannot_be_read_stops_nobody_elses_clock(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with staged(RULES, at=RED_AT) as stage:
        for letter in (LETTER, OTHER):
            await stage.hear(PROGRESS.name, letter, fact(started()))
        stage.documents.kept[LETTER]["state"]["kind"] = "rubbish"
        assert await firing(stage).fire() == 1
        await settled(stage)
        assert stage.bus.ids() == {f"letters.deadlines/{OTHER}/1"}
        (said,) = [one for one in caplog.records if one.message == "letter passed over"]
        assert vars(said)["letter"] == LETTER
        assert await firing(stage).fire() == 0, "and the loop pauses"


async def test_a_lost_race_is_told_after_everybody_elses_clock_was_fired() -> None:
    async with staged(RULES, at=RED_AT) as stage:
        for letter in (LETTER, OTHER):
            await stage.hear(PROGRESS.name, letter, fact(started()))

        async def tell(told: Told[Command]) -> Letter:
            if told.letter == LETTER:
                raise TooManyRaces
            return await stage.commands.tell(told)

        with pytest.raises(TooManyRaces):
            await Firing(stage.documents, tell, now=stage.now, pause_s=1).fire()
        await settled(stage)
        assert stage.bus.ids() == {f"letters.deadlines/{OTHER}/1"}


# --- deliveries ----------------------------------------------------------------------------------

Answer = Callable[[httpx.Request], httpx.Response]


class Phone:
    """A gateway that answers as told, and remembers what it was asked."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        status = self.statuses.pop(0) if self.statuses else 202
        if status == 0:
            raise httpx.ConnectTimeout("seeded")
        return httpx.Response(status)


def delivering(stage: OurStage, phone: Answer) -> Delivering:
    client = httpx.AsyncClient(
        transport=httpx.MockTransport(phone), base_url="https://gateway.example"
    )
    return Delivering(
        stage.documents,
        stage.letters.state,
        tell=stage.commands.tell,
        gateway=Gateway(
            client,
            datafiles.offices(),
            mailbox_url="https://mailbox.example",
            desk_url="https://desk.example",
            now=stage.now,
        ),
        now=stage.now,
        pause_s=0.001,
    )


async def a_reply(stage: OurStage, contact: Contact | None = CONTACT, at: str = LETTER) -> None:
    await stage.hear(SUBMITTED.name, at, submitted(contact))
    await stage.hear(PROGRESS.name, at, replied())


async def test_a_reply_is_told_to_the_writer_once() -> None:
    phone = Phone()
    async with staged(RULES, at=moment(26)) as stage:
        await a_reply(stage)
        assert await delivering(stage, phone).deliver() == 1
        assert await delivering(stage, phone).deliver() == 0
    (request,) = phone.asked
    assert str(request.url) == "https://gateway.example/messages"
    assert request.headers["Idempotency-Key"] == f"{LETTER}/letters.progress/{LETTER}/1"
    said = request.read().decode()
    assert PHONE in said
    assert '"channel":"sms"' in said
    assert LETTER in said


async def test_a_failing_gateway_is_asked_again_later_under_the_same_key() -> None:
    phone = Phone(503, 0, 429, 401, 202)
    async with staged(RULES, at=moment(26)) as stage:
        await a_reply(stage)
        for _ in range(4):
            assert await delivering(stage, phone).deliver() == 1
            assert await delivering(stage, phone).deliver() == 0
            assert sample("mailbox_notifier_oldest_undelivered_seconds") > 0 or _ == 0
            stage.now.pass_by(minutes=1)
        assert await delivering(stage, phone).deliver() == 1
        assert await delivering(stage, phone).deliver() == 0
        assert sample("mailbox_notifier_oldest_undelivered_seconds") == 0
    assert len(phone.asked) == 5
    assert len({request.headers["Idempotency-Key"] for request in phone.asked}) == 1


async def test_a_message_that_the_gateway_refuses_is_kept_as_refused() -> None:
    before = sample("mailbox_notifier_deliveries_refused_total", code="422")
    async with staged(RULES, at=moment(26)) as stage:
        await a_reply(stage)
        await delivering(stage, Phone(422)).deliver()
        state = await stage.letters.state(LETTER)
    assert state is not None
    assert [(one.standing, one.code) for one in state.deliveries] == [("refused", "422")]
    assert sample("mailbox_notifier_deliveries_refused_total", code="422") == before + 1


async def test_a_writer_without_any_channel_is_not_waited_for() -> None:
    phone = Phone()
    async with staged(RULES, at=moment(26)) as stage:
        await a_reply(stage, None)
        await delivering(stage, phone).deliver()
        state = await stage.letters.state(LETTER)
    assert phone.asked == []
    assert state is not None
    assert [one.code for one in state.deliveries] == ["no_channel"]


async def test_one_letter_that_fails_holds_up_no_other() -> None:
    async with staged(RULES, at=moment(26)) as stage:
        await a_reply(stage)
        await a_reply(stage, at=OTHER)
        phone = Phone(500, 202)
        await delivering(stage, phone).deliver()
        assert len(phone.asked) == 2
        assert len([one for one in stage.documents.kept.values() if "deliver_at" in one]) == 1


async def test_a_crash_between_sending_and_noting_sends_again_under_the_same_key() -> None:
    phone = Phone()
    async with staged(RULES, at=moment(26)) as stage:
        await a_reply(stage)
        work = delivering(stage, phone)
        tell, work._tell = work._tell, _crash
        with pytest.raises(DatabaseFault):
            await work.deliver()
        work._tell = tell
        await work.deliver()
    keys = {request.headers["Idempotency-Key"] for request in phone.asked}
    assert len(phone.asked) == 2
    assert len(keys) == 1


async def _crash(_: object) -> Letter:
    raise DatabaseFault


async def test_nothing_of_the_contact_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with staged(RULES, at=moment(26)) as stage:
        await a_reply(stage, Contact(phone=PHONE, email="seed-4417@example.org"))
        work = delivering(stage, Phone(0, 503, 422))
        for _ in range(3):
            await work.deliver()
            stage.now.pass_by(hours=2)
    assert PHONE not in caplog.text
    assert "4417" not in caplog.text


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_pauses_grow_to_an_hour_and_no_further(share: float) -> None:
    pauses = [pause_after(attempts, share=lambda: share) for attempts in range(40)]
    assert pauses == sorted(pauses)
    assert pauses[0] >= FIRST_PAUSE / 2
    assert LONGEST_PAUSE / 2 <= pauses[-1] <= LONGEST_PAUSE


def test_pauses_are_told_apart_by_lot() -> None:
    assert len({pause_after(5) for _ in range(20)}) > 1
