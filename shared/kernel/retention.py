"""The retention table: how long everything is kept, by which rule, and who erases it.

Read from parsed `retention.yaml`. Days count from the instant that `since` names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from typing import Literal, TypeAlias, cast, get_args

from shared.kernel import plain
from shared.kernel.errors import BadData

Archive: TypeAlias = Literal["letter", "petition", "disclosure", "diversion"]
"""The kind of file that a letter is: its retention periods differ."""
ErasablePart: TypeAlias = Literal["identity", "words", "attachments"]
"""As in the contracts."""
ErasedBy: TypeAlias = Literal["loop", "ttl_index", "broker", "service", "operator", "nobody"]
"""`loop`: intake's erasing loop. `service`: the service itself, by other means."""

PARTS: Mapping[Archive, tuple[ErasablePart, ...]] = {
    **dict.fromkeys(("letter", "petition", "disclosure"), get_args(ErasablePart)),
    "diversion": ("words",),
}
"""What the loop erases of each kind, in this order."""
WORDS_REST = timedelta(days=30)
"""Nothing is erased this soon after somebody wrote: new words may still be answered."""

_SERVICES = ("intake", "router", "notifier", "publisher", "bureau", "operator")
_SINCE = (
    *("ended", "resolved", "received", "written", "last_change", "last_use", "sign_in"),
    *("refused", "published", "replaced"),
)
_TEXTS = ("key", "zh", "en", "source")
_KNOWN = (
    *(*_TEXTS, "services", "collections", "topics", "days", "hours", "since"),
    *("erased_by", "set_by", "loop", "note_zh", "note_en"),
)


@dataclass(frozen=True, slots=True)
class LoopScope:
    """What a row means for the erasing loop."""

    archive: Archive
    part: ErasablePart
    request_days: int | None
    """Days after the end from which the writer may ask for it; None: the law keeps it."""


@dataclass(frozen=True, slots=True)
class LoopRule:
    """By which row a part is erased, and when."""

    key: str
    keep: timedelta
    """After the end."""
    request_after: timedelta
    """From when its writer may have it erased; `keep`, where the law keeps it."""


@dataclass(frozen=True, slots=True)
class RetentionRow:
    """One kind of data."""

    key: str
    zh: str
    en: str
    services: tuple[str, ...]
    collections: tuple[str, ...]
    topics: tuple[str, ...]
    """Topic names; `bureau.*.letters` stands for those of all bureaus."""
    period: timedelta | None
    """None: for good, or until something else ends it, which the note says."""
    since: str
    erased_by: ErasedBy
    set_by: str
    """law, practice or design."""
    source: str
    loop: LoopScope | None
    note_zh: str
    note_en: str


@dataclass(frozen=True)
class RetentionTable:
    """All rows, by key."""

    version: str
    rows: Mapping[str, RetentionRow]

    @staticmethod
    def of(data: Mapping[str, object]) -> "RetentionTable":
        """Read the parsed file. Raises: BadData."""
        plain.only(data, "version", "rows", where="the file")
        found = [_row(row, where) for where, row in plain.rows(data.get("rows"), "rows")]
        table = RetentionTable(
            plain.a_text(data.get("version"), "version"),
            plain.by_key([(row.key, row) for row in found], "rows"),
        )
        found_for = [(row.loop.archive, row.loop.part) for row in found if row.loop]
        wanted = [(archive, part) for archive, parts in PARTS.items() for part in parts]
        if sorted(found_for) != sorted(wanted):
            raise BadData("rows: one row of the loop for each part of each kind is needed")
        return table

    @cached_property
    def mark(self) -> str:
        """A digest of the loop's rules: what was dated by others is dated again."""
        return sha256(repr(sorted(self._rules.items())).encode()).hexdigest()[:16]

    @cached_property
    def _rules(self) -> Mapping[tuple[Archive, ErasablePart], LoopRule]:
        return {
            (row.loop.archive, row.loop.part): _rule(row, row.loop, keep=row.period)
            for row in self.rows.values()
            if row.loop and row.period
        }

    def rule(self, archive: Archive, part: ErasablePart) -> LoopRule:
        """By which row the loop erases that part."""
        return self._rules[archive, part]


def _rule(row: RetentionRow, scope: LoopScope, *, keep: timedelta) -> LoopRule:
    days = scope.request_days
    return LoopRule(row.key, keep, keep if days is None else min(keep, timedelta(days=days)))


def _row(row: Mapping[str, object], where: str) -> RetentionRow:
    plain.only(row, *_KNOWN, where=where)
    key, zh, en, source = (plain.a_text(row.get(name), f"{where}.{name}") for name in _TEXTS)
    services = plain.texts(row.get("services"), f"{where}.services")
    for service in services:
        plain.one_of(service, *_SERVICES, where=f"{where}.services")
    period = _period(row, where)
    note_zh = plain.maybe(row, "note_zh", where=where, read=plain.a_text) or ""
    note_en = plain.maybe(row, "note_en", where=where, read=plain.a_text) or ""
    if (period is None) != bool(note_zh and note_en):
        raise BadData(f"{where}: either days, or note_zh and note_en, say how long")
    erased_by = plain.one_of(row.get("erased_by"), *get_args(ErasedBy), where=f"{where}.erased_by")
    loop = plain.maybe(row, "loop", where=where, read=_scope)
    if (loop is not None) != (erased_by == "loop") or (loop and period is None):
        raise BadData(f"{where}: a row of the loop has days, and says what it erases")
    return RetentionRow(
        key,
        zh,
        en,
        services,
        plain.maybe(row, "collections", where=where, read=plain.texts) or (),
        plain.maybe(row, "topics", where=where, read=plain.texts) or (),
        period,
        plain.one_of(row.get("since"), *_SINCE, where=f"{where}.since"),
        cast("ErasedBy", erased_by),
        plain.one_of(row.get("set_by"), "law", "practice", "design", where=f"{where}.set_by"),
        source,
        loop,
        note_zh,
        note_en,
    )


def _period(row: Mapping[str, object], where: str) -> timedelta | None:
    days = plain.maybe(row, "days", where=where, read=plain.a_number)
    hours = plain.maybe(row, "hours", where=where, read=plain.a_number)
    if days and hours:
        raise BadData(f"{where}: either days or hours")
    return timedelta(days=days or 0, hours=hours or 0) or None


def _scope(value: object, where: str) -> LoopScope:
    row = plain.only(plain.a_map(value, where), "archive", "part", "request_days", where=where)
    archive = plain.one_of(row.get("archive"), *PARTS, where=f"{where}.archive")
    part = plain.one_of(row.get("part"), *get_args(ErasablePart), where=f"{where}.part")
    after = plain.maybe(row, "request_days", where=where, read=plain.a_number)
    return LoopScope(cast("Archive", archive), cast("ErasablePart", part), after)
