"""By when must a problem with a publication be decided? Pure: calendar and policies handed in."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.values import ClockChange, Level, Limit
from shared.kernel.clocks import due
from shared.kernel.policies import Policies
from shared.kernel.working_days import Calendar, civil_date

CLOCK = "publication_problem"


@dataclass(frozen=True)
class Book:
    """The calendar and the policies under which due dates are computed."""

    calendar: Calendar
    policies: Policies

    def problem_clock(self, at: datetime, round_: int) -> ClockChange:
        """The clock that starts when a problem is reported at that instant."""
        start = civil_date(at)
        found = due(CLOCK, start=start, calendar=self.calendar, policies=self.policies)
        limit = self.policies.limit(CLOCK)
        return ClockChange(
            clock="publication_problem",
            round=round_,
            change="started",
            due_on=found.due_on,
            passes_at=found.passes_at,
            provisional=found.provisional,
            levels=tuple(
                Level.model_validate({"level": one.level, "at": one.at}) for one in found.levels
            ),
            counted_from=start,
            limit=Limit(amount=limit.amount, unit=limit.unit),
        )
