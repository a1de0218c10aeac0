"""When a letter is read, depending on the hour at which it came in."""

from dataclasses import dataclass
from datetime import datetime, time

from pydantic import BaseModel

from shared.kernel.working_days import GUANGDONG, Calendar, civil_date
from shared.rules.classify.triage import TriageResult
from shared.rules.referrals import who_reads


class Said(BaseModel):
    """A sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When somebody is there to read letters; times of Guangdong."""

    calendar: Calendar
    opens: time
    closes: time

    def is_open(self, at: datetime) -> bool:
        """Whether it is a working day, between opening and closing."""
        local = at.astimezone(GUANGDONG)
        return self.calendar.is_working(civil_date(at)) and self.opens <= local.time() < self.closes

    def read_by(self, received_at: datetime) -> Said:
        """Who reads a letter received at that instant, and when."""
        zh, en = who_reads(TriageResult(), in_office_hours=self.is_open(received_at))
        return Said(zh=zh, en=en)
