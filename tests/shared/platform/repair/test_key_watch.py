"""A process receives every public key, stores it, and warns when somebody must act."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError
from joserfc.jwk import ECKey
from prometheus_client import REGISTRY

from shared.contracts.topics import KEYS
from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.crypto.key_sets import opener_in
from shared.platform.kafka.bus import Bus, Outbound
from shared.platform.letters.seals import Seals
from shared.platform.repair.key_watch import KeyWatch
from shared.platform.repair.stored_keys import KeptKeys
from shared.sealing.envelopes import Opener, Sealer
from shared.sealing.key_directory import KeyDirectory
from tests.shared.sealing.envelopes import jwk, write
from tests.support.doubles import START, Clock, Memory, MemoryBus, inbound_of
from tests.support.keyring import GZ, HOUR, holder_key, told
from tests.support.waiting import until

MINE, NEXT = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
FIRST = holder_key(GZ, MINE)
SECOND = holder_key(f"{GZ}.2", NEXT, valid_from=START + HOUR)


@dataclass
class Listener:
    """A router process that reads keys."""

    bus: MemoryBus = field(default_factory=lambda: with_topic(MemoryBus()))
    kept: Memory = field(default_factory=Memory)
    clock: Clock = field(default_factory=Clock)
    opener: Opener = field(default_factory=lambda: Opener({"router": MINE}))
    ring: KeyRing = field(default_factory=lambda: KeyRing("r-1", {"r-1": A256GCM(bytes(32))}))

    def __post_init__(self) -> None:
        self.book = KeyDirectory()
        seals = Seals("router", self.ring, Sealer(self.book, now=self.clock), self.opener)
        self.watch = KeyWatch(self.bus, KeptKeys(self.kept, self.ring), seals=seals, now=self.clock)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """It reads until the end of the block."""
        task = asyncio.create_task(self.watch.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def hear(self, *records: Outbound) -> None:
        """These come, and then nothing more."""
        await self.watch.hear([inbound_of(one) for one in records])
        await self.watch.hear([])
        self.watch.look()


def with_topic(bus: MemoryBus) -> MemoryBus:
    """A broker on which the topic is there."""
    bus.topics[KEYS.name] = []
    return bus


@pytest.fixture
def changes() -> Iterator[list[float]]:
    """The number of changes counted so far, at the end."""
    before = gauge("mailbox_keys_changes_total")
    found: list[float] = []
    yield found
    assert gauge("mailbox_keys_changes_total") - before == sum(found)


def gauge(name: str, **labels: str) -> float:
    """The value of a metric."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_what_stands_on_the_topic_and_what_comes_is_known(changes: list[float]) -> None:
    listener = Listener()
    listener.bus.topics[KEYS.name].append(told(GZ, FIRST))
    async with listener.listening():
        await until(lambda: listener.book.sequence(GZ) == 1)
        listener.bus.topics[KEYS.name].append(told(GZ, FIRST, SECOND, sequence=2))
        await until(lambda: listener.book.sequence(GZ) == 2)
        await until(lambda: listener.kept.kept[GZ]["sequence"] == 2)
    changes.append(2)


async def test_a_topic_that_is_not_there_yet_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.platform.repair.key_watch.PAUSE_S", 0.001)
    listener = Listener(bus=MemoryBus())
    async with listener.listening():
        await asyncio.sleep(0.01)
        listener.bus.topics[KEYS.name] = [told(GZ, FIRST)]
        await until(lambda: listener.book.sequence(GZ) == 1)


async def test_a_broker_that_is_away_or_chokes_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.platform.repair.key_watch.PAUSE_S", 0.001)
    listener, failures = Listener(), iter([KafkaConnectionError(), ValueError("a header")])
    follow = listener.bus.follow

    async def failing(topic: str, partitions: int) -> AsyncIterator[object]:
        for fault in failures:
            raise fault
        async for batch in follow(topic, partitions):
            yield batch

    monkeypatch.setattr(listener.bus, "follow", failing)
    listener.bus.topics[KEYS.name].append(told(GZ, FIRST))
    async with listener.listening():
        await until(lambda: listener.book.sequence(GZ) == 1)


async def test_a_process_begins_with_what_its_service_heard_before(changes: list[float]) -> None:
    listener = Listener()
    await listener.hear(told(GZ, FIRST), told("router", holder_key("router", MINE)))
    later = Listener(kept=listener.kept)
    await later.watch.load()
    assert later.book.newest(GZ, START)[0] == GZ
    assert later.book.sequence("router") == 1
    changes.append(2)


async def test_what_is_kept_can_be_neither_read_nor_forged_without_the_ring(
    caplog: pytest.LogCaptureFixture,
) -> None:
    listener = Listener()
    await listener.hear(told(GZ, FIRST), told("bureau:foshan", holder_key("bureau:foshan", NEXT)))
    assert FIRST.jwk.x not in str(listener.kept.kept)
    foshan = listener.kept.kept["bureau:foshan"]
    listener.kept.kept[GZ]["keys"] = foshan["keys"]
    later = Listener(kept=listener.kept)
    with caplog.at_level(logging.ERROR):
        await later.watch.load()
    assert "kept keys can't be opened" in caplog.text
    assert later.book.sequence(GZ) == 0
    assert later.kept.kept.keys() == {"bureau:foshan"}


async def test_a_database_that_is_away_keeps_nobody_from_a_new_key() -> None:
    listener = Listener()
    listener.kept.failures.extend(["before", "before"])
    for _ in range(2):
        with pytest.raises(Exception, match="went away"):
            await listener.hear(told(GZ, FIRST))
        assert listener.book.newest(GZ, START)[0] == GZ
    await listener.hear()
    assert listener.kept.kept[GZ]["sequence"] == 1


