"""Due levels are proposed once, despite failures."""

import asyncio
from datetime import timedelta

import pytest

from services.notifier import store
from services.notifier.domain.decide import Command
from services.notifier.domain.letter import NotifierLetter
from services.notifier.jobs.clock_firing import ClockFiring
from shared.contracts.topics import PROGRESS
from shared.kernel.letter_number import new_letter_number
from shared.platform.letters.letters import TooManyRaces
from shared.platform.letters.service_decider import IdempotentCommand
from tests.notifier.story import LETTER, OTHER, RED_AT, RULES, fact, other, started
from tests.notifier.working import FIRED, firing, sample, settled, share
from tests.support.memory_shell import memory_shell


async def test_a_passed_level_is_proposed_once_in_repeated_passes() -> None:
    async with memory_shell(RULES, at=RED_AT - timedelta(seconds=1)) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()))
        before = sample("mailbox_notifier_clocks_fired_total", clock="reply", level="red")
        assert await firing(stage).fire() == 0
        stage.now.pass_by(seconds=1)
        assert await firing(stage).fire() == 1
        assert await firing(stage).fire() == 0
        await settled(stage)
        assert stage.bus.types() == [FIRED]
        assert (
            sample("mailbox_notifier_clocks_fired_total", clock="reply", level="red") == before + 1
        )


async def test_two_processes_that_see_the_same_level_propose_it_once() -> None:
    async with memory_shell(RULES, at=RED_AT) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()))
        await asyncio.gather(*(firing(stage).fire() for _ in range(4)))
        await settled(stage)
        assert stage.bus.ids() == {f"letters.deadlines/{LETTER}/1"}


A_LETTER, ANOTHER = (new_letter_number(bytes([number] * 10)) for number in (1, 2))
"""Valid letter numbers, which replicas share; others are handled by all."""


async def test_replicas_share_due_letters_and_take_over_after_two_minutes() -> None:
    async with memory_shell(RULES, at=RED_AT) as stage:
        for letter in (A_LETTER, ANOTHER):
            await stage.hear(PROGRESS.name, letter, fact(started()))
        here = firing(stage, A_LETTER.__eq__)
        assert await here.fire() == 1
        await settled(stage)
        assert stage.bus.ids() == {f"letters.deadlines/{A_LETTER}/1"}
        stage.now.pass_by(seconds=119)
        assert await here.fire() == 0, "another replica's"
        stage.now.pass_by(seconds=1)
        assert await here.fire() == 1, "nobody has seen to it"
        await settled(stage)
        assert stage.bus.ids() == {f"letters.deadlines/{each}/1" for each in (A_LETTER, ANOTHER)}


async def test_a_page_of_other_replicas_letters_does_not_delay_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "MOST_AT_ONCE", 2)
    async with memory_shell(RULES, at=RED_AT) as stage:
        for number in range(5):
            theirs = new_letter_number(bytes([10 + number] * 10))
            await stage.hear(PROGRESS.name, theirs, fact(started()))
        await stage.hear(PROGRESS.name, A_LETTER, fact(started()))
        assert await firing(stage, A_LETTER.__eq__).fire() == 1
        await settled(stage)
        assert stage.bus.ids() == {f"letters.deadlines/{A_LETTER}/1"}


async def test_a_clock_that_stopped_between_query_and_firing_does_not_fire() -> None:
    async with memory_shell(RULES, at=RED_AT) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()))
        tell = stage.commands.execute

        async def tell_late(told: object) -> NotifierLetter:
            await stage.hear(PROGRESS.name, LETTER, fact(other("paused")))
            return await tell(told)  # type: ignore[arg-type]  # passed on as it came

        late = ClockFiring(share(stage), tell_late, now=stage.now, pause_s=1)
        assert await late.fire() == 1
        await stage.hear(PROGRESS.name, LETTER, fact(other("resumed")))
        assert await firing(stage).fire() == 1
        await settled(stage)
        assert stage.bus.types() == [FIRED]


async def test_the_loop_goes_on_when_the_database_fails() -> None:
    async with memory_shell(RULES, at=RED_AT) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()))
        stage.documents.unread.append(True)
        running = asyncio.create_task(firing(stage).run())
        async with asyncio.timeout(5):
            await stage.bus.has_spoken.wait()
        running.cancel()
    assert stage.bus.types() == [FIRED]


async def test_an_unreadable_letter_stops_no_other_clock(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with memory_shell(RULES, at=RED_AT) as stage:
        for letter in (LETTER, OTHER):
            await stage.hear(PROGRESS.name, letter, fact(started()))
        stage.documents.kept[LETTER]["state"]["kind"] = "rubbish"
        assert await firing(stage).fire() == 1
        await settled(stage)
        assert stage.bus.ids() == {f"letters.deadlines/{OTHER}/1"}
        (said,) = [record for record in caplog.records if record.message == "letter passed over"]
        assert vars(said)["letter"] == LETTER
        assert await firing(stage).fire() == 0, "and the loop pauses"


async def test_a_lost_race_is_raised_after_all_other_clocks_were_fired() -> None:
    async with memory_shell(RULES, at=RED_AT) as stage:
        for letter in (LETTER, OTHER):
            await stage.hear(PROGRESS.name, letter, fact(started()))

        async def tell(told: IdempotentCommand[Command]) -> NotifierLetter:
            if told.letter == LETTER:
                raise TooManyRaces
            return await stage.commands.execute(told)

        with pytest.raises(TooManyRaces):
            await ClockFiring(share(stage), tell, now=stage.now, pause_s=1).fire()
        await settled(stage)
        assert stage.bus.ids() == {f"letters.deadlines/{OTHER}/1"}
