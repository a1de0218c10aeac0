"""What writers and the duty desk do to a diversion, by API and by page alike."""

from dataclasses import dataclass

from services.intake import metrics
from services.intake.api.dependencies import FrontDesk
from services.intake.domain import Command
from services.intake.domain.diversion import Diversion, ResolveDiversion, SayHappening, SeeDiversion
from shared.contracts.vocabulary import DiversionOutcome
from shared.kernel.errors import NotFound
from shared.platform.http.tokens import Person


@dataclass(frozen=True, slots=True)
class DiversionActions:
    """The actions of a person under an idempotency key."""

    desk: FrontDesk
    person: Person
    key: str

    async def say(self, number: str, *, is_happening: bool) -> tuple[str, Diversion]:
        """The writer says whether it is happening now. Raises: NotFound; OutOfOrder."""
        normal, found = await self.desk.own_diversion(self.person, number)
        command = SayHappening(found.owner, is_happening)
        said = await self._do(normal, command, "say", str(is_happening))
        if not is_happening:
            metrics.RESOLVED.labels("writer_says_no").inc()
        return normal, said

    async def see(self, number: str) -> tuple[str, Diversion]:
        """A person of the duty desk has seen it. Raises: NotFound."""
        normal, _ = await self.desk.diversion(number)
        command = SeeDiversion(self.person.staff_id, self.desk.now())
        return normal, await self._do(normal, command, "see")

    async def resolve(
        self, number: str, outcome: DiversionOutcome, *, reference: str | None
    ) -> tuple[str, Diversion]:
        """The duty desk has dealt with it. Raises: NotFound; AlreadyDone; BadValue."""
        normal, _ = await self.desk.diversion(number)
        command = ResolveDiversion(self.person.staff_id, self.desk.now(), outcome, reference)
        done = await self._do(normal, command, "resolve", f"{outcome} {reference}")
        metrics.RESOLVED.labels(outcome).inc()
        return normal, done

    async def _do(self, normal: str, command: Command, kind: str, content: str = "") -> Diversion:
        """The diversion after the command; a letter that it became is accepted by then."""
        blind, key = self.desk.blind, self.key.strip('"')
        name = f"d-{blind.of('duty', self.person.sub, normal, kind, key)}"
        await self.desk.tell(normal, command, request=(name, blind.of("content", content)))
        await self.desk.release(normal)
        after = await self.desk.letters.state(normal)
        if not isinstance(after, Diversion):
            raise NotFound
        return after
