"""The holder's work on a letter: units, notes, links."""

from dataclasses import replace
from typing import Any

import pytest

from services.router.domain.handling import (
    MOST_LINKS,
    MOST_NOTES,
    AcceptInUnit,
    AddNote,
    LinkLetter,
    PassOnLetter,
)
from shared.contracts.values import About
from shared.contracts.words import Note
from shared.kernel.errors import (
    BadValue,
    LimitReached,
    NotAllowed,
    NotHeld,
    OutOfOrder,
    StaleAssignment,
)
from tests.router.story import (
    LETTER,
    NOTE,
    OTHER,
    STAGES,
    accept,
    acting,
    at,
    for_bureau,
    given,
    later,
    letter_of,
    names,
    receive,
    reply,
    route,
    running,
)
from tests.router.test_timers import changes


def pass_on(
    unit: str = "tianhe.traffic", police_type: Any = "traffic", **over: Any
) -> PassOnLetter:
    return PassOnLetter(**(acting() | {"unit": unit, "police_type": police_type} | over))


def in_unit(unit: str = "tianhe.traffic", **over: Any) -> AcceptInUnit:
    return AcceptInUnit(**(acting() | {"unit": unit} | over))


def note(**over: Any) -> AddNote:
    return AddNote(**(acting() | {"words": NOTE} | over))


def link(other: str = OTHER, kind: Any = "duplicate", **over: Any) -> LinkLetter:
    return LinkLetter(**(acting() | {"kind": kind, "other": other, "own": LETTER} | over))


ACTS: list[Any] = [pass_on, in_unit, note, link]


@pytest.mark.parametrize("act", ACTS)
def test_only_the_holder_and_only_on_this_holding(act: Any) -> None:
    with pytest.raises(NotHeld):
        at("handling").when(act(bureau="foshan"))
    with pytest.raises(StaleAssignment):
        at("handling").when(act(assignment=2))
    with pytest.raises(NotHeld):
        given().when(act())


def test_a_unit_has_a_day_to_take_it_up() -> None:
    story = at("handling").when(pass_on())
    assert changes(story.caused[0]) == [("unit_sign_in", "started")]
    letter = letter_of(story.state)
    assert (letter.unit, letter.unit_code, letter.state) == (
        "traffic",
        "tianhe.traffic",
        "handling",
    )
    taken = story.when(in_unit())
    assert changes(taken.caused[0]) == [("unit_sign_in", "stopped")]
    with pytest.raises(OutOfOrder):
        taken.when(in_unit())


def test_another_unit_starts_its_own_day_and_the_first_one_s_holding_ends() -> None:
    story = at("handling").when(pass_on(), pass_on("tianhe.household", "household", at=later(1)))
    assert changes(story.caused[0]) == [("unit_sign_in", "stopped"), ("unit_sign_in", "started")]
    letter = letter_of(story.state)
    clock = letter.running("unit_sign_in")
    assert clock is not None
    assert (clock.round, letter.unit) == (2, "household")
    assert [(one.bureau, one.unit) for one in letter.held] == [("guangzhou", "traffic")]


def test_a_unit_takes_up_only_what_was_passed_to_it() -> None:
    with pytest.raises(OutOfOrder):
        at("handling").when(in_unit())
    with pytest.raises(BadValue, match="unit"):
        at("handling").when(pass_on(), in_unit("tianhe.household"))


@pytest.mark.parametrize(
    "about",
    [
        About(kind="unit", bureau="guangzhou", police_type="traffic"),
        About(kind="unit", bureau="guangzhou", unit="tianhe.traffic"),
    ],
)
def test_a_complaint_stays_away_from_the_unit_that_it_is_about(about: About) -> None:
    story = given().when(receive(category="complaint", about=about), route(), accept())
    with pytest.raises(NotAllowed):
        story.when(pass_on())
    inspection = story.when(pass_on("inspection", "inspection"))
    assert names(inspection.caused) == ["letter.passed_on"]


@pytest.mark.parametrize("stage", ["routed", "handling", "supplement"])
def test_notes_are_counted_and_their_words_are_in_the_log_alone(stage: str) -> None:
    story = at(stage).when(note(), note(words=Note(text="第二条")))
    assert (story.caused[0].note, story.caused[0].words) == (2, Note(text="第二条"))
    assert letter_of(story.state).notes == 2
    (copy,) = for_bureau(story.caused[0], story.state)
    assert copy.words == Note(text="第二条")  # type: ignore[attr-defined]  # an event of ours


def test_a_note_has_words_and_there_are_so_many_and_no_more() -> None:
    with pytest.raises(BadValue):
        at("handling").when(note(words=None))
    full = replace(letter_of(at("handling").state), notes=MOST_NOTES)
    with pytest.raises(LimitReached):
        given.state(full).when(note())


def test_a_letter_is_linked_once_to_each_other_one() -> None:
    story = at("handling").when(link())
    assert (story.caused[0].kind, story.caused[0].with_) == ("duplicate", OTHER)
    story.when(link()).then_nothing()
    story = story.when(link("2026-11.noise", "campaign"))
    assert letter_of(story.state).links == (("duplicate", OTHER), ("campaign", "2026-11.noise"))
    assert for_bureau(story.caused[0], story.state) == ()


@pytest.mark.parametrize(
    ("other", "kind"), [(LETTER, "duplicate"), ("GD-1", "duplicate"), ("NO SUCH", "campaign")]
)
def test_a_link_leads_to_another_letter_or_a_campaign(other: str, kind: str) -> None:
    with pytest.raises(BadValue, match="with"):
        at("handling").when(link(other, kind))


def test_there_are_so_many_links_and_no_more() -> None:
    story = at("handling")
    for number in range(MOST_LINKS):
        story = story.when(link(f"c-{number}", "campaign"))
    with pytest.raises(LimitReached):
        story.when(link("c-x", "campaign"))


def test_triage_links_what_it_holds() -> None:
    story = at("triage").when(link(bureau="triage", assignment=0))
    assert names(story.caused) == ["letter.linked"]


def test_a_campaign_that_intake_has_seen_is_linked_at_once() -> None:
    story = given().when(receive(campaign="2026-11.noise"))
    assert names(story.caused) == ["letter.received", "letter.linked", "letter.routed"]
    assert letter_of(story.state).links == (("campaign", "2026-11.noise"),)


def test_linked_letters_go_their_own_ways() -> None:
    before = at("handling").when(link())
    assert running(before.state) == running(at("handling").state)
    assert names(before.when(reply()).caused) == ["reply.submitted", "letter.replied"]


@pytest.mark.parametrize("stage", [one for one in STAGES if one not in ("nothing", "handling")])
def test_only_what_is_handled_is_passed_on(stage: str) -> None:
    for act in (pass_on, in_unit):
        with pytest.raises((OutOfOrder, NotHeld)):
            at(stage).when(act())


@pytest.mark.parametrize("stage", ["signing", "replied", "declined", "closed", "withdrawn"])
def test_nothing_is_noted_once_an_answer_is_written(stage: str) -> None:
    with pytest.raises(OutOfOrder):
        at(stage).when(note())
