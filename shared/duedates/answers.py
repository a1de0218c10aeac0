"""When is a case due, and how was that counted? Pure."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from shared.duedates.cases import BadLine, Case
from shared.duedates.wording import note
from shared.kernel.working_days import (
    Calendar,
    OutsideCalendar,
    Pause,
    Receipt,
    ReceiptDay,
    add_natural_days,
    add_working_days,
    civil_date,
)


def answer(case: Case, calendar: Calendar) -> dict[str, Any]:
    """The due date with its receipt, ready for JSON; no due date while the letter waits.

    Raises: BadLine, if the count leaves the calendar.
    """
    receipt = _counted(case, calendar)
    return {
        "id": case.id,
        "due": None if receipt.waits else f"{receipt.due_on}",
        "provisional": receipt.provisional,
        "receipt": list(_entries(receipt, calendar)),
        "passes_at": None if receipt.waits else f"{receipt.passes_at:%Y-%m-%dT%H:%M:%SZ}",
        "calendar_version": receipt.calendar_version,
    }


def _counted(case: Case, calendar: Calendar) -> Receipt:
    start = civil_date(case.received)
    alone = "limit" if start.year in calendar.years else "received"
    _count(case, start, calendar, pauses=[], field=alone)
    return _count(case, start, calendar, pauses=case.paused, field="paused")


def _count(
    case: Case, start: date, calendar: Calendar, *, pauses: list[Pause], field: str
) -> Receipt:
    """The receipt; `field` is what to blame if the count leaves the calendar."""
    count = add_working_days if case.limit.unit == "wd" else add_natural_days
    try:
        return count(start, case.limit.amount, calendar=calendar, pauses=pauses)
    except OutsideCalendar as outside:
        raise BadLine(f"{field}: {outside}") from None


def _entries(receipt: Receipt, calendar: Calendar) -> Iterator[dict[str, Any]]:
    counted = {day: number for number, day in enumerate(receipt.counted, 1)}
    for entry in receipt.days:
        number = counted.get(entry.day, 0)
        told: dict[str, Any] = {"day": f"{entry.day}", "kind": entry.kind}
        if number:
            told["number"] = number
        if entry.reason:
            told["reason"] = entry.reason
        is_certain = calendar.is_announced(entry.day) or _counts_anyway(entry, receipt)
        yield told | {"note": note(entry, number=number, is_certain=is_certain)}


def _counts_anyway(entry: ReceiptDay, receipt: Receipt) -> bool:
    """Whether the day counts, worked or not: a natural day that isn't the last."""
    return receipt.unit == "d" and entry.kind == "counted" and entry != receipt.days[-1]
