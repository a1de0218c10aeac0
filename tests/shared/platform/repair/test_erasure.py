"""Erased words are gone from the log, from waiting events and from resends.

Every test that takes `house` runs over the double and over the real database.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.contracts.submitted_v1 import LetterSubmitted, WithdrawalRequested
from shared.platform.kafka.bus import Inbound
from shared.platform.letters import log_archive
from shared.platform.letters.sender import Sender
from shared.platform.mongo.database import Collection
from shared.platform.repair.incarnations import resend_entries
from tests.support.builders import (
    BUREAU_TOPIC,
    LETTER,
    PROGRESS_TOPIC,
    asked,
    told,
    written,
)
from tests.support.doubles import START, Memory, MemoryBus
from tests.support.erasing import (
    SEALS,
    House,
    envelopes,
    erasure,
    heard,
    refusing,
    speaking,
)
from tests.support.replicas import ids

LATER = START + timedelta(days=1)


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.real)])
def house(request: pytest.FixtureRequest) -> House:
    if request.param == "memory":
        return House()
    new: Callable[[], Collection] = request.getfixturevalue("new_collection")
    return House(new(), new(), new(), new())


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are long soon."""
    monkeypatch.setattr(log_archive, "MOST_ENTRIES", 5)
    monkeypatch.setattr(log_archive, "LEFT_ENTRIES", 3)


async def resent(house: House) -> MemoryBus:
    """What an operator's resend of the letter sends."""
    bus = MemoryBus()
    async for _ in resend_entries(
        house.history, Sender(bus), where={"_id": LETTER}, is_wanted=lambda _: True
    ):
        pass
    return bus


async def speak(house: House, count: int = 9) -> list[bytes]:
    """Events with words, one after the other; returns their envelopes."""
    for number in range(count):
        await house.take(speaking(number), told(f"both-{number}"))
    found = list(envelopes(await house.log()))
    assert len(found) == count * 2, "for intake and for the router"
    return found


def none_of(secrets: list[bytes], kept: bytes) -> bool:
    return not any(secret in kept for secret in secrets)


# --- the log -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
async def test_words_leave_the_log_wherever_it_stands(house: House) -> None:
    secrets = await speak(house)
    before = {one.id: one.record for one in await house.log()}
    assert not none_of(secrets, await house.everything())
    await house.hear(erasure(1))
    assert await house.erasing.erase() == 1
    assert none_of(secrets, await house.everything())
    after = {one.id: one.record for one in await house.log()}
    assert after.keys() == before.keys()
    for name, record in after.items():
        was = json.loads(before[name].value)
        assert json.loads(record.value) == was | ({"words": None} if "words" in was else {})
        assert record.headers == before[name].headers
        assert (record == before[name]) == (was.get("words") is None)
    assert await house.erasing.erase() == 0


@pytest.mark.usefixtures("small")
async def test_a_resend_sends_the_same_events_without_their_words(house: House) -> None:
    secrets = await speak(house)
    sent = {topic: house.bus.ids(topic, LETTER) for topic in (PROGRESS_TOPIC, BUREAU_TOPIC)}
    await house.hear(erasure(1))
    for _ in ("while it is being erased", "and after"):
        bus = await resent(house)
        for topic, before in sent.items():
            assert bus.ids(topic, LETTER) == before, "every number once, in order"
        values = b"".join(one.value for topic in sent for one in bus.records(topic))
        assert none_of(secrets, values)
        await house.erasing.erase()


async def test_effects_of_a_repeated_cause_have_no_words_either(house: House) -> None:
    secrets = await speak(house, 1)
    await house.hear(erasure(1))
    found = await house.history.caused_by({LETTER: ["note-0"]})
    assert ids(found) == [f"{PROGRESS_TOPIC}/{LETTER}/1"]
    assert none_of(secrets, found[0].record.value)


@pytest.mark.usefixtures("small")
async def test_the_counts_in_the_document_are_those_of_its_log(house: House) -> None:
    await speak(house, 6)
    await house.hear(erasure(1))
    await house.erasing.erase()
    await house.take(speaking(7), speaking(8), speaking(9))
    found, log = await house.document(), await house.log()
    inside = log[-len(found["log"]) :]
    assert found["logged"] == {"count": len(inside), "bytes": sum(one.bytes for one in inside)}
    assert found["moved"] == len(log) - len(inside)


@pytest.mark.usefixtures("small")
async def test_what_is_said_later_keeps_its_words_until_it_is_erased_too(house: House) -> None:
    secrets = await speak(house, 4)
    await house.hear(erasure(1))
    await house.take(speaking(8))
    late = [one for one in envelopes(await house.log()) if one not in secrets]
    assert len(late) == 2, "not erased though the loop has not come by yet"
    await house.erasing.erase()
    kept = await house.everything()
    assert none_of(secrets, kept)
    assert all(one in kept for one in late)
    await house.hear(erasure(2, at=LATER))
    await house.erasing.erase()
    assert none_of([*secrets, *late], await house.everything())


