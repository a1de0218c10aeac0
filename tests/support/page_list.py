"""Every page of staff with somebody who works there: for smoke tests, axe and pictures.

`{handling}` in a path stands for the number of that case of `letter_world`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from shared.kernel.letter_number import new_diversion_number
from tests.support.letter_world import NUMBERS

CHIEF: Final = "example-guangzhou-chief"
DIVERSIONS: Final = {
    name: new_diversion_number(drawn.to_bytes(10, "big"))
    for name, drawn in {"late": 1, "resolved": 3, "in English": 5, "same writer": 7}.items()
}
"""Numbers of diversions in the world of `tests/browser/duty_world.py`."""


_NUMBERS: Final = {**NUMBERS, **DIVERSIONS}


@dataclass(frozen=True, slots=True)
class StaffPage:
    """A page as one person sees it."""

    name: str
    """The name of its picture."""
    who: str
    path: str

    @property
    def address(self) -> str:
        """The path with letter numbers."""
        return re.sub(r"\{([^}]+)\}", lambda found: _NUMBERS[found[1]], self.path)


ROUTER_PAGES: Final = (
    StaffPage("triage", "lin", "/desk/triage?letter={triage}"),
    StaffPage("triage-queue", "lin", "/desk/triage/queue"),
    StaffPage("triage-reclassify", "lin", "/desk/triage/{triage}/reclassify"),
    StaffPage("triage-decline", "lin", "/desk/triage/{triage}/decline"),
    StaffPage("triage-link", "lin", "/desk/triage/{triage}/link"),
    StaffPage("triage-empty", "pv-inspection", "/desk/triage"),
    StaffPage("signing", CHIEF, "/desk/signing"),
    StaffPage("signing-draft", CHIEF, "/desk/signing/{signing}"),
    StaffPage("signing-sign", CHIEF, "/desk/signing/{signing}/sign?draft=1"),
    StaffPage("signing-send-back", CHIEF, "/desk/signing/{signing}/send_back"),
    StaffPage("signing-empty", "di", "/desk/signing"),
    StaffPage("reading", CHIEF, "/desk/reading"),
    StaffPage("reading-letter", CHIEF, "/desk/reading/{unit routed}"),
    StaffPage("reading-instruct", CHIEF, "/desk/reading/{unit routed}/instruct"),
)
"""Of the router, whoever sees them first in the table."""
DUTY_PAGES: Final = (
    StaffPage("duty", "d-0071", "/duty?refresh=off"),
    StaffPage("duty-late", "d-0071", "/duty/{late}"),
    StaffPage("duty-resolved", "d-0071", "/duty/{resolved}"),
    StaffPage("duty-writer", "d-0071", "/duty/{same writer}/writer"),
    StaffPage("duty-missing", "d-0071", "/duty/D-0"),
)
"""Of intake."""
