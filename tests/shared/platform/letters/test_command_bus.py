"""Commands are answered when kept, kept together, and sent behind the answer's back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from pydantic import ValidationError

from shared.kernel.errors import IdReused, OutOfOrder
from shared.platform.letters import command_bus as module
from shared.platform.letters.command_bus import CommandBus
from shared.platform.letters.letters import TooManyRaces
from shared.platform.mongo.database import DatabaseFault
from tests.support.builders import LETTER, PROGRESS_TOPIC, Diary, Note, told
from tests.support.replicas import World
from tests.support.waiting import until

OTHER = "GD-TEST-0002"


@pytest_asyncio.fixture
async def commands(world: World) -> AsyncIterator[CommandBus[Note, Diary]]:
    door = CommandBus(world.replica().letters)
    running = asyncio.create_task(door.run())
    yield door
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def until_sent(world: World, count: int) -> None:
    await until(lambda: len(world.bus.records(PROGRESS_TOPIC)) >= count)
    await until(lambda: not any("unsent" in one for one in world.documents.kept.values()))


async def test_the_answer_is_the_state_as_kept(
    world: World, commands: CommandBus[Note, Diary]
) -> None:
    state = await commands.execute(told("x"))
    assert state == world.state() == Diary(("x",))
    await until_sent(world, 1)
    assert "unsent" not in world.document()


async def test_those_that_wait_together_share_one_write(
    world: World, commands: CommandBus[Note, Diary]
) -> None:
    letters = [f"GD-TEST-{number:04}" for number in range(50)]
    await asyncio.gather(*(commands.execute(told("x", letter=letter)) for letter in letters))
    assert len(world.documents.writes[0]) == 50
    await until_sent(world, 50)


async def test_commands_on_one_letter_are_kept_in_order(
    world: World, commands: CommandBus[Note, Diary]
) -> None:
    await asyncio.gather(*(commands.execute(told(f"x-{number}")) for number in range(5)))
    assert world.state().notes == tuple(f"x-{number}" for number in range(5))


async def test_a_letter_under_a_new_number_is_not_looked_up(
    world: World, commands: CommandBus[Note, Diary]
) -> None:
    world.documents.unread.append(True)
    assert await commands.execute(told("x", is_first=True)) == world.state() == Diary(("x",))
    assert world.documents.unread


async def test_a_number_that_was_not_new_after_all_is_decided_upon_what_is_there(
    world: World, commands: CommandBus[Note, Diary]
) -> None:
    """For example, the same request in two processes, one of which drew the number."""
    await commands.execute(told("x"))
    again, other = await asyncio.gather(
        commands.execute(told("x", is_first=True)), commands.execute(told("y", is_first=True))
    )
    assert again == other == world.state() == Diary(("x", "y"))
    await until_sent(world, 2)


async def test_a_refusal_is_for_whoever_asked_alone(commands: CommandBus[Note, Diary]) -> None:
    answers = await asyncio.gather(
        commands.execute(told("x")),
        commands.execute(told("refuse")),
        commands.execute(told("y", letter=OTHER)),
        return_exceptions=True,
    )
    assert answers[0] == Diary(("x",))
    assert isinstance(answers[1], OutOfOrder)
    assert answers[2] == Diary(("y",))


async def test_of_two_under_one_id_the_one_with_other_content_is_refused(
    commands: CommandBus[Note, Diary],
) -> None:
    first, second = await asyncio.gather(
        commands.execute(told("x", name="c-1", content="one")),
        commands.execute(told("y", name="c-1", content="two")),
        return_exceptions=True,
    )
    assert first == Diary(("x",))
    assert isinstance(second, IdReused)


async def test_nobody_is_answered_before_the_write_is_acknowledged(
    world: World, commands: CommandBus[Note, Diary]
) -> None:
    may_write = asyncio.Event()

    async def wait() -> None:
        await may_write.wait()

    world.documents.before_write.append(wait)
    asking = asyncio.create_task(commands.execute(told("x")))
    await asyncio.sleep(0.02)
    assert not asking.done()
    may_write.set()
    await asking


@pytest.mark.parametrize("failure", ["before", "after"])
async def test_one_that_could_not_be_kept_may_be_told_again(
    world: World, commands: CommandBus[Note, Diary], failure: str
) -> None:
    world.documents.failures.append(failure)  # type: ignore[arg-type]  # one of the literals
    with pytest.raises(DatabaseFault):
        await commands.execute(told("x", name="c-1"))
    assert await commands.execute(told("x", name="c-1")) == Diary(("x",))
    assert len(world.log()) == 1
    await asyncio.sleep(0.01)
    world.clock.pass_by(seconds=6)
    await world.replica().sweeper.sweep()
    assert set(world.bus.ids(PROGRESS_TOPIC)) == {f"{PROGRESS_TOPIC}/{LETTER}/1"}


async def test_a_broker_that_is_away_hinders_no_answer(
    world: World, commands: CommandBus[Note, Diary]
) -> None:
    world.bus.fates += ["refused"]
    await commands.execute(told("x"))
    await commands.execute(told("y", letter=OTHER))
    await asyncio.sleep(0.02)
    assert world.document()["unsent"] == {"progress": 1}
    assert "unsent" not in world.document(OTHER)
    world.clock.pass_by(seconds=6)
    await world.replica().sweeper.sweep()
    assert "unsent" not in world.document()


async def test_with_the_broker_away_only_so_much_waits_here_and_the_sweeper_has_the_rest(
    world: World, commands: CommandBus[Note, Diary], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_UNSENT", 3)
    is_back = asyncio.Event()
    world.bus.before_send.append(is_back.wait)
    letters = [f"GD-TEST-{number:04}" for number in range(10)]
    for letter in letters:
        await commands.execute(told("x", letter=letter))
    is_back.set()
    await until(lambda: sum("unsent" in one for one in world.documents.kept.values()) == 7)
    assert len(world.bus.records(PROGRESS_TOPIC)) == 3
    world.clock.pass_by(seconds=6)
    await world.replica().sweeper.sweep()
    await until_sent(world, 10)
    for letter in letters:
        await commands.execute(told("y", letter=letter))
    assert len(set(world.bus.ids(PROGRESS_TOPIC))) > 10, "what was sent made room again"


async def test_what_waited_so_long_that_the_sweeper_has_it_is_left_to_it(
    world: World, commands: CommandBus[Note, Diary], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ACKNOWLEDGED_WITHIN", timedelta(0))
    await commands.execute(told("x"))
    await asyncio.wait_for(commands._unsent.join(), 5)
    assert world.bus.records(PROGRESS_TOPIC) == []
    world.clock.pass_by(seconds=6)
    await world.replica().sweeper.sweep()
    await until_sent(world, 1)


async def test_a_letter_that_cannot_be_loaded_is_only_its_own_askers_trouble(
    world: World, commands: CommandBus[Note, Diary]
) -> None:
    await commands.execute(told("x"))
    world.documents.kept[LETTER]["state"] = {"kind": "rubbish"}
    answers = await asyncio.gather(
        commands.execute(told("y")),
        commands.execute(told("y", letter=OTHER)),
        commands.execute(told("refuse", letter=OTHER)),
        return_exceptions=True,
    )
    assert isinstance(answers[0], ValidationError)
    assert answers[1] == Diary(("y",))
    assert isinstance(answers[2], OutOfOrder)


async def test_a_letter_that_others_keep_winning_is_only_its_own_askers_trouble(
    world: World, commands: CommandBus[Note, Diary]
) -> None:
    await commands.execute(told("x"))

    async def win() -> None:
        world.document()["version"] += 1

    world.documents.before_write += [win] * 100
    answers = await asyncio.gather(
        commands.execute(told("y")),
        commands.execute(told("y", letter=OTHER)),
        return_exceptions=True,
    )
    assert isinstance(answers[0], TooManyRaces)
    assert answers[1] == Diary(("y",))


async def test_commands_kept_one_by_one_after_all_happen_once(
    world: World, commands: CommandBus[Note, Diary]
) -> None:
    """What the shared write stored before it failed is found done when each is stored alone."""
    await commands.execute(told("x"))

    async def spoil() -> None:
        world.document()["by"] = "another's"
        world.document()["state"] = {"kind": "rubbish"}

    world.documents.before_write.append(spoil)
    answers = await asyncio.gather(
        commands.execute(told("y", name="c-1")),
        commands.execute(told("z", letter=OTHER, name="c-2")),
        return_exceptions=True,
    )
    assert isinstance(answers[0], ValidationError)
    assert answers[1] == Diary(("z",))
    assert [entry.sequence for entry in world.log(OTHER)] == [1]


async def test_what_was_told_before_the_end_is_kept_and_sent(world: World) -> None:
    door = CommandBus(world.replica().letters)
    running = asyncio.create_task(door.run())
    await asyncio.sleep(0)
    asking = asyncio.create_task(door.execute(told("x")))
    await asyncio.sleep(0)
    running.cancel()
    assert await asking == Diary(("x",))
    await asyncio.gather(running, return_exceptions=True)
    assert len(world.bus.records(PROGRESS_TOPIC)) == 1
    assert "unsent" not in world.document()
