"""Every example of the contracts is handled or left out for a reason, and harmless in any order."""

from typing import Any, get_args

import pytest
from hypothesis import given as histories
from hypothesis import settings
from hypothesis import strategies as st

from services.publisher.domain import Command
from services.publisher.domain.letter import PublisherLetter
from services.publisher.domain.letter_projection import CHANGES, STATE_ALONE
from services.publisher.handlers import HANDLERS, IGNORED
from services.publisher.store import READS, STATE, index, outgoing
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import (
    CommitmentFulfilled,
    CommitmentMade,
    LetterRead,
    LetterReceived,
    LetterReclassified,
    LetterReplied,
    LetterWithdrawn,
    PublicationProposed,
)
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.submitted_v1 import PublicationCopied
from shared.contracts.topics import PROGRESS, RESENDS, SUBMITTED
from shared.contracts.vocabulary import State
from shared.kernel.errors import Refused
from shared.platform.letters.service_decider import Arrival
from tests.publisher.story import LETTER, WORDS, decide, given
from tests.publisher.test_domain import APPROVE, PROPOSE, PUBLICATION
from tests.publisher.test_publication import approve, propose, report
from tests.support.budget import budget
from tests.support.examples import examples, named

TOPICS = (SUBMITTED.name, PROGRESS.name)
HEARD = [one for topic in TOPICS for one in examples(topic)]


def asked(said: Envelope[Event]) -> Command | None:
    handler = HANDLERS.get(type(said.data))
    return handler(said, Arrival(said.time, said.time, "")) if handler else None


def heard(*records: Envelope[Event]) -> PublisherLetter:
    commands = [command for command in map(asked, records) if command is not None]
    return given().when(*commands).state


def kept(letter: PublisherLetter) -> PublisherLetter:
    sealed: dict[str, Any] = {}

    def seal(kind: str, plain: dict[str, Any]) -> str:
        name = f"{kind}-{len(sealed)}"
        sealed[name] = plain
        return name

    document = STATE.dump_python(letter, mode="json", context={"seal": seal})
    return STATE.validate_python(document, context={"open": lambda _, name: sealed[name]})


def test_each_event_that_is_heard_is_handled_or_ignored_for_a_reason() -> None:
    assert set(READS) == {*TOPICS, RESENDS.name}
    assert HANDLERS.keys() | IGNORED.keys() == {e for topic in TOPICS for e in ON_TOPIC[topic]}
    assert not HANDLERS.keys() & IGNORED.keys()
    assert all(IGNORED.values())


def test_each_fact_is_folded_or_named_as_saying_no_more_than_the_state() -> None:
    assert CHANGES.keys() | STATE_ALONE == ON_TOPIC[PROGRESS.name]
    assert not CHANGES.keys() & STATE_ALONE


EFFECTS: dict[type[Event], Any] = {
    LetterReceived: lambda letter: (letter.city, letter.topic) == ("guangzhou", "household"),
    LetterReclassified: lambda letter: letter.category == "complaint",
    LetterRead: lambda letter: letter.is_read,
    LetterReplied: lambda letter: letter.suggested_by == "bureau",
    PublicationProposed: lambda letter: letter.suggested_by == "bureau",
    CommitmentMade: lambda letter: [one.standing for one in letter.promises] == ["open"],
    CommitmentFulfilled: lambda letter: letter.promises == (),
    LetterWithdrawn: lambda letter: letter.is_barred,
}


@pytest.mark.parametrize("said", HEARD, ids=named)
def test_each_example_is_folded(said: Envelope[Event]) -> None:
    letter = heard(said)
    assert kept(letter) == letter
    index(letter)
    if isinstance(said.data, Fact):
        assert letter.state == said.data.state
    holds = EFFECTS.get(type(said.data))
    assert holds is None or holds(letter)


def test_a_promise_is_counted_as_it_was_kept() -> None:
    story = [one for one in examples(PROGRESS.name) if "commitment" in named(one)]
    assert [one.standing for one in heard(*story).promises] == ["in_time"]


facts = st.builds(
    lambda said, state, holder: Envelope(
        said.id,
        said.type,
        said.source,
        LETTER,
        said.time,
        said.data.model_copy(update={"state": state, "holder": holder}),
    ),
    st.sampled_from(examples(PROGRESS.name)),
    st.one_of(st.just("replied"), st.sampled_from(get_args(State))),
    st.sampled_from(["triage", "guangzhou", "province"]),
)
copies = st.builds(
    lambda said, number: Envelope(
        said.id,
        said.type,
        said.source,
        LETTER,
        said.time,
        said.data.model_copy(update={"words": WORDS, "copy_number": number}),
    ),
    st.sampled_from([one for one in HEARD if isinstance(one.data, PublicationCopied)]),
    st.integers(1, 2),
)
editors = st.sampled_from(
    [PROPOSE, APPROVE, report(), report("reveals"), propose(), propose("withdrawn"), approve()]
)


@settings(max_examples=budget(200))
@histories(st.lists(st.one_of(facts, st.sampled_from(HEARD), copies, copies, editors), max_size=30))
def test_whatever_happens_in_whatever_order_two_editors_publish_what_may_be(
    history: list[Any],
) -> None:
    letter = PublisherLetter()
    for one in history:
        command = asked(one) if isinstance(one, Envelope) else one
        try:
            events = decide(command, letter) if command else ()
        except Refused:
            continue
        barred = letter.is_barred
        for event in events:
            letter = given.decider.evolve(letter, event)
            assert not (barred and isinstance(event, LetterPublished))
            for out in outgoing(event, letter):
                assert (out.subject or PUBLICATION) == PUBLICATION
        assert not (letter.is_barred and letter.draft)
        assert kept(letter) == letter
    assert index(letter)["copied_at"] is None or letter.draft is not None
