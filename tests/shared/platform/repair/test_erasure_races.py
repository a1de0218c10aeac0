"""Erased words stay erased however moving, erasing, writing and deaths are mixed.

Every operation on the database waits for its turn, and a seed picks the next one and how it ends.
Finally one quiet process finishes.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from random import Random
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from shared.platform.letters import log_archive
from shared.platform.mongo.database import Document
from tests.support.builders import LETTER, rules, told
from tests.support.doubles import Memory, as_kept
from tests.support.erasing import House, envelopes, erasure, sending_files, speaking
from tests.support.gates import Ending, GatedCollection, Gates

SAID = 8
SPOKEN: dict[str, Document] = {}
ENDINGS: tuple[Ending, ...] = ("done", "done", "done", "done", "before", "after", "partly")


async def spoken() -> House:
    """A letter with many events, made once."""
    if not SPOKEN:
        house = House(rules=sending_files(rules()))
        for number in range(SAID):
            await house.take(speaking(number))
        assert isinstance(house.letters, Memory)
        SPOKEN.update(house.letters.kept)
    house = House(rules=sending_files(rules()))
    assert isinstance(house.letters, Memory)
    house.letters.kept = {name: as_kept(one) for name, one in SPOKEN.items()}
    return house


def process(shared: House, gates: Gates, name: int) -> House:
    """A new process over the same collections."""
    stores = (shared.letters, shared.moved, shared.asked, shared.parked)
    letters, moved, asked, parked = (
        GatedCollection(one, gates, process=name) for one in stores if isinstance(one, Memory)
    )
    return House(letters, moved, asked, parked, clock=shared.clock, rules=shared.rules)


async def quietly(work: Coroutine[Any, Any, Any]) -> None:
    """Dying of a failing database is what may happen here."""
    try:
        await work
    except AutoReconnect:
        return


async def play(shared: House, chance: Random) -> None:
    """Two that move, one that receives two erasures, two that erase, one that emits more events."""
    gates = Gates()
    members = [process(shared, gates, name) for name in range(6)]
    works: Sequence[Coroutine[Any, Any, Any]] = (
        members[0].history.trim([LETTER]),
        members[1].history.trim([LETTER]),
        _both(members[2]),
        _repeated(members[3]),
        _repeated(members[4]),
        members[5].take(told("meanwhile"), speaking(SAID)),
    )
    tasks = [asyncio.create_task(quietly(work)) for work in works]
    await gates.until_blocked(tasks)
    while gates.waiting:
        gates.let(chance.choice(gates.waiting), chance.choice(ENDINGS))
        await gates.until_blocked(tasks)
    await asyncio.gather(*tasks)


async def _both(house: House) -> None:
    await house.hear(erasure(1, "words"))
    await house.hear(erasure(2, "attachments"))


async def _repeated(house: House) -> None:
    for _ in range(3):
        await house.erasing.erase()


async def story(chance: Random) -> None:
    shared = await spoken()
    secrets = list(envelopes(await shared.log()))
    before = [one.id for one in await shared.log()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_archive, "MOST_ENTRIES", 4)
        patch.setattr(log_archive, "LEFT_ENTRIES", 2)
        await play(shared, chance)
        await _both(shared)
        while await shared.erasing.erase():
            pass
        await shared.history.trim([LETTER])
    kept, log = await shared.everything(), await shared.log()
    assert not [one for one in secrets if one in kept]
    assert [one.id for one in log][:SAID] == before
    assert [one.sequence for one in log] == list(range(1, len(log) + 1))
    values = b"".join(one.record.value for one in log)
    assert not [one for one in secrets if one in values]
    found = await shared.document()
    inside = log[-len(found["log"]) :]
    assert found["logged"] == {"count": len(inside), "bytes": sum(one.bytes for one in inside)}
    assert found["moved"] == len(log) - len(inside)


@pytest.mark.parametrize("seed", range(150))
async def test_no_order_brings_words_back(seed: int) -> None:
    await story(Random(seed))  # noqa: S311 - an order of steps, no secret


async def test_a_slow_mover_that_read_the_words_before_can_not_bring_them_back() -> None:
    """It inserts what it read earlier, long after everything was erased."""
    shared, gates = await spoken(), Gates()
    secrets = list(envelopes(await shared.log()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_archive, "MOST_ENTRIES", 4)
        patch.setattr(log_archive, "LEFT_ENTRIES", 2)
        slow = asyncio.create_task(process(shared, gates, 0).history.trim([LETTER]))
        await _step(gates, slow)
        await _both(shared)
        await shared.erasing.erase()
        assert not [one for one in secrets if one in await shared.everything()]
        await _to_its_end(gates, slow)
    kept = await shared.everything()
    assert not [one for one in secrets if one in kept]
    assert len(await shared.log()) == SAID


async def test_nothing_moves_while_it_is_being_erased() -> None:
    """A mover that had read sizes with words would count wrongly what it removes afterwards."""
    shared, gates = await spoken(), Gates()
    await _both(shared)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_archive, "MOST_ENTRIES", 4)
        patch.setattr(log_archive, "LEFT_ENTRIES", 2)
        slow = asyncio.create_task(process(shared, gates, 0).history.trim([LETTER]))
        await _step(gates, slow)
        await shared.erasing.erase()
        await _to_its_end(gates, slow)
    found, log = await shared.document(), await shared.log()
    inside = log[-len(found["log"]) :]
    assert found["logged"] == {"count": len(inside), "bytes": sum(one.bytes for one in inside)}
    assert len(log) == SAID


async def test_a_slow_eraser_can_not_bring_back_what_another_erased_since() -> None:
    shared, gates = await spoken(), Gates()
    secrets = list(envelopes(await shared.log()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_archive, "MOST_ENTRIES", 4)
        patch.setattr(log_archive, "LEFT_ENTRIES", 2)
        await shared.history.trim([LETTER])
    await shared.hear(erasure(1, "words"))
    slow = asyncio.create_task(process(shared, gates, 0).erasing.erase())
    for _ in ("the document", "what was lost", "what moved"):
        await _step(gates, slow)
    await shared.hear(erasure(2, "attachments"))
    await shared.erasing.erase()
    await _to_its_end(gates, slow)
    kept = await shared.everything()
    assert not [one for one in secrets if one in kept]


async def _step(gates: Gates, task: asyncio.Task[Any]) -> None:
    await gates.until_blocked([task])
    gates.let(gates.waiting[0])
    await gates.until_blocked([task])


async def _to_its_end(gates: Gates, task: asyncio.Task[Any]) -> None:
    while gates.waiting:
        await _step(gates, task)
    await task
