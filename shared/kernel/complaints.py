"""The subject of a complaint, and the level above it that handles the complaint.

Source: 信访工作条例 (2022) Art. 28: whoever has an interest in a matter withdraws from it. Which
level is above is our own rule.
"""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from shared.kernel.places import PROVINCE

INSPECTION: Final = "inspection"
"""The unit (督察) of every bureau that handles complaints about its other units."""


WhereElse = Literal["12389"]
"""Of the other authorities named in events, those that take complaints about the police."""
BELOW_A_BUREAU: Final = ("station", "county")
"""Levels of organisations that are units of the city's bureau in this system."""


class ComplaintFacts(Protocol):
    """An event's fields about the subject of a complaint; all may be wrong or missing."""

    @property
    def kind(self) -> str:
        """A bureau, a unit or an officer."""

    @property
    def bureau(self) -> str | None:
        """The bureau's slug."""

    @property
    def level(self) -> str | None:
        """One of station, county, city and province."""

    @property
    def police_type(self) -> str | None:
        """The unit's line of work."""

    @property
    def unit(self) -> str | None:
        """The bureau's own code of the unit."""

    @property
    def officer(self) -> str | None:
        """The officer's opaque id."""


@dataclass(frozen=True, slots=True)
class ComplaintTarget:
    """The subject of a complaint."""

    bureau: str | None
    """The slug; None: the bureau is still unknown."""
    unit: str | None = None
    """A code of the bureau's, or a police type."""
    officer: str | None = None
    """Opaque id of staff."""
    police_type: str | None = None
    """The unit's line of work, which is excluded with it."""

    @property
    def units(self) -> frozenset[str]:
        """The unit, by every name that a seat may have."""
        return frozenset(name for name in (self.unit, self.police_type) if name)

    @property
    def is_whole(self) -> bool:
        """Whether the whole bureau is excluded, including its inspection.

        This holds for the bureau itself and for its inspection, and for an officer or unit without
        a name, because any unit of the bureau may turn out to be theirs.
        """
        return not self.units or INSPECTION in self.units


def complained_of(said: ComplaintFacts) -> ComplaintTarget:
    """Determine the subject; contradictory fields mean the highest level that they name."""
    bureau = PROVINCE if said.level == PROVINCE else said.bureau
    is_low = said.level in BELOW_A_BUREAU
    if said.kind == "bureau" and not is_low:
        return ComplaintTarget(bureau, officer=said.officer)
    unit = said.unit or (said.level if is_low else None)
    return ComplaintTarget(bureau, unit, said.officer, said.police_type)


def is_about_department(about: ComplaintTarget) -> bool:
    """Whether the complaint is about the provincial department itself, or about its inspection."""
    return about.bureau == PROVINCE and about.is_whole


def is_about_its_inspection(about: ComplaintTarget) -> bool:
    """Whether it is about the department's inspection, so that nobody here may answer it."""
    return about.bureau == PROVINCE and INSPECTION in about.units


@dataclass(frozen=True, slots=True)
class Path:
    """Where a complaint goes."""

    bureau: str | None
    """The slug; None: no office here, and the writer is referred elsewhere."""
    unit: str | None = None
    tell: WhereElse | None = None
    """The other authority that the writer is referred to."""


TO_ITS_INSPECTION: Final = Path(PROVINCE, INSPECTION, tell="12389")
"""The path of complaints about the department: only its inspection gets them."""
TO_NOBODY: Final = Path(None, tell="12389")
"""The path of complaints about the department's inspection: they are declined."""


def path_of_complaint(about: ComplaintTarget) -> Path | None:
    """One level above the subject; None as long as the bureau is unknown.

    Complaints about a unit go to its bureau's inspection, about a bureau to the province, and about
    the department to its inspection.
    """
    if about.bureau is None:
        return None
    if not about.is_whole:
        return Path(about.bureau, INSPECTION)
    if about.bureau != PROVINCE:
        return Path(PROVINCE)
    return TO_NOBODY if is_about_its_inspection(about) else TO_ITS_INSPECTION
