"""Who has seen a writer's identity and files, as the writer may know it: offices, not persons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from services.intake.domain.letter import IntakeLetter, Reveal
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import RevealReason, Role

AccessKind: TypeAlias = Literal[
    "identity_given",
    "identity_requested",
    "identity_refused",
    "identity_shown",
    "file_fetched",
    "files_opened",
]
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Access:
    """One access to what only the writer's letter has."""

    what: AccessKind
    at: datetime | None
    """None: before this was recorded."""
    bureau: Bureau | None = None
    role: Role | None = None
    """None: the bureau's own system."""
    reason: RevealReason | None = None
    files: tuple[str, ...] = ()


def access_log(letter: IntakeLetter) -> list[Access]:
    """Every access, oldest first."""
    found = [*_identity(letter), *_files(letter)]
    return sorted(found, key=lambda each: each.at or _UNKNOWN)


def _identity(letter: IntakeLetter) -> Iterator[Access]:
    for given in letter.identity_given:
        yield Access("identity_given", given.given_at, given.bureau)
    for reveal in letter.reveals:
        yield from _reveal(reveal)


def _reveal(reveal: Reveal) -> Iterator[Access]:
    def access(what: AccessKind, at: datetime | None) -> Access:
        return Access(what, at, reveal.bureau, reveal.role, reveal.reason)

    if reveal.requested_at is not None:
        yield access("identity_requested", reveal.requested_at)
    if reveal.decision is not None and not reveal.decision.granted:
        yield access("identity_refused", reveal.decision.decided_at)
    if reveal.signed_in_at is not None:
        yield access("identity_shown", reveal.revealed_at or reveal.signed_in_at)


def _files(letter: IntakeLetter) -> Iterator[Access]:
    for fetch in letter.fetches:
        yield Access("file_fetched", fetch.fetched_at, fetch.bureau, files=(fetch.file,))
    for view in letter.file_views:
        yield Access("files_opened", view.viewed_at, view.bureau, view.role, files=view.files)
