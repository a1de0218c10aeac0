"""Faults in a letter's course: lost, unanswered, or late without a word."""

import copy
from datetime import timedelta

from shared.contracts.topics import (
    DEADLINES,
    PROGRESS,
    PUBLISHED,
)
from tests.shared.audit.planting import finds
from tests.shared.audit.town import (
    ANSWERED,
    OVERDUE,
    WAITING,
    WITHDRAWN,
    Town,
    change,
    put_header,
    said,
    say_again,
)

# --- no letter is lost ---------------------------------------------------------------------------


@finds("no_letter")
def _intake_forgot_the_letter(town: Town) -> None:
    del town.letters["intake"][ANSWERED]


@finds("not_submitted")
def _intake_never_said_so(town: Town) -> None:
    kept = town.document("intake", WAITING)
    kept["log"], kept["sent"] = [], {}


@finds("hole")
def _an_entry_is_gone_from_the_middle(town: Town) -> None:
    kept = town.document("router")
    kept["log"].remove(town.entry("router", PROGRESS.name, "letter.accepted"))


@finds("hole")
def _a_moved_entry_never_arrived(town: Town) -> None:
    kept = town.document("router")
    kept["moved"] = 1
    kept["log"] = kept["log"][1:]


@finds("beyond_sent")
def _the_counter_went_back(town: Town) -> None:
    town.document("router")["sent"]["progress"] -= 1


@finds("unreadable")
def _an_entry_is_broken(town: Town) -> None:
    town.entry("router", PROGRESS.name, "letter.routed")["value"] = b'{"state"'


@finds("altered")
def _a_cause_was_written_over(town: Town) -> None:
    town.entry("router", PROGRESS.name, "letter.routed")["cause"] = "someone/else/1"


@finds("altered")
def _a_service_speaks_for_another(town: Town) -> None:
    theirs = copy.deepcopy(town.entry("publisher", PUBLISHED.name, "letter.published"))
    town.document("notifier")["log"].append(theirs)
    town.document("notifier")["sent"]["published"] = 1


@finds("misshapen")
def _a_document_is_not_ours(town: Town) -> None:
    town.document("notifier", WAITING)["state"]["clocks"] = [{"clock": "assign"}]


@finds("misshapen")
def _an_entry_is_not_ours(town: Town) -> None:
    del town.document("router", WAITING)["log"][0]["headers"]


@finds("misshapen")
def _a_log_is_none(town: Town) -> None:
    town.document("router", WAITING)["log"] = 7


@finds("misshapen")
def _a_number_is_text(town: Town) -> None:
    town.document("router", WAITING)["log"][0]["sequence"] = "1"


@finds("absent")
def _a_service_has_no_such_letter(town: Town) -> None:
    del town.letters["publisher"][WAITING]


@finds("not_heard")
def _a_service_missed_the_last_event(town: Town) -> None:
    town.document("notifier")["seen"]["progress"] -= 1


@finds("heard_more")
def _the_writer_lost_what_was_heard(town: Town) -> None:
    town.document("intake")["seen"]["progress"] += 1


@finds("gap")
def _a_service_heard_of_something_later(town: Town) -> None:
    town.document("publisher")["heard"] = {"progress": 99}


@finds("waiting")
def _a_record_is_parked(town: Town) -> None:
    name = f"{PROGRESS.name}/{ANSWERED}/3"
    town.parked["publisher"] = [{"_id": name, "letter": ANSWERED, "topic": PROGRESS.name}]


@finds("waiting")
def _a_record_without_a_letter_is_parked(town: Town) -> None:
    town.parked["router"] = [{"_id": "letters.submitted/0/7/1", "letter": "", "topic": "x"}]


# --- every letter ends in an answer --------------------------------------------------------------


@finds("not_received")
def _the_router_never_received_it(town: Town) -> None:
    kept = town.document("router", WAITING)
    first, second = kept["log"][:2]
    first["type"], first["value"] = second["type"], second["value"]
    put_header(first, "ce_type", second["type"])


@finds("no_holder")
def _nobody_holds_it(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.routed", OVERDUE), holder="triage")
    change(town.entry("router", PROGRESS.name, "letter.escalated", OVERDUE), holder="triage")


@finds("no_holder")
def _triage_is_a_bureau(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.escalated", WAITING), holder="foshan")


@finds("no_clock")
def _no_clock_was_started(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.routed", OVERDUE), clocks=[])


@finds("clock_after_end")
def _a_clock_runs_on(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.withdrawn", WITHDRAWN), clocks=[])


@finds("no_answer")
def _it_closed_without_a_reply(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.replied"), state="handling")
    change(town.entry("router", PROGRESS.name, "letter.rated"), state="handling")


@finds("unexplained")
def _an_escalation_moved_it(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.escalated", OVERDUE), state="handling")


@finds("state_differs")
def _the_writer_sees_another_state(town: Town) -> None:
    town.document("intake")["state"]["state"] = "handling"


@finds("state_differs")
def _the_desk_finds_it_elsewhere(town: Town) -> None:
    town.document("router", WAITING)["is"] = "triage:submitted"


@finds("clocks_differ")
def _the_notifier_watches_another_day(town: Town) -> None:
    town.document("notifier", WAITING)["state"]["clocks"][0]["due_on"] = "2031-01-01"


@finds("not_told")
def _the_writer_was_not_told(town: Town) -> None:
    town.document("notifier")["state"]["deliveries"] = []


# --- every passed deadline escalates -------------------------------------------------------------


@finds("not_escalated")
def _time_went_on(town: Town) -> None:
    town.as_of += timedelta(days=20)


@finds("not_escalated")
def _another_level_was_recorded(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.escalated", OVERDUE), level="chief")


@finds("not_watched")
def _it_left_the_index(town: Town) -> None:
    del town.document("notifier", WAITING)["fires_at"]


@finds("not_watched")
def _it_stands_at_another_place_of_the_index(town: Town) -> None:
    town.document("notifier", WAITING)["fires_at"] += timedelta(days=1)


@finds("escalated_twice")
def _a_level_was_recorded_twice(town: Town) -> None:
    entry = town.entry("router", PROGRESS.name, "letter.escalated", OVERDUE)
    say_again(town.document("router", OVERDUE), entry)


@finds("fired_twice")
def _a_level_was_proposed_twice(town: Town) -> None:
    entry = town.entry("notifier", DEADLINES.name, "clock.fired", OVERDUE)
    say_again(town.document("notifier", OVERDUE), entry)


def _with_levels(town: Town, *days: tuple[str, int]) -> None:
    """The overdue clock has these levels, that many days after its due date."""
    routed = town.entry("router", PROGRESS.name, "letter.routed", OVERDUE)
    clocks = said(routed)["clocks"]
    (sign_in,) = [one for one in clocks if one["clock"] == "sign_in"]
    at = "2026-11-{:02}T16:00:00Z"
    passes = int(sign_in["passes_at"][8:10])
    sign_in["levels"] = [{"level": name, "at": at.format(passes + day)} for name, day in days]
    change(routed, clocks=clocks)


@finds("out_of_order")
def _a_reminder_followed_red(town: Town) -> None:
    _with_levels(town, ("reminder", -1), ("red", 0))
    entry = town.entry("router", PROGRESS.name, "letter.escalated", OVERDUE)
    say_again(town.document("router", OVERDUE), entry, level="reminder")


@finds("too_early")
def _red_came_before_its_time(town: Town) -> None:
    _with_levels(town, ("red", 3))


@finds("unfounded")
def _a_round_that_never_ran(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.escalated", OVERDUE), round=2)
