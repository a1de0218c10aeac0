"""One audit, from the marks to the tally: wait, read all, look again at what looked wrong."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from shared.audit.findings import CODES, Finding
from shared.audit.judging import judge
from shared.audit.looking import Look
from shared.audit.reading import Archive, all_letters, parked_without_letter, some_letters
from shared.audit.tally import Tally
from shared.contracts.keys_v1 import HOLDERS
from shared.contracts.topics import ALL, RESENDS, group_prefix
from shared.contracts.vocabulary import SERVICES
from shared.platform.clock import Now
from shared.platform.watermarks import Behind

LOG = logging.getLogger(__name__)

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
"""Topics that each service has to read to the end; requests to resend are lost without harm."""


class Marks(Protocol):
    """How far consumers have come: `shared.platform.watermarks`, or a test's own."""

    async def ends(self, topics: Any) -> Mapping[Any, tuple[int, int]]:
        """First offset and end of each partition."""

    async def incarnations(self) -> Mapping[str, str]:
        """The id of each topic."""

    async def behind(
        self, group: str, ends: Any, *, incarnations: Mapping[str, str]
    ) -> Sequence[Behind]:
        """What a group has not read yet."""


class NotCaughtUp(Exception):
    """Consumers stayed behind the marks for as long as the audit may wait."""

    def __init__(self, behind: Sequence[Behind]) -> None:
        super().__init__(f"{len(behind)} partitions")
        self.behind = behind


@dataclass(frozen=True, slots=True)
class Audit:
    """How to audit."""

    archives: Sequence[Archive]
    marks: Marks
    now: Now
    wait: timedelta
    """How long consumers may take to reach the marks."""
    pause: timedelta
    """Between the looks at a letter that looked wrong."""
    grace: timedelta = timedelta()
    """For how long the notifier was away."""

    async def run(self) -> Tally:
        """Audit everything. Raises: NotCaughtUp, NoNumber, BusFault, DatabaseFault."""
        began = time.monotonic()
        await self._caught_up()
        tally = Tally(self.now(), waited_s=time.monotonic() - began)
        began = time.monotonic()
        suspects = await self._read_all(tally)
        await self._look_again(suspects, tally)
        for service, count in (await parked_without_letter(self.archives)).items():
            tally.breach("-", [Finding("waiting", f"{service} {n}") for n in range(1, count + 1)])
        tally.read_s = time.monotonic() - began
        return tally

    async def _caught_up(self) -> None:
        """Return when every service has committed what its topics held at the beginning."""
        incarnations = await self.marks.incarnations()
        ends = {name: await self.marks.ends(topics) for name, topics in READ_BY.items()}
        until = time.monotonic() + self.wait.total_seconds()
        while True:
            behind = [
                one
                for service, marks in ends.items()
                for one in await self.marks.behind(
                    group_prefix(service), marks, incarnations=incarnations
                )
            ]
            if not behind:
                return
            if time.monotonic() >= until:
                raise NotCaughtUp(behind)
            await asyncio.sleep(POLL_S)

    async def _read_all(self, tally: Tally) -> list[str]:
        """Judge every letter; the numbers of those that look wrong."""
        suspects: list[str] = []
        async for looks in all_letters(self.archives):
            tally.letters += sum(look.letter not in HOLDERS for look in looks)
            wrong = [look.letter for look in looks if self._judge(look, tally)]
            suspects += wrong[: MOST_SUSPECTS - len(suspects)]
            tally.unjudged += len(wrong)
        tally.unjudged -= len(suspects)
        return suspects

    async def _look_again(self, suspects: Sequence[str], tally: Tally) -> None:
        """Look twice more: what stays the same is a breach, what changes meanwhile is moving."""
        if not suspects:
            return
        await asyncio.sleep(self.pause.total_seconds())
        before: dict[str, tuple[Any, list[Finding]]] = {}
        async for looks in some_letters(self.archives, suspects):
            for look in looks:
                if found := self._judge(look, tally):
                    before[look.letter] = look.version, found
        if not before:
            return
        await asyncio.sleep(self.pause.total_seconds())
        async for looks in some_letters(self.archives, before):
            for look in looks:
                found = self._judge(look, tally)
                version, earlier = before[look.letter]
                _settle(tally, look, found, earlier, is_still=version == look.version)

    def _judge(self, look: Look, tally: Tally) -> list[Finding]:
        return judge(look, as_of=tally.as_of, now=self.now(), grace=self.grace)


def _settle(
    tally: Tally, look: Look, found: list[Finding], earlier: list[Finding], *, is_still: bool
) -> None:
    """Count a letter once it was looked at for the last time."""
    stands = [one for one in found if CODES[one.code].lasts or (is_still and one in earlier)]
    tally.breach(look.letter, stands)
    tally.moves([one for one in found if one not in stands])
