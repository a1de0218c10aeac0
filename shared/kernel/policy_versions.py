"""Under which version of the policies does a letter live? Pure.

Each version is in force from its own day (Asia/Shanghai) until the day of the next. A letter keeps
the one of its day of receipt for all its life.
"""

from bisect import bisect_right
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from shared.kernel.errors import BadData
from shared.kernel.policies import Policies


@dataclass(frozen=True)
class PolicyVersions:
    """Every version that there is."""

    tables: tuple[Policies, ...]
    """At least one, in the order of their days."""

    @classmethod
    def of(cls, tables: Mapping[str, Policies]) -> "PolicyVersions":
        """The versions, in any order, each by the name of where it stands.

        Raises: BadData for none at all, and for two of one day.
        """
        if not tables:
            raise BadData("no version of the policies is there")
        ordered = sorted(tables.items(), key=lambda table: table[1].since)
        for (one, before), (other, after) in pairwise(ordered):
            if before.since == after.since:
                raise BadData(f"{one} and {other} are both version {after.version}")
        return cls(tuple(table for _, table in ordered))

    @property
    def newest(self) -> Policies:
        """The version with the latest day, though that may be still to come."""
        return self.tables[-1]

    def on(self, day: date) -> Policies:
        """The version in force on that day; the first one also before it."""
        begun = bisect_right(self.tables, day, key=lambda table: table.since)
        return self.tables[max(0, begun - 1)]

    def under(self, version: str) -> Policies:
        """The version of that name; where it is gone, what is in force on its day, else the first.

        Nobody waits for an answer because a file was taken away.
        """
        if version in self._by_name:
            return self._by_name[version]
        with suppress(ValueError):
            return self.on(date.fromisoformat(version))
        return self.tables[0]

    @cached_property
    def _by_name(self) -> Mapping[str, Policies]:
        return {table.version: table for table in self.tables}
