"""The answer to a bureau's action that could not be read."""

import pytest
from aiokafka.errors import KafkaTimeoutError

from services.router.jobs import bureau_notices
from services.router.metrics import UNREADABLE_ACTIONS
from services.router.wiring import rules
from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.topics import SUBMITTED, actions_of, letters_of
from shared.platform.consumer.dead_letter_policy import Refuse
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.letters import Letters
from shared.platform.letters.sender import Sender
from tests.router.story import LETTER, MONDAY, RULEBOOK
from tests.support.doubles import Clock, Memory, MemoryBus
from tests.support.sealed_shell import read, seals

FOSHAN = letters_of("foshan").name


def telling(bus: MemoryBus) -> Refuse:
    """A router that has no letters yet."""
    letters = Letters(
        rules(RULEBOOK),
        seals("router"),
        history=EventLog(Memory(), moved=Memory(), asked=Memory()),
        sender=Sender(bus),
        now=Clock(MONDAY),
    )
    return bureau_notices.refuse_unreadable(letters)


def faulty(
    code: str = "unreadable",
    detail: str = "bad_json",
    *,
    key: bytes = LETTER.encode(),
    topic: str = actions_of("foshan").name,
    offset: int = 41,
) -> Faulty:
    raw = Inbound(topic, 2, offset, MONDAY, key, b"secret", (("ce_id", b"secret"),))
    return Faulty(raw, code, detail)


@pytest.mark.parametrize(
    ("code", "detail", "told"),
    [
        ("unreadable", "bad_json", "unreadable"),
        ("unreadable", "bad_id", "unreadable"),
        ("unreadable", "too_large", "too_large"),
        ("bad_envelope", "wrong_header", "bad_envelope"),
    ],
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
    code: str, detail: str, told: str, key: bytes, subject: str
) -> None:
    bus, counted = MemoryBus(), UNREADABLE_ACTIONS.labels(told)
    before = counted._value.get()
    await telling(bus)([faulty(code, detail, key=key)])
    (record,) = bus.records(FOSHAN)
    said = read(record)
    assert isinstance(said.data, ActionRefused)
    assert said.data == ActionRefused(code=said.data.code, detail=said.data.detail)
    assert (said.data.code, said.subject) == (told, subject)
    assert (said.id, said.cause) == (f"{FOSHAN}/refused/2-41", "2-41")
    assert b"secret" not in record.value + b"".join(value for _, value in record.headers)
    assert counted._value.get() == before + 1


async def test_many_are_told_at_once_each_bureau_on_its_own_topic() -> None:
    bus = MemoryBus()
    other = actions_of("shenzhen").name
    await telling(bus)([faulty(), faulty(offset=42), faulty(topic=other)])
    assert len(bus.sends) == 1
    assert len(bus.records(FOSHAN)) == 2
    assert len(bus.records(letters_of("shenzhen").name)) == 1


async def test_a_record_of_our_own_is_never_told_to_anybody() -> None:
    bus = MemoryBus()
    await telling(bus)([faulty(topic=SUBMITTED.name)])
    assert not bus.topics


async def test_a_refusal_that_is_not_sent_is_not_taken_for_told() -> None:
    bus = MemoryBus()
    bus.fates.append("refused")
    with pytest.raises(KafkaTimeoutError):
        await telling(bus)([faulty()])


async def test_telling_again_repeats_only_what_was_not_acknowledged() -> None:
    bus = MemoryBus()
    tell = telling(bus)
    bus.fates += ["sent", "refused"]
    with pytest.raises(KafkaTimeoutError):
        await tell([faulty(), faulty(offset=42)])
    await tell([faulty(), faulty(offset=42)])
    assert bus.ids(FOSHAN) == [f"{FOSHAN}/refused/2-41", f"{FOSHAN}/refused/2-42"]
