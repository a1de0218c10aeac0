"""Writers' requests after an answer: rating, reopening, appeal, withdrawal."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.router.domain.writer_requests import AppealRefusal, ReopenLetter, WithdrawLetter
from shared.contracts.bureau_v1 import AssignmentEnded
from shared.contracts.words import WriterText
from tests.router.story import (
    CHIEF,
    PROVINCE_CHIEF,
    STAGES,
    SUPERVISOR,
    accept,
    at,
    decline,
    for_bureau,
    later,
    letter_of,
    names,
    rate,
    reply,
    route,
    running,
    sign,
)
from tests.router.test_signing import MALICIOUS
from tests.router.test_timers import changes, fired

WHY = WriterText(text="网上仍然办不了。", own_spans=())
SILENCE = date(2026, 12, 23)


def reopen(request_id: str = "r-7", **over: Any) -> ReopenLetter:
    fields: dict[str, Any] = {"request_id": request_id, "at": later(1), "words": WHY}
    return ReopenLetter(**(fields | over))


def appeal(request_id: str = "r-8", **over: Any) -> AppealRefusal:
    fields: dict[str, Any] = {"request_id": request_id, "at": later(1), "words": WHY}
    return AppealRefusal(**(fields | over))


def silent(story: Any) -> Any:
    """The notifier proposes that the time for requests has passed."""
    clock = letter_of(story.state).running("rating")
    assert clock is not None
    return story.when(fired(clock, level="effect"))


def code(story: Any) -> str:
    (no,) = story.caused
    assert names(story.caused) == ["request.refused"]
    return str(no.code)


# --- reopening ---------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["replied", "rated"])
def test_an_answered_letter_is_answered_once_more(stage: str) -> None:
    story = at(stage).when(reopen())
    (fact,) = story.caused
    assert (fact.time, fact.words, fact.state) == (1, WHY, "handling")
    assert changes(fact) == [("rating", "stopped"), ("reopened_reply", "started")]
    assert fact.receipt.due_on == date(2026, 12, 8)
    letter = letter_of(story.state)
    assert (letter.holder, letter.assignment, letter.reopened) == ("guangzhou", 1, 1)
    clock = letter.running("reopened_reply")
    assert clock is not None
    assert (clock.due_on, clock.receipt) == (date(2026, 12, 8), fact.receipt)
    (copy,) = for_bureau(fact, story.state)
    assert copy.words == WHY  # type: ignore[attr-defined]  # an event of ours
    assert story.when(reply(at=later(2))).caused[-1].reply == 2


def test_the_second_time_is_supervised_and_there_is_no_third() -> None:
    story = at("replied").when(reopen(), reply(at=later(2)), reopen("r-9", at=later(3)))
    assert names(story.caused) == ["letter.reopened", "letter.supervised"]
    assert (story.caused[0].time, story.caused[1].reason) == (2, "second_reopening")
    story = story.when(reply(at=later(4)), sign(at=later(4)), reopen("r-10", at=later(5)))
    assert code(story) == "limit"


def test_there_are_thirty_days_for_it_counted_from_the_last_reply() -> None:
    until = letter_of(at("replied").state).reopen_until
    assert until is not None
    assert until.date() == SILENCE
    assert code(at("replied").when(reopen(at=until))) == "too_late"
    in_time = at("replied").when(reopen(at=until - timedelta(microseconds=1)))
    assert names(in_time.caused) == ["letter.reopened"]
    again = at("replied").when(reopen(at=later(20)), reply(at=later(29)))
    assert names(again.when(reopen("r-9", at=later(50))).caused)[0] == "letter.reopened"


def test_what_was_asked_in_time_counts_though_silence_has_closed_it() -> None:
    closed = silent(at("replied"))
    story = closed.when(reopen(at=later(29)))
    assert names(story.caused) == ["letter.reopened"]
    assert changes(story.caused[0]) == [("reopened_reply", "started")]
    assert letter_of(story.state).closed_why is None
    assert code(closed.when(reopen(at=later(40)))) == "too_late"


def test_a_writer_who_is_content_has_no_need_of_it() -> None:
    assert code(at("closed").when(reopen())) == "out_of_order"


@pytest.mark.parametrize(
    "stage", ["triage", "routed", "handling", "supplement", "signing", "declined", "withdrawn"]
)
def test_only_what_has_a_reply_is_reopened(stage: str) -> None:
    assert code(at(stage).when(reopen())) == "out_of_order"


# --- rating ------------------------------------------------------------------------------------


def test_a_rating_in_time_counts_though_silence_has_closed_it() -> None:
    closed = silent(at("replied"))
    story = closed.when(rate(at=later(29)))
    assert names(story.caused) == ["letter.rated"]
    assert code(closed.when(rate(at=later(40)))) == "already_done"
    assert code(story.when(rate("r-9", at=later(29)))) == "already_done"


def test_an_unsolved_letter_stays_open_for_reopening() -> None:
    story = at("rated")
    assert letter_of(story.state).state == "replied"
    assert names(story.when(reopen()).caused) == ["letter.reopened"]
    assert letter_of(silent(story).state).closed_why == "silence"


# --- appeal ------------------------------------------------------------------------------------


def test_a_refusal_goes_to_the_province_once_more_under_supervision() -> None:
    story = at("declined").when(appeal())
    made, supervised, entered = story.caused
    assert names(story.caused) == ["appeal.made", "letter.supervised", "triage.entered"]
    assert (made.declined_by, made.words, made.state) == ("guangzhou", WHY, "triage")
    assert changes(made) == [
        ("appeal", "stopped"),
        ("assign", "started"),
        ("reopened_reply", "started"),
    ]
    assert (supervised.reason, entered.reasons) == ("appeal", ("appealed",))
    letter = letter_of(story.state)
    assert (letter.holder, letter.is_supervised) == ("triage", True)
    (ended,) = for_bureau(made, story.state)
    assert isinstance(ended, AssignmentEnded)
    assert (ended.why, ended.assignment) == ("rerouted", 1)


def test_there_is_one_appeal_and_the_second_refusal_says_so() -> None:
    story = at("declined").when(appeal(), route("foshan"), accept("foshan", 2))
    assert names(story.caused) == ["letter.accepted"]
    by_deputy = at("declined").when(appeal(), decline("triage", 1))
    story = by_deputy.when(sign(PROVINCE_CHIEF))
    declined = story.caused[-1]
    assert declined.appeal_by is None
    assert code(story.when(appeal("r-9"))) == "limit"


def test_a_triage_s_refusal_is_appealed_too_and_no_bureau_hears_of_it() -> None:
    story = at("signing in triage").when(sign(PROVINCE_CHIEF), appeal())
    assert story.caused[0].declined_by == "triage"
    assert for_bureau(story.caused[0], story.state) == ()


def test_there_are_thirty_days_for_it() -> None:
    clock = letter_of(at("declined").state).running("appeal")
    assert clock is not None
    assert code(at("declined").when(appeal(at=clock.passes_at))) == "too_late"
    in_time = at("declined").when(appeal(at=clock.passes_at - timedelta(seconds=1)))
    assert names(in_time.caused)[0] == "appeal.made"


def test_a_reply_that_calls_a_letter_malicious_can_be_appealed() -> None:
    replied = at("handling").when(reply(**MALICIOUS), sign(CHIEF), sign(SUPERVISOR))
    story = replied.when(appeal())
    assert names(story.caused) == ["appeal.made", "letter.supervised", "triage.entered"]
    assert running(story.state) == {"assign", "reopened_reply"}
    assert code(replied.when(appeal(at=later(40)))) == "too_late"


@pytest.mark.parametrize("stage", [one for one in STAGES if one not in ("nothing", "declined")])
def test_nothing_else_is_appealed(stage: str) -> None:
    assert code(at(stage).when(appeal())) == "out_of_order"


# --- withdrawal --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stage", ["triage", "routed", "handling", "supplement", "signing", "signing in triage"]
)
def test_what_is_not_answered_yet_can_be_taken_back(stage: str) -> None:
    story = at(stage).when(WithdrawLetter("r-3", later(1), "changed_mind"))
    assert names(story.caused) == ["letter.withdrawn"]
    letter = letter_of(story.state)
    assert (letter.state, letter.clocks, letter.draft, letter.question) == (
        "withdrawn",
        (),
        None,
        None,
    )


@pytest.mark.parametrize(
    ("stage", "no"),
    [
        ("replied", "too_late"),
        ("declined", "too_late"),
        ("closed", "too_late"),
        ("withdrawn", "already_done"),
    ],
)
def test_what_is_answered_can_not(stage: str, no: str) -> None:
    assert code(at(stage).when(WithdrawLetter("r-3", later(1), "changed_mind"))) == no