async def test_words_stay_when_the_identity_is_erased(house: House) -> None:
    secrets = await speak(house, 2)
    await house.hear(erasure(1, "identity", "attachments"))
    assert await house.erasing.erase() == 1
    kept = await house.everything()
    assert all(one in kept for one in secrets)


async def test_what_a_rule_refuses_to_erase_stays() -> None:
    house = House()
    house.rules = refusing(house.rules)
    secrets = await speak(house, 1)
    await house.hear(erasure(1))
    assert await house.erasing.erase() == 0
    kept = await house.everything()
    assert all(one in kept for one in secrets)
    assert "erased" not in await house.document()


async def test_a_letter_first_heard_of_with_its_erasing_is_remembered_as_erased(
    house: House,
) -> None:
    await house.hear(written(1), erasure(2))
    assert await house.erasing.erase() == 1
    found = await house.document()
    assert found["erased"]["words"]["sent"] == {"progress": 1}
    assert list(envelopes(await house.log())) == []


# --- dying in between ----------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("failure", ["before", "after", "partly"])
@pytest.mark.parametrize("at", range(3))
async def test_dying_at_any_write_and_beginning_again_erases_it_all(failure: Any, at: int) -> None:
    house = House()
    secrets = await speak(house)
    before = [one.id for one in await house.log()]
    await house.hear(erasure(1))
    collections = [house.moved, house.moved, house.letters]
    dying = collections[at]
    assert isinstance(dying, Memory)
    dying.failures += [*([None] * at if at < 2 else []), failure]
    with pytest.raises(Exception, match=r"went away|got lost"):
        await house.erasing.erase()
    assert none_of(secrets, b"".join(one.record.value for one in await house.log()))
    while await house.erasing.erase():
        pass
    assert none_of(secrets, await house.everything())
    assert [one.id for one in await house.log()] == before


async def test_whoever_writes_meanwhile_wins_and_it_is_erased_after() -> None:
    house = House()
    secrets = await speak(house, 2)
    await house.hear(erasure(1))
    assert isinstance(house.letters, Memory)

    async def another() -> None:
        await house.take(told("meanwhile"))

    house.letters.before_write.append(another)
    assert await house.erasing.erase() == 0
    assert "erasing_since" in await house.document()
    assert await house.erasing.erase() == 1
    assert none_of(secrets, await house.everything())
    assert [one.type for one in await house.log()][-1].endswith("request.refused.v1")


# --- what waits ----------------------------------------------------------------------------------


def letter_of(sequence: int, *, at: Any = START) -> Inbound:
    """A letter with words, received under that number."""
    data = SEALS.read(written(sequence)).envelope.data
    assert isinstance(data, LetterSubmitted)
    return heard(data, sequence=sequence, at=at)


async def test_early_records_are_forgotten_and_come_again_without_words(house: House) -> None:
    early = letter_of(3)
    await house.hear(asked(1), early)
    assert "3" in (await house.document())["early"]["submitted"]
    await house.hear(erasure(2))
    found = await house.document()
    assert found["early"] == {}
    assert found["heard"] == {"submitted": 3}
    assert "gap_since" in found, "it is asked for again"
    await house.hear(early)
    state = await house.service().state(LETTER)
    assert state is not None
    assert "letter" in state.notes
    assert state.words is None
    assert "gap_since" not in await house.document()


async def test_one_that_comes_early_after_the_erasing_waits_without_words(house: House) -> None:
    await house.hear(erasure(1), letter_of(3))
    kept = (await house.document())["early"]["submitted"]["3"]
    assert json.loads(bytes(kept["value"]))["words"] is None
    assert json.loads(bytes(kept["value"]))["identity"] is not None, "only words were erased"
    await house.hear(asked(2))
    state = await house.service().state(LETTER)
    assert state is not None
    assert state.notes == ("ask-2", "letter")
    assert state.words is None


async def test_what_others_say_after_the_erasing_brings_its_words(house: House) -> None:
    await house.hear(erasure(1), letter_of(2, at=LATER))
    state = await house.service().state(LETTER)
    assert state is not None
    assert state.words is not None


async def test_a_millisecond_is_no_way_around(house: House) -> None:
    at = START + timedelta(microseconds=123_900)
    await house.hear(erasure(1, at=at))
    await house.hear(letter_of(2, at=at))
    state = await house.service().state(LETTER)
    assert state is not None
    assert state.words is None


async def test_no_letter_is_looked_at_where_nothing_was_erased(house: House) -> None:
    await house.hear(
        asked(1),
        heard(WithdrawalRequested(request_id="r", reason="not_said"), sequence=2, at=START),
    )
    assert await house.erasing.erase() == 0
    assert "erased" not in await house.document()
