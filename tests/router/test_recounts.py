"""`calendar-changed` at the router: new dates are sent once, despite interruptions."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.router import wiring
from services.router.domain.actors import Command
from services.router.domain.letter import LetterState
from services.router.jobs.recounts import recount_all
from services.router.store import queries
from shared.contracts.progress_v1 import DueChanged
from shared.contracts.submitted_v1 import RatingSubmitted
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.values import Promise
from shared.kernel.letter_number import new_letter_number
from shared.platform.app.bulk_commands import tell_all
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.foreign_replies import ForeignReplyCache
from shared.platform.letters.letters import Letters
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import IdempotentCommand
from tests.router.office import Office, accepting, replying
from tests.router.story import LETTER, MONDAY, NOTE, OTHER, RULEBOOK, receive
from tests.router.test_invariants import STORMY
from tests.support.doubles import Memory
from tests.support.sealed_shell import seals
from tests.support.versions import both

THIRD = new_letter_number(bytes(range(40, 50)))


@pytest.fixture
async def stormy(desk: Office) -> Letters[Command, LetterState]:
    """An operator's process, which knows the new calendar, over the same documents."""
    shelf = desk.shelf
    return Letters(
        wiring.rules(STORMY),
        seals("router"),
        history=EventLog(shelf.documents, moved=Memory(), asked=Memory()),
        sender=Sender(shelf.bus),
        now=shelf.now,
        strangers=ForeignReplyCache(shelf.strangers),
    )


def moved(desk: Office) -> list[tuple[str, str]]:
    """Which letters got which clocks."""
    said = desk.shelf.said(PROGRESS.name)
    found = [(one.subject, one.data) for one in said if isinstance(one.data, DueChanged)]
    return [(letter, event.clock) for letter, event in found]


async def wanted(
    letters: Letters[Command, LetterState], desk: Office, run: str = "one"
) -> AsyncIterator[IdempotentCommand[Any]]:
    find = recount_all(letters, desk.shelf.documents, rulebook=STORMY, now=desk.shelf.now)
    async for told in find(run):
        yield told


async def test_letters_with_other_dates_are_told_and_no_other(
    desk: Office, stormy: Letters[Command, LetterState]
) -> None:
    for letter in (LETTER, OTHER, THIRD):
        await desk.receive(letter, receive())
    await desk.act(accepting(), letter=OTHER)
    promise = Promise(due_on=date(2026, 12, 31), words=NOTE)
    await desk.act(replying(commitments=(promise,)), letter=OTHER)
    rating = RatingSubmitted(request_id="r-1", solved=True, score=5)
    await desk.shelf.hear_events(SUBMITTED.name, OTHER, rating)
    before = dict(desk.shelf.documents.kept)
    counts = await tell_all(stormy, wanted(stormy, desk))
    assert counts == Counter(told=2)
    assert sorted(moved(desk)) == sorted(
        (letter, clock) for letter in (LETTER, THIRD) for clock in ("sign_in", "objection", "reply")
    )
    assert desk.shelf.documents.kept[OTHER] == before[OTHER], "read, not written"
    said = [one.data for one in desk.shelf.said(PROGRESS.name) if isinstance(one.data, DueChanged)]
    assert {one.calendar_version for one in said} == {"stormy"}
    assert await tell_all(stormy, wanted(stormy, desk, "two")) == Counter()


async def test_newer_policies_move_no_date_of_a_letter_that_is_there(
    desk: Office, stormy: Letters[Command, LetterState]
) -> None:
    await desk.receive()
    await desk.receive(OTHER, receive(category="inquiry"))
    newer = replace(RULEBOOK, versions=both("2026-11-25"))
    find = recount_all(stormy, desk.shelf.documents, rulebook=newer, now=desk.shelf.now)
    assert [told async for told in find("one")] == []


async def test_it_goes_on_where_it_was_interrupted(
    desk: Office, stormy: Letters[Command, LetterState]
) -> None:
    for letter in (LETTER, OTHER, THIRD):
        await desk.receive(letter, receive())

    async def first_only() -> AsyncIterator[IdempotentCommand[Any]]:
        async for told in wanted(stormy, desk):
            yield told
            return

    await tell_all(stormy, first_only())
    assert len({letter for letter, _ in moved(desk)}) == 1
    assert (await tell_all(stormy, wanted(stormy, desk, "two")))["told"] == 2
    assert sorted(moved(desk)) == sorted(set(moved(desk)))
    assert {letter for letter, _ in moved(desk)} == {LETTER, OTHER, THIRD}


async def test_letters_are_found_by_the_first_date_that_passes(desk: Office) -> None:
    await desk.receive(LETTER, receive())
    await desk.receive(OTHER, receive())
    kept = desk.shelf.documents.kept
    assert kept[LETTER]["due_at"] == (await desk.letter()).clocks[-2].passes_at
    del kept[OTHER]["due_at"]
    groups = [group async for group in queries.with_dates(desk.shelf.documents, together=1)]
    assert groups == [[LETTER]]
    assert kept[LETTER]["due_at"] > MONDAY
