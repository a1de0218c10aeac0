"""No text that the doors admit makes an event larger than a record may be."""

from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from joserfc.jwk import ECKey

from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.catalogue import EVENTS
from shared.contracts.envelope import Envelope, envelope, from_record, to_record
from shared.contracts.event import Action, Event, readers_of
from shared.contracts.fields import MOST
from shared.contracts.keys_v1 import HOLDERS
from shared.contracts.submitted_v1 import IdentitySealed
from shared.contracts.topics import BY_NAME
from shared.sealing.envelopes import Opener, Sealer, open_event, seal_event
from shared.sealing.key_directory import KeyDirectory, anchors
from tests.contracts.largest import AT, FILLS, largest
from tests.contracts.strategies import PLACES
from tests.support.budget import budget
from tests.support.doubles import START

LETTER = "GD-7K2M-9QXT-4HBN-W3RD-5"
MARK = ".12345678"
"""The suffix after the holder's name in the id of a later key."""


@cache
def keys() -> dict[str, ECKey]:
    """A key of each holder, with an id as long as ids are."""
    made = ECKey.generate_key("P-256")
    return {f"{holder}{MARK}": made for holder in HOLDERS}


@cache
def sealer() -> Sealer:
    """Seals for everyone."""
    return Sealer(KeyDirectory(anchors(keys())), now=lambda: START)


@pytest.mark.parametrize(
    ("event_type", "topic"), [one for one in PLACES if not one[1].startswith("bureau.province")]
)
@settings(max_examples=budget(3), database=None, suppress_health_check=[HealthCheck.too_slow])
@given(fill=FILLS)
@example(fill='"')
@example(fill='"\t')
@example(fill="\U0001f694")
def test_the_largest_event_is_sent_and_opened(event_type: str, topic: str, fill: str) -> None:
    event = largest(EVENTS[event_type], fill)
    readers = _readers(event, topic)
    if isinstance(event, IdentitySealed | LetterIdentity):
        event = event.model_copy(update={"kid": f"{min(readers)}{MARK}"})
    sealed = seal_event(event, sealer(), topic=topic, letter=LETTER)
    record = to_record(_in_envelope(sealed, topic), topic=topic)
    found = from_record(record, topic=topic).data
    for reader in readers:
        clear = open_event(found, Opener(keys()), reader=reader, topic=topic, letter=LETTER)
        for name, words in clear.sealed_fields().items():
            if reader in readers_of(event, name, topic=topic):
                assert words == event.sealed_fields()[name]


def _in_envelope(event: Event, topic: str) -> Envelope[Event]:
    """As sent, with the largest possible number."""
    is_numbered = BY_NAME[topic].is_sequenced and not isinstance(event, Action)
    number = MOST if is_numbered else None
    return envelope(topic, LETTER, data=event, time=AT, sequence=number, cause="c" * 255)


def _readers(event: Event, topic: str) -> set[str]:
    """All who read words of it."""
    names = [
        *event.sealed,
        *(f"{name}.{inner}" for name, (inner, _) in event.sealed_within.items()),
    ]
    return {reader for name in names for reader in readers_of(event, name, topic=topic)}
