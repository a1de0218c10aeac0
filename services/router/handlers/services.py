"""What intake, the notifier and the publisher ask of the router. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from services.router.domain import (
    ConfirmClock,
    EraseLetter,
    NotePublication,
    NoteScan,
    PassIdentity,
    ReceiveLetter,
    WithholdIdentity,
    sorted_all,
)
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.submitted_v1 import (
    AttachmentScanned,
    IdentitySealed,
    IdentityWithheld,
    LetterErased,
    LetterSubmitted,
)
from shared.platform.letters.service_decider import Arrival
from shared.rules.classify.sorting import Sorted

TOLERANCE = timedelta(minutes=1)
"""By how much intake's clock may be ahead of ours."""


class ReceivedInFuture(ValueError):
    """A letter that says it was received later than now."""


def on_letter_submitted(event: Envelope[LetterSubmitted], arrival: Arrival) -> ReceiveLetter:
    """Register the letter. Raises: ReceivedInFuture, since dates are counted from that instant."""
    if event.data.received_at > arrival.at + TOLERANCE:
        raise ReceivedInFuture
    return ReceiveLetter(event.data, arrival.at, arrival.ahead)


def read_ahead(events: Sequence[Event]) -> list[Sorted | None]:
    """What the rules make of those that are letters."""
    found = iter(sorted_all([one for one in events if isinstance(one, LetterSubmitted)]))
    return [next(found) if isinstance(one, LetterSubmitted) else None for one in events]


def on_identity_sealed(event: Envelope[IdentitySealed], _: Arrival) -> PassIdentity:
    """Forward the identity to the holder."""
    return PassIdentity(event.data)


def on_identity_withheld(event: Envelope[IdentityWithheld], _: Arrival) -> WithholdIdentity:
    """Tell the holder that none will come."""
    return WithholdIdentity(event.data)


def on_attachment_scanned(event: Envelope[AttachmentScanned], _: Arrival) -> NoteScan:
    """Show nobody a file that may do harm."""
    return NoteScan(event.data.attachment, event.data.outcome)


def on_letter_erased(event: Envelope[LetterErased], _: Arrival) -> EraseLetter:
    """Erase what the router keeps of it."""
    return EraseLetter(event.data.what)


def on_clock_fired(event: Envelope[ClockFired], arrival: Arrival) -> ConfirmClock:
    """Confirm the level or drop it."""
    return ConfirmClock(event.data, arrival.at)


def on_letter_published(event: Envelope[LetterPublished], arrival: Arrival) -> NotePublication:
    """Tell the bureau that has answered it."""
    return NotePublication(event.data.publication, event.data.path, arrival.at)
