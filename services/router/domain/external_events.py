"""What other services say of a letter that concerns its holder, or what is kept of it. Pure."""

from typing import TypeAlias

from services.router.domain.commands.serving import (
    EraseLetter,
    NotePublication,
    NoteScan,
    PassIdentity,
    WithholdIdentity,
)
from services.router.domain.context import RULE, Matter
from services.router.domain.due_dates import Book
from services.router.domain.folding.apart import Apart, FileRefused, FilesErased, WordsErased
from services.router.domain.letter import Letter
from services.router.domain.preconditions import ENDED, may_be_heard_of
from shared.contracts.bureau_v1 import LetterIdentity, PublicationNoted
from shared.contracts.submitted_v1 import IdentityWithheld
from shared.kernel.errors import OutOfOrder

Identity: TypeAlias = LetterIdentity | IdentityWithheld


def tell_identity(command: PassIdentity | WithholdIdentity, letter: Letter) -> tuple[Identity, ...]:
    """Forward what intake says of the identity, while the holding lasts; no name if masked."""
    said = command.identity
    stands = (said.bureau, said.assignment) == (letter.holder, letter.assignment)
    if letter.state in ENDED or not stands or not may_be_heard_of(letter):
        return ()
    if isinstance(said, IdentityWithheld):
        return (said,)
    if letter.masked:
        return ()
    return (
        LetterIdentity(
            state=letter.state,
            holder=letter.holder,
            assignment=letter.assignment,
            by=RULE,
            kid=said.kid,
            envelope=said.envelope,
        ),
    )


def note_scan(command: NoteScan) -> tuple[Apart, ...]:
    """Show nobody a file that may do harm."""
    return (FileRefused(command.attachment),) if command.outcome == "refused" else ()


def note_publication(
    command: NotePublication, letter: Letter, *, book: Book
) -> tuple[PublicationNoted, ...]:
    """Tell the bureau that has answered it."""
    if letter.bureau is None or letter.state == "withdrawn":
        return ()
    said = Matter(letter, book, RULE, command.at).bare()
    return (PublicationNoted(**said, publication=command.publication, path=command.path),)


def erase(command: EraseLetter, letter: Letter) -> tuple[Apart, ...]:
    """Keep no longer what may not be kept. Raises: OutOfOrder, before the letter has ended.

    Identities the router never keeps.
    """
    if letter.state not in ENDED:
        raise OutOfOrder(f"erase while {letter.state}")
    words: tuple[Apart, ...] = (WordsErased(),) if "words" in command.what else ()
    files: tuple[Apart, ...] = (FilesErased(),) if "attachments" in command.what else ()
    return words + files
