"""Routes of the duty desk: the queue with words and phone numbers; seen and resolved.

Only role `duty` reads and acts, and every reading is recorded. Auditors and supervisors see who
has read what.
"""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.intake.api.dependencies import Desk
from services.intake.api.duty_queue import DutyQueue
from services.intake.api.duty_schemas import DutyList, DutyRows, NewResolution, Reading, ReadingList
from services.intake.domain.duty_desk import DutyShown
from services.intake.store import QueueName
from shared.platform.http.identity import staff
from shared.platform.http.parameters import After, IdempotencyKey
from shared.platform.http.tokens import Person
from shared.platform.mongo.paging import place, written

router = APIRouter(prefix="/v1/duty", tags=["duty"])

Duty = Annotated[Person, Depends(staff("duty"))]
Watcher = Annotated[Person, Depends(staff("supervisor", "auditor"))]


@router.get("/diversions")
async def list_duty_diversions(
    person: Duty, desk: Desk, standing: QueueName = "unseen", after: After = None
) -> DutyRows:
    """What nobody has seen yet, or (`unresolved`) what was seen and is still to be resolved."""
    begins = place(after) if after else None
    shown, end = await DutyQueue(desk).waiting(person, standing, after=begins)
    return DutyRows(diversions=shown, next=written(end) if end else None)


@router.get("/diversions/{diversion}/same-writer")
async def list_diversions_of_same_writer(
    diversion: str, person: Duty, desk: Desk, standing: QueueName = "unseen", after: After = None
) -> DutyList:
    """All diversions of the same writer in that queue."""
    begins = place(after) if after else None
    shown, end = await DutyQueue(desk).of_writer(person, diversion, standing=standing, after=begins)
    return DutyList(diversions=shown, next=written(end) if end else None)


@router.get("/diversions/{diversion}")
async def read_duty_diversion(diversion: str, person: Duty, desk: Desk) -> DutyShown:
    """One diversion, whatever became of it."""
    return await DutyQueue(desk).one(person, diversion)


@router.post("/diversions/{diversion}/seen")
async def mark_diversion_seen(
    diversion: str, person: Duty, key: IdempotencyKey, desk: Desk
) -> DutyShown:
    """Record that a person has seen it, which stops the paging; the first one counts."""
    return await DutyQueue(desk).see(person, diversion, key=key)


@router.post("/diversions/{diversion}/resolve")
async def resolve_diversion(
    diversion: str, body: NewResolution, person: Duty, key: IdempotencyKey, desk: Desk
) -> DutyShown:
    """Record what was done about it, once; whoever resolves it has seen it.

    After `false_alarm` and `writer_says_no` it is accepted as a letter, with its first time.
    """
    return await DutyQueue(desk).resolve(
        person, diversion, outcome=body.outcome, reference=body.reference, key=key
    )


@router.get("/diversions/{diversion}/readings")
async def list_diversion_readings(diversion: str, watcher: Watcher, desk: Desk) -> ReadingList:
    """Who of the duty desk has read it."""
    del watcher
    number, _ = await desk.diversion(diversion)
    found = await desk.readings.of(number)
    return ReadingList(readings=[Reading(staff=each["staff"], at=each["at"]) for each in found])
