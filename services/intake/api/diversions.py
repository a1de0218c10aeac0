"""The routes of a writer whose words were diverted: how it stands, and whether it happens now."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from services.intake.api.asker import IdempotencyKey, TheDesk
from services.intake.api.bodies import NewHappening
from services.intake.api.diversion_actions import Acting
from services.intake.api.warnings import LineShown, lines_of
from services.intake.domain.diversion import Diversion
from shared.contracts.vocabulary import DiversionOutcome
from shared.kernel.errors import ForeignLetter
from shared.platform.identity import Citizen

router = APIRouter(prefix="/v1/diversions", tags=["diversions"])


class DiversionShown(BaseModel):
    """What was diverted, as its writer sees it; instants are UTC. Nothing of the staff."""

    diversion: str
    diverted_at: datetime
    asks: bool
    """Whether the writer is still to say if it is happening now."""
    was_seen: bool
    outcome: DiversionOutcome | None
    letter: str | None
    """The letter that it has become, or that it was said about."""
    lines: list[LineShown]
    """Whom to turn to, most urgent first."""


@router.get("/{diversion}")
async def read_diversion(diversion: str, person: Citizen, desk: TheDesk) -> DiversionShown:
    """What was diverted of the writer's own."""
    number, found = await desk.diversion(diversion)
    if found.owner != desk.owner(person):
        raise ForeignLetter
    return _shown(number, found)


@router.post("/{diversion}/answer")
async def say_whether_it_happens(
    diversion: str, body: NewHappening, person: Citizen, key: IdempotencyKey, desk: TheDesk
) -> DiversionShown:
    """Say whether it is happening now; no: it goes its way as a letter, with its first time.

    Yes: it stays with the duty desk, and isn't a letter. Nobody is asked where it was stopped.
    """
    acting = Acting(desk, person, key)
    return _shown(*await acting.say(diversion, is_happening=body.happening_now))


def _shown(number: str, diversion: Diversion) -> DiversionShown:
    caught = diversion.caught
    return DiversionShown(
        diversion=number,
        diverted_at=diversion.diverted_at,
        asks=diversion.asks,
        was_seen=diversion.seen_at is not None,
        outcome=diversion.outcome,
        letter=caught.becomes if caught and diversion.is_letter else diversion.found_in,
        lines=lines_of(diversion),
    )
