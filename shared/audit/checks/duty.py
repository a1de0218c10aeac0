"""Every diverted emergency is seen by a person in time; until it is, the next level is paged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from shared.audit.case import AuditCase
from shared.audit.findings import AuditFinding
from shared.audit.looking import MISSHAPEN, LoggedEvent, Look
from shared.contracts.diverted_v1 import DiversionResolved, DutySeen, LetterDiverted
from shared.contracts.topics import DIVERTED

RELEASING = ("false_alarm", "writer_says_no")
"""Outcomes after which what was written goes its way as a letter."""
Seeing: TypeAlias = Literal["in_time", "late", "waiting", "paged_only", "nobody"]
"""`waiting`: unseen, and there is time yet. Of those unseen too long: whether others were paged."""


class DivertedEmergency(NamedTuple):
    """Whether a person has seen a diverted emergency."""

    seeing: Seeing
    diverted_at: datetime


def diversion_of(look: Look, *, as_of: datetime) -> DivertedEmergency | None:
    """How a diversion stands; none of letters, and of documents that can't be read."""
    events = (event for _, event in look.events(DIVERTED.name))
    first = next((one for one in events if isinstance(one, LetterDiverted)), None)
    try:
        return DivertedEmergency(_seeing(look, first, as_of), first.diverted_at) if first else None
    except MISSHAPEN:
        return None


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Whether somebody saw it by the instant that it says, or else a next level was paged.

    A page is no person who has seen it: one that nobody has seen stays a breach. And whether the
    desk finds it as long as there is something to do, and its letter went its way.
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
    # A writer's repeats are called about under the first of them, which is judged by itself.
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
    """Whether it stands on the list of what nobody has seen, or of what is to be resolved."""
    intake = look.sheets["intake"]
    is_resolved = any(isinstance(e, DiversionResolved) for _, e in look.events(DIVERTED.name))
    if is_seen and is_resolved:
        return
    if intake.document.get("unresolved_since" if is_seen else "unseen_since") is None:
        yield AuditFinding("off_the_desk", "intake")


def _released(case: AuditCase, said: LoggedEvent) -> Iterator[AuditFinding]:
    """Whether the letter that it has become was taken in, if there is one to be."""
    state = case.look.sheets["intake"].state
    caught = state.get("caught") or {}
    is_due = state.get("outcome") in RELEASING and caught.get("form") is not None
    if is_due and not state.get("is_letter") and said.at < case.overdue:
        yield AuditFinding("not_released", f"intake {said.place}")


def _was_paged(look: Look) -> bool:
    """Whether a call of the notifier to anybody beyond the first was delivered."""
    notifier = look.sheets.get("notifier")
    deliveries = notifier.state.get("deliveries", ()) if notifier else ()
    return any(
        one["message"] == "page" and one["details"]["page"] > 1 and one["standing"] == "delivered"
        for one in deliveries
    )
