"""Who signs what, in which order, and who must not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.router.domain.letter import Pledge
from services.router.domain.signing import SendBack
from services.router.domain.writer_requests import ReopenLetter
from shared.contracts.values import About, By
from shared.contracts.words import Reason
from shared.kernel.errors import NotAllowed, OutOfOrder, TooLate
from shared.kernel.terms import DateRange
from tests.router.story import (
    CHIEF,
    DEPUTY,
    NOTE,
    PROVINCE_CHIEF,
    REPLY,
    RULEBOOK,
    STAGES,
    SUPERVISOR,
    TRIAGE,
    accept,
    at,
    caused,
    decline,
    given,
    later,
    letter_of,
    names,
    receive,
    reply,
    route,
    running,
    sign,
)
from tests.router.test_timers import changes

MISSING = Reason(text="请写明到哪里办理。")
MALICIOUS: dict[str, Any] = {
    "outcome": "malicious",
    "finding": "invented",
    "referred_to": "petition_office",
}


def send_back(by: By = CHIEF, words: Reason | None = MISSING) -> SendBack:
    return SendBack(by, later(1), words)


def complaint(*told: Any) -> Any:
    return given().when(receive(category="complaint"), accept(), *told)


# --- what waits --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "signers"),
    [
        ("inquiry", ()),
        ("request", ()),
        ("suggestion", ()),
        ("thanks", ()),
        ("complaint", ("chief",)),
        ("report", ("chief",)),
    ],
)
def test_replies_to_complaints_and_reports_wait_for_the_chief(
    category: Any, signers: tuple[str, ...]
) -> None:
    story = given().when(receive(category=category), accept(), reply())
    assert story.caused[0].signers == signers
    assert letter_of(story.state).state == ("signing" if signers else "replied")
    assert running(story.state) == ({"reply", "signature"} if signers else {"rating"})


def test_every_refusal_waits_for_a_chief() -> None:
    for stage, told in (("routed", decline()), ("triage", decline("triage", 0))):
        story = at(stage).when(told)
        (submitted,) = story.caused
        assert (submitted.kind, submitted.signers) == ("refusal", ("chief",))
        assert submitted.from_state == stage
        assert (submitted.decline_reason, submitted.where_to_turn) == (
            "court_or_arbitration",
            "court",
        )
        assert ("signature", "started") in changes(submitted)


def test_a_second_reopening_is_signed_whatever_it_is() -> None:
    story = at("replied").when(ReopenLetter("r-1", later(1), None), reply(at=later(1)))
    assert letter_of(story.state).state == "replied"
    story = story.when(ReopenLetter("r-2", later(2), None), reply(at=later(2)))
    assert story.caused[0].signers == ("chief",)


@pytest.mark.parametrize("stage", [one for one in STAGES if "signing" not in one])
def test_nothing_else_is_signed_or_sent_back(stage: str) -> None:
    if stage == "nothing":
        return
    for told in (sign(), send_back()):
        with pytest.raises(OutOfOrder):
            at(stage).when(told)


# --- signed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "signer"), [(CHIEF, "chief"), (DEPUTY, "deputy")])
def test_a_chief_or_a_named_deputy_signs_and_the_writer_has_it(by: By, signer: str) -> None:
    story = complaint(reply(), sign(by))
    signed, replied = story.caused
    assert names(story.caused) == ["letter.signed", "letter.replied"]
    assert (signed.signer, signed.step, signed.next) == (signer, 1, None)
    assert signed.by.staff == by.staff
    assert (replied.words, replied.outcome, replied.reply) == (REPLY, "resolved", 1)
    assert running(story.state) == {"rating"}


def test_a_signed_refusal_says_where_to_turn_and_until_when_to_appeal() -> None:
    story = at("signing").when(sign())
    _, declined = story.caused
    assert names(story.caused) == ["letter.signed", "letter.declined"]
    assert (declined.decline_reason, declined.where_to_turn) == ("court_or_arbitration", "court")
    assert (declined.words, declined.appeal_by) == (REPLY, date(2026, 12, 23))
    assert running(story.state) == {"appeal"}
    assert letter_of(story.state).holder == "guangzhou"


def test_what_triage_refuses_is_signed_in_the_province() -> None:
    with pytest.raises(NotAllowed):
        at("signing in triage").when(sign(CHIEF))
    story = at("signing in triage").when(sign(PROVINCE_CHIEF))
    assert names(story.caused) == ["letter.signed", "letter.declined"]
    assert story.caused[0].by.bureau is None, "no bureau holds it"
    assert letter_of(story.state).holder == "triage"


@pytest.mark.parametrize(
    "by",
    [
        SUPERVISOR,
        TRIAGE,
        PROVINCE_CHIEF,
        By(role="chief", bureau="guangzhou", staff="somebody"),
        By(role="chief", bureau="guangzhou"),
        By(role="chief", bureau="foshan", staff="example-foshan-chief"),
    ],
    ids=["supervisor", "triage", "province", "not named", "nobody", "another bureau"],
)
def test_nobody_else_signs_or_sends_back(by: By) -> None:
    for told in (sign(by), send_back(by)):
        with pytest.raises(NotAllowed):
            at("signing").when(told)


def test_a_deputy_signs_only_while_named() -> None:
    with pytest.raises(NotAllowed):
        at("signing").when(sign(DEPUTY, at=later(60)))


def test_nobody_signs_what_they_have_written() -> None:
    by_chief = decline(by=CHIEF)
    with pytest.raises(NotAllowed):
        at("routed").when(by_chief, sign(CHIEF))
    assert names(at("routed").when(by_chief, sign(DEPUTY)).caused)[0] == "letter.signed"


def test_nobody_signs_the_answer_to_a_complaint_about_themself() -> None:
    about = About(
        kind="officer", bureau="guangzhou", unit="tianhe.traffic", officer="example-guangzhou-chief"
    )
    story = given().when(receive(category="complaint", about=about), route(), accept(), reply())
    with pytest.raises(NotAllowed):
        story.when(sign(CHIEF))
    assert names(story.when(sign(DEPUTY)).caused)[-1] == "letter.replied"


def test_a_complaint_about_the_department_is_refused_and_signed_by_those_named_for_it() -> None:
    about = About(kind="bureau", level="province")
    story = given().when(receive(category="complaint", about=about))
    named = By(role="handler", bureau="province", staff="example-province-named")
    told = decline("province", decline_reason="no_new_facts", where_to_turn=None, by=named)
    story = story.when(told)
    with pytest.raises(NotAllowed):
        story.when(sign(PROVINCE_CHIEF))
    with pytest.raises(NotAllowed):
        story.when(sign(named))
    other = By(role="chief", staff="example-province-named-2")
    declined = story.when(sign(other)).caused[-1]
    assert (declined.decline_reason, declined.holder) == ("no_new_facts", "province")
    assert declined.appeal_by is not None


def test_what_promises_something_for_a_day_that_is_over_goes_back() -> None:
    promise = Pledge(later(3).date(), NOTE)
    story = complaint(reply(commitments=(promise,)))
    assert names(story.when(sign(at=later(3))).caused)[-1] == "commitment.made"
    with pytest.raises(TooLate):
        story.when(sign(at=later(4)))
    assert names(story.when(send_back()).caused) == ["reply.sent_back"]


# --- malicious ---------------------------------------------------------------------------------


def test_malicious_takes_three_people_and_two_signatures_in_order() -> None:
    story = at("handling").when(reply(**MALICIOUS))
    assert story.caused[0].signers == ("chief", "supervisor")
    with pytest.raises(NotAllowed):
        story.when(sign(SUPERVISOR))
    story = story.when(sign(CHIEF))
    (signed,) = story.caused
    assert (signed.next, signed.step) == ("supervisor", 1)
    assert changes(signed) == [("signature", "stopped"), ("signature", "started")]
    for by in (CHIEF, DEPUTY):
        with pytest.raises(NotAllowed):
            story.when(sign(by))
    story = story.when(sign(SUPERVISOR))
    signed, replied = story.caused
    assert (signed.signer, signed.step, signed.next) == ("supervisor", 2, None)
    assert (replied.outcome, replied.finding, replied.referred_to) == (
        "malicious",
        "invented",
        "petition_office",
    )


def test_one_person_with_two_offices_signs_once() -> None:
    terms = tuple(
        replace(one, staff=str(CHIEF.staff)) if one.office == "supervisor" else one
        for one in RULEBOOK.offices.terms
    )
    rulebook = replace(RULEBOOK, offices=replace(RULEBOOK.offices, terms=terms))
    story = at("handling").when(reply(**MALICIOUS), sign(CHIEF))
    with pytest.raises(NotAllowed):
        caused(sign(CHIEF), story.state, rulebook)


# --- signed elsewhere --------------------------------------------------------------------------


def signs_itself() -> Any:
    """Guangzhou's own system has its chief sign."""
    member = replace(
        RULEBOOK.offices.members["guangzhou"], signs_itself=(DateRange(date(2026, 7, 1)),)
    )
    offices = replace(RULEBOOK.offices, members={**RULEBOOK.offices.members, "guangzhou": member})
    return replace(RULEBOOK, offices=offices)


