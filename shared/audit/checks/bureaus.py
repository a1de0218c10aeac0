"""A bureau sees only letters that it holds or held, and acts only on those that it holds. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from shared.audit.case import Case
from shared.audit.findings import Finding
from shared.audit.looking import Said
from shared.audit.story import Step
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import LetterReceived
from shared.contracts.submitted_v1 import IdentityWithheld
from shared.contracts.topics import bureau_of
from shared.contracts.values import By

ACTING = frozenset({"bureau", "handler", "chief"})
"""Roles in which somebody acts for the bureau that holds the letter."""
INSIDE = frozenset({"traceparent", "ce_letterversion"})
"""Headers that would show a bureau what happens elsewhere."""


def check(case: Case) -> Iterator[Finding]:
    """What each bureau was told and what it did."""
    router = case.look.sheets.get("router")
    if router is None:
        return
    excluded = _excluded(case)
    for topic, said in router.said.items():
        bureau = bureau_of(topic)
        if bureau is None:
            continue
        for one in said:
            yield from _told(case, one, bureau)
        if bureau in excluded:
            yield Finding("excluded", f"router {topic}")
    for step in case.story.steps:
        yield from _acted(step)
        if step.after.holder in excluded:
            yield Finding("excluded", f"router {step.said.place}")


def _told(case: Case, said: Said, bureau: str) -> Iterator[Finding]:
    """Whether the bureau held the letter, and under that number, when it was told."""
    event, at = said.data, f"router {said.place}"
    numbered = _assignment(event)
    held = [one for one in case.story.holdings if one.bureau == bureau and one.covers(said.at)]
    if not held or (numbered is not None and numbered not in {one.assignment for one in held}):
        yield Finding("not_its_letter", at)
    by = getattr(event, "by", None)
    shows_staff = isinstance(by, By) and by.staff is not None
    if shows_staff or not INSIDE.isdisjoint(dict(said.entry.record.headers)):
        yield Finding("shows_inside", at)


def _assignment(event: Event | None) -> int | None:
    """The holding that an event for a bureau speaks of; refusals may speak of none."""
    if isinstance(event, Fact | IdentityWithheld):
        return event.assignment
    return None


def _acted(step: Step) -> Iterator[Finding]:
    by = step.fact.by
    if by.role in ACTING and by.bureau is not None and by.bureau != step.before.holder:
        yield Finding("acted_unheld", f"router {step.said.place}")


def _excluded(case: Case) -> frozenset[str]:
    """Bureaus that must not see the letter."""
    named = (
        step.fact.excluded for step in case.story.steps if isinstance(step.fact, LetterReceived)
    )
    return frozenset(bureau for bureaus in named for bureau in bureaus)
