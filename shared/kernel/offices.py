"""Office holders by day, who may sign for whom, and which bureaus have joined.

The data is a parsed `offices.yaml`, an operator's own. Days are civil days of Asia/Shanghai.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, Literal

from shared.kernel import plain
from shared.kernel.complaints import (
    INSPECTION,
    ComplaintTarget,
    Path,
    is_about_department,
    path_of_complaint,
)
from shared.kernel.errors import BadData
from shared.kernel.places import PROVINCE
from shared.kernel.terms import DateRange, Term, day_of, no_hole, no_two
from shared.kernel.viewers import OPAQUE

Step = Literal["chief", "supervisor"]
SignsAs = Literal["chief", "deputy", "supervisor"]

NAMED: Final = "named"
"""The inspection staff who sign, and are notified of, complaints about the department."""
EVERYWHERE: Final = ("chief", "office")
"""Offices that each bureau fills from the day it joins; `office` receives its notices."""
PROVINCIAL: Final = (
    "supervisor",
    NAMED,
    "province_supervision",
    "duty",
    "duty_chief",
    "province_command",
)
"""Offices that only the province has, and always fills."""
OFFICES: Final = frozenset({*EVERYWHERE, *PROVINCIAL, "deputy", "unit", "editors"})
"""Deputies sign for their chief; `unit` is notified for a unit, `editors` about publications."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A bureau's participation."""

    bureau: str
    joined: date
    signs_itself: tuple[DateRange, ...] = ()
    """Periods in which its own system has its chief sign, so that nobody signs again here."""


@dataclass(frozen=True)
class Offices:
    """The whole file."""

    version: str
    is_example: bool
    """Whether the file is only an example."""
    members: Mapping[str, Membership]
    """By slug; a missing bureau hasn't joined."""
    terms: tuple[Term, ...]

    @classmethod
    def of(cls, data: Mapping[str, object], *, bureaus: Collection[str]) -> "Offices":
        """Read a parsed `offices.yaml`; `bureaus`: all known slugs. Raises: BadData."""
        rows = plain.rows(data.get("bureaus"), "bureaus")
        members = [_member(row, where, bureaus) for where, row in rows]
        rows = plain.rows(data.get("holders"), "holders")
        terms = tuple(_term(row, where, bureaus) for where, row in rows)
        offices = cls(
            version=plain.a_text(str(data.get("version") or ""), "version"),
            is_example=data.get("example") is True,
            members=plain.by_key([(member.bureau, member) for member in members], "bureaus"),
            terms=terms,
        )
        _check_offices(offices)
        return offices

    def has_joined(self, bureau: str, on: date) -> bool:
        """Whether the bureau holds its letters itself; before, the province's desk does."""
        member = self.members.get(bureau)
        return member is not None and member.joined <= on

    def holders(self, office: str, bureau: str, *, on: date, unit: str | None = None) -> list[str]:
        """Opaque ids of the office's holders on that day, in the order of the file."""
        wanted = (office, bureau, unit)
        return [
            term.staff
            for term in self.terms
            if (term.office, term.bureau, term.unit) == wanted and on in term.span
        ]

    def contacts(self, desk: str, bureau: str, *, on: date, unit: str | None = None) -> list[str]:
        """Whom to notify; `desk` as in the levels of `deadline_policies.yaml`.

        A unit without contacts falls back to its bureau's office, and an inspection to the chief,
        because the office doesn't see complaints about its units.
        """
        if desk == "unit":
            found = self.holders("unit", bureau, on=on, unit=unit) if unit else []
            instead = "chief" if unit == INSPECTION else "office"
            return found or self.holders(instead, bureau, on=on)
        return self.holders(desk, PROVINCE if desk in PROVINCIAL else bureau, on=on)

    def is_named(self, staff: str, on: date) -> bool:
        """Whether this person signs answers to complaints about the department."""
        return staff in self.holders(NAMED, PROVINCE, on=on)

    def path_of_complaint(self, about: ComplaintTarget, on: date) -> Path | None:
        """One level above the subject, or the province while that bureau hasn't joined.

        None as long as the bureau is unknown.
        """
        path = path_of_complaint(about)
        if path is None or path.bureau is None or self.has_joined(path.bureau, on):
            return path
        return Path(PROVINCE)

    def signs_as(
        self, staff: str, step: Step, *, bureau: str, on: date, about: ComplaintTarget | None = None
    ) -> SignsAs | None:
        """The rank in which this person may sign this step for `bureau`; None: not at all.

        Nobody signs the answer to a complaint about themself. In a complaint about the department,
        only the named people sign, at every step.
        """
        if about is not None and staff == about.officer:
            return None
        if about is not None and is_about_department(about):
            return step if self.is_named(staff, on) else None
        if step == "supervisor":
            return step if staff in self.holders("supervisor", PROVINCE, on=on) else None
        ranks: tuple[SignsAs, ...] = ("chief", "deputy")
        return next((rank for rank in ranks if staff in self.holders(rank, bureau, on=on)), None)

    def has_signed(
        self, staff: str, bureau: str, *, on: date, about: ComplaintTarget | None = None
    ) -> bool:
        """Whether a signature given in the bureau's own system counts as its chief's."""
        member = self.members.get(bureau)
        trusted = member is not None and any(on in span for span in member.signs_itself)
        signs = self.signs_as(staff, "chief", bureau=bureau, on=on, about=about)
        return trusted and signs is not None


