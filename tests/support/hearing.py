"""A service's view of one letter whose records come late, early and repeated, as brokers do.

The fold is the shell's own; the events are the examples of the contracts, numbered as one story.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from shared.contracts.envelope import envelope
from shared.contracts.event import Event
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import ServiceDecider
from shared.platform.letters.stored_letter import StoredLetter, outbound
from tests.support.doubles import inbound_of
from tests.support.examples import examples

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
LETTER = "GD-7K2M-9QXT-4HBN-W3RD-5"


def told(topic: str, *, but: type[Event] | None = None) -> tuple[Inbound, ...]:
    """The examples on that topic as one letter's records, in order; their words are erased."""
    events = [one.data for one in examples(topic) if type(one.data) is not but]
    return tuple(_record(topic, event, number) for number, event in enumerate(events, 1))


@st.composite
def deliveries(draw: Any, records: Sequence[Inbound]) -> list[Inbound]:
    """The records in any order, some of them repeated."""
    again = draw(st.lists(st.sampled_from(records), max_size=len(records)))
    return list(draw(st.permutations([*records, *again])))


def folded(
    rules: ServiceDecider[Any, Any], keys: Seals, *, since: Any, records: Sequence[Inbound]
) -> LetterTransaction[Any, Any]:
    """The letter after these, each in its own batch, starting from the state `since`."""
    kept = StoredLetter(LETTER, since, version=1)
    fold = LetterTransaction(rules, keys, kept=kept, now=AT)
    for raw in records:
        fold.apply_record(keys.read(raw))
    return fold


def _record(topic: str, event: Event, number: int) -> Inbound:
    bare = event.map_words(lambda _, __: None)
    said = envelope(topic, LETTER, data=bare, time=AT, sequence=number)
    return inbound_of(outbound(said, topic), number)
