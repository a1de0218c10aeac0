"""What does a letter complain of, and who stands one level above that? Pure: slugs and codes only.

Source: 信访工作条例 (2022) Art. 28, whoever has an interest in a matter withdraws from it. Who is
one level above is our own rule.
"""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from shared.kernel.places import PROVINCE

INSPECTION: Final = "inspection"
"""The unit (督察) of every bureau that looks into complaints about its other units."""


WhereElse = Literal["12389"]
"""Of the places to turn to that events name, those that take complaints about the police."""
BELOW_A_BUREAU: Final = ("station", "county")
"""Levels of what is a unit of the city's bureau, for us."""


class ComplaintFacts(Protocol):
    """What an event says of whom a letter complains of; all of it may be wrong or missing."""

    @property
    def kind(self) -> str:
        """A bureau, a unit or an officer."""

    @property
    def bureau(self) -> str | None:
        """By slug."""

    @property
    def level(self) -> str | None:
        """One of station, county, city and province."""

    @property
    def police_type(self) -> str | None:
        """The unit's line of work."""

    @property
    def unit(self) -> str | None:
        """The bureau's own code of it."""

    @property
    def officer(self) -> str | None:
        """Opaque id."""


@dataclass(frozen=True, slots=True)
class ComplaintTarget:
    """Whom a letter complains of."""

    bureau: str | None
    """By slug; None: somewhere in the police, and nobody has found out where."""
    unit: str | None = None
    """A code of the bureau's, or a police type."""
    officer: str | None = None
    """Opaque id of staff."""
    police_type: str | None = None
    """The unit's line of work, whose seats are kept out with it."""

    @property
    def units(self) -> frozenset[str]:
        """The unit, by every name that a seat may have."""
        return frozenset(name for name in (self.unit, self.police_type) if name)

    @property
    def is_whole(self) -> bool:
        """Whether the bureau as a whole is kept out, its inspection too.

        So it is for the bureau itself and for its inspection; and for an officer or a unit that
        nobody has named, because any unit of the bureau may turn out to be theirs.
        """
        return not self.units or INSPECTION in self.units


def complained_of(said: ComplaintFacts) -> ComplaintTarget:
    """Whom that means. What contradicts itself is taken as meaning the highest that it names."""
    bureau = PROVINCE if said.level == PROVINCE else said.bureau
    is_low = said.level in BELOW_A_BUREAU
    if said.kind == "bureau" and not is_low:
        return ComplaintTarget(bureau, officer=said.officer)
    unit = said.unit or (said.level if is_low else None)
    return ComplaintTarget(bureau, unit, said.officer, said.police_type)


def is_about_department(about: ComplaintTarget) -> bool:
    """Whether it complains of the provincial department itself, or of its inspection."""
    return about.bureau == PROVINCE and about.is_whole


def is_about_its_inspection(about: ComplaintTarget) -> bool:
    """Whether it complains of the department's inspection, so that nobody here may answer it."""
    return about.bureau == PROVINCE and INSPECTION in about.units


@dataclass(frozen=True, slots=True)
class Path:
    """Where a complaint goes."""

    bureau: str | None
    """By slug; None: to nobody here, and the writer is told where to turn."""
    unit: str | None = None
    tell: WhereElse | None = None
    """What the writer is told of as another place to turn to."""


TO_ITS_INSPECTION: Final = Path(PROVINCE, INSPECTION, tell="12389")
"""The way of complaints about the department: its inspection alone has them."""
TO_NOBODY: Final = Path(None, tell="12389")
"""The way of complaints about the department's inspection: they are declined."""


def path_of_complaint(about: ComplaintTarget) -> Path | None:
    """One level above what is complained of; None as long as nobody knows the bureau.

    A unit's complaints go to its bureau's inspection, a bureau's to the province, and the
    department's to its inspection.
    """
    if about.bureau is None:
        return None
    if not about.is_whole:
        return Path(about.bureau, INSPECTION)
    if about.bureau != PROVINCE:
        return Path(PROVINCE)
    return TO_NOBODY if is_about_its_inspection(about) else TO_ITS_INSPECTION
