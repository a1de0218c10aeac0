"""Periodic jobs of the publisher: drafts, search, figures about all letters, and daily counts."""

from datetime import date, datetime, timedelta

from services.publisher import store
from services.publisher.domain.disclosure_control import public_figures
from services.publisher.metrics import DAYS_COUNTED, DRAFTS_WAITING, FIGURES_COUNTED
from shared.kernel.civil import ONE_DAY, civil_date, passes_at
from shared.kernel.daily_counts import counted_day, leaves_digest
from shared.platform.crypto.signing_keys import SigningKeys
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now

SIGNED_AFTER = timedelta(minutes=30)
"""How long after a day its letters are counted: those sent at its end have arrived by then."""
NOTED_BEFORE = timedelta(days=1)
"""By so much the clocks of replicas and a slow start may differ."""
FILL_SOON_S = 0.5
FILL_AGAIN_S = 6 * 3_600.0
"""While an old replica still writes, there are new pages without n-grams."""
MOST_SHARE = 0.05
"""The largest share of time that figures may take: they read every letter."""


class DraftGauge:
    """Keeps the gauge of waiting drafts."""

    def __init__(self, letters: Collection, *, now: Now, pause_s: float) -> None:
        self._letters = letters
        self._now = now
        self._pause_s = pause_s

    async def run(self) -> None:
        """Count until cancelled; retries after database faults."""
        await run_periodically(self.count, name="counting drafts", pause_s=self._pause_s)

    async def count(self) -> None:
        """Count once. Raises: DatabaseFault."""
        DRAFTS_WAITING.set(await store.count_drafts(self._letters, self._now()))


class SearchFiller:
    """Makes pages findable that were published before there was a search."""

    def __init__(self, letters: Collection) -> None:
        self._letters = letters
        self._found = 0

    async def run(self) -> None:
        """Fill until cancelled; retries after database faults."""
        await run_periodically(self.fill, name="filling the search", pause_s=self._pause)

    async def fill(self) -> None:
        """Fill some pages. Raises: DatabaseFault."""
        self._found = await store.fill_search(self._letters)

    def _pause(self, _: float) -> float:
        return FILL_SOON_S if self._found else FILL_AGAIN_S


class FiguresCounter:
    """Counts all letters repeatedly and stores each day's last count.

    Everyone sees the last count of a past day: the difference of two counts of one day would show
    what became of a single letter.
    """

    def __init__(self, letters: Collection, days: Collection, *, now: Now, pause_s: float) -> None:
        """`days`: where the last count of each day is stored."""
        self._letters = letters
        self._days = days
        self._now = now
        self._pause_s = pause_s
        self._shown: store.DayFigures | None = None

    def latest(self) -> store.DayFigures | None:
        """What everyone may see; None if nothing was counted before today."""
        return self._shown

    async def run(self) -> None:
        """Count until cancelled, less often if it takes long; retries after database faults."""
        await run_periodically(
            self.count,
            name="counting figures",
            pause_s=lambda took_s: max(self._pause_s, took_s / MOST_SHARE),
        )

    async def count(self) -> None:
        """Count once. Raises: DatabaseFault."""
        at = self._now()
        figures = await store.counted(self._letters)
        await store.keep_figures(self._days, public_figures(figures), at=at)
        self._shown = await store.figures_before(self._days, civil_date(at))
        FIGURES_COUNTED.set(at.timestamp())


class DailyCounter:
    """Signs the count of each day's letters once the day is over, and corrections of days before.

    Replicas may run it at the same time: the first one to store an entry's number wins.
    """

    def __init__(
        self,
        letters: Collection,
        counts: Collection,
        *,
        keys: SigningKeys,
        now: Now,
        pause_s: float,
    ) -> None:
        self._letters = letters
        self._counts = counts
        self._keys = keys
        self._now = now
        self._pause_s = pause_s

    async def run(self) -> None:
        """Sign until cancelled; retries after database faults."""
        await run_periodically(self.sign, name="signing daily counts", pause_s=self._pause_s)

    async def sign(self) -> None:
        """Sign corrections and then every day that is over, once a day. Raises: DatabaseFault."""
        at = self._now()
        today = civil_date(at)
        first = await store.begin(
            self._counts, self._letters, today=today, tomorrow=today + ONE_DAY
        )
        newest = await store.newest_day(self._counts)
        day = first if newest is None else newest.day + ONE_DAY
        last_due = civil_date(at - SIGNED_AFTER) - ONE_DAY
        if newest is not None and day <= last_due:
            for late in await self._noted_since(newest, first):
                await self._correct(late, at)
        while day <= last_due:
            if not await self._append(day, at):
                return
            day += ONE_DAY
        DAYS_COUNTED.set(passes_at(day - ONE_DAY).timestamp())

    async def _noted_since(self, newest: store.CountEntry, first: date) -> list[date]:
        """Counted days of which letters became known since the newest day was signed."""
        since = datetime.fromisoformat(newest.entry["signed_at"]) - NOTED_BEFORE
        noted = await store.days_noted(self._letters, since)
        return sorted(day for day in noted if first <= day <= newest.day)

    async def _correct(self, day: date, at: datetime) -> None:
        """Sign the day again if its letters are others than its newest entry counts."""
        *_, before = await store.entries_of(self._counts, day)
        counted = counted_day(day, await store.leaves_of(self._letters, day))
        if leaves_digest(counted.leaves) != before.entry["leaves_sha256"]:
            await self._append(day, at, corrects=before.number)

    async def _append(self, day: date, at: datetime, *, corrects: int | None = None) -> bool:
        """Whether this process has stored the entry."""
        leaves = await store.leaves_of(self._letters, day)
        counted = counted_day(day, leaves, corrects=corrects)
        last = await store.last_entry(self._counts)
        entry = self._keys.sign(counted.entry(last.entry if last else None, at=at), at=at)
        return await store.append(self._counts, entry, leaves=counted.leaves)
