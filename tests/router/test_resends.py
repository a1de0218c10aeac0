"""A bureau gets its missing events again, and nothing that isn't its own."""

from typing import Any
from uuid import uuid4

import pytest

from services.router.domain.decide import decide
from services.router.domain.letter import UnknownLetter
from services.router.domain.resends import ResendFrom, ResendToHolder, ShowToHolder
from services.router.jobs.bureau_notices import send_snapshots
from shared.contracts.actions_v1 import RequestResend
from shared.contracts.bureau_v1 import LetterAssigned, LetterSnapshot
from shared.contracts.slugs import Bureau
from shared.contracts.topics import PROGRESS, letters_of
from shared.contracts.words import LetterText
from shared.kernel.errors import NotFound, NotHeld, StaleAssignment
from shared.platform.letters.service_decider import IdempotentCommand, Resend
from tests.router.office import Office, accepting, replying
from tests.router.story import (
    LETTER,
    MONDAY,
    NAME,
    OTHER,
    PHONE,
    RULEBOOK,
    STAGES,
    WITHDRAW,
    acting,
    at,
    for_bureau,
    given,
    letter_of,
    names,
    outgoing,
    receive,
    route,
    snapshot,
)
from tests.support.doubles import header
from tests.support.sealed_shell import name_of, opened

GUANGZHOU = letters_of("guangzhou").name
HELD = ("routed", "handling", "replied", "rated", "closed")


def missing(
    first: int | None = None,
    *,
    bureau: Bureau = "guangzhou",
    assignment: int = 1,
    wants_snapshot: bool = False,
) -> ResendToHolder:
    return ResendToHolder(
        **acting(bureau, assignment), from_sequence=first, wants_snapshot=wants_snapshot
    )


def requesting(first: int | None = None, **over: Any) -> RequestResend:
    """A bureau misses something."""
    fields: dict[str, Any] = {
        "action_id": uuid4(),
        "assignment": 1,
        "made_at": MONDAY,
        "staff": "g-17",
        "from_sequence": first,
    }
    return RequestResend(**(fields | over))


# --- decided ------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [*HELD, "withdrawn"])
def test_who_holds_a_letter_gets_what_it_was_told_again(stage: str) -> None:
    story = at(stage)
    story.when(missing(4)).then(ResendFrom("guangzhou", 4))
    story.when(missing()).then(ResendFrom("guangzhou", 1))
    assert story.when(missing()).state == story.state


@pytest.mark.parametrize("stage", HELD)
def test_a_snapshot_stands_for_all_and_changes_nothing(stage: str) -> None:
    story = at(stage)
    asked = story.when(missing(wants_snapshot=True))
    assert names(asked.caused) == ["letter.snapshot"]
    assert asked.state == story.state
    both = story.when(missing(3, wants_snapshot=True))
    assert both.caused == (ResendFrom("guangzhou", 3), *asked.caused)


def test_a_snapshot_says_how_things_stand_now() -> None:
    letter = letter_of(at("replied").state)
    said = snapshot(letter)
    assert (said.state, said.holder, said.assignment) == ("replied", "guangzhou", 1)
    assert [one.clock for one in said.dues] == [one.clock for one in letter.clocks] == ["rating"]
    assert (said.clocks, said.by.role, said.by.staff) == ((), "rule", None)
    assert (said.words, said.attachments) == (letter.words, letter.attachments)


@pytest.mark.parametrize("addressed_to", [None, "province", "guangzhou"])
@pytest.mark.parametrize("category", ["request", "complaint", "report"])
def test_right_after_the_assignment_it_says_the_same(category: Any, addressed_to: Any) -> None:
    """Masked words too: neither copy has what a bureau must not read."""
    story = given().when(receive(category=category, addressed_to=addressed_to))
    told = [
        copy
        for event in story.caused
        for out in outgoing(event, story.state)
        if not isinstance(out, Resend) and isinstance(copy := out.event, LetterAssigned)
    ]
    if not told:
        assert letter_of(story.state).holder == "triage"
        return
    said = snapshot(letter_of(story.state))
    same = set(LetterAssigned.model_fields) - {"clocks", "by", "at"}
    assert {name: getattr(said, name) for name in same} == {
        name: getattr(told[0], name) for name in same
    }


@pytest.mark.parametrize("addressed_to", ["province", "foshan"])
def test_what_the_province_follows_is_said_so_in_both(addressed_to: Any) -> None:
    story = given().when(receive(addressed_to=addressed_to), route())
    (routed,) = story.caused
    (assigned,) = for_bureau(routed, story.state)
    said: list[Any] = [routed, assigned, snapshot(letter_of(story.state))]
    assert [one.follow_up for one in said] == [addressed_to == "province"] * 3


@pytest.mark.parametrize("category", ["complaint", "report"])
def test_a_masked_letter_shows_no_own_value(category: Any) -> None:
    words = snapshot(letter_of(given().when(receive(category=category)).state)).words
    assert isinstance(words, LetterText)
    shown = f"{words.subject} {words.body} {words.place_detail}"
    assert NAME not in shown
    assert PHONE not in shown


