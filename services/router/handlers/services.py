"""What intake, the notifier and the publisher ask of the router. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from services.router.domain.escalation import ConfirmClock
from services.router.domain.external_events import (
    EraseContent,
    PassIdentity,
    RecordPublication,
    RecordScan,
    WithholdIdentity,
)
from services.router.domain.registration import ReceiveLetter, classify_letters
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
    found = iter(classify_letters([one for one in events if isinstance(one, LetterSubmitted)]))
    return [next(found) if isinstance(one, LetterSubmitted) else None for one in events]


def on_identity_sealed(event: Envelope[IdentitySealed], arrival: Arrival) -> PassIdentity:
    """Forward the identity to the holder."""
    return PassIdentity(event.data, arrival.at)


def on_identity_withheld(event: Envelope[IdentityWithheld], arrival: Arrival) -> WithholdIdentity:
    """Tell the holder that none will come."""
    return WithholdIdentity(event.data, arrival.at)


def on_attachment_scanned(event: Envelope[AttachmentScanned], arrival: Arrival) -> RecordScan:
    """Show nobody a file that may do harm."""
    return RecordScan(event.data.attachment, event.data.outcome, arrival.at)


def on_letter_erased(event: Envelope[LetterErased], arrival: Arrival) -> EraseContent:
    """Erase what the router keeps of it."""
    return EraseContent(event.data.what, arrival.at)


def on_clock_fired(event: Envelope[ClockFired], arrival: Arrival) -> ConfirmClock:
    """Confirm the level or drop it."""
    return ConfirmClock(event.data, arrival.at)


def on_letter_published(event: Envelope[LetterPublished], arrival: Arrival) -> RecordPublication:
    """Tell the bureau that has answered it."""
    return RecordPublication(event.data.publication, event.data.path, arrival.at)
