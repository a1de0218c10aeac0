"""What one letter becomes of a batch: order, gaps, overtakers, and who stands behind an effect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.contracts.words import LetterText
from shared.kernel.errors import IdReused, OutOfOrder
from shared.platform.bus import Inbound
from shared.platform.early import Early
from shared.platform.fold import Fold, Kept
from shared.platform.rules import Rules, Told
from tests.support.builders import (
    ACTIONS_TOPIC,
    BUREAU_TOPIC,
    LETTER,
    PROGRESS_TOPIC,
    SECRETS,
    Diary,
    Note,
    action,
    asked,
    fired,
    id_of,
    rules,
    seals_of,
    told,
    unknown_action,
    written,
)
from tests.support.doubles import START, header
from tests.support.replicas import ids

SEALS = seals_of()
NEW = Kept(LETTER, Diary())


def fold(*inputs: Inbound | Told[Note], kept: Kept[Diary] = NEW, **of: object) -> Fold[Note, Diary]:
    """The letter after these, starting from `kept`."""
    given: Rules[Note, Diary] = replace(rules(), **of)  # type: ignore[arg-type]  # fields of Rules
    done = Fold(given, SEALS, kept=kept, now=START)
    for one in inputs:
        if isinstance(one, Inbound):
            done.take_record(SEALS.read(one))
        else:
            done.take_command(one)
    return done


def after(done: Fold[Note, Diary]) -> Kept[Diary]:
    """The letter as it would be loaded next."""
    return Kept(
        LETTER,
        done.state,
        version=done.kept.version + 1,
        seen=done.seen,
        heard=done.heard,
        early=done.early,
        asked=done.kept.asked | done.asked,
        sent=done.sent,
    )


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
    assert again.outcomes == {"repeated": 2}


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
    assert done.outcomes == {outcome: 1}


def test_a_type_without_a_handler_counts_as_seen() -> None:
    done = fold(asked(1), handlers={})
    assert (done.seen, done.log, done.outcomes) == ({"submitted": 1}, [], {"ignored": 1})


def test_a_type_that_nobody_knows_counts_as_seen() -> None:
    known = asked(1)
    headers = dict(known.headers) | {"ce_type": b"gd.mailbox.letter.sung.v9"}
    done = fold(replace(known, headers=tuple(headers.items())), asked(2))
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
    assert second.early == Early()
    assert not second.has_gap
    assert second.unsent == {"progress": 1}


def test_several_overtakers_are_applied_in_their_turn() -> None:
    waiting = fold(asked(5), asked(3), asked(2), asked(4))
    done = fold(asked(1), kept=after(waiting))
    assert done.state.notes == tuple(f"ask-{number}" for number in range(1, 6))


def test_an_overtaker_below_what_was_heard_is_kept_too() -> None:
    """The highest that was heard doesn't change then, and yet there is something to keep."""
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
    """Another may have committed its offset, having kept no more than that it heard of it."""
    known = Kept(LETTER, Diary(), version=1, seen={"submitted": 1}, heard={"submitted": heard})
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


# --- commands --------------------------------------------------------------------------------------


def test_a_command_is_remembered_and_unsent() -> None:
    done = fold(told("both-x", name="c-1", content="digest"))
    assert done.asked == {"c-1": "digest"}
    assert done.unsent == {"progress": 1, "bureau_guangzhou": 1}
    assert [entry.cause for entry in done.log] == ["c-1", "c-1"]


def test_a_command_told_again_is_not_applied_again() -> None:
    known = after(fold(told("x", name="c-1", content="digest")))
    again = fold(told("x", name="c-1", content="digest"), kept=known)
    assert not again.has_changed
    assert again.repeated == ["c-1"]
    assert again.refusals == {}


def test_a_command_that_causes_nothing_leaves_its_mark_all_the_same() -> None:
    done = fold(told("nothing", name="c-1"))
    assert done.has_changed
    assert done.asked == {"c-1": ""}


def test_a_command_with_a_known_id_and_other_content_is_refused() -> None:
    known = after(fold(told("x", name="c-1", content="digest")))
    other = fold(told("y", name="c-1", content="other"), kept=known)
    assert isinstance(other.refusals["c-1", "other"], IdReused)
    assert not other.has_changed


def test_of_two_commands_under_one_id_the_first_is_not_refused() -> None:
    done = fold(told("x", name="c-1", content="one"), told("y", name="c-1", content="two"))
    assert done.state.notes == ("x",)
    assert list(done.refusals) == [("c-1", "two")]


def test_a_refused_command_leaves_nothing() -> None:
    done = fold(told("refuse", name="c-1"))
    assert not done.has_changed
    assert isinstance(done.refusals["c-1", ""], OutOfOrder)


