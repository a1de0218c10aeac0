"""The deadline policies: limits, the events that move clocks, levels and signatures.

Read from a parsed `deadline_policies.yaml`. The reader of the file checks that the events are those
of the contracts, and `shared.kernel.watch` that every state is watched.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from math import ceil
from types import MappingProxyType

from shared.kernel import plain
from shared.kernel.clock_rows import ClockRow as ClockRow
from shared.kernel.clock_rows import a_clock
from shared.kernel.counting import check_counting
from shared.kernel.errors import BadData
from shared.kernel.levels import LevelRule as LevelRule
from shared.kernel.levels import level_sets
from shared.kernel.limits import DayLimit as DayLimit
from shared.kernel.limits import Part, RestOf, a_limit
from shared.kernel.limits import PartOfReply as PartOfReply
from shared.kernel.limits import Unit as Unit
from shared.kernel.reading import ReadingPolicy
from shared.kernel.signing import Signing

MOST_KEPT = 1_024
"""Cached results: limits by clock, category and rest, and clocks started by an event."""


@dataclass(frozen=True)
class Policies:
    """All policies under one version, which receipts show."""

    version: str
    """The day from which it applies, such as 2026-11-24."""
    clocks: Mapping[str, ClockRow]
    replies: Mapping[str, DayLimit]
    """Reply limits by category."""
    extensions: Mapping[str, DayLimit | None]
    """The extension of the reply clocks by category; None: it can't be extended."""
    signing: Signing
    """The signatures that replies and refusals need."""
    reading: ReadingPolicy | None = None
    """Which letters chiefs read in person; None: the version says nothing about it."""

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Policies":
        """Read a parsed `deadline_policies.yaml`. Raises: BadData."""
        plain.only(data, *_KEYS, where="the file")
        check_counting(data)
        sets = level_sets(data.get("levels"), "levels")
        rows = plain.rows(data.get("clocks"), "clocks")
        limits = plain.rows(data.get("reply_limits"), "reply_limits")
        replies = [_reply(row, where) for where, row in limits]
        return cls(
            version=f"{plain.a_day(data.get('version'), 'version')}",
            clocks=plain.by_key(
                [(clock.id, clock) for at, row in rows for clock in [a_clock(row, at, sets=sets)]],
                "clocks",
            ),
            replies=plain.by_key([(name, reply) for name, reply, _ in replies], "reply_limits"),
            extensions=MappingProxyType({name: longer for name, _, longer in replies}),
            signing=Signing.of(data),
            reading=plain.maybe(data, "reading", where="the file", read=ReadingPolicy.of),
        )

    @cached_property
    def since(self) -> date:
        """The first day of receipt (Asia/Shanghai) to which it applies."""
        return date.fromisoformat(self.version)

    def clock(self, clock: str) -> ClockRow:
        """The clock of that name. Raises: ValueError, for an unknown clock."""
        try:
            return self.clocks[clock]
        except KeyError:
            raise ValueError(f"no clock named {clock!r} in the policies") from None

    def reply_limit(self, category: str) -> DayLimit:
        """The time limit of a reply. Raises: ValueError, for an unknown category."""
        try:
            return self.replies[category]
        except KeyError:
            raise ValueError(f"no reply limit for category {category!r}") from None

    def limits(
        self, clock: str, category: str | None = None, *, used: int = 0
    ) -> tuple[DayLimit, ...]:
        """All limits of `clock`; the earliest date decides.

        `used`: days used by earlier rounds of a limit that all rounds share (`rest_of`). Raises:
        ValueError, if the limit is not in days, or a category is needed.
        """
        return self._limits(clock, category, used)

    def limit(self, clock: str, category: str | None = None) -> DayLimit:
        """The only limit of `clock`, or the least of several in the same unit.

        Raises: ValueError, as in `limits`, and for limits that only dates can compare (`answer`).
        """
        limits = self.limits(clock, category)
        if len({limit.unit for limit in limits}) > 1:
            raise ValueError(f"which limit of {clock} is the least depends on its start")
        return min(limits, key=lambda limit: limit.amount)

    def extension(self, clock: str, category: str | None = None) -> DayLimit | None:
        """The maximum extension of `clock`; None: not extensible. Raises: ValueError."""
        row = self.clock(clock)
        if not any(isinstance(part, PartOfReply) and part.fraction == 1 for part in row.limits):
            return row.extension
        self.limits(clock, category)
        return self.extensions[category or ""]

    def started_by(
        self, event: str, *, conditions: Set[str] = frozenset(), happened: Set[str] = frozenset()
    ) -> tuple[str, ...]:
        """The clocks that `event` (such as `letter.routed`) starts, in the order of the policies.

        `conditions`: what holds for this event: `has_signers`, `has_next`, `to_state=triage`.
        `happened`:
        earlier events of the letter, for clocks that wait for two.
        """
        return self._started(event, frozenset(conditions), frozenset(happened))

    def stopped_by(self, event: str) -> tuple[str, ...]:
        """The clocks that `event` stops, in the order of the policies."""
        return self._stopped.get(event, ())

    @cached_property
    def _started(self) -> Callable[[str, frozenset[str], frozenset[str]], tuple[str, ...]]:
        def started(
            event: str, conditions: frozenset[str], happened: frozenset[str]
        ) -> tuple[str, ...]:
            return tuple(
                clock.id
                for clock in self.clocks.values()
                if any(
                    start.is_met(event, conditions=conditions, happened=happened)
                    for start in clock.starts
                )
            )

        return lru_cache(MOST_KEPT)(started)

    @cached_property
    def _stopped(self) -> Mapping[str, tuple[str, ...]]:
        """For each event the clocks that it stops, in the order of the policies."""
        events = {event for clock in self.clocks.values() for event in clock.stops}
        return {
            event: tuple(clock.id for clock in self.clocks.values() if event in clock.stops)
            for event in events
        }

    @cached_property
    def _limits(self) -> Callable[[str, str | None, int], tuple[DayLimit, ...]]:
        def limits(clock: str, category: str | None, used: int) -> tuple[DayLimit, ...]:
            row = self.clock(clock)
            if not row.limits:
                raise ValueError(f"the limit of {clock} is no number of days")
            return tuple(self._days(part, clock, category, used=used) for part in row.limits)

        return lru_cache(MOST_KEPT)(limits)

    def _days(self, part: Part, clock: str, category: str | None, *, used: int) -> DayLimit:
        if isinstance(part, DayLimit):
            return part
        if isinstance(part, RestOf):
            return DayLimit(max(0, part.limit.amount - used), part.limit.unit)
        if category is None:
            raise ValueError(f"the limit of {clock} depends on the letter's category")
        whole = self.reply_limit(category)
        return DayLimit(ceil(part.fraction * whole.amount), whole.unit)


_KEYS = (
    *("version", "timezone", "counting", "levels", "clocks", "reply_limits", "signing"),
    *("reading", "not_covered"),
)


def _reply(row: Mapping[str, object], where: str) -> tuple[str, DayLimit, DayLimit | None]:
    """Read category, limit and maximum extension."""
    plain.only(row, "category", "reply", "extension", "source", where=where)
    if "extension" not in row:
        raise BadData(f"{where}.extension: a limit is needed, or null")
    reply = a_limit(row.get("reply"), f"{where}.reply")
    longer = plain.maybe(row, "extension", where=where, read=a_limit)
    if longer and longer.unit != reply.unit:
        raise BadData(f"{where}.extension.unit: that of the reply is needed")
    return plain.a_text(row.get("category"), f"{where}.category"), reply, longer
