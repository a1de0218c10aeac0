"""Files that writers send: their states, their record, and what a letter learns of a scan."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias

from services.intake.domain.letter import IntakeLetter, ShownFileState
from shared.contracts.submitted_v1 import AttachmentScanned
from shared.contracts.values import Attachment
from shared.kernel.errors import LimitReached, Refused

FileState: TypeAlias = Literal["receiving"] | ShownFileState
"""`receiving`: not complete, and shown to nobody. `waiting`: for the scanner. `refused`: it can't
be scanned. `quarantined`: the scanner found something. Only a `clean` file is handed out."""

MAX_FILE: Final = 10 * 1024 * 1024
"""Maximum bytes of a file as it is sent."""
MOST_FILES: Final = 10
"""Maximum files of one letter, answer or addition."""
MOST_FILES_OF_LETTER: Final = 20
"""Maximum files of a letter with everything added later: as many as its bureau gets."""
MOST_UNUSED: Final = 30
"""Maximum files of one writer that belong to no letter yet."""
SCANNED: Final[tuple[FileState, ...]] = ("clean", "refused", "quarantined")
COMPLETE: Final[tuple[FileState, ...]] = ("waiting", *SCANNED)
USABLE: Final[tuple[FileState, ...]] = ("waiting", "clean")
"""States in which a file can still be sent with a letter."""


class NotAnAcceptedType(Refused):
    """Neither JPEG, PNG, WebP, HEIC nor PDF by its content, whatever its name and header say."""

    status = 415
    code = "file_type"


class BrokenFile(Refused):
    """It can't be read completely as what it begins as."""

    status = 422
    code = "file_broken"


class EncryptedFile(Refused):
    """A PDF that is encrypted can't be cleaned."""

    status = 422
    code = "file_encrypted"


class ComplexFile(Refused):
    """It has too many pixels, pages or objects, or needs too much time or memory."""

    status = 422
    code = "file_complex"


class FileTooLarge(Refused):
    """It has more than `MAX_FILE` bytes."""

    status = 413
    code = "too_large"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What intake knows of a file, besides its bytes."""

    id: str
    owner: str
    """Keyed hash of the sender's sign-in."""
    state: FileState
    uploaded_at: datetime
    type: str = ""
    """Media type after cleaning."""
    size: int = 0
    """Bytes after cleaning."""
    sha256: str = ""
    """Of the cleaned bytes."""
    thumbnail: int = 0
    """Bytes of the thumbnail; 0: there is none."""
    letter: str | None = None
    """The letter or diversion that it came with."""
    name: str | None = field(default=None, repr=False)
    """As the sender's device called it."""
    scans: int = 0
    """Attempts to scan it that failed."""

    @property
    def shown_state(self) -> ShownFileState:
        """As its sender sees it; incomplete files are never shown."""
        return "waiting" if self.state == "receiving" else self.state

    @property
    def attachment(self) -> Attachment:
        """The file as events describe it."""
        return Attachment(id=self.id, type=self.type, size=self.size, sha256=self.sha256)


@dataclass(frozen=True)
class RecordFileScan:
    """Record what the scanner found in a file of the letter."""

    file: str
    state: FileState


def record_scan(command: RecordFileScan, letter: IntakeLetter) -> tuple[AttachmentScanned, ...]:
    """The result of the scan; nothing if the letter has it, or no longer has the file."""
    is_clean = command.state == "clean"
    event = AttachmentScanned(
        attachment=command.file,
        outcome="clean" if is_clean else "refused",
        quarantined=command.state == "quarantined",
    )
    return () if attachment_scanned(letter, event) == letter else (event,)


def attachment_scanned(letter: IntakeLetter, event: AttachmentScanned) -> IntakeLetter:
    """The letter with the result of a malware scan."""
    files = (
        replace(file, scan=event.outcome, quarantined=event.quarantined)
        if file.id == event.attachment
        else file
        for file in letter.files
    )
    return replace(letter, files=tuple(files))


def check_room(letter: IntakeLetter, files: int) -> None:
    """Raises: LimitReached, if the letter can't have so many more files."""
    if files and len(letter.files) + files > MOST_FILES_OF_LETTER:
        raise LimitReached
