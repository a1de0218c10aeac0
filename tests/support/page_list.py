"""Every page with somebody who uses it: for smoke tests, axe and pictures.

`{handling}` in a path stands for the number of that case of `letter_world`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from services.intake.pages.writing_steps import STEPS
from shared.kernel.letter_number import (
    new_diversion_number,
    new_letter_number,
    new_publication_id,
)
from tests.support.letter_world import NUMBERS

CHIEF: Final = "example-guangzhou-chief"
DIVERSIONS: Final = {
    name: new_diversion_number(drawn.to_bytes(10, "big"))
    for name, drawn in {"late": 1, "resolved": 3, "in English": 5, "same writer": 7}.items()
}
"""Numbers of diversions in the world of `tests/browser/duty_world.py`."""

FILE_LETTERS: Final = {
    name: new_letter_number(drawn.to_bytes(10, "big"))
    for name, drawn in {"hidden files": 11, "files": 12}.items()
}
"""Numbers of letters with files in that world."""
WRITTEN: Final = {
    name: new_letter_number(drawn.to_bytes(10, "big"))
    for name, drawn in {"asked": 1, "answered": 2, "refused": 3, "new": 4}.items()
} | {"urgent": new_diversion_number((5).to_bytes(10, "big"))}
"""Numbers in the world of `tests/browser/writer_world.py`."""
EDITED: Final = {
    name: new_letter_number(drawn.to_bytes(10, "big"))
    for name, drawn in {
        "candidate": 21, "in work": 22, "proposed": 23, "public": 24, "rejected": 25, "english": 26,
    }.items()
}  # fmt: skip
"""Numbers in the world of `tests/browser/editors_world.py`."""
COUNTER_LETTER: Final = new_letter_number((13).to_bytes(10, "big"))
PUBLICATION: Final = new_publication_id((1).to_bytes(10, "big"))
_NUMBERS: Final = {
    "publication": PUBLICATION,
    **NUMBERS,
    **DIVERSIONS,
    **FILE_LETTERS,
    **WRITTEN,
    **EDITED,
    "counter": COUNTER_LETTER,
}


@dataclass(frozen=True, slots=True)
class StaffPage:
    """A page as one person sees it."""

    name: str
    """The name of its picture."""
    who: str
    path: str
    is_form: bool = False
    """Whether it shares its template with the page before it in the list."""

    @property
    def address(self) -> str:
        """The path with letter numbers."""
        return re.sub(r"\{([^}]+)\}", lambda found: _NUMBERS[found[1]], self.path)


def _letter(name: str, who: str, case: str, action: str = "") -> StaffPage:
    """A page of that letter."""
    return StaffPage(name, who, f"/desk/letters/{{{case}}}{action and '/'}{action}")


HANDLERS_PAGES: Final = (
    StaffPage("inbox", "gz", "/desk/inbox"),
    StaffPage("inbox-filtered", "gz", "/desk/inbox?state=handling&who=mine&due=soon"),
    StaffPage("inbox-unit", "gz-traffic", "/desk/inbox"),
    StaffPage("inbox-empty", "sz", "/desk/inbox"),
    _letter("letter", "gz", "handling"),
    _letter("letter-new", "gz", "routed"),
    _letter("letter-supervised", "gz", "supervised"),
    _letter("letter-question", "gz", "supplement"),
    _letter("letter-replied", "gz", "promised"),
    _letter("letter-masked", "gz-inspection", "unit handling"),
    _letter("letter-past", "gz", "moved"),
    _letter("letter-course", "he", "handling"),
    _letter("letter-at-triage", "lin", "triage"),
    _letter("letter-department", "pv-inspection", "department handling"),
    _letter("claim", "gz", "supervised", "claim"),
    _letter("reply", "gz", "reopened", "reply"),
    _letter("reply-refused", "gz", "replied", "reply"),
    _letter("accept", "gz", "routed", "accept"),
    _letter("return", "gz", "routed", "return"),
    _letter("decline", "gz", "routed", "decline"),
    _letter("pass-on", "gz", "handling", "pass_on"),
    _letter("unit-accept", "gz-legal", "passed on again", "unit_accept"),
    _letter("note", "gz", "handling", "note"),
    _letter("ask", "gz", "handling", "ask"),
    _letter("request-extension", "gz", "handling", "request_extension"),
    _letter("answer-instruction", "gz", "supervised", "answer_instruction"),
    _letter("fulfil", "gz", "promised", "fulfil"),
    _letter("link", "gz", "handling", "link"),
    _letter("propose-publication", "gz", "replied", "propose_publication"),
    _letter("conflict", "gz", "handling", "conflict"),
    _letter("action-refused", "gz", "replied", "accept"),
)
DECISION_PAGES: Final = (
    _letter("route", "lin", "triage", "route"),
    _letter("reclassify", "wu", "handling", "reclassify"),
    _letter("mark-petition", "wu", "handling", "mark_petition"),
    _letter("mark-disclosure", "wu", "handling", "mark_disclosure"),
    _letter("recall", "wu", "handling", "recall"),
    _letter("supervise", "wu", "handling", "supervise"),
    _letter("decide-extension", "wu", "extension", "decide_extension"),
    _letter("instruct", "di", "handling", "instruct"),
)
REFUSED: Final = frozenset({"reply-refused", "action-refused", "duty-missing"})
"""Pages that say that something can't be done."""

