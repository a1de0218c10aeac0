"""Check that identity and words are sealed, for the right readers, in their place.

Checks everything visible without a key; where keys are stored can't be checked.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from shared.audit.case import AuditCase
from shared.audit.findings import AuditFinding
from shared.audit.looking import LoggedEvent, Sheet
from shared.audit.wordless import holds_number, holds_words, is_sealed, plain, shows_id_number
from shared.contracts.attributes import ALWAYS, AMONG_US, SOMETIMES
from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.catalogue import EVENTS
from shared.contracts.event import Event, readers_of
from shared.contracts.progress_v1 import LetterReclassified, LetterRouted
from shared.contracts.published_v1 import LetterPublished, PublicationCorrected
from shared.contracts.submitted_v1 import IdentitySealed, LetterSubmitted
from shared.contracts.topics import RELEASES, SUBMITTED, bureau_of
from shared.platform.letters.erasure_marks import Erased
from shared.platform.mongo.database import Document
from shared.sealing.compact_jwe import NotOpened, header_of
from shared.sealing.envelopes import SEALED_AS

HEADERS = frozenset({**ALWAYS, **SOMETIMES, **AMONG_US})
MASKED = frozenset({"complaint", "report"})
"""Categories whose writers stay unknown to the bureau."""
PUBLIC = ("title", "text", "reply")
"""The parts of a publication that everyone may read."""
SEARCHED = "grams"
"""The publisher's index field by which a publication is found."""
TITLED = frozenset({LetterPublished.type, PublicationCorrected.type})
"""Events with the title of a publication, besides those that everyone may read."""


NAMED_PATH_BEFORE = "all/named path"
"""A value in `open_to` of complaints about the province that an older version wrote."""
_ASKED_BEFORE = re.compile(
    r"(enter|retire|confirm) [a-z:_.A-Z0-9\-]+( [0-9a-f]{64})?( (None|[0-9T:.+\- ]+))?", re.ASCII
)
"""The form of `asked` entries of key holders that an older version wrote."""


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Check every log entry, every document, and where identities were sent."""
    for sheet in case.look.sheets.values():
        yield from _document(sheet)
        for one in sheet.everything():
            yield from (AuditFinding(code, f"{sheet.service} {one.place}") for code in _entry(one))
        yield from _still_there(sheet)
    yield from _identities(case)


def _document(sheet: Sheet) -> Iterator[AuditFinding]:
    document, public = _without_page(_without_old_codes(sheet.document))
    document, titles = _without_titles(document)
    text = plain(document)
    if holds_words(text):
        yield AuditFinding("clear_in_document", sheet.service)
    if holds_number(text):
        yield AuditFinding("number_in_clear", sheet.service)
    if any(map(shows_id_number, (*public, *titles))):
        yield AuditFinding("number_published", sheet.service)


def _without_old_codes(document: Document) -> Document:
    """The document without codes that contain a blank, each in its place and form."""
    open_to, asked = document.get("open_to"), document.get("asked")
    if isinstance(open_to, list):
        document = {**document, "open_to": [mark for mark in open_to if mark != NAMED_PATH_BEFORE]}
    if isinstance(asked, dict):
        left = {name: said for name, said in asked.items() if not _was_asked_before(said)}
        document = {**document, "asked": left}
    return document


def _was_asked_before(said: object) -> bool:
    return isinstance(said, str) and _ASKED_BEFORE.fullmatch(said) is not None


def _without_page(document: Document) -> tuple[Document, list[str]]:
    """Split a document into what nobody may read, and a publication's public words.

    N-grams for the search are public as long as there is a page. Records buffered in `early` were
    checked in their writer's log.
    """
    state = document.get("state")
    rest = {name: value for name, value in document.items() if name not in {"early", "state"}}
    draft = state.get("draft") if isinstance(state, dict) else None
    page = draft.get("page") if isinstance(draft, dict) else None
    if not isinstance(state, dict) or not isinstance(draft, dict) or not isinstance(page, dict):
        return {**rest, "state": state}, []
    bare = {name: value for name, value in page.items() if name not in PUBLIC}
    rest.pop(SEARCHED, None)
    return (
        {**rest, "state": {**state, "draft": {**draft, "page": bare}}},
        [str(page.get(name, "")) for name in PUBLIC],
    )


def _without_titles(document: Document) -> tuple[Document, list[str]]:
    """Split what intake keeps of a letter into the rest, and titles that everyone may read."""
    state, titles = document.get("state"), []
    bare = {**document, "state": {**state}} if isinstance(state, dict) else {**document}
    for outer, name in ((bare, "published"), (bare.get("state"), "publication")):
        inner = outer.get(name) if isinstance(outer, dict) else None
        if isinstance(outer, dict) and isinstance(inner, dict) and "title" in inner:
            titles.append(str(inner["title"] or ""))
            outer[name] = {key: value for key, value in inner.items() if key != "title"}
    return bare, titles


def _still_there(sheet: Sheet) -> Iterator[AuditFinding]:
    """Check an erased letter's own log for content that should be gone."""
    erased = Erased.of_document(sheet.document)
    for said in sheet.everything():
        if said.data is not None and said.entry.without(erased) is not said.entry:
            yield AuditFinding("not_erased", f"{sheet.service} {said.place}")


