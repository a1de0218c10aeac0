"""Every example of the contracts is folded, alone and in any order, and shows no staff."""

import json
from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import given as histories
from hypothesis import settings
from hypothesis import strategies as st

from services.intake.api.letter_presentation import letter_shown
from services.intake.domain import IntakeState, evolve
from services.intake.domain.letter import IntakeLetter
from services.intake.domain.publication_copy import ChangeConsent
from services.intake.domain.writer_requests import RequestWithdrawal, SubmitAddition, SubmitRating
from services.intake.handlers import HANDLERS
from services.intake.store import STATE
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import LetterReplied
from shared.contracts.submitted_v1 import (
    AttachmentScanned,
    ConsentChanged,
    IdentityRevealed,
    LetterErased,
    LetterSubmitted,
    PublicationCopied,
)
from shared.contracts.topics import PROGRESS, PUBLISHED, SUBMITTED
from shared.contracts.vocabulary import State
from shared.contracts.words import ReplyText, WriterText
from shared.kernel.errors import Refused
from shared.platform.letters.service_decider import Arrival
from shared.platform.runtime import data_files
from tests.intake.story import LETTER, NOON, OWNER, REPLY, decide, given, submit
from tests.support.budget import budget
from tests.support.examples import example, examples, named
from tests.support.sealed_shell import seals

HEARD = (*examples(PROGRESS.name), *examples(PUBLISHED.name))
KEYS = seals("intake")
WORDING = data_files.categories()


def told(state: IntakeState, command: Any) -> tuple[IntakeState, list[Any]]:
    """The state after a command, and all that it caused; a refusal causes nothing."""
    try:
        events = decide(command, state)
    except Refused:
        return state, []
    for event in events:
        state = evolve(state, event)
    return state, list(events)


def heard(state: IntakeState, said: Envelope[Event]) -> IntakeState:
    """The state after a record of another service."""
    handler = HANDLERS.get(type(said.data))
    if handler is None:
        return state
    return told(state, handler(said, Arrival(NOON, NOON, PROGRESS.name)))[0]


def view(state: IntakeState) -> str:
    assert isinstance(state, IntakeLetter)
    return letter_shown(LETTER, state, wording=WORDING).model_dump_json()


def kept(state: IntakeState) -> IntakeState:
    """The state after it was kept and loaded again."""
    document = json.loads(json.dumps(KEYS.seal_state(STATE, state, letter=LETTER)))
    return KEYS.open_state(STATE, document, letter=LETTER)


@pytest.mark.parametrize("said", HEARD, ids=named)
def test_each_example_is_folded_and_shown(said: Envelope[Event]) -> None:
    before = given().when(submit()).state
    state = heard(before, said)
    assert isinstance(state, IntakeLetter)
    assert kept(state) == state
    assert "s-4471" not in view(state)
    assert "s-44" not in view(state)
    if isinstance(said.data, Fact):
        assert (state.state, state.assignment) == (said.data.state, said.data.assignment)


def test_the_examples_of_one_letter_tell_its_writer_its_story() -> None:
    state = given().when(submit()).state
    for said in examples(PROGRESS.name):
        if said.subject.startswith("GD-7K2M"):
            state = heard(state, said)
    assert isinstance(state, IntakeLetter)
    assert [one.what for one in state.history] == [
        "letter.received",
        "triage.entered",
        "letter.routed",
        "letter.accepted",
        "letter.replied",
        "letter.rated",
        "letter.closed",
    ]
    assert state.why_closed == "solved"


OWN: dict[type[Event], Callable[[IntakeLetter], bool]] = {
    AttachmentScanned: lambda letter: [one.scan for one in letter.files] == ["clean"],
    IdentityRevealed: lambda letter: [one.staff for one in letter.reveals] == ["s-4471"],
    ConsentChanged: lambda letter: not letter.consent_to_publish,
    PublicationCopied: lambda letter: letter.copies == 1,
    LetterErased: lambda letter: (letter.words, letter.identity, letter.contact) == (None,) * 3,
}


@pytest.mark.parametrize("said", examples(SUBMITTED.name), ids=named)
def test_what_intake_itself_has_said_folds_as_well(said: Envelope[Event]) -> None:
    letter = example(LetterSubmitted, topic=SUBMITTED.name).data
    assert isinstance(letter, LetterSubmitted)
    state = evolve(given().when(submit(attachments=letter.attachments)).state, said.data)
    assert isinstance(state, IntakeLetter)
    assert kept(state) == state
    holds = OWN.get(type(said.data))
    assert holds is None or holds(state)


STATES = st.sampled_from(get_args(State))
facts = st.builds(
    lambda said, state, holder, number: Envelope(
        said.id,
        said.type,
        said.source,
        LETTER,
        said.time,
        said.data.model_copy(update={"state": state, "holder": holder, "assignment": number}),
    ),
    st.sampled_from(examples(PROGRESS.name)),
    STATES,
    st.sampled_from(["triage", "guangzhou", "province"]),
    st.integers(1, 3),
)
names = st.uuids().map(str)
asks = st.one_of(
    st.builds(SubmitAddition, st.just(OWNER), names, st.just(WriterText(text="再说"))),
    st.builds(SubmitRating, st.just(OWNER), names, st.booleans(), st.just(3), st.none()),
    st.builds(RequestWithdrawal, st.just(OWNER), names, st.just("settled")),
    st.builds(ChangeConsent, st.just(OWNER), st.booleans()),
)


@settings(max_examples=budget(150))
@histories(st.lists(st.one_of(facts, st.sampled_from(examples(PUBLISHED.name)), asks), max_size=30))
def test_whatever_happens_in_whatever_order_the_writer_can_be_shown_it(history: list[Any]) -> None:
    state, said = told(given().state, submit())
    for one in history:
        if not isinstance(one, Envelope):
            state, events = told(state, one)
        elif type(one.data) in HANDLERS:
            arrival = Arrival(NOON, NOON, PROGRESS.name)
            state, events = told(state, HANDLERS[type(one.data)](one, arrival))
        else:
            events = []
        said += events
    assert isinstance(state, IntakeLetter)
    assert len({one.request_id for one in state.requests}) == len(state.requests)
    assert len([one for one in said if isinstance(one, PublicationCopied)]) == state.copies
    assert "s-44" not in view(state)
    assert kept(state) == state
    assert given(*said).state == state


def test_a_copy_follows_each_reply_and_no_report() -> None:
    (reply,) = [one for one in examples(PROGRESS.name) if isinstance(one.data, LetterReplied)]
    data = reply.data.model_copy(update={"words": ReplyText(text=REPLY)})
    state = given().when(submit()).state
    for number in (1, 2):
        said = Envelope(reply.id, reply.type, reply.source, LETTER, NOON, data)
        state = heard(state, said)
        assert isinstance(state, IntakeLetter)
        assert state.copies == number
