"""What the holding bureau receives, and what it must not learn."""

from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from services.router.domain.decide import decide
from services.router.domain.evolve import evolve
from services.router.domain.letter import Pledge
from services.router.domain.masking import masked
from services.router.domain.writer_requests import ReopenLetter
from shared.contracts.event import Fact
from shared.contracts.words import LetterText, Span
from shared.rules.pii import own_spans
from tests.router.story import (
    MONDAY,
    NAME,
    NOTE,
    PHONE,
    RULEBOOK,
    STAGES,
    WITHDRAW,
    WORDS,
    accept,
    at,
    for_bureau,
    given,
    later,
    letter_of,
    names,
    rate,
    receive,
    reply,
    route,
    sign,
)
from tests.router.test_commitments import fulfil
from tests.router.test_questions import add
from tests.router.test_timers import clock_at, fired
from tests.support.budget import budget


def copies(story: Any) -> list[Any]:
    """The holder's events about the last command."""
    return [copy for event in story.caused for copy in for_bureau(event, story.state)]


def test_the_new_holder_gets_the_letter_with_words_dues_and_attachments() -> None:
    story = at("routed")
    (assigned,) = copies(story)
    letter = letter_of(story.state)
    assert names([assigned]) == ["letter.assigned"]
    assert (assigned.words, assigned.masked) == (WORDS, False)
    assert (assigned.assignment, assigned.attachments) == (1, letter.attachments)
    assert {one.clock for one in assigned.dues} == {"sign_in", "objection", "reply"}
    assert all(one.receipt for one in assigned.dues)


@pytest.mark.parametrize("category", ["complaint", "report"])
def test_a_masked_letter_shows_no_own_value_and_not_where_one_stood(category: Any) -> None:
    (assigned,) = copies(given().when(receive(category=category)))
    words = assigned.words
    assert assigned.masked
    assert words.body == "本人〔本人姓名〕，电话〔电话〕。"
    assert words.subject == "〔本人姓名〕反映路灯问题"
    assert (words.own_spans, words.subject_spans, words.place_detail) == ((), (), None)


@settings(max_examples=budget(60))
@examples(
    st.lists(st.sampled_from([NAME, PHONE, "路灯", "x", "，", "1", "𠮷"]), min_size=1, max_size=12)
)
def test_masking_leaves_no_own_value_wherever_they_stand(parts: list[str]) -> None:
    text = "".join(parts)
    found = own_spans(text, {"name": NAME, "phone": PHONE})
    spans = tuple(Span(start=one.start, end=one.end, what=one.what) for one in found)
    words = masked(LetterText(subject=text, body=text, own_spans=spans, subject_spans=spans))
    for shown in (words.subject, words.body):
        assert NAME not in shown
        assert PHONE not in shown


@pytest.mark.parametrize(
    ("stage", "told", "heard"),
    [
        ("triage", route(), ["letter.assigned"]),
        ("routed", accept(), ["letter.accepted"]),
        ("handling", reply(), ["letter.replied"]),
        ("replied", rate(), ["letter.rated", "letter.closed"]),
        ("routed", WITHDRAW, ["letter.withdrawn", "assignment.ended"]),
        ("triage", WITHDRAW, []),
        ("handling", rate(), []),
        ("handling", fired(clock_at("handling", "reply")), ["letter.escalated"]),
        ("replied", fired(clock_at("replied", "rating"), level="effect"), ["letter.closed"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_holder_hears_what_concerns_it(stage: str, told: Any, heard: list[str]) -> None:
    assert names(copies(at(stage).when(told))) == heard


def test_nothing_comes_after_the_end_of_an_assignment() -> None:
    """Least of all what a writer adds after withdrawing the letter."""
    promise = (Pledge(later(20).date(), NOTE),)
    story = given().when(
        receive(), accept(), reply(commitments=promise), ReopenLetter("r-3", MONDAY, None), WITHDRAW
    )
    assert names(copies(story))[-1] == "assignment.ended"
    clock = letter_of(story.state).running("commitment")
    assert clock is not None
    for told in (add(), fulfil(), fired(clock)):
        assert names(story.when(told).caused)
        assert copies(story.when(told)) == []


def test_triage_hears_nothing() -> None:
    assert copies(at("triage")) == []


def test_no_copy_names_staff_of_anyone() -> None:
    for commands in [*STAGES.values(), (receive(None), route(), accept(), reply())]:
        state = given().state
        for command in commands:
            for event in decide(command, state, rulebook=RULEBOOK):
                state = evolve(state, event)
                for copy in for_bureau(event, state):
                    assert isinstance(copy, Fact)
                    assert copy.by.staff is None


def test_the_fact_for_our_own_services_keeps_who_did_it() -> None:
    assert at("routed").when(accept()).caused[0].by.staff == "g-17"


def test_a_rating_shows_its_comment_to_the_holder() -> None:
    rated = copies(at("replied").when(rate(solved=False)))[0]
    assert rated.words is not None


@pytest.mark.parametrize("category", ["complaint", "report"])
def test_the_comment_on_a_masked_letter_may_name_its_writer_and_stays_here(category: Any) -> None:
    story = given().when(receive(category=category), accept(), reply(), sign(), rate())
    rated = copies(story)[0]
    assert (rated.words, rated.solved, rated.score) == (None, True, 4)
    assert story.caused[0].words is not None
