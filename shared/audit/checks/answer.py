"""Check that every letter ends in an answer: held, with a clock, and ended only by final events."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from shared.audit.case import AuditCase
from shared.audit.findings import AuditFinding
from shared.audit.looking import MISSHAPEN, Look
from shared.audit.story import LetterStanding, Run, StoryStep
from shared.contracts.progress_v1 import LetterReceived, LetterReplied
from shared.contracts.topics import PROGRESS

NEEDS: Mapping[str, frozenset[str]] = {
    "submitted": frozenset({"assign"}),
    "triage": frozenset({"assign"}),
    "routed": frozenset({"sign_in"}),
    "handling": frozenset({"reply", "reopened_reply"}),
    "supplement": frozenset({"answer"}),
    "signing": frozenset({"signature"}),
    "replied": frozenset({"rating"}),
}
"""Clocks of which one must run in each open state. Source: CONTRACTS, section 8."""
OUTLIVE = frozenset({"commitment", "instruction"})
"""Clocks of what must still be done after a letter is settled."""
ENDS = frozenset({"declined", "closed", "withdrawn"})
HELD = frozenset({"routed", "handling", "supplement", "replied"})
"""States in which a bureau holds the letter."""
IN_TRIAGE = frozenset({"submitted", "triage"})
LEADS_TO: Mapping[str, frozenset[str]] = {
    "letter.received": frozenset({"submitted"}),
    "triage.entered": frozenset({"triage"}),
    "letter.routed": frozenset({"routed"}),
    "letter.accepted": frozenset({"handling"}),
    "letter.returned": frozenset({"triage", "routed"}),
    "letter.recalled": frozenset({"triage", "routed"}),
    "writer.asked": frozenset({"supplement"}),
    "writer.answered": frozenset({"handling"}),
    "question.lapsed": frozenset({"handling"}),
    "reply.submitted": frozenset({"signing"}),
    "reply.sent_back": frozenset({"triage", "handling"}),
    "letter.signed": frozenset({"signing"}),
    "letter.replied": frozenset({"replied"}),
    "letter.declined": frozenset({"declined"}),
    "letter.reopened": frozenset({"handling"}),
    "appeal.made": frozenset({"triage"}),
    "letter.withdrawn": frozenset({"withdrawn"}),
    "letter.closed": frozenset({"closed"}),
}
"""States to which an event may lead; all other events leave the state unchanged."""
FROM: Mapping[str, frozenset[str]] = {
    "letter.routed": frozenset({"submitted", "triage"}),
    "letter.accepted": frozenset({"routed"}),
    "letter.returned": frozenset({"routed"}),
    "letter.recalled": frozenset({"routed", "handling", "supplement", "signing"}),
    "writer.asked": frozenset({"handling"}),
    "writer.answered": frozenset({"supplement"}),
    "question.lapsed": frozenset({"supplement"}),
    "reply.submitted": frozenset({"triage", "routed", "handling"}),
    "reply.sent_back": frozenset({"signing"}),
    "letter.signed": frozenset({"signing"}),
    "letter.closed": frozenset({"replied"}),
    "letter.replied": frozenset({"handling", "signing"}),
    "letter.declined": frozenset({"signing"}),
    "letter.reopened": frozenset({"replied", "closed"}),
    "appeal.made": frozenset({"declined", "replied"}),
}
"""States in which an event that moves the letter on may occur."""


def given_up(look: Look) -> int:
    """How many messages about the letter the gateway never took; 0 where that can't be read."""
    notifier = look.sheets.get("notifier")
    try:
        deliveries = notifier.state.get("deliveries", ()) if notifier else ()
        return sum(one["standing"] == "given_up" for one in deliveries)
    except MISSHAPEN:
        return 0


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Check the holder, the clocks, and that all services show what the events say."""
    if case.is_diversion or case.is_holder:
        return
    steps = case.story.steps
    if steps and not isinstance(steps[0].fact, LetterReceived):
        yield AuditFinding("not_received", f"router {steps[0].said.place}")
    for step in steps:
        yield from _explained(step)
    if steps:
        yield from _held_and_clocked(case.story.now)
    yield from _shown(case)
    yield from _queued(case.look)


def name_of(event_type: str) -> str:
    """The name within an event's type, such as `letter.closed`."""
    return event_type.removeprefix("gd.mailbox.").rpartition(".")[0]


