"""The table agrees with the catalogue, and each fault in it gets one clear sentence."""

from copy import deepcopy
from datetime import time
from typing import Any

import pytest

from shared.kernel.errors import BadData
from shared.kernel.policies import Policies
from shared.kernel.watch import MOVES, WATCHED_BY, check_watch
from shared.platform.runtime.data_files import FOLDER, policies
from shared.platform.runtime.data_reading import parsed

TABLE = policies().newest
FILE: Any = parsed(FOLDER / "deadline_policies.yaml")
CLOCKS = [row["id"] for row in FILE["clocks"]]
REMOVED = object()


def changed(*path: str | int, to: object) -> dict[str, Any]:
    """The file with one place changed; a clock is found by its name."""
    data: Any = deepcopy(FILE)
    place = data
    named = path[:1] == ("clocks",) and path[1:2] and path[1] in CLOCKS
    steps = [path[0], CLOCKS.index(path[1]), *path[2:]] if named else list(path)
    for step in steps[:-1]:
        place = place[step]
    if to is REMOVED:
        del place[steps[-1]]
    else:
        place[steps[-1]] = to
    return dict(data)


def test_which_clocks_nobody_fires() -> None:
    assert {name for name, clock in TABLE.clocks.items() if not clock.fires} == {
        "objection", "appeal",
    }  # fmt: skip


def test_which_clocks_pause_have_effects_or_are_confirmed_by_the_notifier() -> None:
    clocks = TABLE.clocks.items()
    assert {name for name, clock in clocks if clock.pauses} == {"reply", "reopened_reply"}
    assert {name: clock.effect for name, clock in clocks if clock.effect} == {
        "answer": "question.lapsed", "rating": "letter.closed",
    }  # fmt: skip
    others = {name: clock.computed_by for name, clock in clocks if clock.confirmed_by != "router"}
    assert others == {"diversion": "intake", "publication_problem": "publisher"}
    assert {name: clock.counted_from for name, clock in clocks if clock.counted_from} == {
        "reply": "received_at", "petition_notice": "received_at", "disclosure": "received_at",
        "petition": "letter.accepted",
    }  # fmt: skip
    assert (TABLE.clock("commitment").field, TABLE.clock("answer").most) == ("due_on", 2)


def test_levels_say_who_is_told_and_when() -> None:
    steps = {step.id: step for step in TABLE.clock("reply").levels}
    assert steps["yellow"].to == ("unit", "office")
    assert steps["yellow"].told_at == time(9)
    assert steps["red"].told_at is None
    assert steps["province"].effect == "letter.supervised"


@pytest.mark.parametrize(
    ("event", "stopped", "started"),
    [
        ("letter.received", (), ("assign", "reply")),
        ("letter.routed", ("assign",), ("sign_in", "objection")),
        ("letter.accepted", ("sign_in", "objection", "petition_notice"), ()),
        ("letter.passed_on", ("unit_sign_in",), ("unit_sign_in",)),
        ("writer.asked", (), ("answer",)),
        ("appeal.made", ("appeal",), ("assign", "reopened_reply")),
        ("commitment.fulfilled", ("commitment",), ()),
        ("note.added", (), ()),
    ],
)
def test_which_clocks_an_event_moves(
    event: str, stopped: tuple[str, ...], started: tuple[str, ...]
) -> None:
    assert TABLE.stopped_by(event) == stopped
    assert TABLE.started_by(event) == started


def test_a_start_may_depend_on_what_the_event_says() -> None:
    assert TABLE.started_by("reply.submitted") == ()
    assert TABLE.started_by("reply.submitted", conditions={"has_signers"}) == ("signature",)
    assert TABLE.started_by("letter.signed", conditions={"has_next"}) == ("signature",)
    assert TABLE.started_by("reply.sent_back", conditions={"to_state=triage"}) == ("assign",)
    assert TABLE.started_by("reply.sent_back", conditions={"to_state=handling"}) == ()


def test_the_petition_clock_starts_with_the_later_of_two_events() -> None:
    marked, accepted = "petition.marked", "letter.accepted"
    assert TABLE.started_by(marked) == ("petition_notice",)
    assert TABLE.started_by(marked, happened={accepted}) == ("petition_notice", "petition")
    assert TABLE.started_by(accepted, happened={marked}) == ("petition",)


def test_withdrawing_ends_every_clock_of_a_letter_but_its_promises_and_its_appeal() -> None:
    left = set(CLOCKS) - set(TABLE.stopped_by("letter.withdrawn"))
    assert left == {"diversion", "commitment", "appeal", "publication_problem"}


