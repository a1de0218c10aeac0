"""Documents get a new key while letters go on, and an old key is released when unused."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from shared.platform.app.rotate_command import PARKED_FIELDS
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.crypto.key_ring import A256GCM, SM4GCM, CannotOpen, KeyRing
from shared.platform.letters import document_mapper
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.seals import Seals
from shared.platform.mongo.database import Collection, Insert
from shared.platform.repair.key_rotation import KeyRotation, Tally, kids_in, of_fields, of_letters
from shared.platform.repair.stored_keys import FIELD, KeptKeys
from shared.sealing.key_directory import KeyDirectory
from tests.support.builders import (
    LETTER,
    SECRETS,
    STATE,
    asked,
    private_keys,
    rules,
    seals_of,
    told,
    written,
)
from tests.support.doubles import Clock, Memory
from tests.support.keyring import GZ, holder_key
from tests.support.replicas import World

OLD, NEW = A256GCM(b"k" * 32), SM4GCM(b"n" * 16)
OTHERS = [f"GD-TEST-{number:04}" for number in range(2, 250)]


def ring(current: str = "new", **keys: Any) -> KeyRing:
    """The service's ring with a second key."""
    return KeyRing(current, keys or {"router-1": OLD, "new": NEW})


def seals(kept: KeyRing) -> Seals:
    """The router's keys with that ring."""
    known = seals_of()
    return Seals("router", kept, known.sealer, known.opener)


def letters(collection: Collection, kept: KeyRing | None = None) -> KeyRotation:
    """The router's letters, to be sealed again."""
    return of_letters(collection, seals(kept or ring()), state=STATE)


async def run(rotating: KeyRotation, *, is_dry: bool = False) -> Tally:
    """All of it."""
    tally = Tally()
    async for _ in rotating.run(tally, is_dry=is_dry):
        continue
    return tally


async def filled(*more: str) -> World:
    """A world with letters under the first key of the ring."""
    world = World()
    for letter in (LETTER, *more):
        await world.replica().hear(written(letter=letter))
    return world


def kids(memory: Memory) -> set[str]:
    """Under which keys anything is kept."""
    return set(kids_in(list(memory.kept.values())))


# --- letters -------------------------------------------------------------------------------------


async def test_every_letter_comes_under_the_current_key_and_says_the_same() -> None:
    world = await filled(*OTHERS)
    before = {name: dict(one) for name, one in world.documents.kept.items()}
    assert kids(world.documents) == {"router-1"}
    tally = await run(letters(world.documents))
    assert (tally.looked, tally.sealed, tally.broken) == (249, 249, 0)
    assert not tally.left
    assert kids(world.documents) == {"new"}
    for name, one in world.documents.kept.items():
        assert {**one, "state": None} == {**before[name], "state": None}
    only_new = seals(ring(new=NEW))
    state = document_mapper.kept(world.document(), rules(), seals=only_new).state
    assert state.words
    assert state.words.body == SECRETS[1]


async def test_what_is_done_is_passed_over() -> None:
    world = await filled(*OTHERS[:5])
    await run(letters(world.documents))
    writes = len(world.documents.writes)
    assert (await run(letters(world.documents))).sealed == 0
    assert len(world.documents.writes) == writes


async def test_a_check_counts_and_changes_nothing() -> None:
    world = await filled(*OTHERS[:5])
    tally = await run(letters(world.documents), is_dry=True)
    assert (tally.looked, tally.sealed, tally.left) == (6, 0, {"router-1": 6})
    assert kids(world.documents) == {"router-1"}


async def test_it_may_be_stopped_anywhere_and_begun_again() -> None:
    world = await filled(*OTHERS)
    world.documents.failures.extend([None, "partly"])
    with pytest.raises(AutoReconnect):
        await run(letters(world.documents))
    assert kids(world.documents) == {"router-1", "new"}
    assert not (await run(letters(world.documents))).left
    assert kids(world.documents) == {"new"}


async def test_whoever_writes_meanwhile_wins_and_is_sealed_in_the_end() -> None:
    world = await filled(*OTHERS[:3])

    async def note() -> None:
        await world.replica().hear(asked(2, "meanwhile"))

    world.documents.before_write.append(note)
    tally = await run(letters(world.documents))
    assert not tally.left
    assert kids(world.documents) == {"new"}
    state = document_mapper.kept(world.document(), rules(), seals=seals(ring())).state
    assert state.notes == ("letter", "meanwhile")


