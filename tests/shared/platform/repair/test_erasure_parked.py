"""Records of an erased letter are erased, whether parked before or after."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.contracts.submitted_v1 import LetterSubmitted
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.dead_letters import Faulty
from shared.platform.repair.dead_letter_replay import DeadLetterReplay
from shared.platform.repair.drops import DropLog
from tests.support.builders import LETTER, Diary, asked, written
from tests.support.doubles import START, Memory
from tests.support.erasing import SEALS, House, erasure, heard

WAITING = f"letters.submitted/{LETTER}/2"


async def parked(house: House, raw: Inbound, code: str = "unreadable") -> str:
    """Park it; the id under which it waits."""
    before = {one.id for one in await house.parking.listed()}
    await house.parking.park([Faulty(raw, code)])
    (new,) = {one.id for one in await house.parking.listed()} - before
    return new


def replaying_of(house: House) -> DeadLetterReplay:
    drops = DropLog(Memory(), SEALS.ring, now=house.clock)
    return DeadLetterReplay(
        house.parking, house.service(), documents=house.letters, seals=SEALS, drops=drops
    )


async def test_a_parked_letter_loses_its_words_and_keeps_its_turn() -> None:
    house, raw = House(), written(2)
    name = await parked(house, raw)
    await house.hear(erasure(1))
    await house.erasing.erase_parked()
    kept = await house.parking.raw(name)
    said = json.loads(kept.value)
    assert said["words"] is None
    assert said == json.loads(raw.value) | {"words": None}
    assert (kept.key, kept.headers, kept.offset) == (raw.key, raw.headers, raw.offset)
    shown = await house.parking.one(name)
    assert shown is not None
    assert shown.value_bytes == len(kept.value)


async def test_it_is_replayed_without_them() -> None:
    house = House()
    name = await parked(house, written(2))
    await house.hear(erasure(1))
    replaying = replaying_of(house)
    assert await replaying.replay(name) == "done", "before the loop has come by"
    state = await house.service().state(LETTER)
    assert isinstance(state, Diary)
    assert (state.notes, state.words) == (("letter",), None)


async def test_one_parked_after_the_erasing_loses_its_words_at_the_next_look() -> None:
    house = House()
    await house.hear(erasure(1))
    await house.erasing.erase_parked()
    name = await parked(house, written(2))
    await house.erasing.erase_parked()
    assert json.loads((await house.parking.raw(name)).value)["words"] is None


async def test_one_said_after_the_erasing_keeps_them() -> None:
    house = House()
    await house.hear(erasure(1))
    data = SEALS.read(written(2)).envelope.data
    assert isinstance(data, LetterSubmitted)
    late = heard(data, sequence=2, at=START + timedelta(days=1))
    name = await parked(house, late)
    await house.erasing.erase_parked()
    assert await house.parking.raw(name) == late


async def test_what_can_not_even_be_read_as_json_is_emptied() -> None:
    house = House()
    await house.hear(erasure(1))
    name = await parked(house, replace(written(2), value=b"{ words"))
    await house.erasing.erase_parked()
    assert (await house.parking.raw(name)).value == b""


async def test_where_nobody_knows_when_it_was_said_it_was_before() -> None:
    house, raw = House(), written(2)
    await house.hear(erasure(1))
    bad: Any
    for bad in (b"yesterday", b"\xff", None):
        headers = tuple((n, bad if n == "ce_time" else v) for n, v in raw.headers)
        name = await parked(house, replace(raw, headers=headers))
        await house.erasing.erase_parked()
        assert json.loads((await house.parking.raw(name)).value)["words"] is None
        await house.parking.forget(name)


async def test_another_letters_and_whole_ones_stay_as_they_are() -> None:
    house = House()
    await house.hear(erasure(1), asked(1, letter="GD-TEST-0002"))
    theirs = await parked(house, written(2, letter="GD-TEST-0002"))
    plain = await parked(house, asked(2))
    assert isinstance(house.parked, Memory)
    house.parked.writes.clear()
    await house.erasing.erase_parked()
    assert house.parked.writes == []
    assert json.loads((await house.parking.raw(theirs)).value)["words"]
    assert (await house.parking.raw(plain)).value == asked(2).value


async def test_what_this_ring_can_not_open_stays_and_holds_up_nothing() -> None:
    house = House()
    await house.hear(erasure(1))
    other = DeadLetterStore(
        house.parked, KeyRing("x-1", {"x-1": A256GCM(b"x" * 32)}), now=house.clock
    )
    await other.park([Faulty(written(2), "unreadable")])
    third = await parked(house, written(3))
    await house.erasing.erase_parked()
    assert json.loads((await other.raw(WAITING)).value)["words"]
    assert json.loads((await house.parking.raw(third)).value)["words"] is None


async def test_an_operator_who_drops_it_meanwhile_is_not_undone() -> None:
    house = House()
    await house.hear(erasure(1))
    name = await parked(house, written(2))
    assert isinstance(house.parked, Memory)

    async def drop() -> None:
        await house.parking.forget(name)

    house.parked.before_write.append(drop)
    await house.erasing.erase_parked()
    assert await house.parking.listed() == []


async def test_behind_a_parked_record_the_erasing_itself_waits() -> None:
    """Its turn has not come; the audit shows the letter as waiting until an operator acts."""
    house = House()
    first = await parked(house, written(1))
    await house.hear(erasure(2))
    assert "erased" not in await house.document()
    replaying = replaying_of(house)
    assert await replaying.replay(first) == "done"
    found = await house.document()
    assert found["erased"]["words"]["sent"] == {"progress": 1}