BROKEN: list[tuple[tuple[str | int, ...], object, str]] = [
    (("version",), None, "version: a text is needed"),
    (("holidays",), [], "the file: holidays is not known here"),
    (("timezone",), "UTC", "timezone: Asia/Shanghai is needed"),
    (("counting", "day_of_receipt"), "day_one", "counting.day_of_receipt: day_zero is needed"),
    (("counting", "paused_day"), "never", "counting.paused_day: a counted day is paused if"),
    (("counting", "grace"), 1, "counting: grace is not known here"),
    (("clocks",), [], "clocks: each name once, and at least one"),
    (("clocks",), {"assign": 1}, "clocks: a list is needed"),
    (("clocks", "assign"), "assign", r"clocks\[1\]: a mapping with text keys is needed"),
    (("clocks", "assign", "id"), "sign_in", "clocks: each name once"),
    (("clocks", "assign", "id"), "", r"clocks\[1\].id: a text is needed"),
    (("clocks", "assign", "puase"), "never", r"clocks\[1\]: puase is not known here"),
    (("clocks", "assign", "pause"), "always", r"clocks\[1\].pause: supplement or never"),
    (("clocks", "assign", "set_by"), "habit", r"clocks\[1\].set_by: law or practice or design"),
    (("clocks", "assign", "set_by"), REMOVED, r"clocks\[1\].set_by: law or practice or design"),
    (("clocks", "assign", "limit"), REMOVED, r"clocks\[1\].limit: a mapping"),
    (("clocks", "assign", "limit"), {"amount": 0, "unit": "wd"}, r"limit.amount: a whole number"),
    (("clocks", "assign", "limit"), {"amount": -1, "unit": "wd"}, r"limit.amount: a whole number"),
    (("clocks", "assign", "limit"), {"amount": 1.5, "unit": "wd"}, r"limit.amount: a whole"),
    (("clocks", "assign", "limit"), {"amount": 401, "unit": "wd"}, r"limit.amount: at most 400"),
    (("clocks", "assign", "limit"), {"amount": 1, "unit": "weeks"}, r"limit.unit: wd or d"),
    (("clocks", "assign", "limit"), {"amount": 1, "unit": "h"}, r"limit.unit: wd or d"),
    (("clocks", "assign", "limit"), {"amount": 1, "units": "wd"}, "units is not known here"),
    (("clocks", "assign", "limit"), {"amount": 5, "unit": "min"}, "levels: a limit of minutes"),
    (("clocks", "assign", "limit"), {"field": ""}, r"limit.field: a text is needed"),
    (("clocks", "assign", "limit"), {"least_of": []}, r"limit.least_of: at least two"),
    (("clocks", "objection", "limit", "least_of", 1, "round"), "down", "rounded up, is known"),
    (("clocks", "objection", "limit", "least_of", 1, "fraction"), 2, "fraction: a part above 0"),
    (("clocks", "answer", "limit", "least_of", 1, "rest_of", "unit"), "x", "rest_of.unit: wd or d"),
    (("clocks", "assign", "levels"), "loud", r"clocks\[1\].levels: no such set of levels"),
    (("clocks", "assign", "levels"), "none", r"clocks\[1\].fires: a clock has levels or an effect"),
    (("clocks", "assign", "levels"), "page", r"clocks\[1\].levels: a limit of minutes has levels"),
    (("clocks", "diversion", "levels"), "standard", "levels: a limit of minutes has levels"),
    (("clocks", "assign", "fires"), False, r"clocks\[1\].fires"),
    (("clocks", "assign", "fires"), "no", r"clocks\[1\].fires: true or false is needed"),
    (("clocks", "objection", "rule"), REMOVED, r"clocks\[3\].rule: what `fires: false` leaves"),
    (("clocks", "assign", "rule"), "x", r"clocks\[1\].rule: what `fires: false` leaves"),
    (("clocks", "assign", "start"), [], r"clocks\[1\].start: each event once, and at least one"),
    (("clocks", "assign", "start"), "letter.received", r"clocks\[1\].start: a list is needed"),
    (("clocks", "assign", "start", 0), 7, r"clocks\[1\].start\[0\]: a mapping"),
    (("clocks", "assign", "start", 4, "when"), "later", r"when: has_signers or has_next"),
    (("clocks", "assign", "start", 4, "when"), {"state": "x"}, "state is not known here"),
    (("clocks", "petition", "start", 0, "both"), ["a", "a"], r"start\[0\].both: two events"),
    (("clocks", "assign", "stop"), ["letter.routed"] * 2, r"clocks\[1\].stop: each event once"),
    (("clocks", "assign", "stop"), REMOVED, r"clocks\[1\].stop: a list is needed"),
    (("clocks", "reply", "counted_from"), "letter.routed", "counted_from: received_at or an event"),
    (("clocks", "petition", "extension", "unit"), "wd", "extension.unit: that of the limit"),
    (("clocks", "answer", "most"), 0, r"most: a whole number from 1 is needed"),
    (("levels", "standard"), REMOVED, r"clocks\[1\].levels: no such set of levels"),
    (("levels", "standard", 2), REMOVED, "levels.standard: a level at_fraction 1.0 is missing"),
    (("levels", "standard", 0, "at_fraction"), 1.5, r"standard\[0\].at_fraction: a part above 0"),
    (("levels", "standard", 0, "at_fraction"), 0.9, "levels must stand in the order"),
    (("levels", "standard", 0, "id"), "yellow", "levels.standard: each name once"),
    (("levels", "standard", 0, "at_fraction"), REMOVED, r"\[0\]: either at_fraction or after_red"),
    (("levels", "standard", 0, "told_at"), "soon", r"\[0\].told_at: a time such as"),
    (("levels", "standard", 0, "to"), [], r"\[0\].to: each name once, and at least one"),
    (("levels", "standard", 3, "after_red", "unit"), "d", r"\[3\].after_red.unit: wd is needed"),
    (("levels", "page", 0, "each"), "all", r"levels.page\[0\]: only `at: start` and `each: next`"),
    (("levels", "page", 0, "repeat", "unit"), "h", r"levels.page\[0\].repeat.unit: min is needed"),
    (("levels", "page"), FILE["levels"]["page"] * 2, "levels.page: a level that repeats stands"),
    (("reply_limits", 0, "reply"), None, r"reply_limits\[0\].reply: a mapping"),
    (("reply_limits", 0, "extension"), REMOVED, r"reply_limits\[0\].extension: a limit is needed"),
    (("reply_limits", 0, "extension", "unit"), "d", r"extension.unit: that of the reply"),
    (("reply_limits", 0, "category"), "request", "reply_limits: each name once"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "to", "place"), BROKEN)
