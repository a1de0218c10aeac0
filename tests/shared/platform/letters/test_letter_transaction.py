"""One letter in a batch: order, gaps, early events, and the records behind each effect."""

from dataclasses import replace

import pytest

from shared.platform.letters.reorder_buffer import ReorderBuffer
from shared.platform.letters.stored_letter import StoredLetter
from tests.support.builders import (
    BUREAU_TOPIC,
    LETTER,
    PROGRESS_TOPIC,
    Diary,
    action,
    asked,
    fired,
    told,
)
from tests.support.folding import after, ends, fold

# --- sequences -----------------------------------------------------------------------------------


def test_records_in_order_are_applied_and_stand_behind_their_effects() -> None:
    done = fold(asked(1), asked(2))
    assert done.state.notes == ("ask-1", "ask-2")
    assert (done.seen, done.heard) == ({"submitted": 2}, {})
    assert done.unsent == {}
    assert [entry.cause for entry in done.log] == [
        f"letters.submitted/{LETTER}/1",
        f"letters.submitted/{LETTER}/2",
    ]


def test_effects_are_numbered_densely_per_topic() -> None:
    done = fold(asked(1, "both-1"), asked(2), asked(3, "bureau-3"), asked(4, "both-4"))
    numbers: dict[str, list[int]] = {}
    for entry in done.log:
        numbers.setdefault(entry.mark, []).append(entry.sequence)
    assert numbers == {"progress": [1, 2, 3], "bureau_guangzhou": [1, 2, 3]}
    assert done.sent == {"progress": 3, "bureau_guangzhou": 3}
    more = fold(asked(5, "both-5"), kept=after(done))
    assert [entry.id for entry in more.log] == [
        f"{PROGRESS_TOPIC}/{LETTER}/4",
        f"{BUREAU_TOPIC}/{LETTER}/4",
    ]


def test_topics_have_marks_of_their_own() -> None:
    done = fold(asked(1), fired(1), asked(2), fired(2))
    assert done.seen == {"submitted": 2, "deadlines": 2}
    assert done.state.notes == ("ask-1", "clock-1", "ask-2", "clock-2")


def test_a_record_that_was_seen_changes_nothing_and_asks_for_its_effects() -> None:
    before = after(fold(asked(1), asked(2)))
    again = fold(asked(2), asked(1), kept=before)
    assert not again.has_changed
    assert again.repeated == [f"letters.submitted/{LETTER}/{number}" for number in (2, 1)]
    assert again.state == before.state
    assert ends(again) == {"repeated": 2}


def test_a_record_twice_in_one_batch_is_applied_once() -> None:
    done = fold(asked(1), asked(1))
    assert done.state.notes == ("ask-1",)
    assert len(done.log) == 1


@pytest.mark.parametrize(
    ("what", "outcome"), [("nothing", "applied"), ("refuse", "refused")], ids=str
)
def test_what_says_nothing_or_is_refused_counts_as_seen(what: str, outcome: str) -> None:
    done = fold(asked(1, what))
    assert done.seen == {"submitted": 1}
    assert done.has_changed
    assert (done.log, done.state) == ([], Diary())
    assert ends(done) == {outcome: 1}


def test_a_type_without_a_handler_counts_as_seen() -> None:
    done = fold(asked(1), handlers={})
    assert (done.seen, done.log, ends(done)) == ({"submitted": 1}, [], {"ignored": 1})


def test_what_is_told_and_what_comes_are_counted_by_topic_and_type() -> None:
    done = fold(asked(1), told("x"), action("a-1"))
    asking = dict(asked(1).headers)["ce_type"].decode()
    assert done.outcomes == {
        ("letters.submitted", asking, "applied"): 1,
        ("commands", "command", "applied"): 1,
        ("bureau.actions", "gd.mailbox.action.accept.v1", "applied"): 1,
    }


