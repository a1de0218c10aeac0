"""Every page of staff with somebody who works there: for smoke tests, axe and pictures.

`{handling}` in a path stands for the number of that case of `letter_world`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tests.support.letter_world import NUMBERS

CHIEF: Final = "example-guangzhou-chief"


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
        return re.sub(r"\{([^}]+)\}", lambda found: NUMBERS[found[1]], self.path)


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
