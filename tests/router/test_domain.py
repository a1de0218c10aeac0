"""The law of a letter's life, command by command and state by state."""

from typing import Any

import pytest

from services.router.domain.external_events import PassIdentity, WithholdIdentity
from services.router.domain.letter import Pledge
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import IdentitySealed, IdentityWithheld
from shared.contracts.values import By
from shared.contracts.words import Identity, Note, ReplyText
from shared.kernel.errors import (
    BadValue,
    NotFound,
    NotHeld,
    OutOfOrder,
    StaleAssignment,
)
from tests.router.story import (
    MONDAY,
    NOTE,
    REPLY,
    STAGES,
    WITHDRAW,
    accept,
    at,
    given,
    later,
    letter_of,
    names,
    rate,
    receive,
    reply,
    route,
)

LONG = Note(text="长" * 4_000)
ENDED = ("closed", "withdrawn", "withdrawn in triage")
REACHED = tuple(stage for stage in STAGES if stage != "nothing")


# --- the bureau --------------------------------------------------------------------------------


def test_the_holder_accepts_what_was_routed_to_it() -> None:
    story = at("routed").when(accept())
    assert names(story.caused) == ["letter.accepted"]
    assert story.caused[0].by.staff == "g-17"
    assert letter_of(story.state).state == "handling"


@pytest.mark.parametrize("stage", [one for one in REACHED if "triage" not in one])
@pytest.mark.parametrize("act", [accept, reply])
def test_nobody_but_the_holder_acts_and_only_on_this_holding(stage: str, act: Any) -> None:
    with pytest.raises(NotHeld):
        at(stage).when(act("foshan"))
    for assignment in (2, 99):
        with pytest.raises(StaleAssignment):
            at(stage).when(act(assignment=assignment))


@pytest.mark.parametrize("stage", ["nothing", "triage", "withdrawn in triage"])
@pytest.mark.parametrize("act", [accept, reply])
def test_unknown_letters_and_those_in_triage_are_not_held(stage: str, act: Any) -> None:
    with pytest.raises(NotHeld):
        at(stage).when(act())


@pytest.mark.parametrize("stage", ["handling", "replied", "rated", "closed", "withdrawn"])
def test_only_what_is_routed_is_accepted(stage: str) -> None:
    with pytest.raises(OutOfOrder):
        at(stage).when(accept())


@pytest.mark.parametrize("stage", ["routed", "replied", "rated", "closed", "withdrawn"])
def test_only_what_is_handled_is_answered(stage: str) -> None:
    with pytest.raises(OutOfOrder):
        at(stage).when(reply())


def test_a_reply_is_submitted_and_given_at_once() -> None:
    told = reply(outcome="unfounded", finding="not_true", publication_proposed=True)
    story = at("handling").when(told)
    assert names(story.caused) == ["reply.submitted", "letter.replied"]
    submitted, replied = story.caused
    assert (submitted.kind, submitted.from_state, submitted.signers) == ("reply", "handling", ())
    assert (submitted.state, replied.state) == ("signing", "replied")
    for event in story.caused:
        assert (event.outcome, event.finding) == ("unfounded", "not_true")
        assert (event.words, event.publication_proposed) == (REPLY, True)
    assert replied.reply == 1
    letter = letter_of(story.state)
    assert (letter.state, letter.replies, letter.outcome) == ("replied", 1, "unfounded")


@pytest.mark.parametrize(
    ("over", "refusal", "field"),
    [
        ({"words": None}, BadValue, "words"),
        ({"words": ReplyText(text=" \n\u3000")}, BadValue, "words"),
        ({"outcome": "unfounded"}, BadValue, "finding"),
        ({"outcome": "malicious"}, BadValue, "finding"),
        ({"outcome": "malicious", "finding": "invented"}, BadValue, "referred_to"),
        ({"commitments": (Pledge(MONDAY.date(), None),)}, BadValue, "words"),
        ({"commitments": (Pledge(later(-1).date(), NOTE),)}, BadValue, "commitments"),
        ({"commitments": (Pledge(later(2200).date(), NOTE),)}, BadValue, "commitments"),
        ({"commitments": (Pledge(MONDAY.date(), LONG),) * 8}, BadValue, "commitments"),
    ],
    ids=[
        "no words",
        "blank",
        "no finding",
        "malicious bare",
        "malicious",
        "empty promise",
        "promised for yesterday",
        "promised for the far future",
        "more than fits into a record",
    ],
)
def test_a_reply_that_is_not_whole_or_not_allowed_is_refused(
    over: dict[str, Any], refusal: type[Exception], field: str
) -> None:
    with pytest.raises(refusal, match=field):
        at("handling").when(reply(**over))


