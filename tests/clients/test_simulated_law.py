"""The router allows what simulated bureaus do, on every way to an answer."""

from pathlib import Path
from typing import Any

import pytest

from clients.bureau.simulate.folding import BY_HAND
from clients.bureau.simulate.mix import Mix
from shared.contracts.progress_v1 import LetterReplied, ReplySubmitted
from shared.contracts.topics import PROGRESS
from shared.contracts.values import Place
from shared.contracts.words import LetterText
from tests.clients.bureaus import Bureaus, bureaus, state
from tests.router.desking import CHIEF, PROVINCE, begin
from tests.router.office import Office, office
from tests.support.sealed_shell import opened

ALL = Mix(passed_on=1.0, noted=1.0, asked=1.0, extended=1.0, promised=1.0, settles=True)
"""Everything but refusing, and on every letter."""
UNIT = ["accept", "pass_on", "unit_accept"]


async def whole_way(town: Bureaus) -> None:
    """A request that is asked about, takes longer, promises something, and keeps it."""
    await begin(town.desk)
    assert await town.work() == [*UNIT, "note", "ask"]
    assert await state(town.desk) == "supplement"
    await town.answers()
    assert await town.work() == ["request_extension"]
    await town.does("decide_extension", CHIEF, granted=True)
    assert await town.work() == ["reply", "fulfil"]
    letter = await town.desk.letter()
    assert (letter.state, letter.replies) == ("replied", 1)
    assert [one.kept for one in letter.commitments] == ["in_time"]
    assert letter.commitments[0].due_on.weekday() < 5
    assert (letter.commitments[0].due_on - town.desk.shelf.now().date()).days >= 3


async def test_everything_that_belongs_to_an_answer_is_allowed(desk: Office) -> None:
    town = bureaus(desk, ALL)
    await whole_way(town)
    assert town.refusals() == []


async def test_bureaus_that_are_started_anew_at_every_step_ask_for_the_same(
    tmp_path: Path,
) -> None:
    ways = []
    for restarts in (False, True):
        (folder := tmp_path / str(restarts)).mkdir()
        async with office(folder) as desk:
            town = bureaus(desk, ALL, restarts=restarts)
            await whole_way(town)
            assert await town.work() == []
            ways.append(town.ids)
    assert ways[0] == ways[1]
    assert len(set(ways[0])) == len(ways[0])


@pytest.mark.parametrize("granted", [True, False])
async def test_a_reply_waits_for_what_is_decided_of_more_time(desk: Office, granted: bool) -> None:
    town = bureaus(desk, Mix(extended=1.0))
    await begin(desk, category="inquiry")
    assert await town.work() == ["accept", "request_extension"]
    assert await town.work() == []
    await town.does("decide_extension", CHIEF, granted=granted)
    assert await town.work() == ["reply"]
    assert town.refusals() == []


async def test_a_wish_that_nobody_decides_holds_up_no_reply_beyond_its_warning(
    desk: Office,
) -> None:
    town = bureaus(desk, Mix(extended=1.0))
    await begin(desk)
    assert await town.work() == ["accept", "request_extension"]
    await town.passes("extension", "red")
    assert await town.work() == ["reply"]
    assert await state(desk) == "replied"


async def test_no_answer_holds_up_no_reply_for_ever(desk: Office) -> None:
    town = bureaus(desk, Mix(asked=1.0))
    await begin(desk)
    assert await town.work() == ["accept", "ask"]
    await town.passes("answer", "effect")
    assert await town.work() == ["reply"]
    assert await state(desk) == "replied"


async def test_what_arose_elsewhere_goes_straight_to_that_bureau(desk: Office) -> None:
    town = bureaus(desk, Mix(returned=1.0))
    await begin(desk, None, addressed_to="guangzhou", place=Place(city="foshan"))
    if (await desk.letter()).holder == "triage":
        await town.does("route", "lin", bureau="guangzhou")
    assert await town.work() == ["return", "accept", "reply"]
    letter = await desk.letter()
    assert (letter.state, letter.holder, letter.assignment) == ("replied", "foshan", 2)
    assert town.refusals() == []


async def test_what_is_anothers_matter_waits_for_the_desk_and_is_returned_once(
    desk: Office,
) -> None:
    town = bureaus(desk, Mix(returned=1.0))
    await begin(desk)
    assert await town.work() == ["return"]
    assert await state(desk) == "triage"
    await town.does("route", "lin", bureau="guangzhou")
    assert await town.work() == ["accept", "reply"]
    assert town.refusals() == []


async def test_the_province_returns_nothing(desk: Office) -> None:
    town = bureaus(desk, Mix(returned=1.0))
    await begin(desk, None)
    await town.does("route", "lin", bureau="province")
    assert await town.work() == ["accept", "reply"]


async def test_a_letter_that_may_not_be_returned_any_more_is_taken_up(desk: Office) -> None:
    town = bureaus(desk, Mix(returned=1.0))
    await begin(desk)
    desk.shelf.now.pass_by(days=40)
    assert await town.work() == ["return", "accept", "reply"]
    assert town.refusals() == ["too_late"]


