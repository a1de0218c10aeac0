"""The router's documents: their state, indexes, and what goes out for each event."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from services.router.domain.bureau_view import for_bureau, recipient
from services.router.domain.due_dates import Rulebook
from services.router.domain.letter import Letter, LetterState, UnknownLetter, standing
from services.router.domain.preconditions import ENDED
from services.router.domain.public_keys import HolderKeys
from services.router.domain.resends import ResendFrom
from services.router.store import claims, reply_drafts, visits, word_index
from services.router.store.desk_leases import LEASE_INDEXES, LEASES
from services.router.store.overview import CHANGED
from services.router.store.pending_decisions import PENDING, PENDING_INDEXES
from shared.contracts.bureau_v1 import LetterIdentity, LetterSnapshot, PublicationNoted
from shared.contracts.event import Fact
from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import (
    DEADLINES,
    KEYS,
    PROGRESS,
    PUBLISHED,
    RESENDS,
    SUBMITTED,
    actions_of,
    letters_of,
)
from shared.kernel.finding import open_in
from shared.kernel.letter_number import is_letter_number
from shared.platform.http.visibility import marks
from shared.platform.letters.document_mapper import INDEXES as SHELL_INDEXES
from shared.platform.letters.service_decider import Outgoing, Resend
from shared.platform.mongo.database import Document, Index

LETTERS = "letters"
STRANGERS = "strangers"

UNLISTED = "unlisted_since"
"""Since when the word index is out of date for a letter."""

STATE: TypeAdapter[LetterState] = TypeAdapter(UnknownLetter | Letter | HolderKeys)
"""The states of all documents of the collection: holders of keys stand beside the letters."""

READS = (
    SUBMITTED.name,
    DEADLINES.name,
    PUBLISHED.name,
    RESENDS.name,
    *(actions_of(slug).name for slug in BUREAUS),
)
WRITES = (PROGRESS.name, KEYS.name, *(letters_of(slug).name for slug in BUREAUS))

INDEXES = {
    LETTERS: (
        *SHELL_INDEXES,
        Index((("is", 1), ("received_at", 1), ("_id", 1))),
        Index((("tell_anew_at", 1),), sparse=True),
        Index((("due_at", 1),), sparse=True),
        Index((("followed_since", 1), ("_id", 1)), sparse=True),
        Index((("received_at", 1), ("_id", 1))),
        Index((("city", 1), ("received_at", 1)), sparse=True),
        Index((("bureaus", 1), ("received_at", 1))),
        Index(((UNLISTED, 1),), sparse=True),
        Index(((CHANGED, 1),)),
    ),
    word_index.WORDS: word_index.INDEXES,
    claims.CLAIMS: claims.INDEXES,
    reply_drafts.DRAFTS: reply_drafts.INDEXES,
    visits.PEOPLE: visits.PEOPLE_INDEXES,
    visits.VISITS: visits.VISIT_INDEXES,
    STRANGERS: (Index((("at", 1),), expire_after_s=7 * 86_400),),
    LEASES: LEASE_INDEXES,
    PENDING: PENDING_INDEXES,
}

FOR_BUREAUS = (LetterIdentity, LetterSnapshot, PublicationNoted)
"""Facts that are only for a bureau."""
NO_LETTER = "unknown"
"""Subject of a refusal if the action's key is no letter number."""


def index(state: LetterState) -> Document:
    """Return the indexed fields: `is` is holder and state, as `guangzhou:handling`.

    `category` and `city` are codes, the city being where the matter arose. `due_at` is when the
    first of its clocks passes, `bureaus` are those in which anybody may find it. Two more are for
    `visibility_filter` (shared/platform/http/visibility.py), which every list needs.
    """
    if not isinstance(state, Letter):
        return {"is": None, "received_at": None, **marks(None)}
    seen = standing(state)
    now = {
        "is": f"{state.holder}:{state.state}",
        "received_at": state.received_at,
        "due_at": state.due_at,
        "followed_since": state.received_at if _is_followed(state) else None,
        "category": state.category,
        "city": state.place.city,
        "bureaus": sorted(open_in(seen)),
    }
    return now | marks(seen)


def anew(before: LetterState, after: LetterState) -> tuple[str, ...]:
    """Mark a letter as changed, and for the word index if needed.

    It is needed if its words came or were erased, or other bureaus may find it.
    """
    is_listed_anew = _listed_in(before) != _listed_in(after)
    return (CHANGED, UNLISTED) if is_listed_anew else (CHANGED,)


def _listed_in(state: LetterState) -> frozenset[str] | None:
    """The bureaus in its index entry; None: it has no words to be found by."""
    if not isinstance(state, Letter) or state.words is None:
        return None
    return open_in(standing(state))


def _is_followed(letter: Letter) -> bool:
    return letter.is_followed_up and letter.state not in ENDED


def outgoing(event: Any, after: LetterState, *, rulebook: Rulebook) -> Iterable[Outgoing | Resend]:
    """Return the fact for everyone, and the copy for the bureau that holds the letter."""
    if isinstance(event, ResendFrom):
        yield Resend(letters_of(event.bureau).name, event.from_sequence)
    if isinstance(event, Fact) and not isinstance(event, FOR_BUREAUS):
        yield Outgoing(PROGRESS.name, event)
    if isinstance(after, Letter) and (bureau := recipient(event, after)) is not None:
        for copy in for_bureau(event, after, rulebook=rulebook):
            yield Outgoing(letters_of(bureau).name, copy)


def subject_for(key: str) -> str:
    """Return the letter that a bureau's action is about, if its key is a letter number.

    Nothing else that a bureau without a holding sent is repeated.
    """
    return key if is_letter_number(key) else NO_LETTER
