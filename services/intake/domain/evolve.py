"""`evolve`: what each event changes in the state of a letter or a diversion."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from services.intake.domain import (
    contact,
    counter,
    diversion,
    erasure,
    file_access,
    files,
    identity_reveals,
    identity_sealing,
    publication_copy,
    submission,
    writer_requests,
    writer_view,
)
from services.intake.domain.diversion import Diversion
from services.intake.domain.letter import IntakeLetter, NoLetter
from services.intake.domain.publication_copy import PublisherEventNoted, publisher_event_noted
from shared.contracts import submitted_v1
from shared.contracts.diverted_v1 import DiversionResolved, DutySeen, LetterDiverted

IntakeState: TypeAlias = NoLetter | IntakeLetter | Diversion
PrivateEvent: TypeAlias = (
    submission.OwnerRecorded
    | writer_view.ProgressNoted
    | counter.CounterEvent
    | PublisherEventNoted
    | file_access.FilesViewed
    | diversion.DiversionEvent
)
"""Events that go on no topic."""

FOLDS: Mapping[tuple[type[IntakeState], type[Any]], Callable[[Any, Any], Any]] = MappingProxyType(
    {
        (NoLetter, submitted_v1.LetterSubmitted): submission.submitted,
        (IntakeLetter, submission.OwnerRecorded): submission.owner_recorded,
        (IntakeLetter, counter.LetterEntered): counter.letter_entered,
        (IntakeLetter, submitted_v1.PhoneCheckRequested): counter.phone_check_requested,
        (IntakeLetter, counter.PhoneCodeKept): counter.phone_code_kept,
        (IntakeLetter, counter.PhoneCodeTried): counter.phone_code_tried,
        (IntakeLetter, submitted_v1.AttachmentScanned): files.attachment_scanned,
        (IntakeLetter, submitted_v1.AttachmentFetched): file_access.attachment_fetched,
        (IntakeLetter, file_access.FilesViewed): file_access.files_viewed,
        **{(IntakeLetter, event): writer_requests.requested for event in writer_requests.KINDS},
        (IntakeLetter, writer_view.ProgressNoted): writer_view.progress_noted,
        (IntakeLetter, submitted_v1.ContactChanged): contact.contact_changed,
        (IntakeLetter, submitted_v1.ConsentChanged): publication_copy.consent_changed,
        (IntakeLetter, submitted_v1.PublicationCopied): publication_copy.publication_copied,
        (IntakeLetter, PublisherEventNoted): publisher_event_noted,
        (IntakeLetter, submitted_v1.IdentitySealed): identity_sealing.identity_sealed,
        (IntakeLetter, submitted_v1.IdentityWithheld): identity_sealing.identity_sealed,
        (IntakeLetter, submitted_v1.RevealRequested): identity_reveals.reveal_requested,
        (IntakeLetter, submitted_v1.RevealDecided): identity_reveals.reveal_decided,
        (IntakeLetter, submitted_v1.IdentityRevealed): identity_reveals.identity_revealed,
        (IntakeLetter, submitted_v1.LetterErased): erasure.erased,
        (NoLetter, LetterDiverted): diversion.diverted,
        (Diversion, diversion.ContentDiverted): diversion.content_diverted,
        (Diversion, DutySeen): diversion.duty_seen,
        (Diversion, DiversionResolved): diversion.resolved,
        (Diversion, diversion.HappeningSaid): diversion.happening_said,
        (Diversion, diversion.LetterMade): diversion.letter_made,
        (Diversion, diversion.ContentErased): diversion.content_erased,
    }
)


def evolve(state: IntakeState, event: object) -> IntakeState:
    """The state after `event`; an event that has no fold for this state changes nothing."""
    fold = FOLDS.get((type(state), type(event)))
    return fold(state, event) if fold else state
