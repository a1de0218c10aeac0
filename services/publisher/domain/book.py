"""By when must a problem with a publication be decided? Pure: calendar and policies handed in."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.values import ClockChange, Level, Limit
from shared.kernel.clocks import due
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.working_days import Calendar, civil_date

CLOCK = "publication_problem"


@dataclass(frozen=True)
class Book:
    """The calendar and the policies under which due dates are computed."""

    calendar: Calendar
    versions: PolicyVersions

    def problem_clock(self, at: datetime, round_: int, *, version: str) -> ClockChange:
        """The clock that starts when a problem is reported at that instant.

        `version`: of the policies under which the letter was received.
        """
        start, policies = civil_date(at), self.versions.under(version)
        found = due(CLOCK, start=start, calendar=self.calendar, policies=policies)
        limit = policies.limit(CLOCK)
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