async def test_a_refusal_is_signed(desk: Office) -> None:
    town = bureaus(desk, Mix(declined=1.0))
    await begin(desk)
    assert await town.work() == ["decline"]
    assert await state(desk) == "signing"
    await town.does("sign", CHIEF)
    assert await town.work() == []
    assert await state(desk) == "declined"


async def test_a_refusal_that_is_sent_back_becomes_an_answer(desk: Office) -> None:
    town = bureaus(desk, Mix(declined=1.0))
    await begin(desk)
    await town.work()
    await town.does("send_back", CHIEF)
    assert await town.work() == ["reply"]
    assert await state(desk) == "replied"
    assert town.refusals() == []


async def test_what_is_sent_back_is_written_anew_and_better(desk: Office) -> None:
    town = bureaus(desk, Mix(passed_on=1.0, settles=True))
    await begin(desk, category="complaint")
    if await state(desk) == "triage":
        await town.does("route", "lin", bureau="guangzhou")
    assert await town.work() == [*UNIT, "reply"]
    assert await state(desk) == "signing"
    await town.does("send_back", CHIEF)
    assert await town.work() == ["reply"]
    await town.does("send_back", CHIEF)
    assert await town.work() == ["reply"]
    await town.does("sign", CHIEF)
    await town.work()
    assert await state(desk) == "replied"
    written = texts(desk, ReplySubmitted)
    assert len(set(written)) == 3
    assert written[0] in written[1]
    assert texts(desk, LetterReplied) == [written[2]]


def texts(desk: Office, kind: type[Any]) -> list[str]:
    """The router's digests of such words."""
    said = [one for one in desk.shelf.said(PROGRESS.name) if isinstance(one.data, kind)]
    return [opened(one, "router").words.text for one in said]


async def test_a_reopened_letter_has_a_second_reply_and_a_third_that_is_signed(
    desk: Office,
) -> None:
    town = bureaus(desk, ALL)
    await whole_way(town)
    await town.reopens(1)
    assert await town.work() == ["reply"]
    await town.reopens(2)
    assert await town.work() == ["reply"]
    assert await state(desk) == "signing"
    await town.does("sign", CHIEF)
    assert (await desk.letter()).replies == 3
    assert town.refusals() == []


@pytest.mark.parametrize("stage", ["routed", "handling", "supplement", "replied"])
async def test_instructions_are_answered_always(desk: Office, stage: str) -> None:
    mix = {"supplement": Mix(asked=1.0, settles=True)}.get(stage, Mix(settles=True))
    town = bureaus(desk, mix)
    await begin(desk)
    if stage == "handling":
        await town.does("accept", "gz")
    elif stage != "routed":
        await town.work()
    assert await state(desk) == stage
    await town.does("instruct", PROVINCE)
    await town.does("instruct", PROVINCE)
    done = await town.work()
    assert done[:2] == ["answer_instruction", "answer_instruction"]
    assert [one.is_answered for one in (await desk.letter()).instructions] == [True, True]
    assert town.refusals() == []


async def test_a_promise_whose_day_is_over_is_left_out(desk: Office) -> None:
    town = bureaus(desk, Mix(promised=1.0, settles=True))
    await begin(desk)
    await town.does("accept", "gz")
    desk.shelf.now.pass_by(days=60)
    assert await town.work() == ["reply", "reply_plainly"]
    assert await state(desk) == "replied"
    assert town.refusals() == ["bad_value"]


async def test_a_person_who_did_it_meanwhile_stops_nothing(desk: Office) -> None:
    town = bureaus(desk, ALL)
    await begin(desk)
    await town.does("accept", "gz")
    await town.does("pass_on", "gz")
    await town.does("note", "gz")
    assert await town.work() == ["unit_accept", "ask"]
    assert town.refusals() == ["bad_value"], "the unit has another code there"


async def test_bureaus_that_lost_what_they_were_told_find_it_by_asking_the_same(
    desk: Office,
) -> None:
    town = bureaus(desk, ALL)
    await begin(desk)
    assert await town.work() == [*UNIT, "note", "ask"]
    await town.answers()
    assert await town.work() == ["request_extension"]
    asked = town.ids[1:]
    await town.forget()
    again = ["pass_on", "unit_accept", "note", "ask", "request_extension"]
    assert await town.work() == again
    assert town.ids[-len(again) :] == asked
    await town.does("decide_extension", CHIEF)
    assert await town.work() == ["reply", "fulfil"]
    letter = await desk.letter()
    assert (letter.notes, len(letter.questions), letter.replies) == (1, 1, 1)
    assert town.refusals() == []


async def test_letters_for_a_person_are_left_alone(desk: Office) -> None:
    town = bureaus(desk, ALL)
    await begin(desk, words=LetterText(subject=f"{BY_HAND} 路灯", body="路灯不亮。"))
    assert await town.work() == []
