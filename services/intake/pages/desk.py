"""What the pages need of the duty desk; the API has the same."""

from typing import Annotated, Protocol

from fastapi import Depends, Request

from services.intake.domain.duty_desk import DutyRow, DutyShown
from services.intake.store import Waiting
from shared.contracts.vocabulary import DiversionOutcome
from shared.platform.paging import Place
from shared.platform.tokens import Person


class DutyDesk(Protocol):
    """The desk, for whoever has been let in. What is read is recorded before it is shown."""

    async def waiting(
        self, person: Person, standing: Waiting, *, after: Place | None = None
    ) -> tuple[list[DutyRow], Place | None]:
        """One page of rows, one for each writer, and where it ended."""

    async def of_writer(
        self, person: Person, number: str, *, standing: Waiting, after: Place | None = None
    ) -> tuple[list[DutyShown], Place | None]:
        """One page of what waits so of the writer of that one. Raises: NotFound."""

    async def see_all(self, person: Person, number: str, *, until: Place, key: str) -> int:
        """A person has seen the first page of that writer's, up to there. Raises: NotFound."""

    async def one(self, person: Person, number: str) -> DutyShown:
        """Any of them. Raises: NotFound."""

    async def see(self, person: Person, number: str, *, key: str) -> DutyShown:
        """A person has seen it. Raises: NotFound."""

    async def resolve(
        self,
        person: Person,
        number: str,
        *,
        outcome: DiversionOutcome,
        reference: str | None,
        key: str,
    ) -> DutyShown:
        """This was done about it. Raises: NotFound; AlreadyDone; BadValue; IdReused."""


def _duty_desk(request: Request) -> DutyDesk:
    desk: DutyDesk = request.app.state.duty_desk
    return desk


TheDutyDesk = Annotated[DutyDesk, Depends(_duty_desk)]
