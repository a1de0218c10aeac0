"""Check that every effect happens once: one content per id, one version per cause."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.audit.case import AuditCase
from shared.audit.findings import AuditFinding
from shared.audit.looking import LoggedEvent, Look, Sheet
from shared.contracts.progress_v1 import LetterReplied
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.releases_v1 import ReleasePublished
from shared.contracts.submitted_v1 import PublicationCopied
from shared.contracts.topics import DIVERTED, PROGRESS, PUBLISHED, RELEASES, SUBMITTED

ONCE: Mapping[str, tuple[str, ...]] = {
    "letter.submitted": (),
    "identity.sealed": ("bureau", "assignment", "kid"),
    "rating.submitted": ("request_id",),
    "withdrawal.requested": ("request_id",),
    "answer.submitted": ("request_id",),
    "addition.submitted": ("request_id",),
    "reopening.requested": ("request_id",),
    "appeal.requested": ("request_id",),
    "reveal.requested": ("reveal",),
    "reveal.decided": ("reveal",),
    "identity.revealed": ("reveal",),
    "publication.copied": ("copy_number",),
    "letter.received": (),
    "letter.routed": ("assignment",),
    "letter.accepted": ("assignment",),
    "letter.replied": ("reply",),
    "letter.withdrawn": (),
    "letter.returned": ("assignment",),
    "letter.recalled": ("assignment",),
    "letter.linked": ("kind", "with_"),
    "conflict.declared": ("staff",),
    "letter.supervised": (),
    "letter.reopened": ("time",),
    "appeal.made": (),
    "note.added": ("note",),
    "writer.asked": ("question",),
    "writer.answered": ("question",),
    "question.lapsed": ("question",),
    "instruction.given": ("instruction", "assignment"),
    "instruction.answered": ("instruction",),
    "commitment.made": ("commitment", "assignment"),
    "commitment.fulfilled": ("commitment",),
    "petition.marked": (),
    "disclosure.marked": (),
    "publication.proposed": (),
    "publication.noted": ("publication",),
    "request.refused": ("request_id",),
    "letter.assigned": ("assignment",),
    "letter.identity": ("assignment", "kid"),
    "assignment.ended": ("assignment",),
    "action.applied": ("action_id",),
    "letter.published": ("publication",),
    "release.published": ("publication",),
    "publication.withdrawn": ("publication",),
    "release.withdrawn": ("publication",),
    "publication.problem_reported": ("problem",),
    "publication.problem_decided": ("problem",),
    "letter.diverted": (),
    "diversion.resolved": (),
}
"""Events that occur once on their topic for each value of these fields."""
TOLD_OF = (PROGRESS.name, PUBLISHED.name, DIVERTED.name)
"""Topics about which writers and staff are notified."""


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Check for everything that happened twice, or may not have happened yet."""
    for sheet in case.look.sheets.values():
        yield from (AuditFinding("two_contents", f"{sheet.service} {at}") for at in sheet.clashes)
        yield from (AuditFinding("kept_twice", f"{sheet.service} {at}") for at in sheet.repeats)
        yield from _one_version(sheet)
        yield from _said_once(sheet)
        for mark, first in sheet.marks("unsent").items():
            yield AuditFinding("unsent", f"{sheet.service} {mark} {first}")
    yield from _replies(case.look)
    yield from _publications(case.look)
    yield from _deliveries(case.look)


def _one_version(sheet: Sheet) -> Iterator[AuditFinding]:
    """Check that everything one cause led to was decided in one write."""
    versions: dict[str, int] = {}
    for said in sheet.everything():
        version = said.envelope.letterversion if said.envelope else None
        if version is None:
            continue
        if versions.setdefault(said.entry.cause, version) != version:
            yield AuditFinding("cause_twice", f"{sheet.service} {said.place}")


def _said_once(sheet: Sheet) -> Iterator[AuditFinding]:
    known: set[tuple[Any, ...]] = set()
    for said in sheet.everything():
        name = _once(said)
        if name in known:
            yield AuditFinding("said_twice", f"{sheet.service} {said.place}")
        if name is not None:
            known.add(name)


def _once(said: LoggedEvent) -> tuple[Any, ...] | None:
    """The identity of an event that must be unique; None for types that may repeat."""
    event = said.data
    fields = ONCE.get(event.type.removeprefix("gd.mailbox.").rpartition(".")[0]) if event else None
    if event is None or fields is None:
        return None
    return said.topic, event.type, *(getattr(event, name) for name in fields)


def _replies(look: Look) -> Iterator[AuditFinding]:
    numbers = [e.reply for _, e in look.events(PROGRESS.name) if isinstance(e, LetterReplied)]
    if numbers != list(range(1, len(numbers) + 1)):
        yield AuditFinding("reply_numbers", f"router {PROGRESS.name}")


def _publications(look: Look) -> Iterator[AuditFinding]:
    copies = sum(isinstance(e, PublicationCopied) for _, e in look.events(SUBMITTED.name))
    published = [
        e.publication for _, e in look.events(PUBLISHED.name) if isinstance(e, LetterPublished)
    ]
    released = [
        e.publication for _, e in look.events(RELEASES.name) if isinstance(e, ReleasePublished)
    ]
    if len(published) > copies and look.has_heard_all("publisher", SUBMITTED.name):
        yield AuditFinding("published_twice", f"publisher {PUBLISHED.name} {len(published)}")
    if sorted(published) != sorted(released):
        yield AuditFinding("release_missing", f"publisher {RELEASES.name}")


def _deliveries(look: Look) -> Iterator[AuditFinding]:
    """Check that each message has a key of its own, derived from an existing event."""
    notifier = look.sheets.get("notifier")
    deliveries = notifier.state.get("deliveries", ()) if notifier else ()
    heard = [topic for topic in TOLD_OF if look.has_heard_all("notifier", topic)]
    said = {one.entry.id for topic in heard for one in look.on(topic)}
    known: set[str] = set()
    for number, one in enumerate(deliveries, 1):
        if one["id"] in known:
            yield AuditFinding("delivered_twice", f"notifier message {number}")
        topic, event = _founded_on(one["id"])
        if event not in said and (topic in heard or topic not in TOLD_OF):
            yield AuditFinding("delivery_unfounded", f"notifier message {number}")
        known.add(one["id"])


def _founded_on(delivery: str) -> tuple[str, str]:
    """Topic and id of the event behind a message, whose key is `<letter>/<event id>` and more."""
    parts = delivery.split("/")[1:4]
    return parts[0] if parts else "", "/".join(parts)
