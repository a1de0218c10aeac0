"""Bodies of the routes of the duty desk."""

from datetime import datetime

from pydantic import BaseModel

from services.intake.domain.duty_desk import DutyRow, DutyShown
from shared.contracts.fields import OpaqueId
from shared.contracts.vocabulary import DiversionOutcome
from shared.platform.http.parameters import RequestBody


class NewResolution(RequestBody):
    """How the duty desk has dealt with a diversion."""

    outcome: DiversionOutcome
    reference: OpaqueId | None = None
    """The number under which 110 took it over; required with `handed_to_110`, and only there."""


class DutyRows(BaseModel):
    """One page of a queue: one row per writer, ordered by their first diversions."""

    diversions: list[DutyRow]
    next: str | None
    """Pass this as `after` to get the next page."""


class DutyList(BaseModel):
    """One page of one writer's diversions, oldest first."""

    diversions: list[DutyShown]
    next: str | None
    """Pass this as `after` to get the next page."""


class Reading(BaseModel):
    """A reading by a person of the duty desk."""

    staff: str
    at: datetime
    """The first reading in that hour (UTC)."""


class ReadingList(BaseModel):
    """Every reading, in order of time."""

    readings: list[Reading]
