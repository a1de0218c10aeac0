"""Index fields of letters and diversions, topics of their events, and queries for letters."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import TypeAdapter

from services.intake.domain import IntakeState
from services.intake.domain.diversion import Diversion
from services.intake.domain.letter import IntakeLetter
from services.intake.store.look_up_queries import LOOK_UP_FIELDS, look_up_fields
from services.intake.store.reveal_queries import REVEAL_FIELDS, reveal_fields
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.event import Event
from shared.contracts.topics import DIVERTED, SUBMITTED
from shared.platform.crypto.key_ring import BlindIndex
from shared.platform.letters.service_decider import Outgoing
from shared.platform.mongo.database import Collection, Document
from shared.platform.mongo.paging import Listing, Place

STATE: TypeAdapter[IntakeState] = TypeAdapter(IntakeState)
MOST_IDENTITIES = 200
"""Identities sealed again in one pass."""
NEWEST_FIRST = Listing(at="received_at", direction=-1, most=20)
FIELDS = (
    *("owner", "received_at", "identity_kid"),
    *("unseen_since", "unresolved_since", "letter_due_since", "diverted_by"),
    *REVEAL_FIELDS,
    *LOOK_UP_FIELDS,
)


def index(state: IntakeState, *, blind: BlindIndex) -> Document:
    """Index fields. Letters: writer, document, phone, time, key of the identity, steps of reveals.

    Diversions: what the duty desk has still to do and for which writer, and the letter that is due.
    """
    return dict.fromkeys(FIELDS) | _known(state) | look_up_fields(state, blind)


def _known(state: IntakeState) -> Document:
    match state:
        case IntakeLetter():
            return {
                "owner": state.owner,
                "received_at": state.received_at,
                "identity_kid": state.identity_kid,
                **reveal_fields(state),
            }
        case Diversion():
            writer = {"diverted_by": state.owner} if state.is_open else {}
            return dict.fromkeys(_waits(state), state.diverted_at) | writer
        case _:
            return {}


def _waits(diversion: Diversion) -> Iterable[str]:
    if diversion.seen_at is None:
        yield "unseen_since"
    elif diversion.outcome is None:
        yield "unresolved_since"
    if diversion.letter_to_send:
        yield "letter_due_since"


def outgoing(event: Any, _: IntakeState) -> Iterable[Outgoing]:
    """Public events go to `letters.submitted`, those about diversions to `letters.diverted`."""
    if isinstance(event, Event):
        is_diverted = type(event) in ON_TOPIC[DIVERTED.name]
        yield Outgoing(DIVERTED.name if is_diverted else SUBMITTED.name, event)


async def letters_of(
    letters: Collection, owners: Sequence[str], *, after: Place | None
) -> tuple[list[str], Place | None]:
    """One page of a writer's letter numbers, newest first, and its end if more follow."""
    return await NEWEST_FIRST.page(letters, {"owner": {"$in": list(owners)}}, after=after)


async def identities_under(letters: Collection, kids: Iterable[str]) -> dict[str, str]:
    """Some of the letters whose holder has the identity under one of `kids`, with their kids."""
    where = {"identity_kid": {"$in": sorted(kids)}}
    found = await letters.find(where, fields={"identity_kid": 1}, limit=MOST_IDENTITIES)
    return {each["_id"]: each["identity_kid"] for each in found}
