"""A bureau sees only letters that it holds or held, and acts only on those that it holds. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from shared.audit.case import AuditCase
from shared.audit.findings import AuditFinding
from shared.audit.looking import LoggedEvent
from shared.audit.story import StoryStep
from shared.contracts.bureau_v1 import AssignmentEnded
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import LetterReceived, LetterReclassified
from shared.contracts.submitted_v1 import IdentityWithheld
from shared.contracts.topics import bureau_of
from shared.contracts.values import By
from shared.kernel.access_policy import complaint, is_inspections_alone
from shared.kernel.places import PROVINCE

ACTING = frozenset({"bureau", "handler", "chief"})
"""Roles in which somebody acts for the bureau that holds the letter."""
INSIDE = frozenset({"traceparent", "ce_letterversion"})
"""Headers that would show a bureau what happens elsewhere."""


class Exclusion(NamedTuple):
    """Since when, and by what, some bureaus must not see the letter."""

    since: datetime
    cause: str
    bureaus: frozenset[str]
    """That are told nothing of it on their topics."""
    holders: frozenset[str]
    """That may not even hold it: of the department, its inspection may, at the desk."""


def check(case: AuditCase) -> Iterator[AuditFinding]:
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
            if _is_kept_from(one, bureau, excluded):
                yield AuditFinding("excluded", f"router {one.place}")
    for step in case.story.steps:
        yield from _acted(step)
        yield from _handed(step, excluded)


def _told(case: AuditCase, said: LoggedEvent, bureau: str) -> Iterator[AuditFinding]:
    """Whether the bureau held the letter, and under that number, when it was told."""
    event, at = said.data, f"router {said.place}"
    numbered = _assignment(event)
    held = [one for one in case.story.holdings if one.bureau == bureau and one.covers(said.at)]
    if not held or (numbered is not None and numbered not in {one.assignment for one in held}):
        yield AuditFinding("not_its_letter", at)
    by = getattr(event, "by", None)
    shows_staff = isinstance(by, By) and by.staff is not None
    if shows_staff or not INSIDE.isdisjoint(dict(said.entry.record.headers)):
        yield AuditFinding("shows_inside", at)


def _assignment(event: Event | None) -> int | None:
    """The holding that an event for a bureau speaks of; refusals may speak of none."""
    if isinstance(event, Fact | IdentityWithheld):
        return event.assignment
    return None


def _acted(step: StoryStep) -> Iterator[AuditFinding]:
    by = step.fact.by
    if by.role in ACTING and by.bureau is not None and by.bureau != step.before.holder:
        yield AuditFinding("acted_unheld", f"router {step.said.place}")


def _handed(step: StoryStep, excluded: Sequence[Exclusion]) -> Iterator[AuditFinding]:
    """Whether a bureau got the letter that must not see it."""
    is_new = step.after.holder != step.before.holder
    known = _known(excluded, step.said)
    if is_new and known is not None and step.after.holder in known.holders:
        yield AuditFinding("excluded", f"router {step.said.place}")


def _is_kept_from(said: LoggedEvent, bureau: str, excluded: Sequence[Exclusion]) -> bool:
    """Whether a bureau was told more than that its holding is over."""
    is_over = isinstance(said.data, AssignmentEnded)
    known = _known(excluded, said)
    return not is_over and known is not None and bureau in known.bureaus


def _known(excluded: Sequence[Exclusion], said: LoggedEvent) -> Exclusion | None:
    """Whom the letter was kept from when that was said: by the fact before, or its own cause."""
    known = [one for one in excluded if one.since < said.at or one.cause == said.entry.cause]
    return known[-1] if known else None


def _excluded(case: AuditCase) -> Sequence[Exclusion]:
    """Bureaus that must not see the letter, each time that it was found out."""
    return [
        Exclusion(
            step.said.at,
            step.said.entry.cause,
            frozenset(step.fact.excluded),
            _holders_of(step.fact),
        )
        for step in case.story.steps
        if isinstance(step.fact, LetterReceived | LetterReclassified)
    ]


def _holders_of(fact: LetterReceived | LetterReclassified) -> frozenset[str]:
    is_inspections = is_inspections_alone(complaint(fact.about, fact.excluded))
    return frozenset(fact.excluded) - ({PROVINCE} if is_inspections else frozenset())
