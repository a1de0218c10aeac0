"""Where a new letter goes, and how the triage desk routes it."""

from dataclasses import replace
from typing import Any

import pytest

from shared.contracts.slugs import Bureau
from shared.contracts.values import About, By
from shared.contracts.words import LetterText
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
    assert (received.confidence, received.evidence[:2]) == (1.0, (*evidence, "topic.traffic"))
    assert received.police_type == "traffic"
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


FAR = LetterText(subject="佛山禅城路口请装红绿灯", body="在佛山市禅城区祖庙街道，请交警派人来。")
RUDE = LetterText(
    subject="投诉民警态度恶劣", body="派出所民警骂我，不给回执，互相推诿，请督察核查执法记录仪。"
)


def test_words_send_a_letter_whose_writer_named_no_place() -> None:
    received, _, routed = given().when(receive(None, words=FAR)).caused
    assert (routed.bureau, routed.why) == ("foshan", "rule")
    assert 0.55 <= received.confidence <= 1
    assert "place.district.scene" in received.evidence


@pytest.mark.parametrize(("city", "addressed"), [("zhuhai", None), (None, "zhuhai")])
def test_words_that_clearly_tell_of_another_city_hold_a_letter_up(
    city: Bureau | None, addressed: Bureau | None
) -> None:
    (*_, entered) = given().when(receive(city, addressed_to=addressed, words=FAR)).caused
    assert (entered.reasons, entered.suggestion) == (("conflict_of_places",), "foshan")


def test_a_complaint_about_the_police_is_for_a_person_to_send() -> None:
    received, _, entered = given().when(receive("foshan", words=RUDE)).caused
    assert (entered.reasons, entered.suggestion) == (("about_police",), "foshan")
    assert received.police_type == "inspection"
    assert received.about is None, "only the writer or a person says whom a letter is about"


def test_what_is_surely_a_complaint_is_masked_whatever_its_writer_chose() -> None:
    received = given().when(receive("foshan", category="inquiry", words=RUDE)).caused[0]
    assert (received.category, received.masked) == ("inquiry", True)


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
