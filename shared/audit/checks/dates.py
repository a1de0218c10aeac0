"""Check that nothing is dated before what it is based on, or in the future."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from shared.audit.case import MINUTE, AuditCase
from shared.audit.checks.answer import name_of
from shared.audit.findings import AuditFinding
from shared.audit.looking import LoggedEvent
from shared.audit.story import StoryStep
from shared.contracts.progress_v1 import LetterReceived
from shared.contracts.submitted_v1 import LetterSubmitted

RESTS_ON: Mapping[str, frozenset[str]] = {
    "letter.accepted": frozenset({"letter.routed"}),
    "letter.returned": frozenset({"letter.routed"}),
    "unit.accepted": frozenset({"letter.passed_on"}),
    "writer.answered": frozenset({"writer.asked"}),
    "question.lapsed": frozenset({"writer.asked"}),
    "extension.decided": frozenset({"extension.requested"}),
    "letter.signed": frozenset({"reply.submitted"}),
    "reply.sent_back": frozenset({"reply.submitted"}),
    "letter.replied": frozenset({"reply.submitted"}),
    "letter.declined": frozenset({"reply.submitted"}),
    "letter.rated": frozenset({"letter.replied"}),
    "letter.reopened": frozenset({"letter.replied"}),
    "letter.closed": frozenset({"letter.replied"}),
    "appeal.made": frozenset({"letter.declined", "letter.replied"}),
    "instruction.answered": frozenset({"instruction.given"}),
    "commitment.fulfilled": frozenset({"commitment.made"}),
}
"""The facts of which the last one must be earlier; all facts are based on the letter's receipt."""


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Check when each event was decided, and as of when each fact counts.

    Instants of different machines are compared, so a minute between their clocks is allowed.
    """
    yield from _decided(case)
    at_of: dict[str, datetime] = {}
    for step in case.story.steps:
        yield from _counted(step, at_of)
        at_of[name_of(step.fact.type)] = _came_at(step)


def _decided(case: AuditCase) -> Iterator[AuditFinding]:
    """Check that events were decided after their causes, and not in the future."""
    everything = [
        (sheet.service, said) for sheet in case.look.sheets.values() for said in sheet.everything()
    ]
    decided = {said.entry.id: said.at for _, said in everything}
    for service, said in everything:
        cause = decided.get(said.entry.cause)
        if cause is not None and said.at + MINUTE < cause:
            yield AuditFinding("before_cause", f"{service} {said.place}")
        if said.at > case.now + MINUTE or _received_at(said) > said.at + MINUTE:
            yield AuditFinding("in_future", f"{service} {said.place}")


def _counted(step: StoryStep, at_of: Mapping[str, datetime]) -> Iterator[AuditFinding]:
    """Check that a fact counts as of an instant after its basis, and not after its event."""
    at, place = _as_of(step), f"router {step.said.place}"
    names = RESTS_ON.get(name_of(step.fact.type), frozenset()) | {"letter.received"}
    if any(at + MINUTE < at_of[name] for name in names & at_of.keys()):
        yield AuditFinding("before_basis", place)
    if at > step.said.at + MINUTE:
        yield AuditFinding("in_future", place)


def _received_at(said: LoggedEvent) -> datetime:
    """When the submitted letter was received; for all other events when they were decided."""
    return said.data.received_at if isinstance(said.data, LetterSubmitted) else said.at


def _as_of(step: StoryStep) -> datetime:
    return step.fact.at or step.said.at


def _came_at(step: StoryStep) -> datetime:
    """The instant from which later facts may be based on it: for a letter, intake's receipt."""
    fact = step.fact
    return fact.received_at if isinstance(fact, LetterReceived) else _as_of(step)
