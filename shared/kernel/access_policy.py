"""The access policy: who may see a letter, and how much of it, for every route, query and figure.

A letter is open to some roles and kept from some bureaus, units and persons. A person with one of
the roles sees it unless something they belong to is excluded: exclusion always wins.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from shared.kernel.complaints import (
    INSPECTION,
    ComplaintFacts,
    ComplaintTarget,
    complained_of,
    is_about_department,
    is_about_its_inspection,
)
from shared.kernel.places import PROVINCE
from shared.kernel.viewers import ANY_BUREAU, INSPECTORS, Viewer, chief, handler, person, unit_of

Sight = Literal["all", "past", "course", "copy", "nothing"]
"""`past`: what a former holder was sent until its holding ended. `course`: numbers, dates, states
and holders, without words. `copy`: intake's copy for publication, not the letter."""
FALLING: Final[tuple[Sight, ...]] = ("all", "past", "course", "copy")

WATCHING: Final = ("triage", "supervisor", "director")
"""Roles to which every letter is open, except complaints about the department itself."""


@dataclass(frozen=True, slots=True)
class PastHolding:
    """A holding that has ended."""

    bureau: str
    unit: str | None = None
    """Of a unit's holding, which also ends when the letter is passed on from the unit."""
    until: int = 0
    """The number of the holder's last fact, counted from 1 for the letter's first."""


@dataclass(frozen=True, slots=True)
class LetterAccess:
    """Who holds and held a letter, and who must not see it."""

    holder: str
    """A bureau's slug, or `triage`."""
    unit: str | None = None
    """The unit to which its holder passed it on; None: no unit yet, so the bureau's office has it.
    """
    held: tuple[PastHolding, ...] = ()
    addressed_to: str | None = None
    about: ComplaintTarget | None = None
    excluded: frozenset[str] = frozenset()
    """Bureaus by slug, units as `<slug>:<unit>`, excluded in addition to those of `about`.

    Only `about` can keep a letter from the province and still leave somebody who sees it.
    """


def complaint(about: ComplaintFacts | None, excluded: Iterable[str]) -> LetterAccess:
    """The standing of a letter of which only the subject of complaint and exclusions are known."""
    known = complained_of(about) if about else None
    return LetterAccess("triage", about=known, excluded=frozenset(excluded))


def can_view(viewer: Viewer, letter: LetterAccess) -> Sight:
    """How much of the letter this viewer sees."""
    if viewer.belongs_to & kept_from(letter):
        return "nothing"
    found = {sight for sight, role in open_to(letter) if role in viewer.seats}
    return next((sight for sight in FALLING if sight in found), "nothing")


def may_reach(letter: LetterAccess, bureau: str, *, unit: str | None = None) -> bool:
    """Whether the letter may be routed, returned or passed on there.

    Within the bureau of the unit complained about, only that bureau's inspection may get it. In a
    complaint about the department, its inspection must be named: the rest of it never gets one.
    """
    there = {ANY_BUREAU, bureau} | ({unit_of(bureau, unit)} if unit else set())
    if there & kept_from(letter):
        return False
    if letter.about is not None and is_about_department(letter.about):
        return is_inspections_alone(letter) and (bureau, unit) == (PROVINCE, INSPECTION)
    return not _is_within(letter.about, bureau) or unit in (None, INSPECTION)


def kept_from(letter: LetterAccess) -> frozenset[str]:
    """The groups and persons whose members must not see the letter.

    A complaint about the department is kept from it by being open to its inspection alone.
    """
    if letter.about is None:
        return letter.excluded
    whole = letter.excluded | frozenset(_complained_of(letter.about))
    return whole - {PROVINCE} if is_inspections_alone(letter) else whole


def is_inspections_alone(letter: LetterAccess) -> bool:
    """Whether only the department's inspection may have it, and nobody else at the province."""
    about = letter.about
    if about is None or not is_about_department(about):
        return False
    return not is_about_its_inspection(about)


def open_to(letter: LetterAccess) -> Iterator[tuple[Sight, str]]:
    """The roles to which the letter is open, each with what they see of it."""
    if letter.about is not None and is_about_department(letter.about):
        yield from _at("all", INSPECTORS if is_inspections_alone(letter) else ())
        return
    yield from _at("all", WATCHING)
    yield from _at("all", _seats(letter, letter.holder, letter.unit))
    for held in letter.held:
        yield from _at("past", _seats(letter, held.bureau, held.unit))
    yield from _at("course", ("auditor", "custodian"))
    yield "copy", "editor"
    if letter.addressed_to == PROVINCE:
        yield from _at("course", _seats(letter, PROVINCE, None))


def _at(sight: Sight, roles: Iterable[str]) -> Iterator[tuple[Sight, str]]:
    return ((sight, role) for role in roles)


def _seats(letter: LetterAccess, bureau: str, unit: str | None) -> Iterator[str]:
    """The roles in the bureau that see what it holds or held: chief, office, and the unit.

    A complaint about one of its units goes to its inspection at once, and not to the office.
    """
    if bureau == "triage":
        return
    yield chief(bureau)
    if _is_within(letter.about, bureau):
        yield handler(bureau, INSPECTION)
        return
    yield handler(bureau)
    if unit is not None:
        yield handler(bureau, unit)


def _complained_of(about: ComplaintTarget) -> Iterator[str]:
    if about.officer is not None:
        yield person(about.officer)
    if about.bureau is None:
        yield ANY_BUREAU
    elif about.is_whole:
        yield about.bureau
    else:
        yield from (unit_of(about.bureau, unit) for unit in about.units)


def _is_within(about: ComplaintTarget | None, bureau: str) -> bool:
    """Whether the complaint is about a unit of this bureau and not about the whole bureau."""
    return about is not None and about.bureau == bureau and not about.is_whole
