"""Who may see a letter, and what of it? One rule for every route, query, list and figure. Pure.

A letter is open to some roles and kept from some bureaus, units and persons. Whoever has one of
the roles sees it, unless anything that they belong to is kept from it: keeping away always wins.
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
from shared.kernel.viewers import (
    ANY_BUREAU,
    INSPECTORS,
    Viewer,
    chief,
    handler,
    person,
    unit_of,
)

Sight = Literal["all", "past", "course", "copy", "nothing"]
"""`past`: what a former holder was told, up to the end of its holding. `course`: numbers, dates,
states and holders, and no words. `copy`: what intake copied for publication, and no letter."""
FALLING: Final[tuple[Sight, ...]] = ("all", "past", "course", "copy")

WATCHING: Final = ("triage", "supervisor", "director")
"""Roles that every letter is open to, but for complaints about the department itself."""


@dataclass(frozen=True, slots=True)
class PastHolding:
    """A holding that has ended."""

    bureau: str
    unit: str | None = None
    """Of a unit's holding, which ends when the letter is passed on from it, too."""
    until: int = 0
    """The number of the last fact that was the holder's, counted from 1 for the letter's first."""


@dataclass(frozen=True, slots=True)
class LetterAccess:
    """Whose a letter is and was, and whom it must not reach."""

    holder: str
    """A bureau's slug, or `triage`."""
    unit: str | None = None
    """To which its holder has passed it on; None: to none yet, so that it is the office's."""
    held: tuple[PastHolding, ...] = ()
    addressed_to: str | None = None
    about: ComplaintTarget | None = None
    excluded: frozenset[str] = frozenset()
    """Bureaus by slug, units as `<slug>:<unit>`, that must not see it besides those of `about`.

    Only `about` keeps a letter from the province and leaves somebody who sees it.
    """


def complaint(about: ComplaintFacts | None, excluded: Iterable[str]) -> LetterAccess:
    """A letter of which no more is known than whom it complains of, and who is excluded."""
    known = complained_of(about) if about else None
    return LetterAccess("triage", about=known, excluded=frozenset(excluded))


def can_view(onlooker: Viewer, letter: LetterAccess) -> Sight:
    """What of the letter this person sees."""
    if onlooker.belongs_to & kept_from(letter):
        return "nothing"
    found = {sight for sight, role in open_to(letter) if role in onlooker.seats}
    return next((sight for sight in FALLING if sight in found), "nothing")


def seen_until(onlooker: Viewer, letter: LetterAccess) -> int:
    """The number of the last fact that one who sees its `past` may see; 0: of none."""
    return max(
        (
            one.until
            for one in letter.held
            if onlooker.seats.intersection(_seats(letter, one.bureau, one.unit))
        ),
        default=0,
    )


def may_reach(letter: LetterAccess, bureau: str, *, unit: str | None = None) -> bool:
    """Whether the letter may be routed, returned or passed on there.

    Within the bureau whose unit is complained of, only to that bureau's inspection. Of the
    department, its inspection must be named: the rest of it never gets such a complaint.
    """
    there = {ANY_BUREAU, bureau} | ({unit_of(bureau, unit)} if unit else set())
    if there & kept_from(letter):
        return False
    if letter.about is not None and is_about_department(letter.about):
        return is_inspections_alone(letter) and (bureau, unit) == (PROVINCE, INSPECTION)
    return not _is_within(letter.about, bureau) or unit in (None, INSPECTION)


def kept_from(letter: LetterAccess) -> frozenset[str]:
    """What nobody who sees the letter may belong to.

    A complaint about the department is kept from it by being open to its inspection alone.
    """
    if letter.about is None:
        return letter.excluded
    whole = letter.excluded | frozenset(_complained_of(letter.about))
    return whole - {PROVINCE} if is_inspections_alone(letter) else whole


def is_inspections_alone(letter: LetterAccess) -> bool:
    """Whether the department's inspection has it and nobody else at the province may."""
    about = letter.about
    if about is None or not is_about_department(about):
        return False
    return not is_about_its_inspection(about)


def open_to(letter: LetterAccess) -> Iterator[tuple[Sight, str]]:
    """The roles that the letter is open to, each with what of it they see."""
    if letter.about is not None and is_about_department(letter.about):
        yield from _at("all", INSPECTORS if is_inspections_alone(letter) else ())
        return
    yield from _at("all", WATCHING)
    yield from _at("all", _seats(letter, letter.holder, letter.unit))
    for one in letter.held:
        yield from _at("past", _seats(letter, one.bureau, one.unit))
    yield from _at("course", ("auditor", "custodian"))
    yield "copy", "editor"
    if letter.addressed_to == PROVINCE:
        yield from _at("course", _seats(letter, PROVINCE, None))


def _at(sight: Sight, roles: Iterable[str]) -> Iterator[tuple[Sight, str]]:
    return ((sight, role) for role in roles)


def _seats(letter: LetterAccess, bureau: str, unit: str | None) -> Iterator[str]:
    """Who in the bureau sees what it holds or held: chief, office, and the unit that it went to.

    A complaint about one of its units is its inspection's at once, and not the office's.
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
    """Whether a unit of this bureau is complained of, and the rest of it is not."""
    return about is not None and about.bureau == bureau and not about.is_whole
