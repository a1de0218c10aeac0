"""The front desk's law: one letter a submission, only its writer asks, identity only as allowed."""

from typing import Any

import pytest

from services.intake.domain import IntakeState, evolve
from services.intake.domain.submission import SubmitLetter
from services.intake.domain.timeline import MOST_STEPS
from services.intake.domain.writer_requests import MOST_REQUESTS, RequestWithdrawal, SubmitRating
from shared.contracts.progress_v1 import LetterAccepted, ReplySubmitted
from shared.contracts.submitted_v1 import (
    IdentitySealed,
    IdentityWithheld,
    LetterSubmitted,
    PublicationCopied,
)
from shared.contracts.values import By
from shared.contracts.vocabulary import Category
from shared.contracts.words import Comment
from shared.kernel.errors import LimitReached, NotFound
from tests.intake.story import (
    IDENTITY,
    NOON,
    OWNER,
    closed,
    decide,
    given,
    note,
    rated,
    received,
    refused,
    replied,
    routed,
    submit,
    withdrawn,
)
from tests.intake.viewing import letter_of

ASK_RATING = SubmitRating(OWNER, "r-1", solved=True, score=5, words=Comment(text="好"))
ASK_WITHDRAWAL = RequestWithdrawal(OWNER, "r-2", "settled")


def test_a_letter_is_taken_in_for_its_owner() -> None:
    told = submit()
    story = given().when(told)
    assert story.caused[0] is told.letter
    letter = letter_of(story.state)
    assert (letter.owner, letter.state, letter.received_at) == (OWNER, "submitted", NOON)
    assert (letter.words, letter.identity) == (told.letter.words, IDENTITY)


def test_a_letter_sent_twice_is_taken_in_once() -> None:
    story = given().when(submit())
    again = story.when(submit("someone-else"))
    again.then_nothing()
    assert again.state == story.state


@pytest.mark.parametrize("ask", [ASK_RATING, ASK_WITHDRAWAL], ids=["rating", "withdrawal"])
def test_only_the_writer_asks_and_others_learn_nothing(ask: Any) -> None:
    foreign = type(ask)(**{**vars(ask), "owner": "another"})
    with pytest.raises(NotFound) as of_foreign:
        given().when(submit(), foreign)
    with pytest.raises(NotFound) as of_unknown:
        given().when(ask)
    assert str(of_foreign.value) == str(of_unknown.value)


def test_a_request_is_sent_and_shown_as_sent() -> None:
    story = given().when(submit(), ASK_RATING)
    (event,) = story.caused
    assert (event.request_id, event.solved, event.score) == ("r-1", True, 5)
    assert event.words == Comment(text="好", own_spans=())
    (request,) = letter_of(story.state).requests
    assert (request.kind, request.status, request.code) == ("rating", "sent", None)


@pytest.mark.parametrize(
    ("ask", "fact"),
    [(ASK_RATING, rated(solved=False)), (ASK_WITHDRAWAL, withdrawn())],
    ids=["rating", "withdrawal"],
)
def test_the_routers_fact_settles_the_request_of_its_kind(ask: Any, fact: Any) -> None:
    other = ASK_WITHDRAWAL if ask is ASK_RATING else ASK_RATING
    story = given().when(submit(), other, ask, note(fact))
    status = {one.request_id: one.status for one in letter_of(story.state).requests}
    assert status == {ask.request_id: "done", other.request_id: "sent"}


def test_a_second_fact_settles_the_second_request() -> None:
    again = SubmitRating(OWNER, "r-9", solved=False, score=1, words=None)
    story = given().when(submit(), ASK_RATING, again, note(rated(solved=False)))
    assert [one.status for one in letter_of(story.state).requests] == ["done", "sent"]
    story = story.when(note(rated(solved=False)))
    assert [one.status for one in letter_of(story.state).requests] == ["done", "done"]


def test_a_refusal_is_told_under_the_request_that_it_names() -> None:
    story = given().when(submit(), ASK_RATING, ASK_WITHDRAWAL, note(refused("r-2", "too_late")))
    first, second = letter_of(story.state).requests
    assert (first.status, first.code) == ("sent", None)
    assert (second.status, second.code) == ("refused", "too_late")


def test_a_refusal_of_an_unknown_request_changes_no_request() -> None:
    story = given().when(submit(), ASK_RATING, note(refused("r-77")))
    assert [one.status for one in letter_of(story.state).requests] == ["sent"]


def test_requests_of_one_letter_are_limited() -> None:
    asks = [
        SubmitRating(OWNER, f"r-{n}", solved=False, score=1, words=None)
        for n in range(MOST_REQUESTS)
    ]
    story = given().when(submit(), *asks)
    with pytest.raises(LimitReached):
        story.when(ASK_WITHDRAWAL)


def test_the_writer_sees_state_bureau_due_date_and_reply() -> None:
    story = given().when(submit(), note(received()), note(routed()), note(replied()))
    letter = letter_of(story.state)
    assert (letter.state, letter.bureau, letter.assignment) == ("replied", "guangzhou", 1)
    assert str(letter.reply_due_on) == "2026-12-08"
    assert letter.reply_is_provisional
    assert letter.answer is not None
    assert (letter.answer.outcome, letter.answer.replied_at) == ("resolved", NOON)
    assert [step.what for step in letter.history] == [
        "letter.received",
        "letter.routed",
        "letter.replied",
    ]
    assert [step.bureau for step in letter.history] == [None, "guangzhou", "guangzhou"]


