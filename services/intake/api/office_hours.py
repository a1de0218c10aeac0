"""Who reads a letter when? Told with its number, by the hour at which it came in."""

from dataclasses import dataclass
from datetime import datetime, time

from pydantic import BaseModel

from shared.kernel.working_days import GUANGDONG, Calendar, civil_date
from shared.rules.lines import who_reads
from shared.rules.triage import Triaged


class Said(BaseModel):
    """A sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When somebody is there who reads; times of Guangdong."""

    calendar: Calendar
    opens: time
    closes: time

    def is_open(self, at: datetime) -> bool:
        """Whether it is a working day, between the two."""
        there = at.astimezone(GUANGDONG)
        return self.calendar.is_working(civil_date(at)) and self.opens <= there.time() < self.closes

    def read_by(self, received_at: datetime) -> Said:
        """Who reads a letter that came in then, and when."""
        zh, en = who_reads(Triaged(), in_office_hours=self.is_open(received_at))
        return Said(zh=zh, en=en)
