"""One letter before somebody of the staff who sees all of it and wants something done with it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

from fastapi import Depends
from pydantic import BaseModel

from services.router.api.asking import RequestKey, TheDesk, digest_of, request_id
from services.router.api.desk import Desk
from services.router.api.seeing import letter_for, seen_by
from services.router.api.showing import LetterShown, shown
from services.router.domain import Letter, OfficeCommand, salt_of, standing
from shared.contracts.slugs import BUREAUS, Holder
from shared.contracts.values import By
from shared.kernel.access_policy import Sight, is_inspections_alone
from shared.kernel.complaints import INSPECTION
from shared.kernel.errors import NotAllowed, NotFound, StaleAssignment
from shared.kernel.places import PROVINCE
from shared.kernel.viewers import INSPECTORS, chief
from shared.platform.http.identity import Guard
from shared.platform.http.tokens import Person
from shared.platform.letters.service_decider import IdempotentCommand

NO_HOLDING = 0


class Acting(TypedDict):
    """Who acts for the letter's holder."""

    bureau: Holder
    assignment: int
    by: By


@dataclass(frozen=True, slots=True)
class Case:
    """The letter, who asks, and under which name that is remembered."""

    number: str
    letter: Letter
    sight: Sight
    person: Person
    key: str
    desk: Desk

    @property
    def now(self) -> datetime:
        """The desk's time, as of which it counts."""
        return self.desk.now()

    async def tell(self, command: OfficeCommand, body: BaseModel | None = None) -> LetterShown:
        """The letter once it is kept for good. Raises: Refused.

        The same key with other content is refused; of what was typed a salted digest alone is
        kept.
        """
        asked = body.model_dump_json(exclude_unset=True) if body is not None else ""
        content = digest_of(salt_of(self.letter) or "", type(command).__name__, asked)
        told = IdempotentCommand(self.number, command, request_id(self.person, self.key), content)
        try:
            state = await self.desk.commands.execute(told)
        except StaleAssignment:
            raise (StaleAssignment if self.sight == "all" else NotFound) from None
        if not isinstance(state, Letter):
            raise NotFound
        return shown(self.number, state, sight=seen_by(self.person, state))

    def acting(self, *, chiefs_too: bool = False) -> Acting:
        """Somebody who handles letters where this one is. Raises: NotFound, as for foreign ones."""
        holder = self.letter.holder
        by = self.as_triage() if holder == "triage" else self._of_bureau(chiefs_too=chiefs_too)
        if by is None:
            raise NotFound
        return Acting(bureau=holder, assignment=self.letter.assignment, by=by)

    def acting_last(self) -> Acting:
        """As `acting`, also for those whose part ended with just that, and who missed the answer.

        They speak for no holding any more, so that nothing new is decided for them.
        Raises: NotFound.
        """
        if self.sight == "all":
            return self.acting()
        once = {one.bureau for one in self.letter.held if self._handles(one.bureau)}
        bureau = next((slug for slug in BUREAUS if slug in once), None)
        if bureau is None:
            raise NotFound
        by = By(role="handler", bureau=bureau, staff=self.person.staff_id)
        return Acting(bureau=bureau, assignment=NO_HOLDING, by=by)

    def as_triage(self) -> By | None:
        """Somebody of the triage desk; None if they aren't.

        Of what the department's inspection alone sees, somebody of the inspection.
        """
        is_theirs = "triage" in self.person.roles or self._is_with_inspection(*INSPECTORS)
        return By(role="triage", staff=self.person.staff_id) if is_theirs else None

    def as_supervisor(self) -> By | None:
        """A supervisor; None if they aren't."""
        is_one = "supervisor" in self.person.roles
        return By(role="supervisor", staff=self.person.staff_id) if is_one else None

    def as_chief(self) -> By | None:
        """The chief of the bureau, or the head of the department's inspection, that holds it."""
        bureau = self.letter.bureau
        if bureau is None:
            return None
        is_head = self._is_with_inspection(chief(PROVINCE, INSPECTION))
        if not is_head and chief(bureau) not in self.person.roles:
            return None
        return By(role="chief", bureau=bureau, staff=self.person.staff_id)

    def as_director(self) -> By | None:
        """The province's director; None if they aren't."""
        is_one = "director" in self.person.roles
        return By(role="director", staff=self.person.staff_id) if is_one else None

    def _is_with_inspection(self, *roles: str) -> bool:
        """Whether the department's inspection alone sees the letter, and they are one of it."""
        is_its = is_inspections_alone(standing(self.letter))
        return is_its and not self.person.roles.isdisjoint(roles)

    def _of_bureau(self, *, chiefs_too: bool) -> By | None:
        bureau = self.letter.bureau
        if self._handles(bureau):
            return By(role="handler", bureau=bureau, staff=self.person.staff_id)
        return self.as_chief() if chiefs_too else None

    def _handles(self, bureau: str | None) -> bool:
        """Whether they handle letters in that bureau, in its office or in one of its units."""
        roles = (role.split(":") for role in self.person.roles)
        return bureau is not None and any(
            part[:2] == ["bureau", bureau] and part[-1] == "handler" and len(part) > 2
            for part in roles
        )


def the_first(*found: By | None) -> By:
    """The first of the roles in which they may do it. Raises: NotAllowed."""
    by = next((one for one in found if one is not None), None)
    if by is None:
        raise NotAllowed("another role is needed")
    return by


def before(guard: Guard, *sights: Sight) -> Callable[..., Awaitable[Case]]:
    """A dependency: the letter of the path, before those whom the guard lets in.

    Wrong, foreign and forbidden letters, and those of which they see only a part that isn't among
    `sights`, are not found.
    """

    async def case(
        letter: str,
        person: Annotated[Person, Depends(guard)],
        key: RequestKey,
        desk: TheDesk,
    ) -> Case:
        number, found, sight = await letter_for(person, letter, desk=desk)
        if sight not in ("all", *sights):
            raise NotFound
        return Case(number, found, sight, person, key, desk)

    return case
