"""Check that a bureau sees and acts on only the letters that it holds, or held at that time."""

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
"""Roles that act for the bureau that holds the letter."""
INSIDE = frozenset({"traceparent", "ce_letterversion"})
"""Headers that would show a bureau what happens elsewhere."""


class Exclusion(NamedTuple):
    """Since when, and because of which event, some bureaus must not see the letter."""

    since: datetime
    cause: str
    bureaus: frozenset[str]
    """Bureaus that receive nothing about it on their topics."""
    holders: frozenset[str]
    """Bureaus that may not hold it; the department's inspection may, at the desk."""


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Check what was sent to each bureau, and what each did."""
    router = case.look.sheets.get("router")
    if router is None:
        return
    excluded = _excluded(case)
    for topic, said in router.said.items():
        bureau = bureau_of(topic)
        if bureau is None:
            continue
        for one in said:
            yield from _sent_rightly(case, one, bureau)
            if _is_kept_from(one, bureau, excluded):
                yield AuditFinding("excluded", f"router {one.place}")
    for step in case.story.steps:
        yield from _acted(step)
        yield from _handed(step, excluded)


def _sent_rightly(case: AuditCase, said: LoggedEvent, bureau: str) -> Iterator[AuditFinding]:
    """Check that the bureau held the letter, under that number, when the event was sent."""
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
    """The holding to which an event for a bureau belongs; refusals may have none."""
    if isinstance(event, Fact | IdentityWithheld):
        return event.assignment
    return None


def _acted(step: StoryStep) -> Iterator[AuditFinding]:
    by = step.fact.by
    if by.role in ACTING and by.bureau is not None and by.bureau != step.before.holder:
        yield AuditFinding("acted_unheld", f"router {step.said.place}")


def _handed(step: StoryStep, excluded: Sequence[Exclusion]) -> Iterator[AuditFinding]:
    """Check that no excluded bureau became the holder."""
    is_new = step.after.holder != step.before.holder
    known = _known(excluded, step.said)
    if is_new and known is not None and step.after.holder in known.holders:
        yield AuditFinding("excluded", f"router {step.said.place}")


def _is_kept_from(said: LoggedEvent, bureau: str, excluded: Sequence[Exclusion]) -> bool:
    """Whether an excluded bureau was sent more than the end of its holding."""
    is_over = isinstance(said.data, AssignmentEnded)
    known = _known(excluded, said)
    return not is_over and known is not None and bureau in known.bureaus


def _known(excluded: Sequence[Exclusion], said: LoggedEvent) -> Exclusion | None:
    """The exclusion known when that was sent: from an earlier fact, or from its own cause."""
    known = [one for one in excluded if one.since < said.at or one.cause == said.entry.cause]
    return known[-1] if known else None


def _excluded(case: AuditCase) -> Sequence[Exclusion]:
    """The bureaus excluded from the letter, for each time that this was determined."""
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
