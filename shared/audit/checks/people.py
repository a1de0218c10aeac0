"""Check that signatures and extensions were given by a different person than required them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.audit.case import AuditCase
from shared.audit.findings import AuditFinding
from shared.audit.story import StoryStep
from shared.contracts.progress_v1 import (
    ExtensionDecided,
    ExtensionRequested,
    LetterDeclined,
    LetterReplied,
    LetterSigned,
    ReplySubmitted,
)


@dataclass
class _Draft:
    """The last draft, and who has signed it."""

    wanted: int = 0
    people: list[str | None] = field(default_factory=list)
    """The writer of the draft, then those who signed, including in the bureau's own system."""
    signed: int = 0


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Check that every answer has its signatures, and that nobody gave two of them."""
    draft, asker = _Draft(), None
    for step in case.story.steps:
        fact, at = step.fact, f"router {step.said.place}"
        if isinstance(fact, ReplySubmitted):
            draft = _written(fact)
        elif isinstance(fact, LetterSigned):
            draft.signed += 1
            draft.people.append(fact.by.staff)
        elif isinstance(fact, LetterReplied | LetterDeclined):
            yield from _answered(draft, at)
        elif isinstance(fact, ExtensionRequested):
            asker = fact.by.staff
        elif _is_own(step, asker):
            yield AuditFinding("same_person", at)


def _written(fact: ReplySubmitted) -> _Draft:
    elsewhere = [fact.signed_by] if fact.signed_by else []
    return _Draft(len(fact.signers), [fact.by.staff, *elsewhere])


def _answered(draft: _Draft, at: str) -> Iterator[AuditFinding]:
    if draft.signed < draft.wanted:
        yield AuditFinding("unsigned", at)
    known = [staff for staff in draft.people if staff is not None]
    if draft.signed and len(set(known)) < len(known):
        yield AuditFinding("same_person", at)


def _is_own(step: StoryStep, asker: str | None) -> bool:
    """Whether the person who requested more time also granted it."""
    fact = step.fact
    return isinstance(fact, ExtensionDecided) and asker is not None and fact.by.staff == asker