@pytest.mark.parametrize("stage", sorted(STAGES.keys() - {"nothing"}))
def test_who_does_not_hold_it_is_told_nothing(stage: str) -> None:
    story = at(stage)
    for wants_snapshot in (False, True):
        with pytest.raises(NotHeld):
            story.when(missing(1, bureau="foshan", wants_snapshot=wants_snapshot))
    story.when(ShowToHolder("foshan", at=MONDAY)).then_nothing()


def test_a_letter_that_nobody_knows_is_not_held() -> None:
    with pytest.raises(NotHeld):
        decide(missing(), UnknownLetter(), rulebook=RULEBOOK)
    with pytest.raises(NotFound):
        decide(ShowToHolder("guangzhou", at=MONDAY), UnknownLetter(), rulebook=RULEBOOK)


def test_another_holding_is_stale() -> None:
    with pytest.raises(StaleAssignment):
        at("handling").when(missing(assignment=2))


def test_after_a_withdrawal_nothing_new_is_said() -> None:
    story = at("withdrawn")
    with pytest.raises(NotHeld):
        story.when(missing(wants_snapshot=True))
    story.when(ShowToHolder("guangzhou", at=MONDAY)).then_nothing()


# --- said ---------------------------------------------------------------------------------------


async def test_the_same_bytes_go_out_again_and_the_action_is_answered(desk: Office) -> None:
    await desk.receive(told=receive())
    await desk.act(accepting())
    before = list(desk.shelf.bus.records(GUANGZHOU))
    await desk.act(requesting(2))
    after = desk.shelf.bus.records(GUANGZHOU)[len(before) :]
    assert after[:-1] == before[1:]
    applied = desk.shelf.said(GUANGZHOU)[-1]
    assert name_of(applied.data.resulting) == "action.request_resend"
    assert applied.sequence == len(before) + 1


async def test_beyond_what_was_said_there_is_nothing_to_send(desk: Office) -> None:
    await desk.receive(told=receive())
    before = len(desk.shelf.bus.records(GUANGZHOU))
    await desk.act(requesting(99))
    assert [name_of(one.type) for one in desk.shelf.said(GUANGZHOU)[before:]] == ["action.applied"]


async def test_a_snapshot_goes_to_the_holder_alone_and_knows_its_number(desk: Office) -> None:
    await desk.receive(told=receive())
    await desk.act(accepting())
    facts = desk.shelf.said_types(PROGRESS.name)
    await desk.act(requesting(snapshot=True))
    said = [one for one in desk.shelf.said(GUANGZHOU) if isinstance(one.data, LetterSnapshot)]
    (told,) = said
    assert told.sequence == told.data.last_sequence + 1 == 4
    assert opened(told, "bureau:guangzhou").words == receive().letter.words
    assert set(told.data.words) == {"bureau:guangzhou"}
    assert desk.shelf.said_types(PROGRESS.name) == facts, "it is no fact about the letter"
    assert name_of(desk.shelf.said(GUANGZHOU)[-1].data.resulting) == "letter.snapshot"


async def test_a_stranger_gets_the_answer_of_strangers(desk: Office) -> None:
    await desk.receive(told=receive())
    before = dict(desk.shelf.documents.kept)
    await desk.act(requesting(snapshot=True), "foshan")
    await desk.act(requesting(1), "foshan", letter=OTHER)
    assert desk.shelf.documents.kept == before
    refused = desk.shelf.said(letters_of("foshan").name)
    assert [(one.data.code, one.sequence) for one in refused] == [("not_held", None)] * 2


async def test_after_a_withdrawal_the_answer_says_so(desk: Office) -> None:
    await desk.receive(told=receive())
    await desk.shelf.commands.execute(IdempotentCommand(LETTER, WITHDRAW, "w-1"))
    await desk.act(requesting(snapshot=True))
    refused = desk.shelf.said(GUANGZHOU)[-1]
    assert (refused.data.code, refused.data.state) == ("not_held", "withdrawn")
    await desk.act(requesting(1))
    again = [name_of(header(one, "ce_type")) for one in desk.shelf.bus.records(GUANGZHOU)]
    assert again.count("assignment.ended") == 2


async def test_the_operator_tells_a_bureau_of_all_its_letters_once(desk: Office) -> None:
    await desk.receive(told=receive())
    await desk.receive(OTHER, receive("foshan"))
    await desk.act(accepting())
    await desk.act(replying())
    commands = [
        one
        async for one in send_snapshots(desk.shelf.documents, now=desk.shelf.now)(
            "guangzhou", "run-1"
        )
    ]
    assert [one.letter for one in commands] == [LETTER]
    for _ in range(2):
        folds = await desk.shelf.letters.decide_and_store(commands)
        await desk.shelf.letters.send(folds)
    said = [name_of(one.type) for one in desk.shelf.said(GUANGZHOU)]
    assert said.count("letter.snapshot") == 1, "under one run's name only once"
    assert [
        one
        async for one in send_snapshots(desk.shelf.documents, now=desk.shelf.now)(
            "shantou", "run-1"
        )
    ] == []
