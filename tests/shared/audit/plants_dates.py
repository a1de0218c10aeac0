"""Faults in when: backdated facts, effects before their causes, and instants still to come."""

from datetime import timedelta

from shared.contracts.topics import PROGRESS, SUBMITTED
from tests.shared.audit.planting import finds
from tests.shared.audit.town import SIGNED, Town, change


@finds("before_basis")
def _a_bureau_backdated_its_reply(town: Town) -> None:
    """As in a record with a timestamp 40 days in the past."""
    for name in ("reply.submitted", "letter.replied"):
        entry = town.entry("router", PROGRESS.name, name)
        change(entry, at=_shifted(town, timedelta(days=-40)))


@finds("before_basis")
def _a_chief_signed_before_there_was_a_draft(town: Town) -> None:
    """After the letter came, so that only the draft shows it."""
    router = town.document("router", SIGNED)
    for entry in router["log"]:
        if "reply.submitted" in entry["type"]:
            change(entry, at=_shifted(town, timedelta(hours=-1)))


@finds("before_cause")
def _the_router_answered_before_it_was_asked(town: Town) -> None:
    entry = town.entry("router", PROGRESS.name, "letter.received")
    entry["at"] -= timedelta(minutes=2)


@finds("in_future")
def _a_fact_counts_from_tomorrow(town: Town) -> None:
    entry = town.entry("router", PROGRESS.name, "letter.accepted")
    change(entry, at=_shifted(town, timedelta(days=1)))


@finds("in_future")
def _a_letter_came_later_than_it_was_taken_in(town: Town) -> None:
    entry = town.entry("intake", SUBMITTED.name, "letter.submitted")
    change(entry, received_at=_shifted(town, timedelta(days=1)))


@finds("in_future")
def _a_service_has_a_clock_that_is_ahead(town: Town) -> None:
    entry = town.entry("intake", SUBMITTED.name, "rating.submitted")
    entry["at"] = town.as_of + timedelta(minutes=2)


def _shifted(town: Town, by: timedelta) -> str:
    return (town.as_of + by).isoformat().replace("+00:00", "Z")
