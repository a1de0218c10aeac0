"""Acknowledged events are not sent again for a duplicate within a minute, but on request."""

import pytest

from shared.platform.kafka.bus import BusFault, Outbound
from shared.platform.letters.sender import DAMPING_S, Sender
from tests.support.doubles import Clock, MemoryBus

TOPIC = "letters.progress"


def record(number: int, value: bytes = b"") -> Outbound:
    return Outbound(TOPIC, b"GD-1", value, (("ce_id", b"%d" % number),))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus()


@pytest.fixture
def sender(bus: MemoryBus, clock: Clock) -> Sender:
    return Sender(bus, clock=clock.seconds)


async def test_fresh_records_are_always_sent(sender: Sender, bus: MemoryBus) -> None:
    await sender.send([record(1)])
    await sender.send([record(1)])
    assert bus.ids(TOPIC) == ["1", "1"]


async def test_repeats_are_damped_for_a_minute(
    sender: Sender, bus: MemoryBus, clock: Clock
) -> None:
    await sender.send([record(1)])
    clock.pass_by(seconds=DAMPING_S)
    await sender.send([], again=[record(1)])
    assert bus.ids(TOPIC) == ["1"]
    clock.pass_by(seconds=0.001)
    await sender.send([], again=[record(1)])
    assert bus.ids(TOPIC) == ["1", "1"]


async def test_repeats_come_before_fresh_ones(sender: Sender, bus: MemoryBus) -> None:
    await sender.send([record(2)], again=[record(1)])
    assert bus.ids(TOPIC) == ["1", "2"]


async def test_what_is_fresh_is_no_repeat_too(sender: Sender, bus: MemoryBus) -> None:
    await sender.send([record(1), record(2)], again=[record(2)])
    assert bus.ids(TOPIC) == ["1", "2"]


async def test_a_minute_counts_from_the_last_acknowledgement_of_each(
    sender: Sender, bus: MemoryBus, clock: Clock
) -> None:
    """A resent event must not shield those that came after it."""
    await sender.send([record(1)])
    await sender.send([record(2)])
    clock.pass_by(seconds=50)
    await sender.resend([record(1)])
    clock.pass_by(seconds=20)
    await sender.send([], again=[record(1), record(2)])
    assert bus.ids(TOPIC) == ["1", "2", "1", "2"]


async def test_a_request_is_not_damped(sender: Sender, bus: MemoryBus) -> None:
    await sender.send([record(1)])
    await sender.resend([record(1)])
    assert bus.ids(TOPIC) == ["1", "1"]


async def test_what_was_sent_on_request_damps_repeats(sender: Sender, bus: MemoryBus) -> None:
    await sender.resend([record(1)])
    await sender.send([], again=[record(1)])
    assert bus.ids(TOPIC) == ["1"]


async def test_on_topics_made_anew_nothing_is_damped(sender: Sender, bus: MemoryBus) -> None:
    await sender.send([record(1)])
    sender.forget()
    await sender.send([], again=[record(1)])
    assert bus.ids(TOPIC) == ["1", "1"]


async def test_on_a_cluster_made_anew_another_producer_sends(
    sender: Sender, bus: MemoryBus
) -> None:
    await sender.send([record(1)])
    await sender.begin_anew()
    await sender.send([], again=[record(1)])
    assert bus.ids(TOPIC) == ["1", "1"]
    assert bus.renewals == 1


@pytest.mark.parametrize("fate", ["refused", "lost"])
async def test_what_was_not_acknowledged_is_a_fault_and_not_damped(
    sender: Sender, bus: MemoryBus, fate: str
) -> None:
    bus.fates += ["sent", fate]  # type: ignore[list-item]  # one of the literals
    with pytest.raises(BusFault):
        await sender.send([record(1), record(2), record(3)])
    await sender.send([], again=[record(1), record(2), record(3)])
    assert bus.ids(TOPIC)[-1] == "2"
    assert len(bus.sends[-1]) == 1


async def test_the_same_id_of_another_letter_or_topic_is_another_record(
    sender: Sender, bus: MemoryBus
) -> None:
    await sender.send([record(1)])
    elsewhere = Outbound("letters.submitted", b"GD-1", b"", record(1).headers)
    another = Outbound(TOPIC, b"GD-2", b"", record(1).headers)
    await sender.send([], again=[elsewhere, another])
    assert len(bus.sends[-1]) == 2


async def test_nothing_to_send_asks_no_broker(sender: Sender, bus: MemoryBus) -> None:
    await sender.send([])
    await sender.resend([])
    assert bus.sends == []


async def test_old_acknowledgements_are_forgotten(sender: Sender, clock: Clock) -> None:
    await sender.send([record(number) for number in range(100)])
    clock.pass_by(seconds=DAMPING_S + 1)
    await sender.send([record(100)])
    assert len(sender._acknowledged) == 1
