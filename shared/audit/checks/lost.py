"""Check that no letter is lost: stored by intake, numbered without gaps, applied by all readers."""

from collections.abc import Iterator

from shared.audit.case import AuditCase
from shared.audit.findings import AuditFinding
from shared.audit.looking import Look, Sheet
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.topics import ALL, BY_NAME, SUBMITTED, Topic
from shared.contracts.vocabulary import SERVICES
from shared.kernel.civil import civil_date
from shared.kernel.letter_receipts import leaf_of

HEARD = tuple(
    topic
    for topic in ALL
    if topic.is_sequenced
    and topic.writer in SERVICES
    and topic.key in {"letter", "diversion"}
    and any(reader in SERVICES for reader in topic.readers)
)
"""Topics by which one of our services informs others about a letter."""
MARKED = {topic.mark: topic.name for topic in ALL if topic.mark is not None}
"""Topic names by mark."""
READERS = {topic.name: tuple(name for name in topic.readers if name in SERVICES) for topic in HEARD}


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Check for everything that is missing, or more than there should be."""
    look = case.look
    if not (case.is_diversion or case.is_holder):
        yield from _stored(look)
    for sheet in look.sheets.values():
        yield from _whole(sheet)
        yield from _gaps(sheet)
    for topic in HEARD:
        yield from _heard(look, topic)
    for service in look.parked:
        yield AuditFinding("waiting", service)


def _stored(look: Look) -> Iterator[AuditFinding]:
    intake = look.sheets.get("intake")
    if intake is None:
        yield AuditFinding("no_letter", " ".join(sorted(look.sheets)))
        return
    first = next(iter(intake.on(SUBMITTED.name)), None)
    if first is None or not isinstance(first.data, LetterSubmitted):
        yield AuditFinding("not_submitted", "intake")
    else:
        yield from _counted(look, first.data)


def _counted(look: Look, letter: LetterSubmitted) -> Iterator[AuditFinding]:
    """Check that the publisher counts this letter on its day; old letters aren't counted."""
    publisher = look.sheets.get("publisher")
    leaf = publisher.state.get("leaf") if publisher else None
    if leaf is not None:
        day = civil_date(letter.received_at).isoformat()
        expected = (day, leaf_of(look.letter, letter.text_sha256))
        if (str(leaf["received_on"])[:10], leaf["leaf"]) != expected:
            yield AuditFinding("leaf_differs", "publisher")


def _whole(sheet: Sheet) -> Iterator[AuditFinding]:
    """Check that the log holds 1, 2, 3 … up to the last number, each entry as it was sent."""
    if sheet.misshapen:
        yield AuditFinding("misshapen", f"{sheet.service} log {sheet.misshapen}")
    sent = {MARKED[mark]: last for mark, last in sheet.marks("sent").items() if mark in MARKED}
    for name in sorted(sent.keys() | sheet.said.keys()):
        last = sent.get(name, 0)
        numbers = {said.sequence for said in sheet.on(name)}
        missing = min(set(range(1, last + 1)) - numbers, default=0)
        if missing:
            yield AuditFinding("hole", f"{sheet.service} {name} {missing}")
        if numbers and max(numbers) > last:
            yield AuditFinding("beyond_sent", f"{sheet.service} {name} {max(numbers)}")
    for said in sheet.everything():
        if said.fault == "altered" or not _is_writer(sheet.service, said.topic):
            yield AuditFinding("altered", f"{sheet.service} {said.place}")
        elif said.fault:
            yield AuditFinding("unreadable", f"{sheet.service} {said.place}")


def _is_writer(service: str, topic: str) -> bool:
    return topic in BY_NAME and service in BY_NAME[topic].writers


def _gaps(sheet: Sheet) -> Iterator[AuditFinding]:
    seen = sheet.marks("seen")
    for mark, heard in sheet.marks("heard").items():
        if heard > seen.get(mark, 0):
            yield AuditFinding("gap", f"{sheet.service} {mark} {seen.get(mark, 0) + 1}")


def _heard(look: Look, topic: Topic) -> Iterator[AuditFinding]:
    """Check that each reader has applied exactly what the writer sent."""
    mark = topic.mark or ""
    writer = look.sheets.get(topic.writer)
    sent = writer.marks("sent").get(mark, 0) if writer else 0
    for reader in READERS[topic.name]:
        sheet = look.sheets.get(reader)
        seen = sheet.marks("seen").get(mark, 0) if sheet else 0
        if sheet is None and sent:
            yield AuditFinding("absent", reader)
        elif seen < sent:
            yield AuditFinding("not_heard", f"{reader} {topic.name} {seen + 1}")
        elif seen > sent:
            yield AuditFinding("heard_more", f"{reader} {topic.name} {seen}")