@pytest.mark.parametrize("name", ["", "a.b", "a$b"])
def test_a_command_id_that_cannot_be_a_key_is_no_id(name: str) -> None:
    with pytest.raises(ValueError, match="key of documents"):
        Told(LETTER, Note("x"), name)


# --- actions ---------------------------------------------------------------------------------------


def test_an_action_is_applied_answered_remembered_and_unsent() -> None:
    done = fold(action("x"))
    assert done.state.notes == ("x",)
    assert [entry.type.split(".")[-2] for entry in done.log] == ["refused", "applied"]
    assert list(done.asked) == [str(id_of("x"))]
    assert done.unsent == {"progress": 1, "bureau_guangzhou": 1}
    assert done.seen == {}


def test_an_action_again_gets_its_answer_again() -> None:
    again = fold(action("x"), kept=after(fold(action("x"))))
    assert not again.has_changed
    assert again.repeated == [str(id_of("x"))]


def test_an_action_again_is_known_by_content_however_it_was_sealed() -> None:
    first, second = SEALS.read(written(1)), SEALS.read(written(1))
    assert first.raw.value != second.raw.value
    assert first.digest == second.digest
    assert SEALS.read(action("x")).digest != SEALS.read(action("y", name="x")).digest


def test_the_words_of_an_action_are_part_of_its_content() -> None:
    record = SEALS.read(written(1))
    other = record.envelope.data.model_copy(
        update={"words": LetterText(subject=SECRETS[0], body="something else")}
    )
    changed = replace(record, envelope=replace(record.envelope, data=other))
    assert changed.digest != record.digest


def test_an_action_with_a_known_id_and_other_content_is_answered_once() -> None:
    first = after(fold(action("x", name="n")))
    reused = fold(action("y", name="n"), kept=first)
    assert [header(entry.record, "ce_type") for entry in reused.log] == [
        "gd.mailbox.action.refused.v1"
    ]
    assert b"id_reused" in reused.log[0].record.value
    assert reused.state == first.state
    again = fold(action("y", name="n"), kept=after(reused))
    assert not again.has_changed
    assert again.repeated == [str(id_of("n"))]
    third = fold(action("z", name="n"), kept=after(reused))
    assert len(third.log) == 1
    assert not fold(action("x", name="n"), kept=after(third)).has_changed


def test_a_refused_action_is_answered_and_remembered() -> None:
    done = fold(action("refuse"))
    assert done.state == Diary()
    assert [entry.mark for entry in done.log] == ["bureau_guangzhou"]
    assert not fold(action("refuse"), kept=after(done)).has_changed


def test_a_stranger_leaves_no_trace_in_the_letter() -> None:
    done = fold(action("foreign"))
    assert not done.has_changed
    assert len(done.strangers) == 1
    assert header(done.strangers[0], "ce_sequence") == ""
    assert header(done.strangers[0], "ce_id") == f"{BUREAU_TOPIC}/refused/{id_of('foreign')}"


def test_an_action_of_an_unknown_type_is_told_so() -> None:
    done = fold(unknown_action(str(id_of("dance"))))
    assert b"unknown_type" in done.log[0].record.value
    assert header(done.log[0].record, "ce_cause") == str(id_of("dance"))
    assert not fold(unknown_action(str(id_of("dance"))), kept=after(done)).has_changed


def test_an_action_with_effects_is_remembered_also_when_nobody_answers() -> None:
    done = fold(action("x"), answer=lambda *_, **__: ())
    assert list(done.asked) == [str(id_of("x"))]
    assert not fold(action("x"), kept=after(done)).has_changed


def test_the_topic_says_who_acts() -> None:
    assert SEALS.read(action("x")).raw.topic == ACTIONS_TOPIC


# --- what is said ------------------------------------------------------------------------------------


def test_words_leave_sealed_for_the_readers_of_their_topic() -> None:
    done = fold(written(1))
    assert done.state.words is not None
    for secret in SECRETS:
        assert secret.encode() not in done.log[0].record.value
    assert b'"router":"ey' in done.log[0].record.value


def test_an_entry_names_its_cause_and_the_version_that_holds_it() -> None:
    entry = fold(asked(1), kept=replace(NEW, version=6, by="w")).log[0]
    assert header(entry.record, "ce_cause") == f"letters.submitted/{LETTER}/1"
    assert header(entry.record, "ce_letterversion") == "7"
    assert ids([entry]) == [entry.id]


def test_bureaus_see_no_version_of_the_letter() -> None:
    entry = fold(asked(1, "bureau-1")).log[0]
    assert header(entry.record, "ce_letterversion") == ""


def test_an_event_for_an_unordered_topic_cannot_be_in_a_log() -> None:
    with pytest.raises(ValueError, match="not sequenced"):
        _ = replace(fold(asked(1)).log[0], record=action_record()).mark


def action_record() -> object:
    """A record of a topic without a mark."""
    return replace(fold(asked(1)).log[0].record, topic=ACTIONS_TOPIC)
