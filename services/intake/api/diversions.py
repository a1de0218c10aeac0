"""Routes of a writer whose words were diverted: its state, and whether it is happening now."""

from fastapi import APIRouter

from services.intake.api.dependencies import Desk
from services.intake.api.diversion_actions import DiversionActions
from services.intake.api.diversions_schemas import DiversionShown, NewHappening
from services.intake.api.warnings import lines_of
from services.intake.domain.diversion import Diversion
from shared.platform.http.identity import Citizen
from shared.platform.http.parameters import IdempotencyKey

router = APIRouter(prefix="/v1/diversions", tags=["diversions"])


@router.get("/{diversion}")
async def read_diversion(diversion: str, person: Citizen, desk: Desk) -> DiversionShown:
    """A diversion of the writer's own words."""
    return _shown(*await desk.own_diversion(person, diversion))


@router.post("/{diversion}/answer")
async def answer_diversion(
    diversion: str, body: NewHappening, person: Citizen, key: IdempotencyKey, desk: Desk
) -> DiversionShown:
    """Say whether it is happening now. No: it is accepted as a letter, with its first time.

    Yes: it stays with the duty desk and isn't a letter. Writers are only asked if it wasn't
    stopped.
    """
    actions = DiversionActions(desk, person, key)
    return _shown(*await actions.say(diversion, is_happening=body.happening_now))


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
