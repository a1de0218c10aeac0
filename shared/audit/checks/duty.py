"""Every diverted emergency is seen by a person in time, or the next level is paged. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from shared.audit.case import Case
from shared.audit.findings import Finding
from shared.audit.looking import Look, Said
from shared.contracts.diverted_v1 import DiversionResolved, DutySeen, LetterDiverted
from shared.contracts.topics import DIVERTED

RELEASING = ("false_alarm", "writer_says_no")
"""Outcomes after which what was written goes its way as a letter."""


def check(case: Case) -> Iterator[Finding]:
    """Whether somebody saw it by the instant that it says, or was paged since.

    And whether the desk finds it as long as there is something to do, and its letter went its way.
    """
    events = case.look.events(DIVERTED.name)
    seen = min((e.seen_at for _, e in events if isinstance(e, DutySeen)), default=None)
    for said, event in events:
        if isinstance(event, LetterDiverted):
            yield from _on_the_desk(case.look, is_seen=seen is not None)
        if isinstance(event, DiversionResolved):
            yield from _released(case, said)
        if not isinstance(event, LetterDiverted) or event.see_by >= case.overdue:
            continue
        is_in_time = seen is not None and seen <= event.see_by
        if not is_in_time and not _was_paged(case.look):
            yield Finding("not_seen", f"intake {said.place}")


def _on_the_desk(look: Look, *, is_seen: bool) -> Iterator[Finding]:
    """Whether it stands on the list of what nobody has seen, or of what is to be resolved."""
    intake = look.sheets["intake"]
    is_resolved = any(isinstance(e, DiversionResolved) for _, e in look.events(DIVERTED.name))
    if is_seen and is_resolved:
        return
    if intake.document.get("unresolved_since" if is_seen else "unseen_since") is None:
        yield Finding("off_the_desk", "intake")


def _released(case: Case, said: Said) -> Iterator[Finding]:
    """Whether the letter that it has become was taken in, if there is one to be."""
    state = case.look.sheets["intake"].state
    caught = state.get("caught") or {}
    is_due = state.get("outcome") in RELEASING and caught.get("form") is not None
    if is_due and not state.get("is_letter") and said.at < case.overdue:
        yield Finding("not_released", f"intake {said.place}")


def _was_paged(look: Look) -> bool:
    """Whether the notifier has called anybody beyond the first: it acts by itself, and notes it."""
    notifier = look.sheets.get("notifier")
    deliveries = notifier.state.get("deliveries", ()) if notifier else ()
    return any(one["message"] == "page" and one["details"]["page"] > 1 for one in deliveries)
