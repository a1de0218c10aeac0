"""Commands from events of intake, the notifier and the publisher."""

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
"""How far intake's clock may be ahead of ours."""


class ReceivedInFuture(ValueError):
    """A letter whose time of receipt is later than now."""


def on_letter_submitted(event: Envelope[LetterSubmitted], arrival: Arrival) -> ReceiveLetter:
    """Register the letter. Raises: ReceivedInFuture, since dates count from that instant."""
    if event.data.received_at > arrival.at + TOLERANCE:
        raise ReceivedInFuture
    return ReceiveLetter(event.data, at=arrival.at, found=arrival.ahead)


def read_ahead(events: Sequence[Event]) -> list[Sorted | None]:
    """Classify the letters among these events together."""
    found = iter(classify_letters([one for one in events if isinstance(one, LetterSubmitted)]))
    return [next(found) if isinstance(one, LetterSubmitted) else None for one in events]


def on_identity_sealed(event: Envelope[IdentitySealed], arrival: Arrival) -> PassIdentity:
    """Forward the identity to the holder."""
    return PassIdentity(event.data, at=arrival.at)


def on_identity_withheld(event: Envelope[IdentityWithheld], arrival: Arrival) -> WithholdIdentity:
    """Tell the holder that no identity will come."""
    return WithholdIdentity(event.data, at=arrival.at)


def on_attachment_scanned(event: Envelope[AttachmentScanned], arrival: Arrival) -> RecordScan:
    """Record the result of a file's check."""
    found = event.data
    return RecordScan(found.attachment, found.outcome, found.quarantined, at=arrival.at)


def on_letter_erased(event: Envelope[LetterErased], arrival: Arrival) -> EraseContent:
    """Erase what the router keeps of it."""
    return EraseContent(event.data.what, at=arrival.at)


def on_clock_fired(event: Envelope[ClockFired], arrival: Arrival) -> ConfirmClock:
    """Confirm the level, or drop it as stale."""
    return ConfirmClock(event.data, at=arrival.at)


def on_letter_published(event: Envelope[LetterPublished], arrival: Arrival) -> RecordPublication:
    """Tell the bureau that answered it."""
    return RecordPublication(event.data.publication, event.data.path, at=arrival.at)