def test_a_reply_that_waits_for_a_signature_is_no_step_for_the_writer() -> None:
    waiting = ReplySubmitted(
        state="signing",
        holder="guangzhou",
        assignment=1,
        by=By(role="bureau"),
        kind="reply",
        from_state="handling",
    )
    letter = letter_of(given().when(submit(), note(waiting)).state)
    assert letter.state == "signing"
    assert letter.history == ()


def test_the_history_stays_small() -> None:
    story = given().when(submit(), *[note(closed())] * (MOST_STEPS + 5))
    assert len(letter_of(story.state).history) == MOST_STEPS


def test_progress_of_an_unknown_letter_is_refused() -> None:
    with pytest.raises(NotFound):
        given().when(note(received()))


# --- identity ----------------------------------------------------------------------------------


def identity_event(told: SubmitLetter, **over: Any) -> Any:
    return given().when(told, note(routed(**over))).caused[-1]


@pytest.mark.parametrize("category", ["inquiry", "request", "suggestion", "thanks"])
def test_the_identity_is_sealed_for_the_new_holder_and_its_holding(category: Category) -> None:
    event = identity_event(submit(category=category), category=category, assignment=3)
    assert isinstance(event, IdentitySealed)
    assert (event.bureau, event.assignment, event.kid) == ("guangzhou", 3, "bureau:guangzhou")
    assert event.envelope == IDENTITY


@pytest.mark.parametrize("category", ["complaint", "report"])
@pytest.mark.parametrize("whose", ["writer", "router"])
def test_the_stricter_category_withholds_the_identity(category: Category, whose: str) -> None:
    chosen: Category = category if whose == "writer" else "request"
    found: Category = category if whose == "router" else "request"
    event = identity_event(submit(category=chosen), category=found)
    assert isinstance(event, IdentityWithheld)
    assert (event.bureau, event.assignment, event.reason) == ("guangzhou", 1, category)


def test_a_masked_letter_withholds_the_identity_whatever_its_category() -> None:
    event = identity_event(submit(), masked=True)
    assert isinstance(event, IdentityWithheld)
    assert event.reason == "complaint"


def test_no_key_and_no_identity_each_withhold_it() -> None:
    no_key = identity_event(submit(), bureau="yunfu", holder="yunfu")
    erased = identity_event(submit(identity=None))
    assert isinstance(no_key, IdentityWithheld)
    assert isinstance(erased, IdentityWithheld)
    assert (no_key.reason, erased.reason) == ("no_key", "erased")


def test_only_routing_makes_the_identity_leave() -> None:
    accepted = LetterAccepted(
        state="handling", holder="guangzhou", assignment=1, by=By(role="bureau")
    )
    for fact in (received(), accepted, replied(None), rated(), closed(), withdrawn(), refused("x")):
        caused = given().when(submit(), note(fact)).caused
        assert not [one for one in caused if isinstance(one, IdentitySealed | IdentityWithheld)]


# --- publication copies ------------------------------------------------------------------------


def copies_in(caused: Any) -> list[PublicationCopied]:
    return [one for one in caused if isinstance(one, PublicationCopied)]


def test_a_copy_is_made_of_a_reply_with_consent() -> None:
    story = given().when(submit(), note(routed()), note(replied()))
    (copy,) = copies_in(story.caused)
    assert (copy.copy_number, letter_of(story.state).copies) == (1, 1)
    (second,) = copies_in(story.when(note(replied())).caused)
    assert second.copy_number == 2


@pytest.mark.parametrize(
    ("over", "text"),
    [
        ({"consent_to_publish": False}, "答复"),
        ({"category": "report"}, "答复"),
        ({"words": None}, "答复"),
        ({"identity": None}, "答复"),
        ({}, None),
    ],
    ids=["no consent", "report", "words erased", "identity erased", "reply erased"],
)
def test_no_copy_is_made_without_consent_of_reports_or_of_erased_words(
    over: dict[str, Any], text: str | None
) -> None:
    story = given().when(submit(**over), note(replied(text)))
    assert copies_in(story.caused) == []
    assert letter_of(story.state).copies == 0


def test_nothing_is_copied_before_the_reply() -> None:
    for fact in (received(), routed(), rated(), closed(), withdrawn()):
        assert copies_in(given().when(submit(), note(fact)).caused) == []


# --- folding -----------------------------------------------------------------------------------


def test_what_was_said_folds_to_the_state_that_was_live() -> None:
    steps = (submit(), note(received()), note(routed()), ASK_RATING, note(replied()), note(rated()))
    state: IntakeState = given().state
    history: list[Any] = []
    for command in steps:
        for event in decide(command, state):
            history.append(event)
            state = evolve(state, event)
    assert given(*history).state == state
    assert any(isinstance(event, LetterSubmitted) for event in history)


def test_a_fact_that_changes_nothing_is_no_error() -> None:
    strange: tuple[Any, ...] = (object(), received(), submit().letter)
    state = given().when(submit()).state
    for event in strange:
        assert evolve(state, event) == state
    assert evolve(given().state, received()) == given().state
