"""Where does somebody of the staff sit, by the roles in their sign-in? Pure.

Roles are claims: `bureau:<slug>:handler` is a bureau's office, `bureau:<slug>:<unit>:handler` one
of its units, `bureau:<slug>:chief` its chief, `bureau:province:inspection:chief` the head of the
department's inspection; `triage`, `duty`, `supervisor`, `director`, `editor`, `auditor` and
`custodian` sit in the province. A claim of any other form opens nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from shared.kernel.complaints import INSPECTION
from shared.kernel.places import PROVINCE

PROVINCIAL: Final = frozenset(
    {"triage", "duty", "supervisor", "director", "editor", "auditor", "custodian"}
)
OPAQUE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}")
"""How an id of staff looks; `OpaqueId` of the contracts is the same."""
ON_NAMED_PATH: Final = frozenset({"named_path", "named path"})
"""In place of `INSPECTORS` beside letters that older versions wrote, until they are written again.

No claim of that form counts.
"""
ANY_BUREAU: Final = "bureau"
"""What everybody with a seat in a bureau belongs to."""


@dataclass(frozen=True)
class Viewer:
    """Somebody of the staff who wants to see letters."""

    staff: str
    """Opaque id, the same that events and the data of office holders know them by."""
    claims: frozenset[str]

    @cached_property
    def seats(self) -> frozenset[str]:
        """The roles that letters may be open to: their claims, as far as we know such."""
        known = frozenset(claim for claim in self.claims if list(_of_seat(claim)))
        return known | ON_NAMED_PATH if known.intersection(INSPECTORS) else known

    @cached_property
    def belongs_to(self) -> frozenset[str]:
        """What letters may be kept from: their bureaus, their units and themself."""
        found = frozenset(part for claim in self.claims for part in _of_seat(claim))
        return found | {person(self.staff)}


def handler(bureau: str, unit: str | None = None) -> str:
    """The role of those who handle letters in a unit, or in the bureau's office."""
    return f"bureau:{bureau}:{unit}:handler" if unit else f"bureau:{bureau}:handler"


def chief(bureau: str, unit: str | None = None) -> str:
    """The role of the bureau's chief, or of its unit's: the department's inspection has one."""
    return f"bureau:{bureau}:{unit}:chief" if unit else f"bureau:{bureau}:chief"


INSPECTORS: Final = (handler(PROVINCE, INSPECTION), chief(PROVINCE, INSPECTION))
"""Roles of the department's inspection, which alone has complaints about the department."""


def unit_of(bureau: str, unit: str) -> str:
    """How a unit is named among what a letter is kept from."""
    return f"{bureau}:{unit}"


def person(staff: str) -> str:
    """How somebody of the staff is named among what a letter is kept from."""
    return f"staff:{staff}"


def _of_seat(claim: str) -> Iterator[str]:
    """What someone with this claim belongs to; nothing, if we know no such claim."""
    match claim.split(":"):
        case ["bureau", slug, "handler" | "chief"] if slug:
            yield from (ANY_BUREAU, slug)
        case ["bureau", slug, unit, "handler"] if slug and unit:
            yield from (ANY_BUREAU, slug, unit_of(slug, unit))
        case ["bureau", "province", "inspection", "chief"]:
            yield from (ANY_BUREAU, PROVINCE, unit_of(PROVINCE, INSPECTION))
        case [role] if role in PROVINCIAL:
            yield from (PROVINCE, unit_of(PROVINCE, role))
        case _:
            return
