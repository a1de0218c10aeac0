"""What a bureau is told of an action that could not be read."""

from typing import Any

import pytest

from services.router import work
from services.router.metrics import UNREADABLE_ACTIONS
from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.envelope import Unreadable
from shared.contracts.topics import DEADLINES, SUBMITTED, actions_of, letters_of
from shared.platform.bus import Inbound
from shared.platform.jwe import BadEnvelope
from shared.platform.sender import Sender
from tests.intake.staging import read
from tests.router.story import LETTER, MONDAY
from tests.support.doubles import Clock, MemoryBus

FOSHAN = letters_of("foshan").name


def told_of(fault: Unreadable | BadEnvelope, key: bytes, topic: str) -> tuple[Any, MemoryBus]:
    bus = MemoryBus()
    tell = work.tell_unreadable(Sender(bus), now=Clock(MONDAY))
    raw = Inbound(topic, 2, 41, MONDAY, key, b"secret", (("ce_id", b"secret"),))
    return tell(raw, fault), bus


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Unreadable("bad_json"), "unreadable"),
        (Unreadable("bad_id"), "unreadable"),
        (Unreadable("too_large"), "too_large"),
        (BadEnvelope("wrong_header"), "bad_envelope"),
    ],
    ids=["json", "id", "size", "envelope"],
)
@pytest.mark.parametrize(
    ("key", "subject"),
    [
        (LETTER.encode(), LETTER),
        (LETTER[:-1].encode() + b"*", "unknown"),
        (LETTER.lower().encode(), "unknown"),
        (b"", "unknown"),
        (b"\xff\xfe", "unknown"),
        ("陈小圆".encode(), "unknown"),
        (b"a" * 5_000, "unknown"),
    ],
    ids=["letter", "wrong check", "lower case", "none", "no text", "a name", "long"],
)
async def test_a_bureau_is_told_where_its_unreadable_action_stood(
    fault: Any, code: str, key: bytes, subject: str
) -> None:
    counted = UNREADABLE_ACTIONS.labels("foshan", code)
    before = counted._value.get()
    telling, bus = told_of(fault, key, actions_of("foshan").name)
    assert await telling
    (record,) = bus.records(FOSHAN)
    said = read(record)
    assert isinstance(said.data, ActionRefused)
    assert said.data == ActionRefused(code=said.data.code)
    assert (said.data.code, said.subject) == (code, subject)
    assert (said.id, said.cause) == (f"{FOSHAN}/refused/2-41", "2-41")
    assert b"secret" not in record.value + b"".join(value for _, value in record.headers)
    assert counted._value.get() == before + 1


@pytest.mark.parametrize("topic", [SUBMITTED.name, DEADLINES.name])
async def test_an_unreadable_record_of_our_own_stops_its_topic(topic: str) -> None:
    telling, bus = told_of(Unreadable("bad_json"), LETTER.encode(), topic)
    assert not await telling
    assert bus.sends == []


async def test_a_refusal_that_is_not_sent_is_not_taken_for_told() -> None:
    telling, bus = told_of(Unreadable("bad_json"), LETTER.encode(), actions_of("foshan").name)
    bus.fates.append("refused")
    with pytest.raises(Exception, match="KafkaTimeoutError"):
        await telling