async def test_another_replicas_newer_copy_stays() -> None:
    listener, other = Listener(), Listener()
    other.watch = Listener(kept=listener.kept).watch
    await listener.hear(told(GZ, FIRST, SECOND, sequence=2))
    await other.watch.hear([inbound_of(told(GZ, FIRST))])
    assert listener.kept.kept[GZ]["sequence"] == 2


@pytest.mark.parametrize(
    "change",
    [
        {"value": b"{"},
        {"value": b"{}"},
        {"key": b"router"},
        {"key": b""},
        {"headers": ()},
        {"value": b"x" * 300_000},
    ],
)
async def test_rubbish_on_the_topic_changes_nothing_and_stops_nothing(
    change: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    listener = Listener()
    before = gauge("mailbox_keys_unusable_records_total")
    rubbish = replace(told(GZ, SECOND, sequence=9), **change)  # type: ignore[arg-type]  # each fits its field
    with caplog.at_level(logging.ERROR):
        await listener.hear(rubbish, told(GZ, FIRST))
    assert listener.book.sequence(GZ) == 1
    assert gauge("mailbox_keys_unusable_records_total") == before + 1
    assert "unreadable record on mailbox.keys" in caplog.text


async def test_an_unreadable_record_is_reported_once_however_often_the_topic_is_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    listener = Listener()
    before = gauge("mailbox_keys_unusable_records_total")
    first = replace(told(GZ, FIRST), value=b"{")
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            await listener.hear(first)
        await listener.watch.hear([inbound_of(first), inbound_of(first, 1)])
    assert gauge("mailbox_keys_unusable_records_total") == before + 2
    assert len(caplog.records) == 2


# --- what somebody should see --------------------------------------------------------------------


async def test_a_change_is_told_once_and_shows_no_key(caplog: pytest.LogCaptureFixture) -> None:
    listener = Listener()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await listener.hear(told(GZ, FIRST))
    assert [record.message for record in caplog.records] == ["public key changed"]
    assert (caplog.records[0].holder, caplog.records[0].kid) == (GZ, GZ)  # type: ignore[attr-defined]  # given as `extra`
    assert FIRST.jwk.x not in str(vars(caplog.records[0]))


async def test_a_holder_without_a_valid_key_is_told_once_and_when_it_has_one_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    listener = Listener()
    gone = FIRST.model_copy(update={"retired": START + HOUR})
    await listener.hear(told(GZ, gone))
    assert gauge("mailbox_keys_lacking_holders", reason="bad_key") == 0
    assert gauge("mailbox_keys_lacking_holders", reason="no_key") == 25
    caplog.clear()
    listener.clock.pass_by(hours=1)
    for _ in range(3):
        listener.watch.look()
    assert gauge("mailbox_keys_lacking_holders", reason="bad_key") == 1
    await listener.hear(told(GZ, gone, SECOND, sequence=2))
    assert gauge("mailbox_keys_lacking_holders", reason="bad_key") == 0
    assert [record.message for record in caplog.records] == [
        "no valid key",
        "public key changed",
        "valid key again",
    ]


async def test_a_key_of_ours_whose_private_part_is_missing_is_told_until_it_is_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path / "router.private.jwks.json", jwk(MINE, "router", private=True))
    listener = Listener(opener=opener_in(path))
    ours = (holder_key("router", MINE), holder_key("router.2", NEXT, valid_from=START + HOUR))
    with caplog.at_level(logging.ERROR):
        await listener.hear(told("router", *ours))
        listener.watch.look()
    assert [record.message for record in caplog.records] == ["private part of a key is missing"]
    assert gauge("mailbox_keys_unopenable_keys") == 1
    write(path, jwk(MINE, "router", private=True), jwk(NEXT, "router.2", private=True))
    listener.watch.look()
    assert gauge("mailbox_keys_unopenable_keys") == 0


async def test_a_retired_key_of_ours_needs_no_private_part() -> None:
    listener = Listener()
    gone = holder_key("router.2", NEXT, retired=START)
    await listener.hear(told("router", gone, holder_key("router", MINE)))
    assert gauge("mailbox_keys_unopenable_keys") == 0


async def test_whose_older_word_stands_last_is_known_once_the_topic_was_read() -> None:
    listener = Listener()
    older, newer = told(GZ, FIRST), told(GZ, FIRST, SECOND, sequence=2)
    await listener.watch.hear([inbound_of(one) for one in (newer, older)])
    assert not listener.watch.overtaken
    await listener.watch.hear([])
    assert set(listener.watch.overtaken) == {GZ}
    await listener.hear(newer)
    assert not listener.watch.overtaken


# --- on the real broker --------------------------------------------------------------------------


@pytest.mark.real
async def test_the_real_topic_is_followed_and_read_again(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.platform.kafka.bus.FOLLOW_AGAIN_S", 0.5)
    name = "bureau:foshan"
    key = holder_key(name, NEXT)
    assert await bus.send([told(name, key, sequence=1)]) == [None]
    mine: list[int] = []
    async with aclosing(bus.follow(KEYS.name, KEYS.partitions)) as batches:
        async for batch in batches:
            mine += [raw.offset for raw in batch if raw.key.decode() == name]
            if len(mine) == 1:
                await bus.send([told(name, key, sequence=2)])
            if len(mine) >= 4:
                break
    first, second = mine[:2]
    assert first < second
    assert mine.count(first) > 1


@pytest.mark.real
async def test_a_topic_that_is_not_there_is_no_fault(bus: Bus) -> None:
    assert [batch async for batch in bus.follow("mailbox.nothing", 1)] == []