def test_a_type_that_nobody_knows_counts_as_seen() -> None:
    known = asked(1)
    headers = dict(known.headers) | {"ce_type": b"gd.mailbox.letter.sung.v9"}
    done = fold(replace(known, headers=tuple(headers.items())), asked(2))
    assert ("letters.submitted", "unknown", "ignored") in done.outcomes
    assert done.seen == {"submitted": 2}
    assert done.state.notes == ("ask-2",)


def test_a_refused_record_leaves_later_ones_their_turn() -> None:
    assert fold(asked(1, "refuse"), asked(2)).state.notes == ("ask-2",)


# --- overtakers ----------------------------------------------------------------------------------


def test_an_overtaker_waits_and_what_it_causes_is_unsent() -> None:
    first = fold(asked(2))
    assert (first.seen, first.heard, first.log) == ({}, {"submitted": 2}, [])
    assert first.has_gap
    second = fold(asked(1), kept=after(first))
    assert second.state.notes == ("ask-1", "ask-2")
    assert (second.seen, second.heard) == ({"submitted": 2}, {"submitted": 2})
    assert second.early == ReorderBuffer()
    assert not second.has_gap
    assert second.unsent == {"progress": 1}


def test_what_waited_is_unsent_also_when_the_one_before_it_says_nothing() -> None:
    """The record that fills the gap stands only for its own effects."""
    assert fold(asked(1, "nothing"), kept=after(fold(asked(2)))).unsent == {"progress": 1}


def test_several_overtakers_are_applied_in_their_turn() -> None:
    waiting = fold(asked(5), asked(3), asked(2), asked(4))
    done = fold(asked(1), kept=after(waiting))
    assert done.state.notes == tuple(f"ask-{number}" for number in range(1, 6))


def test_an_overtaker_below_what_was_heard_is_kept_too() -> None:
    """The highest number stays the same, and yet there is something to store."""
    first = fold(asked(4))
    second = fold(asked(3), kept=after(first))
    assert second.has_changed
    third = fold(asked(2), kept=after(second))
    done = fold(asked(1), kept=after(third))
    assert done.seen == {"submitted": 4}


def test_an_overtaker_that_waits_already_changes_nothing() -> None:
    assert not fold(asked(3), kept=after(fold(asked(3)))).has_changed


def test_a_gap_stays_where_the_next_one_is_missing() -> None:
    done = fold(asked(1), kept=after(fold(asked(2), asked(4))))
    assert done.seen == {"submitted": 2}
    assert done.heard == {"submitted": 4}
    assert done.has_gap
    assert done.early.get("submitted", 4) == asked(4)
    assert done.early.get("submitted", 2) is None


def test_a_record_above_what_was_heard_stands_behind_its_effects() -> None:
    known = after(fold(asked(1), kept=after(fold(asked(2)))))
    assert fold(asked(3), kept=known).unsent == {}


@pytest.mark.parametrize("heard", [2, 3, 9])
def test_a_record_at_or_below_what_was_heard_is_unsent(heard: int) -> None:
    """Another process may have committed its offset after storing only that it was received."""
    known = StoredLetter(
        LETTER, Diary(), version=1, seen={"submitted": 1}, heard={"submitted": heard}
    )
    done = fold(asked(2), kept=known)
    assert done.unsent == {"progress": 1}
    assert done.has_gap == (heard > 2)


def test_unsent_is_the_lowest_of_each_topic() -> None:
    known = replace(after(fold(asked(1, "both-1"))), heard={"submitted": 4})
    done = fold(asked(2), asked(3, "both-3"), asked(4, "both-4"), kept=known)
    assert done.unsent == {"progress": 2, "bureau_guangzhou": 2}


def test_a_fold_leaves_what_was_loaded_as_it_was() -> None:
    known = after(fold(asked(2)))
    fold(asked(1), asked(4), kept=known)
    assert known.early.get("submitted", 4) is None
    assert known.early.get("submitted", 2) is not None
    assert (known.seen, known.heard) == ({}, {"submitted": 2})
