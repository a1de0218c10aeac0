"""Check that letters lose their parts in every service, not before their time, and not long after.

The end of a letter is taken from the router's facts, not from intake's own dates.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from shared.audit.case import MINUTE, AuditCase
from shared.audit.findings import AuditFinding
from shared.audit.looking import LoggedEvent
from shared.audit.story import StoryStep
from shared.contracts.progress_v1 import DisclosureMarked, PetitionMarked
from shared.contracts.submitted_v1 import LetterErased
from shared.contracts.topics import SUBMITTED
from shared.contracts.vocabulary import Erasable
from shared.kernel.retention import PARTS, WORDS_REST, Archive

ENDED = ("declined", "closed", "withdrawn")
GRACE = timedelta(days=7)
"""How long after its time a part may still be there."""
BY_WRITER = "writer.request"
BY_OPERATOR = "operator."
_FIELDS: dict[Erasable, tuple[str, ...]] = {
    "identity": ("identity", "contact"),
    "words": ("words",),
    "attachments": ("files",),
}


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Check each erasure, and what should have been erased by now."""
    if case.is_holder or case.is_diversion:
        return
    for said, event in case.look.events(SUBMITTED.name):
        if isinstance(event, LetterErased):
            if not _was_time(case, said, event):
                yield AuditFinding("erased_early", f"intake {said.place}")
            yield from _missing(case, event)
    yield from _overdue(case)


def _was_time(case: AuditCase, said: LoggedEvent, event: LetterErased) -> bool:
    """Whether its letter had ended then, and its rule allowed it."""
    before = [step for step in case.story.steps if step.said.at <= said.at + MINUTE]
    ended_at = _end(before)
    if ended_at is None:
        return False
    if event.rule.startswith(BY_OPERATOR):
        return True
    archive = _archive(before)
    rules = [case.table.rule(archive, part) for part in event.what]
    if event.rule == BY_WRITER:
        return all(ended_at + rule.request_after <= said.at for rule in rules)
    return all(
        rule.key == event.rule and ended_at + rule.keep <= said.at + MINUTE for rule in rules
    )


def _missing(case: AuditCase, event: LetterErased) -> Iterator[AuditFinding]:
    """Services that have heard of the erasure and don't know that these parts are erased."""
    for service, sheet in case.look.sheets.items():
        has_heard = service == "intake" or case.look.has_heard_all(service, SUBMITTED.name)
        if has_heard and not set(event.what) <= set(sheet.document.get("erased") or ()):
            yield AuditFinding("erasure_missing", service)


def _overdue(case: AuditCase) -> Iterator[AuditFinding]:
    steps, intake = case.story.steps, case.look.sheets.get("intake")
    ended_at = _end(steps)
    if intake is None or ended_at is None or _is_held(case):
        return
    archive, rests_until = _archive(steps), _at(steps[-1]) + WORDS_REST
    for part in PARTS[archive]:
        due_at = max(ended_at + case.table.rule(archive, part).keep, rests_until)
        is_there = any(intake.state.get(name) for name in _FIELDS[part])
        if is_there and due_at + GRACE < case.overdue:
            yield AuditFinding("erasure_overdue", f"intake {part}")


def _is_held(case: AuditCase) -> bool:
    """Whether a clock runs, or a request of its writer is open."""
    intake = case.look.sheets["intake"].state
    requests = intake.get("requests") or ()
    return bool(case.story.now.running) or any(one["status"] == "sent" for one in requests)


def _end(steps: Sequence[StoryStep]) -> datetime | None:
    """When it ended last; None while it runs."""
    if not steps or steps[-1].after.state not in ENDED:
        return None
    return max(_at(step) for step in steps if step.before.state not in ENDED)


def _at(step: StoryStep) -> datetime:
    """When a fact took effect."""
    return step.fact.at or step.said.at


def _archive(steps: Sequence[StoryStep]) -> Archive:
    kinds = {type(step.fact) for step in steps}
    if PetitionMarked in kinds:
        return "petition"
    return "disclosure" if DisclosureMarked in kinds else "letter"
