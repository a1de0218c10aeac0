"""Every contract example is handled or ignored for a reason, and harmless in any order."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given as histories
from hypothesis import settings
from hypothesis import strategies as st

from services.notifier.domain.decide import Command
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.level_firing import FireClocks
from services.notifier.domain.messages import text_of
from services.notifier.domain.writer_messages import MESSAGES, NO_MESSAGE
from services.notifier.handlers import HANDLERS, IGNORED
from services.notifier.store import READS, STATE, index
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.diverted_v1 import LetterDiverted
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    ExtensionDecided,
    ExtensionRequested,
    InstructionGiven,
    LetterDeclined,
    LetterEscalated,
    LetterPassedOn,
    LetterReclassified,
    LetterReopened,
    LetterReplied,
    LetterRouted,
    LetterWithdrawn,
    ReplySentBack,
    WriterAsked,
)
from shared.contracts.published_v1 import LetterPublished, PublicationProblemReported
from shared.contracts.topics import DIVERTED, PROGRESS, PUBLISHED, RESENDS, SUBMITTED
from shared.contracts.vocabulary import State
from shared.kernel.errors import Refused
from shared.platform.letters.service_decider import Arrival
from tests.notifier.story import LETTER, decide, given
from tests.support.budget import budget
from tests.support.examples import examples, named
from tests.support.moving import moment

TOPICS = (SUBMITTED.name, DIVERTED.name, PROGRESS.name, PUBLISHED.name)
HEARD = [envelope for topic in TOPICS for envelope in examples(topic)]


def asked(said: Envelope[Event]) -> Command | None:
    handler = HANDLERS.get(type(said.data))
    return handler(said, Arrival(said.time, said.time, "")) if handler else None


def heard(*records: Envelope[Event]) -> NotifierLetter:
    commands = [command for command in map(asked, records) if command is not None]
    return given().when(*commands).state


def kept(letter: NotifierLetter) -> NotifierLetter:
    sealed: dict[str, Any] = {}

    def seal(kind: str, plain: dict[str, Any]) -> str:
        sealed[kind] = plain
        return kind

    document = STATE.dump_python(letter, mode="json", context={"seal": seal})
    return STATE.validate_python(document, context={"open": lambda kind, _: sealed[kind]})


def test_each_event_that_is_heard_is_handled_or_ignored_for_a_reason() -> None:
    assert set(READS) == {*TOPICS, RESENDS.name}
    assert HANDLERS.keys() | IGNORED.keys() == {e for topic in TOPICS for e in ON_TOPIC[topic]}
    assert not HANDLERS.keys() & IGNORED.keys()
    assert all(IGNORED.values())


def test_each_fact_has_a_message_to_the_writer_or_a_reason_for_none() -> None:
    told = {event for event in MESSAGES if issubclass(event, Fact)}
    assert told | NO_MESSAGE.keys() == ON_TOPIC[PROGRESS.name]
    assert not told & NO_MESSAGE.keys()
    assert MESSAGES.keys() - told == {LetterPublished}
    assert all(NO_MESSAGE.values())


EXPECTED: dict[type[Event], list[str]] = {
    WriterAsked: ["asked"],
    ExtensionDecided: ["extended"],
    LetterReplied: ["replied", "closing"],
    LetterDeclined: ["declined"],
    CommitmentFulfilled: ["fulfilled"],
    LetterReopened: ["reopened", "work_reopened"],
    AppealMade: ["appealed"],
    LetterWithdrawn: ["withdrawn"],
    LetterEscalated: ["level", "level"],
    LetterRouted: ["work_assigned"],
    LetterPassedOn: ["work_assigned"],
    LetterReclassified: ["work_assigned"],
    ReplySentBack: ["work_sent_back"],
    ExtensionRequested: ["work_extension"],
    InstructionGiven: ["work_instruction"],
    LetterPublished: ["published"],
    PublicationProblemReported: ["problem"],
    LetterDiverted: ["page"],
}


@pytest.mark.parametrize("said", HEARD, ids=named)
def test_each_example_is_stored_and_causes_the_expected_messages(said: Envelope[Event]) -> None:
    letter = heard(said)
    assert kept(letter) == letter
    index(letter)
    assert [message.message for message in letter.deliveries] == EXPECTED.get(type(said.data), [])
    for message in letter.deliveries:
        assert text_of(message, "zh", letter=said.subject, where="https://mailbox.example")


def test_the_examples_of_one_letter_lead_to_its_clocks_and_messages() -> None:
    history = [envelope for envelope in examples(PROGRESS.name) if envelope.subject == LETTER]
    letter = heard(*history)
    assert letter.progress == history[-1].sequence
    assert not {"assign", "reply", "rating"} & {clock.clock for clock in letter.clocks}
    assert [(message.message, message.standing) for message in letter.deliveries] == [
        ("work_assigned", "waiting"),
        ("replied", "waiting"),
        ("closing", "dropped"),
    ]


def test_a_diversion_is_called_about_until_somebody_has_seen_it() -> None:
    diverted, seen, resolved = examples(DIVERTED.name)
    letter = heard(diverted)
    assert [clock.clock for clock in letter.clocks] == ["diversion"]
    assert heard(diverted, seen).clocks == heard(diverted, seen, resolved).clocks == ()


facts = st.builds(
    lambda said, state, holder, number: Envelope(
        said.id,
        said.type,
        said.source,
        LETTER,
        said.time,
        said.data.model_copy(update={"state": state, "holder": holder, "assignment": number}),
        number,
    ),
    st.sampled_from(examples(PROGRESS.name)),
    st.sampled_from(get_args(State)),
    st.sampled_from(["triage", "guangzhou", "province"]),
    st.integers(0, 3),
)
others = st.sampled_from([envelope for envelope in HEARD if not isinstance(envelope.data, Fact)])


@settings(max_examples=budget(150))
@histories(st.lists(st.one_of(facts, others, st.integers(1, 90)), max_size=30))
def test_any_events_in_any_order_can_be_stored_and_fired(history: list[Any]) -> None:
    letter, now = NotifierLetter(), moment(24)
    for step in history:
        if isinstance(step, int):
            now += timedelta(hours=step)
            command: Command | None = FireClocks(now)
        else:
            command = asked(step)
        try:
            events = decide(command, letter) if command else ()
        except Refused:
            events = ()
        for event in events:
            letter = given.decider.evolve(letter, event)
        assert letter.fires_at is None or not isinstance(step, int) or letter.fires_at > now
    assert kept(letter) == letter
    ids = [message.id for message in letter.deliveries]
    assert all(each.startswith(("GD-", "DV-")) for each in ids)
