"""Staff members as viewers, with their seats according to the roles in their sign-in.

Roles are claims: `bureau:<slug>:handler` is a bureau's office, `bureau:<slug>:<unit>:handler` one
of its units, `bureau:<slug>:chief` its chief, `bureau:province:inspection:chief` the head of the
department's inspection; `triage`, `duty`, `supervisor`, `director`, `editor`, `auditor` and
`custodian` sit in the province. A claim of any other form gives no access.
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
"""The form of a staff id, the same as `OpaqueId` of the contracts."""
ON_NAMED_PATH: Final = frozenset({"named_path", "named path"})
"""Stands for `INSPECTORS` beside letters written by older versions, until they are written again.

No claim of that form counts.
"""
ANY_BUREAU: Final = "bureau"
"""The group of everybody with a seat in a bureau."""


@dataclass(frozen=True)
class Viewer:
    """A staff member who wants to see letters."""

    staff: str
    """Opaque id, the same as in events and in the data of office holders."""
    claims: frozenset[str]

    @cached_property
    def seats(self) -> frozenset[str]:
        """The roles to which letters may be open: the claims of known forms."""
        known = frozenset(claim for claim in self.claims if list(_of_seat(claim)))
        return known | ON_NAMED_PATH if known.intersection(INSPECTORS) else known

    @cached_property
    def belongs_to(self) -> frozenset[str]:
        """The groups from which letters may be kept: bureaus, units and the person."""
        found = frozenset(part for claim in self.claims for part in _of_seat(claim))
        return found | {person(self.staff)}


def handler(bureau: str, unit: str | None = None) -> str:
    """The role of those who handle letters in a unit, or in the bureau's office."""
    return f"bureau:{bureau}:{unit}:handler" if unit else f"bureau:{bureau}:handler"


def chief(bureau: str, unit: str | None = None) -> str:
    """The role of a bureau's chief, or a unit's: only the department's inspection has one."""
    return f"bureau:{bureau}:{unit}:chief" if unit else f"bureau:{bureau}:chief"


def counter(bureau: str) -> str:
    """The role of those who enter letters at a bureau's counter; it sees no letters."""
    return f"bureau:{bureau}:counter"


INSPECTORS: Final = (handler(PROVINCE, INSPECTION), chief(PROVINCE, INSPECTION))
"""Roles of the department's inspection, the only ones with complaints about the department."""


def unit_of(bureau: str, unit: str) -> str:
    """The name of a unit among exclusions."""
    return f"{bureau}:{unit}"


def person(staff: str) -> str:
    """The name of a staff member among exclusions."""
    return f"staff:{staff}"


def _of_seat(claim: str) -> Iterator[str]:
    """The groups to which someone with this claim belongs; none for an unknown claim."""
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
