"""The due date of a case, with the receipt of its count."""

from collections.abc import Iterator
from typing import Any

from shared.duedates.cases import DueDateCase, LetterCase
from shared.duedates.wording import note
from shared.kernel.limits import DayLimit
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.working_days import (
    Calendar,
    CountedDay,
    DueReceipt,
    OutsideCalendar,
    PausePeriod,
    add_natural_days,
    add_working_days,
    civil_date,
)
from shared.platform.runtime.json_lines import BadLine


def answer(
    case: DueDateCase | LetterCase, calendar: Calendar, *, versions: PolicyVersions
) -> dict[str, Any]:
    """The due date with its receipt, ready for JSON; no due date while the letter waits.

    If the limit comes from the policies, they are those in force on the day of receipt, and named.
    Raises: BadLine, if the count leaves the calendar.
    """
    if isinstance(case, DueDateCase):
        return _explained(case, DayLimit(case.limit.amount, case.limit.unit), calendar)
    policies = versions.on(civil_date(case.received))
    explained = _explained(case, policies.reply_limit(case.category), calendar)
    return explained | {"policy_version": policies.version}


def _explained(
    case: DueDateCase | LetterCase, limit: DayLimit, calendar: Calendar
) -> dict[str, Any]:
    receipt = _counted(case, limit, calendar)
    return {
        "id": case.id,
        "due": None if receipt.waits else f"{receipt.due_on}",
        "provisional": receipt.provisional,
        "receipt": list(_entries(receipt, calendar)),
        "passes_at": None if receipt.waits else f"{receipt.passes_at:%Y-%m-%dT%H:%M:%SZ}",
        "calendar_version": receipt.calendar_version,
    }


def _counted(case: DueDateCase | LetterCase, limit: DayLimit, calendar: Calendar) -> DueReceipt:
    try:
        return _count(case, limit, calendar, pauses=case.paused)
    except OutsideCalendar as outside:
        raise BadLine(f"{_to_blame(case, limit, calendar)}: {outside}") from None


def _to_blame(case: DueDateCase | LetterCase, limit: DayLimit, calendar: Calendar) -> str:
    """The field that makes the count leave the calendar."""
    if civil_date(case.received).year not in calendar.years:
        return "received"
    try:
        _count(case, limit, calendar, pauses=[])
    except OutsideCalendar:
        return "limit"
    return "paused"


def _count(
    case: DueDateCase | LetterCase,
    limit: DayLimit,
    calendar: Calendar,
    *,
    pauses: list[PausePeriod],
) -> DueReceipt:
    count = add_working_days if limit.unit == "wd" else add_natural_days
    return count(civil_date(case.received), limit.amount, calendar=calendar, pauses=pauses)


def _entries(receipt: DueReceipt, calendar: Calendar) -> Iterator[dict[str, Any]]:
    counted = {day: number for number, day in enumerate(receipt.counted, 1)}
    for entry in receipt.days:
        number = counted.get(entry.day, 0)
        row: dict[str, Any] = {"day": f"{entry.day}", "kind": entry.kind}
        if number:
            row["number"] = number
        if entry.reason:
            row["reason"] = entry.reason
        is_certain = calendar.is_announced(entry.day) or _counts_anyway(entry, receipt)
        yield row | {"note": note(entry, number=number, is_certain=is_certain)}


def _counts_anyway(entry: CountedDay, receipt: DueReceipt) -> bool:
    """Whether the day counts, worked or not: a natural day other than the last."""
    return receipt.unit == "d" and entry.kind == "counted" and entry != receipt.days[-1]
