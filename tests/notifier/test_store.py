"""Index fields of the notifier's documents, and what is never stored in them."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.notifier import store
from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.evolve import evolve
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.progress import ProgressRecorded
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.words import Contact
from shared.kernel.errors import BadValue
from shared.kernel.viewers import Viewer
from shared.platform.http.visibility import visibility_filter
from shared.platform.mongo import paging
from tests.notifier.story import (
    DUE,
    LETTER,
    OTHER,
    PHONE,
    RED_AT,
    RULES,
    days,
    fact,
    other,
    passing,
    replied,
    started,
    submitted,
)
from tests.notifier.working import share
from tests.support.memory_shell import memory_shell
from tests.support.moving import moment

CLOCKED = evolve(
    NotifierLetter(), ProgressRecorded(fact(started("reply", ("yellow", moment(24)))), 1)
)
QUEUED = Delivery("d", "replied", queued_at=moment(24), try_at=moment(25))


def moments(letter: NotifierLetter) -> set[datetime | None]:
    """The indexed instants of a letter."""
    kept = store.index(letter)
    return {at for name, at in kept.items() if name not in ("open_to", "kept_from")}


def test_a_new_letter_is_in_no_index() -> None:
    assert moments(NotifierLetter()) == {None}


def test_a_letter_is_found_by_its_first_level_and_its_first_passing() -> None:
    index = store.index(CLOCKED)
    assert (index["fires_at"], index["passes_at"]) == (moment(24), RED_AT)


def test_a_fired_level_leaves_the_index_of_levels_but_not_of_passings() -> None:
    fired = ClockFired(
        clock="reply",
        round=1,
        level="yellow",
        due_on=DUE,
        passed_at=moment(24),
        progress_sequence=1,
    )
    index = store.index(evolve(CLOCKED, fired))
    assert (index["fires_at"], index["passes_at"]) == (None, RED_AT)


def test_a_paused_clock_is_in_no_index() -> None:
    paused = evolve(CLOCKED, ProgressRecorded(fact(other("paused")), 2))
    assert moments(paused) == {None}


def test_a_delivery_is_found_once_the_contact_is_known() -> None:
    letter = NotifierLetter(deliveries=(QUEUED,))
    assert store.index(letter)["deliver_at"] is None
    known = store.index(replace(letter, was_submitted=True))
    assert (known["deliver_at"], known["waiting_since"]) == (moment(25), moment(24))


@pytest.mark.parametrize(("us", "ms"), [(0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2)])
def test_nothing_is_found_before_it_is_due_though_milliseconds_are_kept(us: int, ms: int) -> None:
    at = moment(25) + timedelta(microseconds=us)
    letter = NotifierLetter(was_submitted=True, deliveries=(replace(QUEUED, try_at=at),))
    assert store.index(letter)["deliver_at"] == moment(25) + timedelta(milliseconds=ms)


def test_a_delivery_that_ended_is_not_found() -> None:
    done = replace(QUEUED, standing="delivered")
    letter = NotifierLetter(was_submitted=True, deliveries=(done,))
    assert store.index(letter)["deliver_at"] is None


def test_only_proposals_go_out() -> None:
    heard = ProgressRecorded(fact(), 1)
    assert list(store.outgoing(heard, NotifierLetter())) == []


async def test_no_document_shows_the_contact() -> None:
    contact = Contact(phone=PHONE, email="seed-4417@example.org", wechat="seed-4417")
    async with memory_shell(RULES, at=moment(24)) as stage:
        await stage.hear(SUBMITTED.name, LETTER, submitted(contact))
        await stage.hear(PROGRESS.name, LETTER, replied())
        kept = json.dumps(stage.documents.kept, default=str)
        assert PHONE not in kept
        assert "4417" not in kept
        state = await stage.letters.state(LETTER)
        assert state is not None
        assert state.contact == contact


async def test_pages_of_one_midnight_leave_out_no_letter_and_show_none_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "MOST_ON_A_PAGE", 3)
    numbers = [f"GD-{count:04d}-0000-0000-0000-0" for count in range(11)]
    async with memory_shell(RULES, at=moment(20)) as stage:
        for count, number in enumerate(numbers):
            due_on = DUE + days(count // 5)
            await stage.hear(PROGRESS.name, number, fact(started(due_on=due_on)))
        supervised = visibility_filter(Viewer("wu", frozenset({"supervisor"})), least="all")
        seen: list[str] = []
        after: paging.Place | None = None
        while True:
            page, after = await store.passing_before(
                stage.documents, passing(DUE + days(2)), seen=supervised, after=after
            )
            seen += [letter.letter for letter in page]
            if after is None:
                break
            assert len(page) == 3
            after = paging.place(paging.written(after))
    assert seen == numbers[:10]


async def test_only_due_letters_are_loaded() -> None:
    async with memory_shell(RULES, at=moment(20)) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()))
        await stage.hear(PROGRESS.name, OTHER, fact(started(due_on=DUE + days(9))))
        stage.documents.found = 0
        due = await store.to_fire(share(stage), RED_AT)
    assert [letter.letter for letter in due] == [LETTER]
    assert stage.documents.found == 1


@pytest.mark.parametrize(
    "text", ["", "x", "20261131T000000.000000Z~GD-1", "20261101T000000.000000Z~a"]
)
def test_an_invalid_place_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        paging.place(text)
