"""How does what may be an emergency come to the duty desk? Kept first, whatever else is down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from services.intake import metrics
from services.intake.api.flood_detection import Floods
from services.intake.api.warnings import NotKept, lines_for
from services.intake.domain import Command, IntakeState
from services.intake.domain.diversion import Diversion, Divert, DivertedContent
from services.intake.store import Numbers, first_unseen_of
from shared.contracts.diverted_v1 import LetterDiverted
from shared.contracts.slugs import Bureau
from shared.contracts.values import ClockChange, Level
from shared.contracts.vocabulary import Threshold
from shared.kernel.errors import NotFound
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.working_days import civil_date
from shared.platform.clock import Now
from shared.platform.commands import Commands
from shared.platform.database import Collection, DatabaseFault
from shared.platform.grouped import Busy
from shared.platform.letters import TooManyRaces
from shared.platform.rules import Told
from shared.rules.triage import Triaged
from shared.rules.written import Written

Judging: TypeAlias = Callable[[Written], Triaged]
"""What the rules make of a text."""
MOST_REASONS = 32
"""As many as `letter.submitted` and `letter.diverted` have room for."""
UNNAMED_RULE = ("rules",)


@dataclass(frozen=True, slots=True)
class Catch:
    """What was written, and why it is caught."""

    said: Triaged
    owner: str
    city: Bureau | None
    caught: DivertedContent
    found_in: str | None = None
    """The letter that it was said about."""


@dataclass(frozen=True, slots=True)
class Catching:
    """Keeps diversions."""

    commands: Commands[Command, IntakeState]
    numbers: Numbers
    documents: Collection
    policies: PolicyVersions
    now: Now
    floods: Floods = field(default_factory=Floods)

    async def divert(
        self, number: str, catch: Catch, *, threshold: Threshold, request: tuple[str, str]
    ) -> Diversion:
        """The diversion of that number, kept for good; one that was kept before, as it stands.

        Raises: NotKept, when the database is away: then its writer must be told so.
        """
        at = self.now()
        caught = self._numbered(number, catch.caught)
        async with telling_if_not_kept(catch.said, catch.city):
            repeats = await first_unseen_of(self.documents, catch.owner)
            event = self._event(catch, threshold, at).model_copy(update={"repeats": repeats})
            command = Divert(catch.owner, event, caught)
            state = await self.commands.tell(Told(number, command, *request))
        if not isinstance(state, Diversion):
            raise NotFound
        if state.diverted_at == at:
            metrics.DIVERTED.labels(threshold).inc()
            self.floods.diverted(catch.owner, caught, at=at)
        return state

    def _event(self, catch: Catch, threshold: Threshold, at: datetime) -> LetterDiverted:
        see_by = at + self._limit(at)
        clock = ClockChange(
            clock="diversion",
            change="started",
            due_on=civil_date(see_by),
            passes_at=see_by,
            levels=(Level(level="page", at=see_by),),
        )
        return LetterDiverted(
            diverted_at=at,
            threshold=threshold,
            reasons=catch.said.evidence[:MOST_REASONS] or UNNAMED_RULE,
            city=catch.city,
            letter=catch.found_in,
            see_by=see_by,
            clocks=(clock,),
        )

    def _limit(self, at: datetime) -> timedelta:
        minutes = self.policies.on(civil_date(at)).clock("diversion").minutes
        if minutes is None:
            raise ValueError("the clock of diversions has no minutes")
        return timedelta(minutes=minutes)

    def _numbered(self, number: str, caught: DivertedContent) -> DivertedContent:
        """With the number of the letter that it may become, which says whence it came."""
        if caught.form is None:
            return caught
        form = caught.form.model_copy(update={"from_diversion": number})
        return replace(caught, form=form, becomes=self.numbers.another("letter"))


@asynccontextmanager
async def telling_if_not_kept(said: Triaged, city: Bureau | None) -> AsyncIterator[None]:
    """Whoever wrote of an emergency hears where to turn, also where nothing can be kept.

    Raises: NotKept.
    """
    try:
        yield
    except (DatabaseFault, TooManyRaces, Busy) as fault:
        raise NotKept(lines_for(said, city)) from fault