def test_a_broken_table_says_where_in_one_sentence(
    path: tuple[str | int, ...], to: object, place: str
) -> None:
    with pytest.raises(BadData, match=place) as bad:
        Policies.of(changed(*path, to=to))
    assert "\n" not in str(bad.value)


# --- is every state watched? --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "to", "said"),
    [
        (("assign", "start"), ["letter.received"], "after letter.returned a letter is triage"),
        (("sign_in", "start"), ["letter.accepted"], "after letter.routed a letter is routed"),
        (("sign_in", "stop"), ["letter.accepted", "note.added"], "after note.added .* routed"),
        (("reopened_reply", "start"), ["appeal.made"], "after letter.reopened .* is handling"),
        (("reply", "stop"), ["letter.replied", "writer.asked"], "after writer.answered .*g, and"),
        (("answer", "start"), ["letter.passed_on"], "after writer.asked a letter is supplement"),
        (("signature", "start"), ["letter.signed"], "after reply.submitted a letter is signing"),
        (("rating", "stop"), ["letter.rated"], "after letter.rated a letter is replied"),
        (("appeal", "stop"), ["letter.declined", "letter.read"], "after letter.read .* declined"),
    ],
)  # fmt: skip
def test_a_letter_left_without_a_clock_is_found_with_the_way_there(
    path: tuple[str, str], to: list[str], said: str
) -> None:
    table = Policies.of(changed("clocks", *path, to=to))
    with pytest.raises(BadData, match=f"clocks: {said}.* doesn't run"):
        check_watch(table)


def test_a_clock_that_is_missing_leaves_its_state_unwatched() -> None:
    data = changed("clocks", "rating", to=REMOVED)
    with pytest.raises(BadData, match=r"after letter.replied a letter is replied, and rating"):
        check_watch(Policies.of(data))


def test_every_state_can_be_reached_and_left_and_every_move_is_possible() -> None:
    ends = {"closed", "withdrawn"}
    states = {"nothing", "answered", *WATCHED_BY, *ends}
    before = set().union(*(move.before for move in MOVES))
    assert before == states - ends
    assert {move.after for move in MOVES} == states - {"nothing"}