def _member(row: Mapping[str, object], where: str, bureaus: Collection[str]) -> Membership:
    spans = plain.rows(row.get("signs_itself", []), f"{where}.signs_itself")
    return Membership(
        _bureau(row, where, bureaus),
        day_of(row.get("joined"), f"{where}.joined"),
        tuple(DateRange.of(span, at) for at, span in spans),
    )


def _term(row: Mapping[str, object], where: str, bureaus: Collection[str]) -> Term:
    office, bureau = (
        plain.a_text(row.get("office"), f"{where}.office"),
        _bureau(row, where, bureaus),
    )
    if office not in OFFICES:
        raise BadData(f"{where}.office: there is no such office")
    if office in PROVINCIAL and bureau != PROVINCE:
        raise BadData(f"{where}: only the province has a {office}")
    if (office == "unit") != ("unit" in row):
        raise BadData(f"{where}.unit: it goes with the office `unit`, and only with that")
    unit = plain.a_text(row["unit"], f"{where}.unit") if "unit" in row else None
    staff = plain.a_text(row.get("staff"), f"{where}.staff")
    if not OPAQUE.fullmatch(staff):
        raise BadData(f"{where}.staff: an opaque id is needed, as events have it")
    return Term(office, bureau, unit, staff, DateRange.of(row, where))


def _bureau(row: Mapping[str, object], where: str, bureaus: Collection[str]) -> str:
    slug = plain.a_text(row.get("bureau"), f"{where}.bureau")
    if slug not in bureaus:
        raise BadData(f"{where}.bureau: there is no such bureau")
    return slug


def _check_offices(offices: Offices) -> None:
    """Check that every office is filled as required. Raises: BadData."""
    if PROVINCE not in offices.members:
        raise BadData(f"bureaus: {PROVINCE} must be among them")
    for name, terms in _by_name(offices.terms):
        alone = [terms] if name.startswith("chief ") else _by_staff(terms)
        for group in alone:
            no_two(group, f"holders: {name}")
    for member in offices.members.values():
        also = PROVINCIAL if member.bureau == PROVINCE else ()
        for office in (*EVERYWHERE, *also):
            held = [
                term
                for term in offices.terms
                if (term.office, term.bureau) == (office, member.bureau)
            ]
            no_hole(held, f"holders: {office} of {member.bureau}", since=member.joined)


def _by_name(terms: Collection[Term]) -> list[tuple[str, list[Term]]]:
    ordered = sorted(terms, key=_name)
    return [(name, list(group)) for name, group in groupby(ordered, key=_name)]


def _by_staff(terms: Collection[Term]) -> list[list[Term]]:
    ordered = sorted(terms, key=lambda term: term.staff)
    return [list(group) for _, group in groupby(ordered, key=lambda term: term.staff)]


def _name(term: Term) -> str:
    where = f"{term.unit} in {term.bureau}" if term.unit else term.bureau
    return f"{term.office} of {where}"
