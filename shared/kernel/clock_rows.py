"""One clock of the deadline policies; read from plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.kernel import limits, plain
from shared.kernel.errors import BadData
from shared.kernel.levels import LevelRule, LevelSet, Paging
from shared.kernel.limits import DayLimit, Part
from shared.kernel.starts import Start, starts, stops

RECEIVED_AT: Final = "received_at"
_KEYS: Final = (
    *("id", "start", "counted_from", "stop", "pause", "limit", "extension", "levels"),
    *("computed_by", "confirmed_by", "fires", "rule", "effect", "most", "set_by", "source"),
)


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One clock of the policies."""

    id: str
    starts: tuple[Start, ...]
    stops: tuple[str, ...]
    counted_from: str | None
    """`received_at`, or the event whose day is day zero; None: the start event."""
    limits: tuple[Part, ...]
    """The earliest decides. Empty if the limit is in minutes, or a date in a field."""
    minutes: int | None
    field: str | None
    """The field of the start event that holds the due date."""
    extension: DayLimit | None
    """The maximum extension; `Policies.extensions` has those by category."""
    pauses: bool
    """Whether it is paused while the letter is in `supplement`."""
    levels: tuple[LevelRule, ...]
    paging: Paging | None
    """The levels of a clock that counts minutes."""
    fires: bool
    """False: nothing happens at the passing; the date is checked when a request arrives."""
    effect: str | None
    """The event caused by the passing, such as `letter.closed`."""
    most: int | None
    """The maximum number of rounds; None: unlimited."""
    computed_by: str
    confirmed_by: str
    """Who confirms a firing: the router, or the notifier, which then acts by itself."""


def a_clock(row: Mapping[str, object], where: str, *, sets: Mapping[str, LevelSet]) -> ClockRow:
    """Read a clock from its row, with its levels from `sets`. Raises: BadData."""
    plain.only(row, *_KEYS, where=where)
    plain.one_of(row.get("set_by"), "law", "practice", "design", where=f"{where}.set_by")
    plain.maybe(row, "source", where=where, read=plain.a_text)
    limit, levels = (row.get("limit"), f"{where}.limit"), _levels(row, sets, where)
    minutes, field = limits.minutes(*limit), limits.field(*limit)
    clock = ClockRow(
        id=plain.a_text(row.get("id"), f"{where}.id"),
        starts=starts(row.get("start"), f"{where}.start"),
        stops=stops(row.get("stop"), f"{where}.stop"),
        counted_from=plain.maybe(row, "counted_from", where=where, read=plain.a_text),
        limits=() if minutes or field else limits.parts(*limit),
        minutes=minutes,
        field=field,
        extension=plain.maybe(row, "extension", where=where, read=limits.a_limit),
        pauses=plain.maybe(row, "pause", where=where, read=_pause) == "supplement",
        levels=levels if isinstance(levels, tuple) else (),
        paging=levels if isinstance(levels, Paging) else None,
        fires=plain.maybe(row, "fires", where=where, read=plain.a_flag) is not False,
        effect=plain.maybe(row, "effect", where=where, read=plain.a_text),
        most=plain.maybe(row, "most", where=where, read=plain.a_number),
        computed_by=plain.maybe(row, "computed_by", where=where, read=plain.a_text) or "router",
        confirmed_by=plain.maybe(row, "confirmed_by", where=where, read=plain.a_text) or "router",
    )
    _check(
        clock, where, has_rule=plain.maybe(row, "rule", where=where, read=plain.a_text) is not None
    )
    return clock


def _levels(row: Mapping[str, object], sets: Mapping[str, LevelSet], where: str) -> LevelSet:
    named = plain.a_text(row.get("levels"), f"{where}.levels")
    if named not in sets:
        raise BadData(f"{where}.levels: no such set of levels")
    return sets[named]


def _pause(value: object, where: str) -> str:
    return plain.one_of(value, "supplement", "never", where=where)


def _check(clock: ClockRow, where: str, *, has_rule: bool) -> None:
    """Check that the parts of a clock fit together."""
    begins = {RECEIVED_AT} | {event for start in clock.starts for event in start.events}
    if clock.counted_from is not None and clock.counted_from not in begins:
        raise BadData(f"{where}.counted_from: received_at or an event of its start is needed")
    if (clock.minutes is None) is not (clock.paging is None):
        raise BadData(f"{where}.levels: a limit of minutes has levels that repeat, no other has")
    if clock.fires is not bool(clock.levels or clock.paging or clock.effect):
        raise BadData(f"{where}.fires: a clock has levels or an effect, or else `fires: false`")
    if clock.fires is has_rule:
        raise BadData(f"{where}.rule: what `fires: false` leaves to be checked, and only that")
    units = {part.unit for part in clock.limits if isinstance(part, DayLimit)}
    if clock.extension and units - {clock.extension.unit}:
        raise BadData(f"{where}.extension.unit: that of the limit is needed")