DESK_PAGES: Final = (
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
    StaffPage("supervision", "wu", "/desk/supervision"),
    StaffPage("supervision-letters", "wu", "/desk/supervision/letters"),
    StaffPage("supervision-filtered", "wu", "/desk/supervision/letters?holder=foshan"),
    StaffPage("audit", "he", "/desk/audit"),
)
ROUTER_PAGES: Final = (*HANDLERS_PAGES, *DECISION_PAGES, *DESK_PAGES)
DUTY_PAGES: Final = (
    StaffPage("duty", "d-0071", "/duty?refresh=off"),
    StaffPage("duty-late", "d-0071", "/duty/{late}"),
    StaffPage("duty-resolved", "d-0071", "/duty/{resolved}"),
    StaffPage("duty-writer", "d-0071", "/duty/{same writer}/writer"),
    StaffPage("duty-missing", "d-0071", "/duty/D-0"),
    StaffPage("counter", "counter-gz", "/counter"),
    StaffPage("counter-receipt", "counter-gz", "/counter/letters/{counter}"),
    StaffPage("look-up", "wu", "/look-up"),
    StaffPage("files", "gz", "/files/{files}"),
    StaffPage("files-hidden", "gz", "/files/{hidden files}"),
    StaffPage("reveal-log", "he", "/reveals/log"),
)
"""Of intake."""
WRITERS_PAGES: Final = (
    StaffPage("start", "nobody", "/"),
    StaffPage("notice", "nobody", "/notice"),
    StaffPage("start-city", "nobody", "/city/guangzhou"),
    StaffPage("my-letters", "chen", "/my/letters"),
    StaffPage("my-letters-empty", "huang", "/my/letters"),
    StaffPage("my-letter-new", "chen", "/my/letters/{new}?done=sent"),
    StaffPage("my-letter-asked", "chen", "/my/letters/{asked}"),
    StaffPage("my-letter-answered", "chen", "/my/letters/{answered}"),
    StaffPage("my-letter-refused", "chen", "/my/letters/{refused}"),
    StaffPage("my-answer", "chen", "/my/letters/{asked}/answer"),
    StaffPage("my-addition", "chen", "/my/letters/{new}/addition", is_form=True),
    StaffPage("my-rating", "chen", "/my/letters/{answered}/rating", is_form=True),
    StaffPage("my-reopening", "chen", "/my/letters/{answered}/reopening", is_form=True),
    StaffPage("my-appeal", "chen", "/my/letters/{refused}/appeal", is_form=True),
    StaffPage("my-withdrawal", "chen", "/my/letters/{new}/withdrawal", is_form=True),
    StaffPage("my-consent", "chen", "/my/letters/{new}/consent", is_form=True),
    StaffPage("my-contact", "chen", "/my/letters/{new}/contact", is_form=True),
    StaffPage("my-request-refused", "chen", "/my/letters/{new}/rating"),
    StaffPage("my-emergency", "chen", "/my/emergencies/{urgent}"),
    StaffPage("receipts", "chen", "/receipts"),
    StaffPage("write-drafts", "chen", "/write"),
    *(
        StaffPage(
            f"write-{step}",
            "chen",
            f"/write/unfinished-letter/{step}",
            is_form=step not in {"kind", "matter", "files", "check"},
        )
        for step in (*STEPS, "check")
    ),
    StaffPage("write-incomplete", "huang", "/write/new-letter/check"),
    StaffPage("my-missing", "chen", "/my/letters/GD-0"),
)
"""Of citizens, at intake."""
EDITORS_PAGES: Final = (
    StaffPage("editors", "mei", "/editors"),
    StaffPage("editors-proposed", "zhou", "/editors?list=proposed&city=guangzhou", is_form=True),
    StaffPage("editors-problems", "mei", "/editors?list=problems", is_form=True),
    StaffPage("editors-empty", "mei", "/editors?list=newer", is_form=True),
    StaffPage("draft", "mei", "/editors/letters/{candidate}"),
    StaffPage("draft-in-work", "mei", "/editors/letters/{in work}?done=marked"),
    StaffPage("draft-proposed", "zhou", "/editors/letters/{proposed}", is_form=True),
    StaffPage("draft-rejected", "mei", "/editors/letters/{rejected}", is_form=True),
    StaffPage("draft-wording", "mei", "/editors/letters/{in work}/wording"),
    StaffPage("draft-proposal", "mei", "/editors/letters/{candidate}/proposal"),
    StaffPage("draft-approval", "zhou", "/editors/letters/{proposed}/approval"),
    StaffPage("draft-return", "zhou", "/editors/letters/{proposed}/return", is_form=True),
    StaffPage("draft-rejection", "mei", "/editors/letters/{candidate}/rejection", is_form=True),
    StaffPage("editors-publication", "zhou", "/editors/letters/{public}"),
    StaffPage("publication-correct", "mei", "/editors/letters/{public}/change/corrected"),
    StaffPage("publication-take-down", "mei", "/editors/letters/{public}/change/withdrawn"),
    StaffPage("change-approval", "zhou", "/editors/letters/{public}/change/approval"),
    StaffPage("reading-room", "nobody", "/"),
    StaffPage("reading-room-found", "nobody", "/?words=路灯"),
    StaffPage("reading-room-publication", "nobody", "/publications/{publication}"),
    StaffPage("reading-room-problem", "nobody", "/publications/{publication}/problem"),
    StaffPage("reading-room-missing", "nobody", "/publications/none"),
)
"""Of editors and readers, at the publisher."""
