"""One audit: wait for consumers, read all letters, check suspects again, and count.

A service that is merely behind is not a breach. Before letters are read, and before suspects are
checked for the last time, the audit waits as long as consumers make progress.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from shared.audit.checks.answer import given_up
from shared.audit.checks.duty import diversion_of
from shared.audit.counting import DailyCountCheck
from shared.audit.findings import CODES, AuditFinding
from shared.audit.judging import judge
from shared.audit.looking import Look
from shared.audit.reading import Archive, all_letters, parked_without_letter, some_letters
from shared.audit.tally import AuditTally
from shared.contracts.keys_v1 import HOLDERS
from shared.contracts.topics import ALL, RESENDS, group_prefix
from shared.contracts.vocabulary import SERVICES
from shared.kernel.retention import RetentionTable
from shared.platform.repair.watermarks import Behind
from shared.platform.runtime import data_files
from shared.platform.runtime.clock import Now

POLL_S = 0.5
MOST_SUSPECTS = 20_000
READ_BY: Mapping[str, tuple[str, ...]] = {
    service: tuple(
        topic.name
        for topic in ALL
        if service in topic.readers and not topic.compacted and topic is not RESENDS
    )
    for service in SERVICES
}
"""The topics that each service has to read completely; resend requests may be lost without harm."""


class Marks(Protocol):
    """How far consumers have read: `shared.platform.repair.watermarks`, or a test's double."""

    async def ends(self, topics: Any) -> Mapping[Any, tuple[int, int]]:
        """First offset and end of each partition."""

    async def incarnations(self) -> Mapping[str, str]:
        """The id of each topic."""

    async def behind(
        self, group: str, ends: Any, *, incarnations: Mapping[str, str]
    ) -> Sequence[Behind]:
        """The partitions that a group has not read completely."""


class NotCaughtUp(Exception):
    """Consumers made no progress before the marks, so nothing was audited."""

    def __init__(self, behind: Sequence[Behind]) -> None:
        super().__init__(f"{len(behind)} partitions")
        self.behind = behind


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit's parameters."""

    archives: Sequence[Archive]
    marks: Marks
    now: Now
    wait: timedelta
    """How long consumers may make no progress before they count as behind."""
    pause: timedelta
    """Pause between the checks of a suspect letter."""
    grace: timedelta = timedelta()
    """How long the notifier was away."""
    table: RetentionTable = field(default_factory=data_files.retention)
    """By which intake erases."""

    async def run(self) -> AuditTally:
        """Audit everything. Raises: NotCaughtUp, NoNumber, BusFault, DatabaseFault."""
        began = time.monotonic()
        if behind := await self._behind():
            raise NotCaughtUp(behind)
        tally = AuditTally(self.now(), waited_s=time.monotonic() - began)
        began = time.monotonic()
        counted = await DailyCountCheck.of(
            next((each.counts for each in self.archives if each.counts is not None), None)
        )
        suspects = await self._read_all(tally, counted)
        await self._look_again(suspects, tally)
        for service, count in (await parked_without_letter(self.archives)).items():
            tally.breach(
                "-", [AuditFinding("waiting", f"{service} {n}") for n in range(1, count + 1)]
            )
        tally.breach("-", list(counted.findings()))
        tally.read_s = time.monotonic() - began
        return tally

    async def _behind(self) -> Sequence[Behind]:
        """What services have not read of their topics' current content.

        Returns once this is empty, or once it has not changed for `wait`.
        """
        incarnations = await self.marks.incarnations()
        ends = {name: await self.marks.ends(topics) for name, topics in READ_BY.items()}
        before: Sequence[Behind] = ()
        moved_at = time.monotonic()
        while True:
            behind = [
                partition
                for service, marks in ends.items()
                for partition in await self.marks.behind(
                    group_prefix(service), marks, incarnations=incarnations
                )
            ]
            if behind != before:
                before, moved_at = behind, time.monotonic()
            if not behind or time.monotonic() - moved_at >= self.wait.total_seconds():
                return behind
            await asyncio.sleep(POLL_S)

    async def _read_all(self, tally: AuditTally, counted: DailyCountCheck) -> list[str]:
        """Judge every letter; return the numbers of suspect ones."""
        suspects: list[str] = []
        async for looks in all_letters(self.archives):
            tally.letters += sum(look.letter not in HOLDERS for look in looks)
            for look in looks:
                counted.add(look)
                tally.given_up += given_up(look)
                if diversion := diversion_of(look, as_of=tally.as_of):
                    tally.divert(diversion)
            wrong = [look.letter for look in looks if self._judge(look, tally)]
            suspects += wrong[: MOST_SUSPECTS - len(suspects)]
            tally.unjudged += len(wrong)
        tally.unjudged -= len(suspects)
        return suspects

    async def _look_again(self, suspects: Sequence[str], tally: AuditTally) -> None:
        """Check suspects twice more: unchanged findings are breaches, changes are "moving"."""
        if not suspects:
            return
        await asyncio.sleep(self.pause.total_seconds())
        before: dict[str, tuple[Any, list[AuditFinding]]] = {}
        async for looks in some_letters(self.archives, suspects):
            for look in looks:
                if found := self._judge(look, tally):
                    before[look.letter] = look.version, found
        if not before:
            return
        tally.behind = await self._behind()
        await asyncio.sleep(self.pause.total_seconds())
        async for looks in some_letters(self.archives, before):
            for look in looks:
                found = self._judge(look, tally)
                version, earlier = before[look.letter]
                _settle(tally, look, found, earlier, is_still=version == look.version)

    def _judge(self, look: Look, tally: AuditTally) -> list[AuditFinding]:
        return judge(look, as_of=tally.as_of, now=self.now(), grace=self.grace, table=self.table)


def _settle(
    tally: AuditTally,
    look: Look,
    found: list[AuditFinding],
    earlier: list[AuditFinding],
    *,
    is_still: bool,
) -> None:
    """Count a letter after its last check."""
    late = [finding for finding in found if _is_late(finding, tally.behind)]
    rest = [finding for finding in found if finding not in late]
    stands = [
        finding
        for finding in rest
        if CODES[finding.code].lasts or (is_still and finding in earlier)
    ]
    tally.breach(look.letter, stands)
    tally.waits(late)
    tally.moves([finding for finding in rest if finding not in stands])


def _is_late(finding: AuditFinding, behind: Sequence[Behind]) -> bool:
    """Whether the finding only shows that a service is behind."""
    groups = {lagging.group for lagging in behind}
    return CODES[finding.code].unheard and finding.at.partition(" ")[0] in groups