def _entry(said: LoggedEvent) -> Iterator[str]:
    """The codes of faults in one event, whether it can be read or not."""
    record = said.entry.record
    try:
        value = orjson.loads(record.value)
    except orjson.JSONDecodeError:
        return
    kind = EVENTS.get(said.entry.type)
    if not isinstance(value, dict) or kind is None:
        return
    words = dict(_words(value, kind))
    if not all(is_sealed(one) for one in words.values()):
        yield "clear_words"
        return
    yield from _clear(said, value)
    if said.data is not None:
        yield from _envelopes(said, said.data, words)


def _words(value: dict[str, Any], kind: type[Event]) -> Iterator[tuple[str, Any]]:
    """Remove and return the fields that the contract declares sealed."""
    for name in kind.sealed:
        yield name, value.pop(name, None)
    for name, (inner, _) in kind.sealed_within.items():
        items = value.get(name)
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                yield f"{name}.{inner}#{number}", item.pop(inner, None)


def _clear(said: LoggedEvent, value: dict[str, Any]) -> Iterator[str]:
    """Check what stands beside the sealed fields."""
    is_titled = said.topic == RELEASES.name or said.entry.type in TITLED
    if is_titled and shows_id_number(str(value.pop("title", ""))):
        yield "number_published"
    text = orjson.dumps(value)
    if holds_words(text) or not HEADERS.issuperset(dict(said.entry.record.headers)):
        yield "clear_words"
    if holds_number(text):
        yield "number_in_clear"


def _envelopes(said: LoggedEvent, event: Event, words: Mapping[str, Any]) -> Iterator[str]:
    subject = said.entry.record.key.decode()
    for field, sealed in words.items():
        entitled = readers_of(event, field.partition("#")[0], topic=said.topic) if sealed else ()
        for reader, envelope in (sealed or {}).items():
            if reader not in entitled:
                yield "wrong_reader"
            elif not _belongs(envelope, event, reader, subject):
                yield "wrong_envelope"


def _belongs(envelope: str, event: Event, reader: str, subject: str) -> bool:
    """Whether an envelope's header matches the event that contains it."""
    try:
        header = header_of(envelope)
    except NotOpened:
        return False
    wanted: dict[str, Any] = {
        "letter": subject,
        "type": SEALED_AS.get(event.type, event.type),
        "reader": reader,
    }
    if reader.startswith("bureau:"):
        wanted["assignment"] = getattr(event, "assignment", None)
    return (
        all(header.get(name) == value for name, value in wanted.items())
        and str(header.get("kid", "")).partition(".")[0] == reader
    )


def _identities(case: AuditCase) -> Iterator[AuditFinding]:
    """Check that identities went only to holders of the letter, and never for masked writers."""
    chosen = next(
        (e.category for _, e in case.look.events(SUBMITTED.name) if isinstance(e, LetterSubmitted)),
        None,
    )
    for sheet in case.look.sheets.values():
        for said in sheet.everything():
            event = said.data
            if not isinstance(event, LetterIdentity | IdentitySealed):
                continue
            at = f"{sheet.service} {said.place}"
            if chosen in MASKED and not _was_unmasked(case):
                yield AuditFinding("identity_of_masked", at)
            if isinstance(event, LetterIdentity):
                yield from _passed_on(case, said, event, at)


def _passed_on(
    case: AuditCase, said: LoggedEvent, event: LetterIdentity, at: str
) -> Iterator[AuditFinding]:
    """Check that the router forwarded an identity to the current holder, and not a masked one."""
    bureau = bureau_of(said.topic) or ""
    held = case.story.holding(bureau, event.assignment)
    if held is None or not held.covers(said.at):
        yield AuditFinding("identity_astray", at)
    if _is_masked(case, said):
        yield AuditFinding("identity_of_masked", at)


def _is_masked(case: AuditCase, said: LoggedEvent) -> bool:
    """Whether the writer was masked at that time."""
    known = [
        step.fact
        for step in case.story.steps
        if isinstance(step.fact, LetterRouted | LetterReclassified) and step.said.at <= said.at
    ]
    last = known[-1] if known else None
    if last is None or last.masked:
        return last is not None
    return last.category in MASKED


def _was_unmasked(case: AuditCase) -> bool:
    """Whether a supervisor has unmasked the writer."""
    return any(
        isinstance(step.fact, LetterReclassified)
        and not step.fact.masked
        and step.fact.by.role == "supervisor"
        for step in case.story.steps
    )
