"""Check that every diverted emergency is seen in time, and that unseen ones are paged further."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from shared.audit.case import AuditCase
from shared.audit.findings import AuditFinding
from shared.audit.looking import MISSHAPEN, LoggedEvent, Look
from shared.contracts.diverted_v1 import DiversionResolved, DutySeen, LetterDiverted
from shared.contracts.topics import DIVERTED

RELEASING = ("false_alarm", "writer_says_no")
"""Outcomes after which the text is handled as a letter."""
Seeing: TypeAlias = Literal["in_time", "late", "waiting", "paged_only", "nobody"]
"""`waiting`: unseen, with time left. `paged_only`, `nobody`: unseen too long, with and without
pages."""


class DivertedEmergency(NamedTuple):
    """Whether a person has seen a diverted emergency."""

    seeing: Seeing
    diverted_at: datetime


def diversion_of(look: Look, *, as_of: datetime) -> DivertedEmergency | None:
    """The state of a diversion; None for letters, and for malformed documents."""
    events = (event for _, event in look.events(DIVERTED.name))
    first = next((diverted for diverted in events if isinstance(diverted, LetterDiverted)), None)
    try:
        return DivertedEmergency(_seeing(look, first, as_of), first.diverted_at) if first else None
    except MISSHAPEN:
        return None


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Check that somebody saw it by its time limit, or that the next level was paged.

    A page is not a person: an unseen one stays a breach. Also checks that the desk's lists contain
    it while something is left to do, and that its text became a letter.
    """
    for said, event in case.look.events(DIVERTED.name):
        if isinstance(event, LetterDiverted):
            yield from _on_the_desk(case.look, is_seen=_seen_at(case.look) is not None)
            yield from _seen(case, said, event)
        if isinstance(event, DiversionResolved):
            yield from _released(case, said)


def _seen(case: AuditCase, said: LoggedEvent, event: LetterDiverted) -> Iterator[AuditFinding]:
    seeing = _seeing(case.look, event, case.overdue)
    if seeing in ("paged_only", "nobody"):
        yield AuditFinding("not_seen", f"intake {said.place}")
    # A writer's repeats are called about under the first one, which is judged by itself.
    is_called = event.repeats is not None or _was_paged(case.look)
    if seeing in ("late", "nobody") and event.see_by < case.overdue and not is_called:
        yield AuditFinding("not_paged", f"notifier {said.place}")


def _seeing(look: Look, event: LetterDiverted, at: datetime) -> Seeing:
    seen_at = _seen_at(look)
    if seen_at is not None:
        return "in_time" if seen_at <= event.see_by else "late"
    if event.see_by >= at:
        return "waiting"
    return "paged_only" if _was_paged(look) else "nobody"


def _seen_at(look: Look) -> datetime | None:
    events = (event for _, event in look.events(DIVERTED.name))
    return min((one.seen_at for one in events if isinstance(one, DutySeen)), default=None)


def _on_the_desk(look: Look, *, is_seen: bool) -> Iterator[AuditFinding]:
    """Check that it is on the list of unseen diversions, or of those to resolve."""
    intake = look.sheets["intake"]
    is_resolved = any(isinstance(e, DiversionResolved) for _, e in look.events(DIVERTED.name))
    if is_seen and is_resolved:
        return
    if intake.document.get("unresolved_since" if is_seen else "unseen_since") is None:
        yield AuditFinding("off_the_desk", "intake")


def _released(case: AuditCase, said: LoggedEvent) -> Iterator[AuditFinding]:
    """Check that intake took in the letter that it had to become."""
    state = case.look.sheets["intake"].state
    caught = state.get("caught") or {}
    is_due = state.get("outcome") in RELEASING and caught.get("form") is not None
    if is_due and not state.get("is_letter") and said.at < case.overdue:
        yield AuditFinding("not_released", f"intake {said.place}")


def _was_paged(look: Look) -> bool:
    """Whether the notifier delivered a call to anybody beyond the first contact."""
    notifier = look.sheets.get("notifier")
    deliveries = notifier.state.get("deliveries", ()) if notifier else ()
    return any(
        delivery["message"] == "page"
        and delivery["details"]["page"] > 1
        and delivery["standing"] == "delivered"
        for delivery in deliveries
    )