def _explained(step: StoryStep) -> Iterator[AuditFinding]:
    name, before, now = name_of(step.fact.type), step.before.state, step.after.state
    allowed = LEADS_TO.get(name, frozenset({before}))
    wrong_start = name in FROM and before not in FROM[name]
    if now not in allowed or wrong_start:
        ended = now in ENDS or now == "replied"
        yield AuditFinding("no_answer" if ended else "unexplained", f"router {step.said.place}")


def _held_and_clocked(now: LetterStanding) -> Iterator[AuditFinding]:
    in_triage = now.holder == "triage"
    if not now.holder or (now.state in HELD and in_triage):
        yield AuditFinding("no_holder", f"router {now.state}")
    if now.state in IN_TRIAGE and not in_triage:
        yield AuditFinding("no_holder", f"router {now.state}")
    if now.state in NEEDS and not NEEDS[now.state] & now.running:
        yield AuditFinding("no_clock", f"router {now.state}")
    if now.state in {"closed", "withdrawn"} and (left := now.running - OUTLIVE):
        yield AuditFinding("clock_after_end", f"router {min(left)}")


def _shown(case: AuditCase) -> Iterator[AuditFinding]:
    """Check that each service that has applied everything shows the resulting state."""
    look, now = case.look, case.story.now
    yield from _shown_by_router(look, now)
    for reader in ("intake", "publisher"):
        if not (now.state and look.has_heard_all(reader, PROGRESS.name)):
            continue
        if look.sheets[reader].state.get("state") != now.state:
            yield AuditFinding("state_differs", reader)
    if look.has_heard_all("notifier", PROGRESS.name) and watched_clocks(look) != _clocks(now):
        yield AuditFinding("clocks_differ", "notifier")


def _shown_by_router(look: Look, now: LetterStanding) -> Iterator[AuditFinding]:
    """Check the router's state, and the field by which desks find the letter."""
    router = look.sheets.get("router")
    if router is None or not now.state:
        return
    shown = tuple(router.state.get(name) for name in ("state", "holder", "assignment"))
    if shown != (now.state, now.holder, now.assignment):
        yield AuditFinding("state_differs", "router")
    if router.document.get("is") != f"{now.holder}:{now.state}":
        yield AuditFinding("state_differs", "router is")


def watched_clocks(look: Look) -> dict[Run, tuple[Any, ...]]:
    """The clocks in the notifier's state that come from the router."""
    notifier = look.sheets.get("notifier")
    kept = notifier.state.get("clocks", ()) if notifier else ()
    return {
        (clock["clock"], clock["round"]): (
            clock["due_on"],
            datetime.fromisoformat(clock["passes_at"]),
            clock["is_paused"],
        )
        for clock in kept
        if clock["clock"] not in {"diversion", "publication_problem"}
    }


def _clocks(now: LetterStanding) -> dict[Run, tuple[Any, ...]]:
    return {
        run: (clock.due_on.isoformat(), clock.passes_at, clock.is_paused)
        for run, clock in now.clocks.items()
    }


def _queued(look: Look) -> Iterator[AuditFinding]:
    """Check that a message was queued for each reply that the notifier has applied."""
    notifier = look.sheets.get("notifier")
    if notifier is None or not look.has_heard_all("notifier", PROGRESS.name):
        return
    queued = {delivery["id"].partition("/")[2] for delivery in notifier.state.get("deliveries", ())}
    for said, event in look.events(PROGRESS.name):
        if isinstance(event, LetterReplied) and said.entry.id not in queued:
            yield AuditFinding("not_told", f"notifier {said.place}")