def test_what_a_bureau_s_own_system_has_signed_takes_effect_at_once() -> None:
    events = caused(decline(signed_by=CHIEF.staff), at("routed").state, signs_itself())
    assert names(events) == ["reply.submitted", "letter.declined"]
    assert events[0].signed_by == CHIEF.staff


@pytest.mark.parametrize("signed_by", [None, "somebody", "g-17"])
def test_a_signature_that_is_none_counts_as_none(signed_by: str | None) -> None:
    told = decline(signed_by=signed_by)
    assert names(caused(told, at("routed").state, signs_itself())) == ["reply.submitted"]


def test_a_bureau_that_is_not_marked_so_waits_all_the_same() -> None:
    story = at("routed").when(decline(signed_by=CHIEF.staff))
    assert (story.caused[0].signers, story.caused[0].signed_by) == (("chief",), None)


def test_who_is_complained_of_signs_no_answer_in_their_own_system_either() -> None:
    about = About(
        kind="officer", bureau="guangzhou", unit="tianhe.traffic", officer="example-guangzhou-chief"
    )
    story = given().when(receive(category="complaint", about=about), route(), accept())
    for signed_by, counts in ((CHIEF.staff, False), (DEPUTY.staff, True)):
        events = caused(reply(signed_by=signed_by), story.state, signs_itself())
        assert (events[0].signed_by == signed_by) is counts
        assert (names(events)[-1] == "letter.replied") is counts


def test_malicious_waits_for_the_supervisor_even_then() -> None:
    told = reply(signed_by=CHIEF.staff, **MALICIOUS)
    events = caused(told, at("handling").state, signs_itself())
    assert events[0].signers == ("supervisor",)
