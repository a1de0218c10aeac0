"""The duty desk over HTTP: what waits, with words and whom to call; seen, resolved. Recorded.

Only role `duty` reads and acts. Who has read what is for auditors and supervisors.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.intake.api.asker import IdempotencyKey, TheDesk
from services.intake.api.bodies import NewResolution
from services.intake.api.duty_queue import DutyDesk
from services.intake.domain.duty_desk import DutyRow, DutyShown
from services.intake.store import Waiting
from shared.platform.identity import staff
from shared.platform.paging import place, written
from shared.platform.parameters import After
from shared.platform.tokens import Person

router = APIRouter(prefix="/v1/duty", tags=["duty"])

Duty = Annotated[Person, Depends(staff("duty"))]
Watcher = Annotated[Person, Depends(staff("supervisor", "auditor"))]


class DutyRows(BaseModel):
    """One page of what waits: one row for each writer, in the order in which their first came."""

    diversions: list[DutyRow]
    next: str | None
    """What to ask for `after` to have the next page."""


class DutyList(BaseModel):
    """One page of one writer's diversions, oldest first."""

    diversions: list[DutyShown]
    next: str | None
    """What to ask for `after` to have the next page."""


class Reading(BaseModel):
    """That somebody of the duty desk had it before them."""

    staff: str
    at: datetime
    """The first time in that hour (UTC)."""


class ReadingList(BaseModel):
    """Everyone who had it before them, in the order of time."""

    readings: list[Reading]


@router.get("/diversions")
async def read_queue(
    person: Duty, desk: TheDesk, standing: Waiting = "unseen", after: After = None
) -> DutyRows:
    """What nobody has seen yet, or (`unresolved`) what was seen and is still to be resolved."""
    begins = place(after) if after else None
    shown, end = await DutyDesk(desk).waiting(person, standing, after=begins)
    return DutyRows(diversions=shown, next=written(end) if end else None)


@router.get("/diversions/{diversion}/same-writer")
async def read_same_writer(
    diversion: str, person: Duty, desk: TheDesk, standing: Waiting = "unseen", after: After = None
) -> DutyList:
    """All that waits so of whoever wrote that one."""
    begins = place(after) if after else None
    shown, end = await DutyDesk(desk).of_writer(person, diversion, standing=standing, after=begins)
    return DutyList(diversions=shown, next=written(end) if end else None)


@router.get("/diversions/{diversion}")
async def read_diversion(diversion: str, person: Duty, desk: TheDesk) -> DutyShown:
    """One of them, whatever became of it."""
    return await DutyDesk(desk).one(person, diversion)


@router.post("/diversions/{diversion}/seen")
async def see(diversion: str, person: Duty, key: IdempotencyKey, desk: TheDesk) -> DutyShown:
    """Say that a person has seen it, which stops the paging; the first one counts."""
    return await DutyDesk(desk).see(person, diversion, key=key)


@router.post("/diversions/{diversion}/resolve")
async def resolve(
    diversion: str, body: NewResolution, person: Duty, key: IdempotencyKey, desk: TheDesk
) -> DutyShown:
    """Say what was done about it, once; whoever does has seen it.

    `false_alarm` and `writer_says_no` let it go its way as a letter, with its first time.
    """
    return await DutyDesk(desk).resolve(
        person, diversion, outcome=body.outcome, reference=body.reference, key=key
    )


@router.get("/diversions/{diversion}/readings")
async def read_readings(diversion: str, watcher: Watcher, desk: TheDesk) -> ReadingList:
    """Who of the duty desk has had its words before them."""
    del watcher
    number, _ = await desk.diversion(diversion)
    found = await desk.readings.of(number)
    return ReadingList(readings=[Reading(staff=each["staff"], at=each["at"]) for each in found])
