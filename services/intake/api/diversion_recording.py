"""Recording of diversions: what may be an emergency is stored first, whatever else is down."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from services.intake import metrics
from services.intake.api.flood_detection import FloodDetector
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
from shared.platform.letters.command_bus import CommandBus
from shared.platform.letters.letters import TooManyRaces
from shared.platform.letters.micro_batcher import Busy
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection, DatabaseFault
from shared.platform.runtime.clock import Now
from shared.rules.classify.triage import TriageResult
from shared.rules.text.written import Written

TriageFunction: TypeAlias = Callable[[Written], TriageResult]
MOST_REASONS = 32
"""As many as `letter.submitted` and `letter.diverted` can hold."""
UNNAMED_RULE = ("rules",)


@dataclass(frozen=True, slots=True)
class DetectedEmergency:
    """What was written, and why it is diverted."""

    triaged: TriageResult
    owner: str
    city: Bureau | None
    content: DivertedContent
    found_in: str | None = None
    """The letter that the words are about."""


@dataclass(frozen=True, slots=True)
class DiversionRecorder:
    """Stores diversions."""

    commands: CommandBus[Command, IntakeState]
    numbers: Numbers
    documents: Collection
    policies: PolicyVersions
    now: Now
    floods: FloodDetector = field(default_factory=FloodDetector)

    async def divert(
        self,
        number: str,
        detected: DetectedEmergency,
        *,
        threshold: Threshold,
        request: tuple[str, str],
    ) -> Diversion:
        """The diversion of that number, stored; one that was stored before is unchanged.

        Raises: NotKept, if the database is away: the writer must learn that.
        """
        at = self.now()
        content = self._numbered(number, detected.content)
        async with raising_not_kept(detected.triaged, detected.city):
            repeats = await first_unseen_of(self.documents, detected.owner)
            event = self._event(detected, threshold, at).model_copy(update={"repeats": repeats})
            command = Divert(detected.owner, event, content)
            state = await self.commands.execute(IdempotentCommand(number, command, *request))
        if not isinstance(state, Diversion):
            raise NotFound
        if state.diverted_at == at:
            metrics.DIVERTED.labels(threshold).inc()
            self.floods.count_diversion(detected.owner, content, at=at)
        return state

    def _event(
        self, detected: DetectedEmergency, threshold: Threshold, at: datetime
    ) -> LetterDiverted:
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
            reasons=detected.triaged.evidence[:MOST_REASONS] or UNNAMED_RULE,
            city=detected.city,
            letter=detected.found_in,
            see_by=see_by,
            clocks=(clock,),
        )

    def _limit(self, at: datetime) -> timedelta:
        minutes = self.policies.on(civil_date(at)).clock("diversion").minutes
        if minutes is None:
            raise ValueError("the clock of diversions has no minutes")
        return timedelta(minutes=minutes)

    def _numbered(self, number: str, content: DivertedContent) -> DivertedContent:
        """With the number of the letter that it may become, and its own number in that letter."""
        if content.form is None:
            return content
        form = content.form.model_copy(update={"from_diversion": number})
        return replace(content, form=form, becomes=self.numbers.another("letter"))


@asynccontextmanager
async def raising_not_kept(triaged: TriageResult, city: Bureau | None) -> AsyncIterator[None]:
    """Tell the writer of an emergency where to turn even if nothing can be stored.

    Raises: NotKept.
    """
    try:
        yield
    except (DatabaseFault, TooManyRaces, Busy) as fault:
        raise NotKept(lines_for(triaged, city)) from fault
