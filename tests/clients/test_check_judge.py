"""The judge's verdicts, scenario by scenario."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.bureau.check.acting import MOST_AGAIN, goes_on, most_after_refusal
from clients.bureau.check.judging import played, verdicts
from clients.bureau.check.scenarios import SCENARIOS
from clients.bureau.check.transcript import Entry, HeardRecord, Transcript
from clients.bureau.check.verdict import NAMES
from tests.clients.transcripts import CAST, cue, heard, judged, refused, result

N = {name: CAST.letter(name) for name in SCENARIOS}
CODE = {name: CAST.code(name) for name in SCENARIOS}
QUOTED_ELSEWHERE = heard(N["normal"], "note", 9, quotes=[CODE["normal"]])


@pytest.mark.parametrize("scenario", ["normal", "unknown"])
@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ([], "failed"),
        ([{}], "passed"),
        ([{}, {}], "passed"),
        ([{"kind": "note"}, {"name": 2}], "passed"),
        ([{"kind": "note"}], "failed"),
        ([{"assignment": 1}], "failed"),
        ([{}, {"kind": "reply", "assignment": 1}], "failed"),
        ([{"kind": "request_resend"}], "failed"),
        ([{"kind": ""}], "failed"),
    ],
)
def test_a_letter_must_be_taken_up_under_its_assignment(
    scenario: str, says: list[dict[str, object]], expected: str
) -> None:
    said = [heard(N[scenario], **each) for each in says]  # type: ignore[arg-type]  # few words
    assert result(scenario, *said) == expected


@pytest.mark.parametrize("scenario", ["words", "huge"])
def test_a_quoted_code_shows_that_words_were_opened(scenario: str) -> None:
    letter, up = N[scenario], heard(N[scenario])
    quoting = heard(letter, "note", 2, quotes=[CODE[scenario]])
    other = heard(letter, "note", 2, quotes=[CODE["normal"]])
    silent = heard(letter, "reply", 2)
    assert result(scenario, up, quoting) == "passed"
    assert result(scenario, up, other) == "failed"
    assert result(scenario, up, silent) == "not_seen"
    assert result(scenario, up) == "not_seen"
    assert result(scenario, QUOTED_ELSEWHERE, up, silent) == "failed"
    assert result(scenario, quoting) == "failed", "it was never accepted"
    assert result(scenario) == "failed"


def test_an_identity_need_not_be_repeated_but_must_not_stop_the_letter() -> None:
    letter, name = N["identity"], CAST.code("identity", which=2)
    assert result("identity") == "failed"
    assert result("identity", heard(letter)) == "not_seen"
    assert result("identity", QUOTED_ELSEWHERE, heard(letter)) == "not_seen"
    assert result("identity", heard(letter), heard(letter, "note", 2, quotes=[name])) == "passed"


def test_what_is_told_twice_is_asked_for_once() -> None:
    letter = N["duplicate"]
    assert result("duplicate") == "failed"
    assert result("duplicate", heard(letter), heard(letter)) == "passed"
    assert result("duplicate", heard(letter), heard(letter, name=2)) == "failed"
    assert result("duplicate", heard(letter), heard(letter, "note", 2)) == "passed"
    twice = [heard(letter, "note", 2), heard(letter, "note", 3)]
    assert result("duplicate", heard(letter), *twice) == "failed"
    other = heard(letter, "note", 3, content="something else")
    assert result("duplicate", heard(letter), twice[0], other) == "passed"


def test_a_letter_told_in_the_wrong_order_is_acted_on_as_it_stands() -> None:
    letter = N["overtaken"]
    now, former = heard(letter), heard(letter, name=2, assignment=1)
    resend = heard(letter, "request_resend", 3)
    assert result("overtaken") == "failed"
    assert result("overtaken", now) == "passed"
    assert result("overtaken", resend, now) == "passed"
    assert "asked for" in judged("overtaken", resend, now).seen[0].en
    assert result("overtaken", former, refused(letter, 2), now) == "passed"
    assert result("overtaken", former) == "failed"
    assert result("overtaken", now, former) == "failed"
    assert result("overtaken", former, former, former, now) == "failed"
    assert result("overtaken", resend) == "failed"


def test_what_is_not_answered_is_sent_again_under_its_id() -> None:
    letter = N["unanswered"]
    assert result("unanswered") == "not_seen"
    assert result("unanswered", heard(letter)) == "failed"
    assert result("unanswered", heard(letter), heard(letter)) == "passed"
    assert "new action_id" in judged("unanswered", heard(letter), heard(letter, name=2)).seen[0].en
    assert result("unanswered", heard(letter), heard(letter, name=2)) == "failed"
    assert result("unanswered", heard(letter), heard(letter, "note", 2)) == "failed"


def test_a_refusal_is_taken_or_tried_once_more() -> None:
    letter = N["refused"]
    no = refused(letter)
    assert result("refused") == "not_seen"
    assert result("refused", heard(letter)) == "not_seen", "nothing was refused"
    assert result("refused", heard(letter), no) == "passed"
    assert result("refused", heard(letter), no, heard(letter, name=2)) == "passed"
    again = [heard(letter, name=2), heard(letter, name=3)]
    assert result("refused", heard(letter), no, *again) == "failed"
    assert result("refused", heard(letter), no, heard(letter), heard(letter)) == "failed"
    nonsense = [heard(letter, "", 5)] * 3
    assert result("refused", heard(letter), no, refused(letter, 5), *nonsense) == "passed"
    others = [heard(letter, "note", 2), heard(letter, "reply", 3)]
    assert result("refused", heard(letter), no, *others) == "passed"


@pytest.mark.parametrize("why", ["withdrawn", "recalled"])
def test_a_letter_that_is_gone_is_let_be(why: str) -> None:
    letter, up = N[why], heard(N[why])
    notes = [heard(letter, "note", number, content=str(number)) for number in (2, 3, 4)]
    assert result(why) == "not_seen"
    assert result(why, up, cue(why)) == "passed"
    assert "no action came" in judged(why, up, cue(why)).seen[0].en
    assert "came 1, refused" in judged(why, up, cue(why), notes[0], refused(letter, 2)).seen[0].en
    assert result(why, up, cue(why), notes[0], refused(letter, 2), notes[1]) == "passed"
    assert result(why, up, cue(why), notes[0], refused(letter, 2), *notes[1:]) == "failed"


def test_after_a_rotation_both_letters_must_open() -> None:
    new, old = N["rotation"], CAST.letter("rotation", which=2)
    codes = CAST.code("rotation"), CAST.code("rotation", which=2)
    ups = [heard(new), heard(old, name=2)]
    quotes = [heard(new, "note", 3, quotes=[codes[0]]), heard(old, "note", 4, quotes=[codes[1]])]
    assert result("rotation", *ups, *quotes) == "passed"
    assert result("rotation", *ups, quotes[0]) == "failed"
    assert result("rotation", *ups, quotes[1]) == "failed"
    assert result("rotation", *ups) == "not_seen"
    assert result("rotation", ups[0], quotes[0]) == "failed"
    assert result("rotation") == "failed"


def test_without_a_next_key_a_rotation_does_not_apply() -> None:
    cast = replace(CAST, kids=CAST.kids[:1])
    found = verdicts(cast, list(SCENARIOS), transcript=Transcript())
    assert found["rotation"].result == "not_applicable"
    assert found["rotation"].seen[0].en.startswith("the key file must hold two")
    assert "rotation" not in played(cast, list(SCENARIOS))
    assert played(CAST, ["rotation", "normal"]) == ["normal", "rotation"]


def test_words_are_sealed_for_the_mailboxs_newest_key() -> None:
    letter = N["mailbox_key"]
    new = heard(letter, "note", kids=frozenset({"router.2"}))
    old = heard(letter, "note", 2, kids=frozenset({"router.1"}))
    assert result("mailbox_key") == "not_seen"
    assert result("mailbox_key", heard(letter)) == "not_seen"
    assert result("mailbox_key", new) == "passed"
    assert result("mailbox_key", old) == "failed"
    assert result("mailbox_key", new, old) == "failed"


def test_every_record_is_judged_by_its_form() -> None:
    ours = N["normal"]
    assert result("actions") == "not_seen"
    assert result("actions", heard(ours)) == "passed"
    assert result("actions", heard(ours, faults=("clear_words",))) == "failed"
    assert result("actions", HeardRecord(faults=("bad_headers",))) == "failed"
    assert result("actions", heard(ours), heard(ours, content="other")) == "failed"
    assert result("actions", heard(ours), heard(ours, "note", 2, partition=1)) == "failed"
    assert result("actions", heard(ours), heard(N["words"], name=2, partition=1)) == "passed"
    assert result("actions", heard("GD-7K2M-9QXT-4HBN-W3RD-5")) == "failed"


def test_letters_of_earlier_checks_are_let_be() -> None:
    earlier = replace(CAST, run="00000000").letter("normal")
    assert result("actions", heard(earlier, faults=("unknown_key",))) == "not_seen"
    assert result("normal", heard(earlier)) == "failed"


def test_many_faults_are_told_shortly() -> None:
    records = [heard(N["normal"], offset=number, faults=("no_words",)) for number in range(25)]
    seen = judged("actions", *records).seen
    assert len(seen) == 11
    assert seen[-1].en == "and 15 more"


def test_the_form_of_actions_is_judged_whatever_was_chosen() -> None:
    found = verdicts(CAST, ["normal"], transcript=Transcript([heard(N["normal"])]))
    assert {name: one.result for name, one in found.items()} == {
        "normal": "passed",
        "actions": "passed",
    }


# --- for all transcripts -----------------------------------------------------------------------

KINDS = st.sampled_from(["accept", "note", "reply", "request_resend", ""])
ENTRIES = st.lists(
    st.builds(
        heard,
        st.sampled_from([*N.values(), "other", ""]),
        KINDS,
        st.integers(1, 4),
        assignment=st.integers(1, 3),
        partition=st.integers(0, 1),
        content=st.sampled_from(["a", "b"]),
        quotes=st.lists(st.sampled_from(sorted(CODE.values())), max_size=2),
        kids=st.sampled_from([frozenset(), frozenset({"router.1"}), frozenset({"router.2"})]),
        faults=st.sampled_from([(), ("clear_words",), ("too_large",)]),
    )
    | st.builds(refused, st.sampled_from(sorted(N.values())), st.integers(1, 4))
    | st.sampled_from([cue("withdrawn"), cue("recalled")]),
    max_size=30,
)


@given(ENTRIES)
def test_whatever_comes_every_scenario_has_a_verdict_with_a_reason(entries: list[Entry]) -> None:
    found = verdicts(CAST, list(SCENARIOS), transcript=Transcript(entries))
    assert list(found) == list(SCENARIOS)
    for verdict in found.values():
        assert verdict.result in NAMES
        assert verdict.seen
        assert all(said.zh and said.en and "{" not in said.zh + said.en for said in verdict.seen)


@given(ENTRIES)
def test_what_was_heard_of_other_letters_changes_no_verdict_on_one(entries: list[Entry]) -> None:
    """Except for codes quoted elsewhere, which show that the system quotes codes."""
    letter = N["normal"]
    own = [entry for entry in entries if getattr(entry, "letter", "") == letter]
    assert result("normal", *entries) == result("normal", *own)
    duplicate = N["duplicate"]
    own = [entry for entry in entries if getattr(entry, "letter", "") == duplicate]
    assert result("duplicate", *entries) == result("duplicate", *own)


@given(ENTRIES, st.data())
def test_repeating_an_action_under_its_own_id_is_never_acting_twice(
    entries: list[Entry], data: st.DataObject
) -> None:
    before = result("duplicate", *entries)
    acts = [entry for entry in entries if isinstance(entry, HeardRecord)]
    if acts:
        entries = [*entries, data.draw(st.sampled_from(acts))]
    assert result("duplicate", *entries) == before


@given(ENTRIES)
def test_going_on_is_more_than_one_try_after_a_refusal(entries: list[Entry]) -> None:
    for letter in N.values():
        transcript = Transcript(entries)
        count = most_after_refusal(transcript, letter)
        assert goes_on(transcript, letter) == (count > MOST_AGAIN)
        assert count <= len(transcript.acts(letter))
        if not list(transcript.refusals(letter)):
            assert count == 0
