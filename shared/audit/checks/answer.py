"""Every letter ends in an answer: held, clocked, and ended only by what ends a letter. Pure."""

from __future__ import annotations

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
"""Clocks of which one runs in each state that has not ended. Source: CONTRACTS, section 8."""
OUTLIVE = frozenset({"commitment", "instruction"})
"""Clocks of what must still be done once a letter is settled."""
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
"""States that an event may lead to; all others leave the state as it was."""
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
"""What must have been before those that move a letter on."""


def given_up(look: Look) -> int:
    """How many messages about the letter the gateway never took; 0 where that can't be read."""
    notifier = look.sheets.get("notifier")
    try:
        deliveries = notifier.state.get("deliveries", ()) if notifier else ()
        return sum(one["standing"] == "given_up" for one in deliveries)
    except MISSHAPEN:
        return 0


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Who holds it, what runs, and whether everybody shows what was said."""
    if case.is_diversion or case.is_holder:
        return
    steps = case.story.steps
    if steps and not isinstance(steps[0].fact, LetterReceived):
        yield AuditFinding("not_received", f"router {steps[0].said.place}")
    for step in steps:
        yield from _explained(step)
    if steps:
        yield from _stands(case.story.now)
    yield from _shown(case)
    yield from _told(case.look)


def name_of(event_type: str) -> str:
    """The name within an event's type: `letter.closed`."""
    return event_type.removeprefix("gd.mailbox.").rpartition(".")[0]


def _explained(step: StoryStep) -> Iterator[AuditFinding]:
    name, before, now = name_of(step.fact.type), step.before.state, step.after.state
    allowed = LEADS_TO.get(name, frozenset({before}))
    wrong_start = name in FROM and before not in FROM[name]
    if now not in allowed or wrong_start:
        ended = now in ENDS or now == "replied"
        yield AuditFinding("no_answer" if ended else "unexplained", f"router {step.said.place}")


def _stands(now: LetterStanding) -> Iterator[AuditFinding]:
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
    """Whether each service that has heard everything shows the state that was said."""
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
    """Its state, and the field by which desks find the letter."""
    router = look.sheets.get("router")
    if router is None or not now.state:
        return
    shown = tuple(router.state.get(name) for name in ("state", "holder", "assignment"))
    if shown != (now.state, now.holder, now.assignment):
        yield AuditFinding("state_differs", "router")
    if router.document.get("is") != f"{now.holder}:{now.state}":
        yield AuditFinding("state_differs", "router is")


def watched_clocks(look: Look) -> dict[Run, tuple[Any, ...]]:
    """The clocks that the notifier keeps, as far as they are the router's."""
    notifier = look.sheets.get("notifier")
    kept = notifier.state.get("clocks", ()) if notifier else ()
    return {
        (one["clock"], one["round"]): (
            one["due_on"],
            datetime.fromisoformat(one["passes_at"]),
            one["is_paused"],
        )
        for one in kept
        if one["clock"] not in {"diversion", "publication_problem"}
    }


def _clocks(now: LetterStanding) -> dict[Run, tuple[Any, ...]]:
    return {
        run: (one.due_on.isoformat(), one.passes_at, one.is_paused)
        for run, one in now.clocks.items()
    }


def _told(look: Look) -> Iterator[AuditFinding]:
    """Whether a message was queued for each reply that the notifier has heard of."""
    notifier = look.sheets.get("notifier")
    if notifier is None or not look.has_heard_all("notifier", PROGRESS.name):
        return
    told = {one["id"].partition("/")[2] for one in notifier.state.get("deliveries", ())}
    for said, event in look.events(PROGRESS.name):
        if isinstance(event, LetterReplied) and said.entry.id not in told:
            yield AuditFinding("not_told", f"notifier {said.place}")
