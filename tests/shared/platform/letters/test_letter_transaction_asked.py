"""Commands and actions are done once and answered, with sealed events."""

from dataclasses import replace
from typing import Any

import pytest

from shared.contracts.words import LetterText
from shared.kernel.errors import IdReused, OutOfOrder
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.erasure_marks import Erased
from shared.platform.letters.service_decider import IdempotentCommand
from tests.support.builders import (
    ACTIONS_TOPIC,
    BUREAU_TOPIC,
    LETTER,
    SECRETS,
    Diary,
    Note,
    action,
    asked,
    id_of,
    told,
    unknown_action,
    written,
)
from tests.support.doubles import START, header
from tests.support.folding import NEW, SEALS, after, fold
from tests.support.replicas import ids

# --- commands ------------------------------------------------------------------------------------


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
        IdempotentCommand(LETTER, Note("x"), name)


# --- actions -------------------------------------------------------------------------------------


def test_an_action_is_applied_answered_remembered_and_unsent() -> None:
    done = fold(action("x"))
    assert done.state.notes == ("x",)
    assert [entry.type.split(".")[-2] for entry in done.log] == ["refused", "applied"]
    assert list(done.asked) == [f"guangzhou/{id_of('x')}"]
    assert done.unsent == {"progress": 1, "bureau_guangzhou": 1}
    assert done.seen == {}


def test_an_action_again_gets_its_answer_again() -> None:
    again = fold(action("x"), kept=after(fold(action("x"))))
    assert not again.has_changed
    assert again.repeated == [str(id_of("x"))]


def test_an_action_again_is_known_by_content_however_it_was_sealed() -> None:
    first, second = SEALS.read(written(1)), SEALS.read(written(1))
    assert first.raw.value != second.raw.value
    assert first.digest() == second.digest()
    assert SEALS.read(action("x")).digest() != SEALS.read(action("y", name="x")).digest()


def test_the_words_of_an_action_are_part_of_its_content() -> None:
    record = SEALS.read(written(1))
    other = record.envelope.data.model_copy(
        update={"words": LetterText(subject=SECRETS[0], body="something else")}
    )
    changed = replace(record, envelope=replace(record.envelope, data=other))
    assert changed.digest() != record.digest()


def test_a_salted_action_again_is_known_and_with_other_content_refused() -> None:
    salted: dict[str, Any] = {"salt": lambda _: "5a" * 16}
    first = fold(action("x", name="n"), **salted)
    assert [*first.asked.values()] == [SEALS.read(action("x", name="n")).digest("5a" * 16)]
    assert not fold(action("x", name="n"), kept=after(first), **salted).has_changed
    reused = fold(action("y", name="n"), kept=after(first), **salted)
    assert b"id_reused" in reused.log[0].record.value


def test_what_is_asked_after_erasing_leaves_no_digest_and_repeats_are_still_known() -> None:
    first = after(fold(action("x", name="n"), salt=lambda _: "5a" * 16))
    bare = replace(first, erased=Erased().with_(["words"], at=START, sent={}))
    again = fold(action("x", name="n"), kept=bare)
    assert not again.has_changed
    assert again.repeated == [str(id_of("n"))]
    assert [*fold(action("y"), kept=bare).asked.values()] == [""]


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
    assert list(done.asked) == [f"guangzhou/{id_of('x')}"]
    assert not fold(action("x"), kept=after(done)).has_changed


def test_the_topic_says_who_acts() -> None:
    assert SEALS.read(action("x")).raw.topic == ACTIONS_TOPIC


# --- what is said --------------------------------------------------------------------------------


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


def action_record() -> Outbound:
    """A record of a topic without a mark."""
    return replace(fold(asked(1)).log[0].record, topic=ACTIONS_TOPIC)
