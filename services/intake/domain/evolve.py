"""What each fact leaves behind at the front desk: `evolve`, which never refuses. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain.diversion import Diversion
from services.intake.domain.diverting import after, diverted
from services.intake.domain.erasure import erased
from services.intake.domain.identity_sealing import identity_kid
from services.intake.domain.letter import IntakeState, Letter, Nothing
from services.intake.domain.publishing import published
from services.intake.domain.reveals import after as after_reveal
from services.intake.domain.writer_requests import KINDS, asked, with_files
from services.intake.domain.writer_view import noted
from shared.contracts.diverted_v1 import LetterDiverted
from shared.contracts.event import Event, Fact
from shared.contracts.submitted_v1 import (
    AttachmentScanned,
    ConsentChanged,
    ContactChanged,
    IdentityRevealed,
    IdentitySealed,
    IdentityWithheld,
    LetterErased,
    LetterSubmitted,
    PublicationCopied,
    RevealDecided,
    RevealRequested,
)
from shared.contracts.words import Contact, Identity, LetterText


@dataclass(frozen=True)
class OwnerKnown:
    """Whose letter it is. Goes on no topic."""

    owner: str


@dataclass(frozen=True)
class ProgressNoted:
    """What the router said, and as of when. Goes on no topic: it came from one."""

    fact: Fact
    at: datetime


@dataclass(frozen=True)
class PublicationNoted:
    """What the publisher said. Goes on no topic: it came from one."""

    event: Event


def evolve(state: IntakeState, event: object) -> IntakeState:
    """The state that `event` leaves behind.

    A fact is a fact: one that changes nothing is no error.
    """
    match state, event:
        case Nothing(), LetterSubmitted():
            return _submitted(event)
        case Nothing(), LetterDiverted():
            return diverted(event)
        case Diversion(), _:
            return after(state, event)
        case Letter(), _:
            return _of_letter(state, event)
        case _:
            return state


def _of_letter(letter: Letter, event: object) -> Letter:
    match event:
        case OwnerKnown(owner):
            return replace(letter, owner=owner)
        case IdentitySealed() | IdentityWithheld():
            return replace(letter, identity_kid=identity_kid(event))
        case ProgressNoted(fact, at):
            return noted(letter, fact, at=at)
        case PublicationNoted(said):
            return published(letter, said)
        case Event() if type(event) in KINDS:
            return asked(letter, event)
        case Event():
            return _said(letter, event)
        case _:
            return letter


def _submitted(event: LetterSubmitted) -> Letter:
    return Letter(
        owner="",
        received_at=event.received_at,
        channel=event.channel,
        lang=event.lang,
        category=event.category,
        place=event.place,
        addressed_to=event.addressed_to,
        consent_to_publish=event.consent_to_publish,
        words=event.words if isinstance(event.words, LetterText) else None,
        contact=event.contact if isinstance(event.contact, Contact) else None,
        identity=event.identity if isinstance(event.identity, Identity) else None,
        files=with_files((), event.attachments),
    )


def _said(letter: Letter, event: Event) -> Letter:
    """What intake itself said, requests apart.

    Who got the identity and who fetched a file is there to be read in the log, and changes nothing.
    """
    match event:
        case PublicationCopied(copy_number=copies):
            return replace(letter, copies=copies)
        case ConsentChanged(to_publish=to_publish):
            consents = letter.consents + to_publish
            return replace(letter, consent_to_publish=to_publish, consents=consents)
        case ContactChanged():
            return _reached_otherwise(letter, event)
        case RevealRequested() | RevealDecided() | IdentityRevealed():
            return after_reveal(letter, event)
        case AttachmentScanned():
            return _scanned(letter, event)
        case LetterErased(what=what):
            return erased(letter, what)
        case _:
            return letter


def _reached_otherwise(letter: Letter, event: ContactChanged) -> Letter:
    """What was known before is kept, since it is the writer's own in every text."""
    contact = event.contact if isinstance(event.contact, Contact) else None
    identity = event.identity if isinstance(event.identity, Identity) else None
    contacts = (letter.contact,) if letter.contact and letter.contact != contact else ()
    identities = (letter.identity,) if letter.identity and letter.identity != identity else ()
    return replace(
        letter,
        contact=contact,
        identity=identity,
        earlier_contacts=(*letter.earlier_contacts, *contacts),
        earlier_identities=(*letter.earlier_identities, *identities),
    )


def _scanned(letter: Letter, event: AttachmentScanned) -> Letter:
    files = (
        replace(one, scan=event.outcome) if one.id == event.attachment else one
        for one in letter.files
    )
    return replace(letter, files=tuple(files))
