"""Every diverted emergency is seen by a person in time, or the next level is paged. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from shared.audit.case import Case
from shared.audit.findings import Finding
from shared.audit.looking import Look
from shared.contracts.diverted_v1 import DutySeen, LetterDiverted
from shared.contracts.topics import DIVERTED


def check(case: Case) -> Iterator[Finding]:
    """Whether somebody saw it by the instant that it says, or was paged since."""
    events = case.look.events(DIVERTED.name)
    seen = min((e.seen_at for _, e in events if isinstance(e, DutySeen)), default=None)
    for said, event in events:
        if not isinstance(event, LetterDiverted) or event.see_by >= case.overdue:
            continue
        is_in_time = seen is not None and seen <= event.see_by
        if not is_in_time and not _was_paged(case.look):
            yield Finding("not_seen", f"intake {said.place}")


def _was_paged(look: Look) -> bool:
    """Whether the notifier has called anybody beyond the first: it acts by itself, and notes it."""
    notifier = look.sheets.get("notifier")
    deliveries = notifier.state.get("deliveries", ()) if notifier else ()
    return any(one["message"] == "page" and one["details"]["page"] > 1 for one in deliveries)
