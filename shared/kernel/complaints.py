"""What does a letter complain of, and who stands one level above that? Pure: slugs and codes only.

Source: 信访工作条例 (2022) Art. 28, whoever has an interest in a matter withdraws from it. Who is
one level above is our own rule.
"""

from dataclasses import dataclass
from typing import Final

from shared.kernel.places import PROVINCE

INSPECTION: Final = "inspection"
"""The unit (督察) of every bureau that looks into complaints about its other units."""


@dataclass(frozen=True, slots=True)
class About:
    """Whom a letter complains of."""

    bureau: str | None
    """By slug; None: somewhere in the police, and nobody has found out where."""
    unit: str | None = None
    """A police type or another code of the bureau's; None: the bureau itself, or not found out."""
    officer: str | None = None
    """Opaque id of staff."""

    @property
    def is_whole(self) -> bool:
        """Whether the bureau as a whole is kept out, its inspection too.

        So it is for the bureau itself and for its inspection; and for an officer or a unit that
        nobody has named, because any unit of the bureau may turn out to be theirs.
        """
        return self.unit is None or self.unit == INSPECTION


@dataclass(frozen=True, slots=True)
class Path:
    """Where a complaint goes."""

    bureau: str | None
    """By slug; None: no bureau, but the people who are named for complaints about the province."""
    unit: str | None = None
    tell: str | None = None
    """What the writer is told of as another place to turn to, such as 12389."""


NAMED_PATH: Final = Path(None, tell="12389")
"""The way of complaints about the province itself."""


def path_of_complaint(about: About) -> Path | None:
    """One level above what is complained of; None as long as nobody knows the bureau.

    A unit's complaints go to its bureau's inspection, a bureau's to the province, and the
    province's to people named for them.
    """
    if about.bureau is None:
        return None
    if not about.is_whole:
        return Path(about.bureau, INSPECTION)
    return NAMED_PATH if about.bureau == PROVINCE else Path(PROVINCE)
