"""Index fields of letters and diversions, topics of their events, and queries for letters."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from services.intake.domain import IntakeState
from services.intake.domain.diversion import Diversion
from services.intake.domain.letter import ANSWERED, ENDED, IntakeLetter
from services.intake.store.look_up_queries import LOOK_UP_FIELDS, look_up_fields
from services.intake.store.retention_queries import RETENTION_FIELDS, retention_fields
from services.intake.store.reveal_queries import REVEAL_FIELDS, reveal_fields
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.event import Event
from shared.contracts.slugs import Bureau
from shared.contracts.topics import DIVERTED, SUBMITTED
from shared.contracts.vocabulary import Category
from shared.kernel.retention import RetentionTable
from shared.platform.crypto.key_ring import BlindIndex
from shared.platform.letters.letters import Letters
from shared.platform.letters.service_decider import Outgoing
from shared.platform.mongo.database import Collection, Document
from shared.platform.mongo.paging import EVER, Listing, Place

STATE: TypeAdapter[IntakeState] = TypeAdapter(IntakeState)
MOST_COMPARED = 50
"""The newest letters of a writer among which the open ones are compared with a new one."""
MOST_TITLES = 300
"""Publications whose titles are compared with what somebody is writing."""
MOST_IDENTITIES = 200
"""Identities sealed again in one pass."""
NEWEST_FIRST = Listing(at="received_at", direction=-1, most=20)
DIVERTED_FIRST = Listing(at="diverted_at", direction=-1, most=20)
FIELDS = (
    *("owner", "received_at", "identity_kid"),
    *("unseen_since", "unresolved_since", "letter_due_since", "diverted_by"),
    *REVEAL_FIELDS,
    *LOOK_UP_FIELDS,
    *RETENTION_FIELDS,
    *("published_at", "published", "diversion_of", "diverted_at"),
)


def index(state: IntakeState, *, table: RetentionTable, blind: BlindIndex) -> Document:
    """Index fields. Letters: writer, document, phone, time, key of the identity, steps of reveals.

    Diversions: what the duty desk has still to do and for which writer, and the letter that is due.
    Both: what the retention table says.
    """
    known = _known(state) | look_up_fields(state, blind)
    return dict.fromkeys(FIELDS) | known | retention_fields(state, table)


def _known(state: IntakeState) -> Document:
    match state:
        case IntakeLetter():
            return {
                "owner": state.owner,
                "received_at": state.received_at,
                "identity_kid": state.identity_kid,
                **_public(state),
                **reveal_fields(state),
            }
        case Diversion():
            writer = {"diverted_by": state.owner} if state.is_open else {}
            always = {"diversion_of": state.owner, "diverted_at": state.diverted_at}
            return dict.fromkeys(_waits(state), state.diverted_at) | writer | always
        case _:
            return {}


def _public(letter: IntakeLetter) -> Document:
    """What everyone can read anyway, for those who write about the same matter."""
    public = letter.publication
    if public is None or public.is_withdrawn or public.title is None:
        return {}
    published = {"path": public.path, "title": public.title, "city": public.city}
    return {"published_at": public.published_at, "published": published}


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


async def diversions_of(
    letters: Collection, owner: str, *, after: Place | None
) -> tuple[list[str], Place | None]:
    """One page of a writer's diversions, newest first, and its end if more follow.

    Those that were last changed before this was indexed are missing.
    """
    return await DIVERTED_FIRST.page(letters, {"diversion_of": owner}, after=after)


async def own_open_letters(
    letters: Letters[Any, IntakeState],
    owners: Sequence[str],
    *,
    category: Category | None,
    city: Bureau | None,
) -> dict[str, IntakeLetter]:
    """The writer's newest letters without a reply, newest first, by one query of an index alone.

    Only those of that category and place; None: of any. Conditions on fields without an index cost
    the local database more than the rest of the query.
    """

    def is_wanted(state: Mapping[str, Any]) -> bool:
        is_open = state.get("state") not in {*ENDED, *ANSWERED}
        place = state.get("place") or {}
        return (
            is_open
            and category in (None, state.get("category"))
            and city in (None, place.get("city"))
        )

    found = await letters.found(
        {"owner": {"$in": list(owners)}},
        sort=(("received_at", -1), ("_id", -1)),
        limit=MOST_COMPARED,
        holds=is_wanted,
    )
    return {number: state for number, state in found.items() if isinstance(state, IntakeLetter)}


async def newest_published(letters: Collection) -> list[Document]:
    """Path, title and city of the newest publications."""
    newest = (("published_at", -1), ("_id", -1))
    found = await letters.find(
        {"published_at": EVER}, fields={"published": 1}, sort=newest, limit=MOST_TITLES
    )
    return [each["published"] for each in found]


async def identities_under(letters: Collection, kids: Iterable[str]) -> dict[str, str]:
    """Some of the letters whose holder has the identity under one of `kids`, with their kids."""
    where = {"identity_kid": {"$in": sorted(kids)}}
    found = await letters.find(where, fields={"identity_kid": 1}, limit=MOST_IDENTITIES)
    return {each["_id"]: each["identity_kid"] for each in found}
