"""Look-ups of letters by document number or phone: blind indexes, and the record of each look-up.

Letters stored before there was an index get it by `LookUpFiller`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from services.intake.domain import IntakeState
from services.intake.domain.letter import IntakeLetter
from shared.contracts.vocabulary import DocumentType, RevealReason
from shared.kernel.documents import normal_number
from shared.kernel.errors import TooOften
from shared.platform.crypto.key_ring import BlindIndex
from shared.platform.mongo.database import Collection, Document, Index, Insert
from shared.platform.runtime.clock import Now

LOOK_UPS: Final = "look_ups"
BY_DOCUMENT, BY_PHONE = "by_document", "by_phone"
LOOK_UP_FIELDS: Final = (BY_DOCUMENT, BY_PHONE)
LOOK_UP_INDEXES: Final = tuple(Index(((name, 1),), sparse=True) for name in LOOK_UP_FIELDS)
LOOK_UP_RECORDS: Final = (Index((("at", 1), ("_id", 1))), Index((("staff", 1), ("at", 1))))
MOST_FOUND: Final = 100
"""Letters that one look-up shows."""
MOST_IN_TEN_MINUTES: Final = 10
MOST_IN_A_DAY: Final = 50
"""Look-ups of one person."""
LIMITS: Final = (
    (timedelta(minutes=10), MOST_IN_TEN_MINUTES),
    (timedelta(days=1), MOST_IN_A_DAY),
)
LookUpKind: TypeAlias = Literal["document", "phone"]
_COUNTRY: Final = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")


class LookUp(NamedTuple):
    """A recorded look-up; the value itself is never stored."""

    at: datetime
    staff: str
    role: str
    kind: LookUpKind
    reason: RevealReason
    reference: str | None
    """The number of the file or case for which it was needed."""
    found: int
    """Letters that were shown."""


def document_hash(blind: BlindIndex, kind: DocumentType, *, number: str) -> str:
    """The keyed hash of an identity document."""
    return blind.of("document", kind, normal_number(number))


def phone_hash(blind: BlindIndex, phone: str) -> str:
    """The keyed hash of a phone number, however it is written."""
    return blind.of("phone", _COUNTRY.sub("", normal_number(phone)))


def look_up_fields(state: IntakeState, blind: BlindIndex) -> Document:
    """Index fields of a letter whose identity isn't erased; earlier values count too."""
    if not isinstance(state, IntakeLetter) or state.identity is None:
        return {}
    documents = {document_hash(blind, kind, number=number) for kind, number in _documents(state)}
    phones = {phone_hash(blind, each) for each in _phones(state)}
    return {BY_DOCUMENT: sorted(documents), BY_PHONE: sorted(phones)}


def _documents(letter: IntakeLetter) -> Iterator[tuple[DocumentType, str]]:
    for one in (letter.identity, *letter.earlier_identities):
        if one is not None:
            yield one.document_type, one.id_number


def _phones(letter: IntakeLetter) -> Iterator[str]:
    known = (letter.identity, *letter.earlier_identities, letter.contact, *letter.earlier_contacts)
    yield from (one.phone for one in known if one is not None and one.phone)


async def letters_by(letters: Collection, name: str, *, digest: str) -> Sequence[str]:
    """The newest letters with that hash in the field `name`, at most `MOST_FOUND` and one more."""
    found = await letters.find(
        {name: digest},
        fields={"_id": 1},
        sort=(("received_at", -1), ("_id", -1)),
        limit=MOST_FOUND + 1,
    )
    return [each["_id"] for each in found]


class LookUps:
    """The record of all look-ups: entries are added and never changed."""

    def __init__(self, collection: Collection, *, now: Now) -> None:
        self._collection = collection
        self._now = now

    async def check_room(self, staff: str) -> None:
        """Raises: TooOften, after too many look-ups of one person; DatabaseFault."""
        now = self._now()
        for span, most in LIMITS:
            where = {"staff": staff, "at": {"$gt": now - span}}
            if len(await self._collection.find(where, fields={"_id": 1}, limit=most)) >= most:
                raise TooOften

    async def note(self, look_up: LookUp, *, key: str) -> None:
        """Record it before anything is shown; once under its key. Raises: DatabaseFault."""
        await self._collection.write([Insert({"_id": key, **look_up._asdict()})])

    async def between(self, start: datetime, end: datetime) -> list[LookUp]:
        """Look-ups in order of time. Raises: DatabaseFault."""
        where: dict[str, Any] = {"at": {"$gte": start, "$lt": end}}
        found = await self._collection.find(where, sort=(("at", 1), ("_id", 1)))
        return [LookUp(**{name: each[name] for name in LookUp._fields}) for each in found]
