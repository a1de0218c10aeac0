"""The version of the policies that applies to a letter.

Each version applies from its own day (Asia/Shanghai) until the day of the next. A letter keeps the
version of its day of receipt for its whole life.
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
    """All versions."""

    tables: tuple[Policies, ...]
    """At least one, in the order of their days."""

    @classmethod
    def of(cls, tables: Mapping[str, Policies]) -> "PolicyVersions":
        """Collect versions in any order, each by the name of its file.

        Raises: BadData, for none at all and for two with the same day.
        """
        if not tables:
            raise BadData("no version of the policies is there")
        ordered = sorted(tables.items(), key=lambda table: table[1].since)
        for (name, before), (other, after) in pairwise(ordered):
            if before.since == after.since:
                raise BadData(f"{name} and {other} are both version {after.version}")
        return cls(tuple(table for _, table in ordered))

    @property
    def newest(self) -> Policies:
        """The version with the latest day, even if that is in the future."""
        return self.tables[-1]

    def on(self, day: date) -> Policies:
        """The version in force on that day; before the first one, the first."""
        begun = bisect_right(self.tables, day, key=lambda table: table.since)
        return self.tables[max(0, begun - 1)]

    def under(self, version: str) -> Policies:
        """The version of that name; if missing, the one in force on its day, or the first.

        So letters go on even if a file was removed.
        """
        if version in self._by_name:
            return self._by_name[version]
        with suppress(ValueError):
            return self.on(date.fromisoformat(version))
        return self.tables[0]

    @cached_property
    def _by_name(self) -> Mapping[str, Policies]:
        return {table.version: table for table in self.tables}
