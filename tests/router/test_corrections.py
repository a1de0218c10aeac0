"""Letters that people classified differently from the rules, and the cases made of them."""

import json
from typing import Any

from services.router.domain.corrections import correction
from services.router.jobs.corrections import all_corrections
from shared.contracts.topics import PROGRESS
from shared.contracts.values import By
from shared.kernel.letter_number import new_letter_number
from shared.platform.letters.event_log import EventLog
from tests.router.office import Office
from tests.router.story import BODY, LETTER, NAME, OTHER, given, receive, route
from tests.router.test_reclassification import reclassify
from tests.support.doubles import Memory

THIRD = new_letter_number(bytes(range(40, 50)))
RULE = By(role="rule")


def case_of(*commands: Any) -> Any:
    """The case of a letter to which all that happened."""
    story, facts = given(), []
    for command in commands:
        story = story.when(command)
        facts += [one for one in story.caused if hasattr(one, "type")]
    return correction(LETTER, facts)


def test_a_desk_that_finds_the_bureau_makes_a_case() -> None:
    case = case_of(receive(None), route("foshan"))
    assert (case["id"], case["city"], case["rules"]["city"]) == (LETTER, "foshan", None)
    assert case["rules"]["reasons"] == ["no_place"]
    assert "topic.traffic" in case["rules"]["evidence"]


def test_another_kind_and_line_make_one() -> None:
    case = case_of(receive("foshan"), reclassify("suggestion", police_type="patrol"))
    assert (case["category"], case["police_type"]) == ("suggestion", "patrol")
    assert (case["rules"]["category"], case["rules"]["police_type"]) == ("request", "traffic")
    assert case["city"] == case["rules"]["city"] == "foshan"


def test_what_people_leave_as_it_was_makes_none() -> None:
    assert case_of(receive("foshan")) is None
    assert case_of(receive(None)) is None, "nobody has said anything yet"
    assert case_of(receive(class_="not_police"), route("guangzhou")) is None
    assert case_of(receive("foshan"), reclassify("request", police_type="traffic")) is None


def test_what_the_desk_says_last_counts() -> None:
    back = reclassify("request", police_type="traffic")
    assert case_of(receive("foshan"), reclassify("suggestion"), back) is None


def test_a_rule_corrects_nobody() -> None:
    said = given().when(receive("foshan")).caused
    changed = given().when(receive("foshan"), reclassify("suggestion")).caused[0]
    assert correction(LETTER, [*_facts(said), changed.model_copy(update={"by": RULE})]) is None


def test_a_letter_of_which_nothing_was_said_makes_none() -> None:
    assert correction(LETTER, []) is None
    assert correction(LETTER, given().when(receive(None), route("foshan")).caused) is None


async def test_all_letters_are_looked_through_and_no_word_comes_out(desk: Office) -> None:
    await desk.receive(LETTER, receive(None))
    await desk.receive(OTHER, receive("foshan"))
    await desk.receive(THIRD, receive(None))
    assert (await desk.route(LETTER, "foshan")).is_success
    history = EventLog(desk.shelf.documents, moved=Memory(), asked=Memory())
    found = [case async for case in all_corrections(history)()]
    assert [case["id"] for case in found] == [LETTER]
    assert desk.shelf.said(PROGRESS.name)
    told = json.dumps(found, ensure_ascii=False)
    assert not [word for word in (NAME, BODY, "路灯") if word in told]


def _facts(said: Any) -> list[Any]:
    return [one for one in said if hasattr(one, "type")]
