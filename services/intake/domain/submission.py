"""Submission of a letter and the files that come with it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.intake.domain.counter import LetterEntered
from services.intake.domain.letter import EnteredBy, IntakeLetter, LetterFile, NoLetter
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import Attachment
from shared.contracts.words import Contact, Identity, LetterText


@dataclass(frozen=True)
class SubmitLetter:
    """Accept a letter under a number drawn for it; `owner` is the keyed hash of the sign-in."""

    owner: str
    letter: LetterSubmitted
    """With words, contact and identity in clear text, in memory only."""
    entered: EnteredBy | None = None
    """Who entered it, if not its writer."""


@dataclass(frozen=True)
class OwnerRecorded:
    """The letter belongs to this writer. A private event."""

    owner: str


def submit(
    command: SubmitLetter, _: NoLetter
) -> tuple[LetterSubmitted | OwnerRecorded | LetterEntered, ...]:
    """Accept a new letter."""
    entered = (LetterEntered(command.entered),) if command.entered else ()
    return command.letter, OwnerRecorded(command.owner), *entered


def submit_again(_: SubmitLetter, __: IntakeLetter) -> tuple[()]:
    """A repeated submission changes nothing."""
    return ()


def submitted(_: NoLetter, event: LetterSubmitted) -> IntakeLetter:
    """The letter as it was submitted."""
    return IntakeLetter(
        owner="",
        received_at=event.received_at,
        channel=event.channel,
        entry=event.entry,
        lang=event.lang,
        category=event.category,
        place=event.place,
        addressed_to=event.addressed_to,
        about=event.about,
        consent_to_publish=event.consent_to_publish,
        words=event.words if isinstance(event.words, LetterText) else None,
        contact=event.contact if isinstance(event.contact, Contact) else None,
        identity=event.identity if isinstance(event.identity, Identity) else None,
        files=letter_files(event.attachments),
    )


def owner_recorded(letter: IntakeLetter, event: OwnerRecorded) -> IntakeLetter:
    """The letter with its owner."""
    return replace(letter, owner=event.owner)


def letter_files(attachments: Iterable[Attachment]) -> tuple[LetterFile, ...]:
    """Metadata of attachments."""
    return tuple(LetterFile(file.id, file.type, file.size) for file in attachments)
