"""Access to a letter's files: who may open them, and the record of who did.

A bureau's system fetches files of letters that its bureau works on. Staff who see all of a letter
open them on pages. Files of a masked letter can show who wrote it: a handler opens them while a
view of the writer's identity is granted, and nobody else does.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, TypeAlias

from services.intake.domain.identity_reveals import NeedsGrant
from services.intake.domain.identity_sealing import is_masked
from services.intake.domain.letter import ENDED, FileFetch, FileView, IntakeLetter
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import AttachmentFetched
from shared.contracts.vocabulary import Role
from shared.kernel.complaints import complained_of, is_about_department
from shared.kernel.errors import ForeignLetter, LimitReached, NotFound, Refused
from shared.kernel.working_days import civil_date

MOST_VIEWS: Final = 1_000
"""Of one letter: days on which somebody opened files."""
ASK_AGAIN: Final = timedelta(seconds=10)


class FileWaiting(Refused):
    """The file is still being checked."""

    status = 409
    code = "waiting"
    headers = MappingProxyType({"retry-after": str(int(ASK_AGAIN.total_seconds()))})


class FileWithheld(Refused):
    """The file could not be checked, or something harmful was found in it: nobody gets it."""

    status = 410
    code = "file_refused"


@dataclass(frozen=True)
class FetchFile:
    """Give the file to the bureau's own system, and record it."""

    file: str
    bureau: Bureau
    at: datetime


@dataclass(frozen=True)
class ViewFiles:
    """Show files to a member of staff, and record it."""

    files: tuple[str, ...]
    role: Role
    bureau: Bureau | None
    """Of a handler or chief, whose bureau holds the letter."""
    staff: str
    at: datetime


FileAccessCommand: TypeAlias = FetchFile | ViewFiles


@dataclass(frozen=True)
class FilesViewed:
    """A member of staff opened files. Private: no other service needs to know."""

    files: tuple[str, ...]
    role: Role
    bureau: Bureau | None
    staff: str
    at: datetime


def fetch_file(command: FetchFile, letter: IntakeLetter) -> tuple[AttachmentFetched, ...]:
    """Record it once for this holding. Raises: NotFound; NeedsGrant."""
    check_fetch(letter, command.bureau, file=command.file)
    return _fetched(letter, (command.file,), at=command.at)


def check_fetch(letter: IntakeLetter, bureau: Bureau, *, file: str) -> None:
    """Whether the bureau's system may have the file, if it is clean.

    Raises: NotFound, unless the bureau works on the letter; NeedsGrant.
    """
    about = complained_of(letter.about) if letter.about else None
    is_inspections = about is not None and is_about_department(about)
    if letter.bureau != bureau or letter.state in ENDED or is_inspections:
        raise ForeignLetter
    _check_files(letter, (file,))
    if is_masked(letter):
        raise NeedsGrant


def view_files(
    command: ViewFiles, letter: IntakeLetter
) -> tuple[FilesViewed | AttachmentFetched, ...]:
    """Record what this person hasn't opened before on that day.

    Raises: NotFound; NeedsGrant; LimitReached.
    """
    _check_files(letter, command.files)
    check_view(letter, command.staff, at=command.at)
    known = _on_same_day(letter, command)
    new = tuple(file for file in command.files if known is None or file not in known.files)
    if not new:
        return ()
    if known is None and len(letter.file_views) >= MOST_VIEWS:
        raise LimitReached
    viewed = FilesViewed(new, command.role, command.bureau, command.staff, command.at)
    is_holders = command.bureau is not None and command.bureau == letter.bureau
    return (viewed, *(_fetched(letter, new, at=command.at) if is_holders else ()))


def is_viewed(letter: IntakeLetter, command: ViewFiles) -> bool:
    """Whether all of it is recorded already."""
    known = _on_same_day(letter, command)
    return known is not None and set(known.files).issuperset(command.files)


def check_view(letter: IntakeLetter, staff: str, *, at: datetime) -> None:
    """Whether somebody who sees all of the letter may open its files.

    Raises: NotFound, once it was withdrawn; NeedsGrant.
    """
    if letter.state == "withdrawn":
        raise NotFound
    if is_masked(letter) and grant_until(letter, staff, at=at) is None:
        raise NeedsGrant


def grant_until(letter: IntakeLetter, staff: str, *, at: datetime) -> datetime | None:
    """When the view of the writer's identity ends that is granted to this person now, if any."""
    holding = (letter.bureau, letter.assignment)
    ends = (
        each.decision.until
        for each in letter.reveals
        if each.staff == staff and (each.bureau, each.assignment) == holding and each.decision
    )
    return max((end for end in ends if end is not None and at <= end), default=None)


def _check_files(letter: IntakeLetter, files: tuple[str, ...]) -> None:
    if not {file.id for file in letter.files}.issuperset(files):
        raise NotFound


def _fetched(
    letter: IntakeLetter, files: tuple[str, ...], *, at: datetime
) -> tuple[AttachmentFetched, ...]:
    """The first fetch of each file by the present holder."""
    known = {each.file for each in letter.fetches if _is_present(each, letter)}
    return tuple(
        AttachmentFetched(
            attachment=file, bureau=letter.bureau, assignment=letter.assignment, fetched_at=at
        )
        for file in files
        if letter.bureau is not None and file not in known
    )


def _is_present(fetch: FileFetch, letter: IntakeLetter) -> bool:
    return (fetch.bureau, fetch.assignment) == (letter.bureau, letter.assignment)


def _on_same_day(letter: IntakeLetter, command: ViewFiles) -> FileView | None:
    return next((each for each in letter.file_views if _is_same_day(each, command)), None)


def _is_same_day(view: FileView, other: ViewFiles | FilesViewed) -> bool:
    is_same_person = (view.staff, view.role, view.bureau) == (other.staff, other.role, other.bureau)
    return is_same_person and civil_date(view.viewed_at) == civil_date(other.at)


# --- folds -------------------------------------------------------------------------------------


def attachment_fetched(letter: IntakeLetter, event: AttachmentFetched) -> IntakeLetter:
    """The letter with the bureau's first fetch of a file."""
    fetch = FileFetch(event.attachment, event.bureau, event.assignment, event.fetched_at)
    return replace(letter, fetches=(*letter.fetches, fetch))


def files_viewed(letter: IntakeLetter, event: FilesViewed) -> IntakeLetter:
    """The letter with what somebody opened; one entry for each person and day."""
    for position, view in enumerate(letter.file_views):
        if _is_same_day(view, event):
            longer = replace(view, files=(*view.files, *event.files))
            views = (*letter.file_views[:position], longer, *letter.file_views[position + 1 :])
            return replace(letter, file_views=views)
    view = FileView(event.staff, event.role, event.bureau, event.files, event.at)
    return replace(letter, file_views=(*letter.file_views, view))
