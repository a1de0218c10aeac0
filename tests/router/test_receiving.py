"""Where a letter goes when it comes, and how the triage desk sends it on."""

from dataclasses import replace
from typing import Any

import pytest

from shared.contracts.slugs import Bureau
from shared.contracts.values import About, By
from shared.kernel.errors import (
    OutOfOrder,
)
from tests.router.story import (
    ATTACHMENT,
    STAGES,
    TRIAGE,
    WORDS,
    at,
    given,
    letter_of,
    names,
    receive,
    route,
)

REACHED = tuple(stage for stage in STAGES if stage != "nothing")


# --- receiving ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "bureau", "evidence"),
    [
        (receive("foshan"), "foshan", ("city.named",)),
        (receive("foshan", addressed_to="foshan"), "foshan", ("city.named",)),
        (receive(None, addressed_to="zhuhai"), "zhuhai", ("bureau.addressed",)),
        (receive(None, addressed_to="province"), "province", ("bureau.addressed",)),
    ],
    ids=["city", "both", "addressed", "province"],
)
def test_a_letter_that_names_its_bureau_goes_there(
    told: Any, bureau: Bureau, evidence: tuple[str, ...]
) -> None:
    story = given().when(told)
    assert names(story.caused) == ["letter.received", "letter.routed"]
    received, _, routed = story.caused
    assert (received.confidence, received.evidence) == (1.0, evidence)
    assert (routed.bureau, routed.holder, routed.assignment) == (bureau, bureau, 1)
    assert (routed.why, routed.by, routed.state) == ("rule", By(role="rule"), "routed")
    letter = letter_of(story.state)
    assert (letter.holder, letter.state, letter.assignment) == (bureau, "routed", 1)
    assert (letter.words, letter.attachments) == (WORDS, (ATTACHMENT,))


@pytest.mark.parametrize(
    ("told", "reason", "suggestion"),
    [
        (receive("foshan", addressed_to="zhuhai"), "conflict_of_places", "foshan"),
        (receive(None), "no_place", None),
        (receive(class_="crime_report"), "crime_report", "guangzhou"),
        (receive(class_="not_police"), "not_police", "guangzhou"),
        (receive(about=About(kind="unit", bureau="guangzhou")), "about_police", "province"),
        (receive(about=About(kind="officer")), "about_police", None),
    ],
    ids=["conflict", "no place", "crime", "not police", "about unit", "about officer"],
)
def test_a_letter_that_the_rules_are_not_sure_of_waits_in_triage(
    told: Any, reason: str, suggestion: str | None
) -> None:
    story = given().when(told)
    assert names(story.caused) == ["letter.received", "triage.entered"]
    assert story.caused[-1].reasons == (reason,)
    assert story.caused[-1].suggestion == suggestion
    assert story.caused[0].confidence == 0
    letter = letter_of(story.state)
    assert (letter.holder, letter.state, letter.assignment) == ("triage", "triage", 0)
    assert letter.triage_reasons == (reason,)


@pytest.mark.parametrize("category", ["complaint", "report"])
def test_complaints_and_reports_are_masked(category: Any) -> None:
    assert letter_of(given().when(receive(category=category)).state).masked
    by_hand = given().when(receive(None, category=category), route())
    assert by_hand.caused[0].masked


@pytest.mark.parametrize("category", ["inquiry", "request", "suggestion", "thanks"])
def test_other_letters_are_not_masked(category: Any) -> None:
    assert not letter_of(given().when(receive(category=category)).state).masked


def test_the_province_follows_what_is_addressed_to_it() -> None:
    away = given().when(receive("foshan", addressed_to="province"), route("foshan"))
    assert away.caused[0].follow_up
    assert not given().when(receive(None, addressed_to="province")).caused[-1].follow_up
    assert not given().when(receive("foshan")).caused[-1].follow_up


@pytest.mark.parametrize("stage", REACHED)
def test_a_letter_is_received_once(stage: str) -> None:
    at(stage).when(receive("foshan")).then_nothing()


# --- the triage desk ---------------------------------------------------------------------------


def test_triage_routes_by_hand() -> None:
    story = at("triage").when(route("foshan"))
    (routed,) = story.caused
    assert (routed.bureau, routed.why, routed.by) == ("foshan", "desk", TRIAGE)
    letter = letter_of(story.state)
    assert (letter.holder, letter.state, letter.assignment) == ("foshan", "routed", 1)
    assert letter.triage_reasons == ()


def test_each_holding_has_a_number_of_its_own() -> None:
    returned = replace(letter_of(at("triage").state), assignment=3)
    story = given.state(returned).when(route())
    assert (story.caused[0].assignment, letter_of(story.state).assignment) == (4, 4)


@pytest.mark.parametrize("stage", [one for one in REACHED if one != "triage"])
def test_only_what_is_in_triage_is_routed_by_hand(stage: str) -> None:
    with pytest.raises(OutOfOrder):
        at(stage).when(route("foshan"))