# --- the writer --------------------------------------------------------------------------------


def test_a_solved_letter_is_closed() -> None:
    story = at("replied").when(rate())
    assert names(story.caused) == ["letter.rated", "letter.closed"]
    assert story.caused[-1].why == "solved"
    letter = letter_of(story.state)
    assert (letter.state, letter.solved) == ("closed", True)


def test_an_unsolved_letter_stays_replied_and_may_be_rated_again() -> None:
    story = at("replied").when(rate(solved=False))
    assert names(story.caused) == ["letter.rated"]
    assert (letter_of(story.state).state, letter_of(story.state).solved) == ("replied", False)
    again = story.when(rate("r-9"))
    assert names(again.caused) == ["letter.rated", "letter.closed"]


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        ("triage", "out_of_order"),
        ("routed", "out_of_order"),
        ("handling", "out_of_order"),
        ("withdrawn", "out_of_order"),
        ("closed", "already_done"),
    ],
)
def test_a_rating_is_refused_when_there_is_nothing_to_rate(stage: str, code: str) -> None:
    before = at(stage)
    story = before.when(rate("r-7"))
    (refused,) = story.caused
    assert (refused.request_id, refused.request_type) == ("r-7", "rating.submitted")
    assert refused.code == code
    assert story.state == before.state


@pytest.mark.parametrize("stage", ["triage", "routed", "handling"])
def test_a_letter_is_taken_back_before_its_answer(stage: str) -> None:
    story = at(stage).when(WITHDRAW)
    (event,) = story.caused
    assert (event.reason, event.state, event.by) == ("settled", "withdrawn", By(role="writer"))
    assert letter_of(story.state).state == "withdrawn"


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        ("replied", "too_late"),
        ("rated", "too_late"),
        ("closed", "too_late"),
        ("withdrawn", "already_done"),
        ("withdrawn in triage", "already_done"),
    ],
)
def test_after_its_answer_it_is_too_late(stage: str, code: str) -> None:
    story = at(stage).when(WITHDRAW)
    (refused,) = story.caused
    assert (refused.request_type, refused.code) == ("withdrawal.requested", code)
    assert refused.request_id == "r-2"


# --- the writer's identity ---------------------------------------------------------------------

IDENTITY = Identity(name="x", id_number="y", phone="z")


def sealed(bureau: Bureau = "guangzhou", assignment: int = 1) -> PassIdentity:
    kid = f"bureau:{bureau}"
    return PassIdentity(
        IdentitySealed(bureau=bureau, assignment=assignment, kid=kid, envelope=IDENTITY), at=MONDAY
    )


def withheld(bureau: Bureau = "guangzhou", assignment: int = 1) -> WithholdIdentity:
    return WithholdIdentity(
        IdentityWithheld(bureau=bureau, assignment=assignment, reason="complaint"), at=MONDAY
    )


@pytest.mark.parametrize("stage", ["routed", "handling", "replied", "rated"])
def test_the_identity_reaches_the_holder(stage: str) -> None:
    (event,) = at(stage).when(sealed()).caused
    assert names([event]) == ["letter.identity"]
    assert (event.assignment, event.kid, event.envelope) == (1, "bureau:guangzhou", IDENTITY)
    assert names(at(stage).when(withheld()).caused) == ["identity.withheld"]


@pytest.mark.parametrize("told", [sealed, withheld])
@pytest.mark.parametrize("stage", REACHED)
def test_a_holding_that_does_not_stand_gets_nothing(stage: str, told: Any) -> None:
    at(stage).when(told("foshan")).then_nothing()
    at(stage).when(told(assignment=2)).then_nothing()


@pytest.mark.parametrize("told", [sealed, withheld])
@pytest.mark.parametrize("stage", ENDED)
def test_nothing_of_the_writer_follows_the_end_of_an_assignment(stage: str, told: Any) -> None:
    at(stage).when(told()).then_nothing()


@pytest.mark.parametrize("category", ["complaint", "report"])
def test_a_masked_letter_gets_no_identity_even_if_one_comes(category: Any) -> None:
    story = given().when(receive(category=category))
    story.when(sealed()).then_nothing()
    assert names(story.when(withheld()).caused) == ["identity.withheld"]


# --- never heard of ----------------------------------------------------------------------------


@pytest.mark.parametrize("told", [route(), rate(), WITHDRAW, sealed(), withheld()])
def test_nothing_is_done_to_a_letter_that_is_not_there(told: Any) -> None:
    with pytest.raises(NotFound):
        given().when(told)
