"""Parked records are kept, once and sealed; only their structure is visible.

Every test that takes `store` runs over the double and the real database.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import bson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.consumer import dead_letter_store as module
from shared.platform.consumer.dead_letter_store import INDEXES, DeadLetterStore
from shared.platform.crypto.key_ring import A256GCM, CannotOpen, KeyRing
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.dead_letters import Faulty, NotParked
from shared.platform.mongo.database import Collection, DatabaseFault
from shared.platform.runtime.shell_metrics import OLDEST_PARKED, PARKED_NOW
from tests.support.builders import (
    DEADLINES_TOPIC,
    LETTER,
    SECRETS,
    SUBMITTED_TOPIC,
    asked,
    fired,
    seals_of,
    written,
)
from tests.support.doubles import START, Clock, Memory
from tests.support.waiting import until

NewCollection = Callable[[], Collection]
OTHER = "GD-TEST-0002"
EVENT = f"{SUBMITTED_TOPIC}/{LETTER}/3"


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.real)])
def store(request: pytest.FixtureRequest) -> Collection:
    if request.param == "memory":
        return Memory()
    new: NewCollection = request.getfixturevalue("new_collection")
    return new()


def parking(store: Collection) -> DeadLetterStore:
    return DeadLetterStore(store, seals_of().ring, now=Clock())


def broken(raw: Inbound, code: str = "unreadable", detail: str = "bad_json") -> Faulty:
    return Faulty(replace(raw, value=b"{" + raw.value), code, detail)


def with_headers(raw: Inbound, **changed: bytes) -> Inbound:
    headers = dict(raw.headers) | {f"ce_{name}": value for name, value in changed.items()}
    return replace(raw, headers=tuple(headers.items()))


# --- kept ----------------------------------------------------------------------------------------


async def test_it_comes_back_as_it_came(store: Collection) -> None:
    await store.index(INDEXES)
    one = broken(written(3))
    await parking(store).park([one])
    assert await parking(store).raw(EVENT) == one.raw


async def test_parking_it_again_changes_nothing(store: Collection) -> None:
    first = broken(asked(3))
    await parking(store).park([first])
    await parking(store).park([Faulty(asked(3), "unfit", "KeyError"), broken(asked(4))])
    assert await parking(store).raw(EVENT) == first.raw
    assert [one.id for one in await parking(store).listed()] == [
        EVENT,
        f"{SUBMITTED_TOPIC}/{LETTER}/4",
    ]


async def test_one_that_is_in_a_batch_twice_is_parked_once(store: Collection) -> None:
    await parking(store).park([broken(asked(3)), broken(asked(3))])
    assert await parking(store).count(SUBMITTED_TOPIC) == 1


async def test_what_is_forgotten_is_gone_and_forgetting_it_again_is_no_fault(
    store: Collection,
) -> None:
    await parking(store).park([broken(asked(3)), broken(asked(4))])
    for _ in range(2):
        await parking(store).forget(EVENT)
    assert await parking(store).one(EVENT) is None
    assert await parking(store).count(SUBMITTED_TOPIC) == 1
    with pytest.raises(NotParked):
        await parking(store).raw(EVENT)


async def test_it_counts_and_lists_by_topic_in_the_order_to_replay_in(store: Collection) -> None:
    await parking(store).park(
        [broken(fired(1)), broken(asked(10)), broken(asked(2)), broken(asked(1, letter=OTHER))]
    )
    assert [(one.letter, one.sequence) for one in await parking(store).listed(SUBMITTED_TOPIC)] == [
        (LETTER, 2),
        (LETTER, 10),
        (OTHER, 1),
    ]
    assert len(await parking(store).listed()) == 4
    assert await parking(store).count(DEADLINES_TOPIC) == 1


async def test_it_tells_which_events_wait_here(store: Collection) -> None:
    await parking(store).park([broken(asked(3))])
    assert await parking(store).holds([EVENT, f"{SUBMITTED_TOPIC}/{LETTER}/4"]) == {EVENT}


async def test_a_database_that_fails_is_told_and_the_rest_is_parked_when_it_is_back() -> None:
    store = Memory()
    for failure in ("before", "partly", "after"):
        store.failures.append(failure)
        with pytest.raises(DatabaseFault):
            await parking(store).park([broken(asked(3)), broken(asked(4))])
    await parking(store).park([broken(asked(3)), broken(asked(4))])
    assert len(store.kept) == 2


async def test_how_much_is_parked_is_shown_and_a_failing_database_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "WATCH_S", 0)
    store, shown = Memory(), PARKED_NOW.labels(SUBMITTED_TOPIC)
    await parking(store).park([broken(asked(3)), broken(asked(4)), broken(fired(1))])
    store.unread += [True, True]
    later = DeadLetterStore(store, seals_of().ring, now=Clock(START + timedelta(hours=3)))
    watching = asyncio.create_task(later.watch([SUBMITTED_TOPIC]))
    await until(lambda: shown._value.get() == 2)
    assert OLDEST_PARKED.labels(SUBMITTED_TOPIC)._value.get() == 3 * 3600
    await parking(store).forget(EVENT)
    await until(lambda: shown._value.get() == 1)
    assert not watching.done()
    watching.cancel()


# --- its name ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        replace(asked(3), headers=()),
        replace(asked(3), key=b""),
        replace(asked(3), key=b"\xff"),
        replace(asked(3), key=OTHER.encode()),
        with_headers(asked(3), sequence=b"4"),
        with_headers(asked(3), sequence=b"three"),
        with_headers(asked(3), sequence="٣".encode()),
        with_headers(asked(3), id=b"letters.progress/GD-TEST-0001/3"),
        replace(asked(3), headers=(*asked(3).headers, ("ce_sequence", b"3"))),
    ],
    ids=["bare", "no key", "no text", "key", "number", "word", "digit", "topic", "twice"],
)
async def test_one_whose_headers_disagree_goes_by_its_place(raw: Inbound) -> None:
    store = Memory()
    await parking(store).park([Faulty(raw, "unreadable", "bad_headers")])
    (one,) = await parking(store).listed()
    assert one.id == f"{SUBMITTED_TOPIC}/0/3/{round(START.timestamp() * 1000)}"
    assert one.sequence is None
    assert await parking(store).raw(one.id) == raw


async def test_the_same_place_of_a_topic_made_anew_is_another_record() -> None:
    store, clock = Memory(), Clock()
    clock.pass_by(hours=1)
    first = replace(asked(3), headers=())
    second = replace(first, value=b"another", appended_at=clock.at)
    await parking(store).park([Faulty(first, "unreadable"), Faulty(second, "unreadable")])
    assert len(store.kept) == 2


# --- secrecy -------------------------------------------------------------------------------------


def telling() -> Inbound:
    """A record with secrets in every part."""
    subject, body, name, number = (secret.encode() for secret in SECRETS)
    return Inbound(
        SUBMITTED_TOPIC,
        0,
        7,
        START,
        body,
        subject + name,
        (("ce_type", name), (SECRETS[1], number), ("ce_id", body), ("ce_sequence", number)),
    )


async def test_nothing_of_what_it_says_is_kept_in_clear_or_shown_or_logged(
    store: Collection, caplog: pytest.LogCaptureFixture
) -> None:
    await parking(store).park([Faulty(telling(), "unreadable", "bad_headers")])
    (document,) = await store.find({"topic": SUBMITTED_TOPIC})
    (shown,) = await parking(store).listed()
    everything = bson.encode(document) + repr(shown).encode() + caplog.text.encode()
    logged = " ".join(str(record.__dict__) for record in caplog.records).encode()
    for secret in SECRETS:
        assert secret.encode() not in everything + logged
    assert shown.headers == {
        "ce_type": len(SECRETS[2]),
        "ce_id": len(SECRETS[1].encode()),
        "ce_sequence": len(SECRETS[3]),
        "other": len(SECRETS[3]),
    }
    assert await parking(store).raw(shown.id) == telling()


@pytest.mark.parametrize(
    ("key", "letter"),
    [
        (LETTER, LETTER),
        ("D-7K3M-9QXA-04TZ-B1HN-C", "D-7K3M-9QXA-04TZ-B1HN-C"),
        ("bureau:foshan", "bureau:foshan"),
        ("router", "router"),
        ("15400010001", ""),
        ("440199198804122180", ""),
        ("Chen.Xiaohe", ""),
        ("bureau:chen", ""),
        ("GD-15400010001", ""),
        ("陈小禾", ""),
    ],
)
async def test_a_key_that_may_be_anybodys_is_not_kept_in_clear(
    store: Collection, key: str, letter: str
) -> None:
    keyed = replace(asked(1), key=key.encode())
    await parking(store).park([Faulty(keyed, "unreadable", "bad_json")])
    (document,) = await store.find({"topic": SUBMITTED_TOPIC})
    assert document["letter"] == letter
    assert (key.encode() in bson.encode(document)) == bool(letter)
    assert await parking(store).raw(document["_id"]) == keyed


async def test_another_ring_does_not_open_it() -> None:
    store = Memory()
    await parking(store).park([broken(asked(3))])
    other = KeyRing("router-1", {"router-1": A256GCM(b"x" * 32)})
    with pytest.raises(CannotOpen):
        await DeadLetterStore(store, other, now=Clock()).raw(EVENT)


async def test_what_is_sealed_for_one_record_opens_for_no_other() -> None:
    store = Memory()
    await parking(store).park([broken(asked(3)), broken(asked(4))])
    store.kept[EVENT]["value"] = store.kept[f"{SUBMITTED_TOPIC}/{LETTER}/4"]["value"]
    with pytest.raises(CannotOpen):
        await parking(store).raw(EVENT)


# --- whatever comes ------------------------------------------------------------------------------

NAMES = st.sampled_from(["ce_id", "ce_sequence", "ce_type", "x"]) | st.text(max_size=8)
VALUES = st.none() | st.binary(max_size=40) | st.sampled_from([EVENT.encode(), b"3", b"-1", b"0"])


@given(
    key=st.binary(max_size=80) | st.just(LETTER.encode()),
    value=st.binary(max_size=200),
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=8),
)
async def test_any_record_can_be_parked_listed_and_had_back(
    key: bytes, value: bytes, headers: list[tuple[str, bytes]]
) -> None:
    raw = Inbound(SUBMITTED_TOPIC, 1, 2, START, key, value, tuple(headers))
    store = Memory()
    await parking(store).park([Faulty(raw, "unreadable", "bad_headers")])
    (shown,) = await parking(store).listed()
    assert await parking(store).raw(shown.id) == raw
    assert sum(shown.headers.values()) == sum(len(one or b"") for _, one in headers)
