"""The main loop of a demo with its own office time: people act, work settles, time advances.

Office time stands still while any work is in progress. It then advances to the next instant at
which somebody has something to do, deadlines pass, or people are notified.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from deploy.local.demo.days import MORNING
from deploy.local.demo.diary import DemoDiary
from deploy.local.demo.http_client import Faces
from deploy.local.demo.letters import DemoLetter
from deploy.local.demo.pipeline import Pipeline
from deploy.local.demo.run import DemoRun
from deploy.local.demo.staff import Staff
from deploy.local.demo.writers import Writers
from shared.kernel.civil import GUANGDONG

Report = Callable[[DemoRun], None]


class Through:
    """The people of one run, from the first day to the last; bureaus are simulated elsewhere."""

    def __init__(
        self,
        faces: Faces,
        run: DemoRun,
        *,
        letters: Sequence[DemoLetter],
        most_published: int,
        pipeline: Pipeline,
    ) -> None:
        self._run = run
        self._clock = clock = pipeline.clock
        self._pipeline = pipeline
        self._before = clock.days.beginning
        self._diary = DemoDiary(clock, run.diary, seed=run.seed)
        self._writers = Writers(faces, run, letters=letters, diary=self._diary)
        self._staff = Staff(
            faces,
            run,
            diary=self._diary,
            now=lambda: clock.now,
            most_published=most_published,
        )

    async def follow(self, report: Report) -> None:
        """Play until every letter has ended and no action is left. Raises: DemoFailed."""
        await self._pipeline.quiet()
        await self._writers.read_all()
        await self._turn(report)
        while not await self._is_over():
            if self._clock.now - self._clock.days.beginning > self._clock.days.longest:
                break
            self._before = self._clock.now
            self._clock.step(self._next())
            await self._turn(report)
        await self._writers.read_all()
        report(self._run)

    async def _turn(self, report: Report) -> None:
        """Play one instant: people act, the work settles, and people act on the news."""
        now = self._run.at = self._clock.now
        await self._writers.write()
        if self._clock.days.must_stop(now) or self._diary.is_wanted(since=self._before, by=now):
            await self._act()
        if await self._pipeline.quiet() or self._run.doubtful or self._is_monday():
            again = self._run.open_letters() if self._is_monday() else ()
            await self._writers.read({*self._pipeline.heard.take(), *again})
            await self._act()
        report(self._run)

    def _is_monday(self) -> bool:
        """Return whether it is Monday morning, when all open letters are read again."""
        there = self._clock.now.astimezone(GUANGDONG)
        return there.weekday() == 0 and there.time() == MORNING

    async def _act(self) -> None:
        """Let everybody do what is due and plan what has come up."""
        await self._writers.act()
        await self._staff.act(looks_round=self._looks_round())
        self._diary.forget()

    def _looks_round(self) -> bool:
        """Return whether to read the lists: it is morning, or an action found in them is due."""
        now = self._clock.now
        return self._clock.days.must_stop(now) or any(
            self._diary.is_wanted(since=self._before, by=now, what=what)
            for what in ("decide_extension", "publish")
        )

    async def _is_over(self) -> bool:
        """Return whether all letters are written and ended, and all promises kept."""
        if self._writers.unsent or not self._writers.have_settled():
            return False
        return await self._writers.keep_promises()

    def _next(self) -> datetime:
        """Return the next instant at which anything is to be done."""
        days = self._clock.days
        stops = days.stops(self._clock.now)
        return next(at for at in stops if days.must_stop(at) or self._is_needed(at))

    def _is_needed(self, at: datetime) -> bool:
        worked, due = self._clock.days.worked_s(at), self._pipeline.next_due
        if due is not None and due <= worked and worked > self._clock.worked_s:
            return True
        return self._diary.is_wanted(since=self._clock.now, by=at) or any(
            self._diary.written_at(letter.lot) <= at for letter in self._writers.unsent
        )
