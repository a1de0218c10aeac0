"""What other services report about a letter: identity, scans, publication, erasure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

from services.router.domain.actors import RULE, ServiceCommand
from services.router.domain.context import DecisionContext
from services.router.domain.file_states import FileState
from services.router.domain.letter import Letter, LetterState, ReplyDraft, Utterance
from services.router.domain.preconditions import ENDED, may_be_heard_of
from shared.contracts.bureau_v1 import LetterIdentity, PublicationNoted
from shared.contracts.submitted_v1 import IdentitySealed, IdentityWithheld
from shared.contracts.values import Attachment, WriterFacts
from shared.contracts.vocabulary import Erasable, ScanOutcome
from shared.contracts.words import LetterText
from shared.kernel.errors import OutOfOrder
from shared.kernel.frozen import replace


@dataclass(frozen=True)
class PassIdentity(ServiceCommand):
    """Forward the writer's identity, sealed by intake, if that assignment is still current."""

    identity: IdentitySealed


@dataclass(frozen=True)
class WithholdIdentity(ServiceCommand):
    """Tell the bureau that no identity will come, if that assignment is still current."""

    identity: IdentityWithheld


@dataclass(frozen=True)
class RecordScan(ServiceCommand):
    """Record the result of a file's scan."""

    attachment: str
    outcome: ScanOutcome
    quarantined: bool = False

    @property
    def state(self) -> FileState:
        """The state of the file from now on."""
        return "quarantined" if self.quarantined and self.outcome == "refused" else self.outcome


@dataclass(frozen=True)
class RecordPublication(ServiceCommand):
    """Tell the holder that the letter and its reply are published."""

    publication: str
    path: str


@dataclass(frozen=True)
class EraseContent(ServiceCommand):
    """Erase content whose retention period has ended."""

    what: tuple[Erasable, ...]


@dataclass(frozen=True)
class ContentStored:
    """The text and files of a letter, as intake sent them."""

    words: LetterText | None
    attachments: tuple[Attachment, ...]
    writer: WriterFacts | None = None


@dataclass(frozen=True)
class FileChecked:
    """The result of a file's check."""

    attachment: str
    state: FileState


@dataclass(frozen=True)
class WordsErased:
    """The letter's words were erased."""


@dataclass(frozen=True)
class FilesErased:
    """The letter's files were erased."""


InternalEvent: TypeAlias = ContentStored | FileChecked | WordsErased | FilesErased
"""Events that change only what the router stores, and go on no topic."""


def tell_identity(
    command: PassIdentity | WithholdIdentity, context: DecisionContext
) -> tuple[LetterIdentity | IdentityWithheld, ...]:
    """Forward intake's report on the identity while the assignment lasts; no name if masked."""
    identity, letter = command.identity, context.letter
    stands = (identity.bureau, identity.assignment) == (letter.holder, letter.assignment)
    if letter.state in ENDED or not stands or not may_be_heard_of(letter):
        return ()
    if isinstance(identity, IdentityWithheld):
        return (identity,)
    if letter.masked:
        return ()
    return (
        LetterIdentity(
            state=letter.state,
            holder=letter.holder,
            assignment=letter.assignment,
            by=RULE,
            kid=identity.kid,
            envelope=identity.envelope,
        ),
    )


def note_scan(command: RecordScan, context: DecisionContext) -> tuple[InternalEvent, ...]:
    """Record the result, also of a file that comes with a later record; nothing if it is known."""
    checked = (command.attachment, command.state)
    return () if checked in context.letter.checked_files else (FileChecked(*checked),)


def note_publication(
    command: RecordPublication, context: DecisionContext
) -> tuple[PublicationNoted, ...]:
    """Tell the bureau that answered the letter."""
    letter = context.letter
    if letter.bureau is None or letter.state == "withdrawn":
        return ()
    return (
        PublicationNoted(
            **context.plain_header(), publication=command.publication, path=command.path
        ),
    )


def erase(command: EraseContent, context: DecisionContext) -> tuple[InternalEvent, ...]:
    """Erase words and files. Raises: OutOfOrder, before the letter has ended.

    The router never stores identities.
    """
    if context.letter.state not in ENDED:
        raise OutOfOrder(f"erase while {context.letter.state}")
    words: tuple[InternalEvent, ...] = (WordsErased(),) if "words" in command.what else ()
    files: tuple[InternalEvent, ...] = (FilesErased(),) if "attachments" in command.what else ()
    return words + files


def apply_kept(letter: Letter, event: ContentStored) -> Letter:
    """Keep the text and files."""
    return replace(letter, words=event.words, attachments=event.attachments, writer=event.writer)


def apply_file_checked(letter: Letter, event: FileChecked) -> Letter:
    """Keep the newest result of each file."""
    others = (one for one in letter.checked_files if one[0] != event.attachment)
    return replace(letter, checked_files=(*others, (event.attachment, event.state)))


def apply_files_erased(letter: Letter, _: FilesErased) -> Letter:
    """Drop all files."""
    return replace(letter, attachments=(), checked_files=())


def apply_words_erased(letter: Letter, _: WordsErased) -> Letter:
    """Drop every text that somebody wrote."""
    return replace(
        letter,
        words=None,
        said=tuple(Utterance(entry.at) for entry in letter.said),
        draft=letter.draft and _wordless_draft(letter.draft),
        wanted=letter.wanted and replace(letter.wanted, words=None),
        commitments=tuple(
            replace(promise, words=None, evidence=None) for promise in letter.commitments
        ),
        instructions=tuple(
            replace(instruction, words=None, answer=None) for instruction in letter.instructions
        ),
        remarks=tuple(
            replace(remark, note=None, why=None, comment=None) for remark in letter.remarks
        ),
    )


def forget(letter: LetterState, what: Collection[Erasable]) -> LetterState:
    """A letter of a restored copy without what has been erased since."""
    if not isinstance(letter, Letter):
        return letter
    if "words" in what:
        letter = apply_words_erased(letter, WordsErased())
    return apply_files_erased(letter, FilesErased()) if "attachments" in what else letter


def _wordless_draft(draft: ReplyDraft) -> ReplyDraft:
    promises = tuple(replace(promise, words=None) for promise in draft.commitments)
    return replace(draft, words=None, commitments=promises)