async def test_nobody_loses_a_race_to_it() -> None:
    world = await filled()

    async def rotate() -> None:
        await run(letters(world.documents))

    world.documents.before_write.append(rotate)
    await world.replica().hear(asked(2, "later"))
    assert world.document()["version"] == 2
    assert world.state().notes == ("letter", "later")


async def test_a_letter_that_others_keep_writing_is_counted_as_left() -> None:
    world = await filled()
    number = iter(range(2, 50))

    async def note() -> None:
        await world.replica().hear(asked(next(number)))

    world.documents.before_write.extend([note, *[nothing, note] * 10])
    tally = await run(letters(world.documents))
    assert tally.left == {"router-1": 1}


async def nothing() -> None:
    """A no-op."""


async def test_what_this_ring_cannot_open_is_counted_and_left_as_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = await filled(OTHERS[0])
    sealed = world.documents.kept[LETTER]["state"]["words"]
    world.documents.kept[OTHERS[0]]["state"]["words"] = sealed
    tally = await run(letters(world.documents))
    assert (tally.sealed, tally.broken, tally.left) == (1, 1, {"router-1": 1})
    assert world.documents.kept[OTHERS[0]]["state"]["words"] == sealed
    assert not any(secret in caplog.text for secret in SECRETS)


async def test_letters_go_on_while_their_keys_change_over() -> None:
    """Processes with either ring read and write while it runs; every letter stays readable."""
    world = await filled(*OTHERS[:40])
    old_ring, new_ring = seals(ring("router-1")), seals(ring("new"))

    async def work(own: Seals, first: int) -> None:
        mine = World(**{**vars(world), "seals": own})
        for number in range(first, first + 6):
            for letter in (LETTER, *OTHERS[:40:8]):
                await mine.replica().told(told(f"n-{number}", letter=letter))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(work(old_ring, 10))
        tasks.create_task(work(new_ring, 20))
        tasks.create_task(run_quietly(world))
    assert not (await run(letters(world.documents))).left
    for letter in (LETTER, *OTHERS[:40:8]):
        state = document_mapper.kept(
            world.document(letter), rules(), seals=seals(ring(new=NEW))
        ).state
        assert len(state.notes) == 13
        assert state.words


async def run_quietly(world: World) -> None:
    """As the operator's command does."""
    await run(letters(world.documents))


# --- what else is under the ring -----------------------------------------------------------------


async def test_parked_records_come_under_the_current_key() -> None:
    parked, clock, raw = Memory(), Clock(), written()
    await DeadLetterStore(parked, ring("router-1"), now=clock).park([Faulty(raw, "unreadable")])
    tally = await run(of_fields(parked, ring(), fields=PARKED_FIELDS))
    assert (tally.sealed, kids(parked)) == (1, {"new"})
    (name,) = parked.kept
    assert await DeadLetterStore(parked, ring(new=NEW), now=clock).raw(name) == raw


async def test_kept_public_keys_come_under_the_current_key() -> None:
    kept, key = Memory(), holder_key(GZ, private_keys()[GZ])
    await KeptKeys(kept, ring("router-1")).keep(GZ, (key,), sequence=3)
    assert (await run(of_fields(kept, ring(), fields={"keys": FIELD}))).sealed == 1
    book = KeyDirectory()
    await KeptKeys(kept, ring(new=NEW)).load(book)
    assert (book.sequence(GZ), book.keys_of(GZ)) == (3, (key,))


async def test_without_the_old_key_nothing_old_opens() -> None:
    world = await filled()
    with pytest.raises(CannotOpen):
        document_mapper.kept(world.document(), rules(), seals=seals(ring(new=NEW)))


def test_only_sealed_values_count() -> None:
    assert not list(kids_in(["a.b.c", "router-1.A256GCM.", "x.A256GCM.y z", 7, None, b"", {}]))
    assert list(kids_in({"a": [{"b": "r.A256GCM.YQ"}], "c": ("s.SM4GCM.YQ",)})) == ["r", "s"]


# --- on the real database ------------------------------------------------------------------------


@pytest.mark.real
async def test_the_real_database_does_the_same(new_collection: Callable[[], Collection]) -> None:
    collection, world = new_collection(), await filled(*OTHERS)
    await collection.write([Insert(one) for one in world.documents.kept.values()])
    tally = await run(letters(collection))
    assert (tally.looked, tally.sealed) == (249, 249)
    found = await collection.find({"_id": {"$in": [LETTER, *OTHERS]}})
    assert set(kids_in(found)) == {"new"}
    assert not (await run(letters(collection), is_dry=True)).left
