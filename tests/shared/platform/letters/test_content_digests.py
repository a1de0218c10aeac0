"""Other content under a known id is noticed; the same event sent again never is."""

from dataclasses import replace
from typing import get_args

import pytest

from shared.contracts.erasing import erased
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.vocabulary import Erasable
from shared.platform.letters.content_digests import REMEMBERED
from shared.platform.letters.service_decider import Record
from shared.platform.letters.stored_letter import StoredLetter
from tests.support.builders import LETTER, Diary, asked, fired, seals_of, written
from tests.support.doubles import START
from tests.support.folding import after, ends, fold
from tests.support.replicas import World

SEALS = seals_of()


def test_other_content_under_a_known_id_is_noticed_and_changes_nothing() -> None:
    before = after(fold(asked(1), asked(2)))
    again = fold(asked(2, "other"), kept=before)
    assert again.conflicts == [f"letters.submitted/{LETTER}/2"]
    assert ends(again) == {"repeated": 1, "conflicting": 1}
    assert not again.has_changed


def test_it_is_noticed_within_one_batch_too() -> None:
    assert len(fold(asked(1), asked(1, "other")).conflicts) == 1


def test_another_time_or_cause_is_other_content() -> None:
    before = after(fold(asked(1)))
    for name in ("ce_time", "ce_cause"):
        headers = dict(asked(1).headers) | {name: b"2026-11-24T00:00:00Z"}
        other = replace(asked(1), headers=tuple(headers.items()))
        assert fold(other, kept=before).conflicts


def test_the_same_event_sent_again_is_no_conflict_traced_or_not() -> None:
    before = after(fold(asked(1), fired(1)))
    traced = replace(asked(1), headers=(*asked(1).headers, ("traceparent", b"00-x")), offset=9)
    assert fold(traced, fired(1), kept=before).conflicts == []


@pytest.mark.parametrize("what", [("identity",), ("words",), get_args(Erasable)])
def test_an_erased_event_that_is_sent_again_is_no_conflict(what: tuple[Erasable, ...]) -> None:
    letter = written(1)
    before = after(fold(letter))
    bare = erased(letter.value, LetterSubmitted.type, what=what)
    assert bare != letter.value
    assert fold(replace(letter, value=bare), kept=before).conflicts == []


def test_only_the_last_numbers_are_remembered() -> None:
    done = fold(*(asked(number) for number in range(1, REMEMBERED + 3)))
    assert len(done.digests) == REMEMBERED
    again = fold(asked(1, "other"), asked(3, "other"), kept=after(done))
    assert again.conflicts == [f"letters.submitted/{LETTER}/3"]


def test_a_letter_from_before_has_none_and_raises_none() -> None:
    assert fold(
        asked(1, "other"), kept=StoredLetter(LETTER, Diary(), 1, seen={"submitted": 1})
    ).outcomes


def test_what_an_operator_dropped_has_no_content() -> None:
    done = fold()
    done.apply_record(replace(SEALS.read(asked(1)), is_skipped=True, stands=False))
    assert done.digests == {}
    assert isinstance(SEALS.read(asked(1)), Record)


async def test_it_is_kept_with_the_letter() -> None:
    world = World()
    await world.replica().hear(asked(1))
    await world.replica().hear(asked(2))
    assert set(world.document()["digests"]) == {"submitted:1", "submitted:2"}
    (done,) = await world.replica().hear(asked(1, "other"), replace(asked(2), appended_at=START))
    assert done.conflicts == [f"letters.submitted/{LETTER}/1"]
