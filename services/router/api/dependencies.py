"""What the routes share: the router's parts, who asks, and what they may see and do."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Annotated, TypedDict

from fastapi import Depends, Request
from pydantic import BaseModel

from services.router.api.letters_schemas import LetterShown, shown
from services.router.domain.actors import Command
from services.router.domain.allowed_actions import ActionName, allowed_actions
from services.router.domain.due_dates import Rulebook
from services.router.domain.letter import Letter, LetterState, salt_of, standing
from services.router.store.desk_stores import DeskStores
from services.router.store.notes import Notes
from services.router.store.public_keys import KeyHolders
from services.router.store.word_index import WordIndex
from shared.contracts.keys_v1 import HolderKey
from shared.contracts.slugs import BUREAUS, Holder
from shared.contracts.values import By
from shared.kernel.access_policy import FALLING, Sight, can_view, is_inspections_alone
from shared.kernel.complaints import INSPECTION
from shared.kernel.errors import ForeignLetter, NotAllowed, NotFound, StaleAssignment
from shared.kernel.finding import only_bureau
from shared.kernel.letter_number import is_letter_number, normalise
from shared.kernel.places import PROVINCE
from shared.kernel.viewers import INSPECTORS, chief
from shared.platform.http.identity import Guard, staff
from shared.platform.http.parameters import IdempotencyKey
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of, visibility_filter
from shared.platform.letters.command_bus import CommandBus
from shared.platform.letters.letters import Letters
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection, Document
from shared.platform.runtime.clock import Now

NO_HOLDING = 0
SHOWN: tuple[Sight, ...] = FALLING[: FALLING.index("course") + 1]
"""What can be shown here of a letter; copies for publication are the publisher's."""


@dataclass(frozen=True, slots=True)
class RouterDesk:
    """The router's parts that the routes work with."""

    commands: CommandBus[Command, LetterState]
    letters: Letters[Command, LetterState]
    documents: Collection
    now: Now
    words: WordIndex
    notes: Notes
    holders: KeyHolders
    stores: DeskStores
    rulebook: Rulebook
    anchors: Mapping[str, Sequence[HolderKey]] = field(default_factory=dict)
    """Keys that count as entered until somebody enters one; for development only."""
    identities_at: str | None = None
    """Where intake's pages are, which alone show identities."""


async def _router_desk(request: Request) -> RouterDesk:
    desk: RouterDesk = request.app.state.desk
    return desk


TheDesk = Annotated[RouterDesk, Depends(_router_desk)]
Reader = Annotated[Person, Depends(staff("triage", "supervisor", "director", "auditor", "bureau"))]


def request_id(person: Person, key: str) -> str:
    """Return the id of a command, the same for the same person and idempotency key."""
    name = key.strip('"')
    return "desk-" + sha256(f"{person.staff_id}\n{name}".encode()).hexdigest()


def digest_of(*asked: object) -> str:
    """Return a digest of a request's content, to tell a repetition from another request."""
    return sha256(" ".join(map(str, asked)).encode()).hexdigest()


def seen_by(person: Person, letter: Letter) -> Sight:
    """Return what this person may see of the letter now."""
    sight = can_view(viewer_of(person), standing(letter))
    return sight if sight in SHOWN else "nothing"


def found_by(person: Person, *, least: Sight) -> Document:
    """Return the filter for letters of which this person may see at least so much."""
    return visibility_filter(viewer_of(person), least=least)


def only_found_in(person: Person) -> str | None:
    """Return the only bureau in which this person finds letters; None: not only one."""
    return only_bureau(viewer_of(person))


async def letter_for(person: Person, number: str, *, desk: RouterDesk) -> tuple[str, Letter, Sight]:
    """Return a letter that this person may see something of, with its normalised number.

    Raises: NotFound, which reads the same for wrong, foreign and forbidden numbers.
    """
    normal = normalise(number)
    letter = await desk.letters.state(normal) if is_letter_number(normal) else None
    if not isinstance(letter, Letter):
        raise NotFound
    sight = seen_by(person, letter)
    if sight == "nothing":
        raise ForeignLetter
    return normal, letter, sight


class HolderFields(TypedDict):
    """The actor's part of a holder's command."""

    bureau: Holder
    assignment: int
    by: By


@dataclass(frozen=True, slots=True)
class StaffAction:
    """A request of staff to do something with a letter."""

    number: str
    letter: Letter
    sight: Sight
    person: Person
    key: str
    desk: RouterDesk

    @property
    def now(self) -> datetime:
        """The desk's time."""
        return self.desk.now()

    async def execute(self, command: Command, body: BaseModel | None = None) -> LetterShown:
        """Return the letter after the command is stored. Raises: Refused.

        The same idempotency key with other content is refused. Only a salted digest of the content
        is stored.
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

    def as_holder(self, *, chiefs_too: bool = False) -> HolderFields:
        """Act for the holder. Raises: NotFound for everybody else, as for an unknown letter."""
        holder = self.letter.holder
        by = self.as_triage() if holder == "triage" else self._of_bureau(chiefs_too=chiefs_too)
        if by is None:
            raise NotFound
        return HolderFields(bureau=holder, assignment=self.letter.assignment, by=by)

    def as_last_holder(self) -> HolderFields:
        """As `as_holder`, also for a handler whose last action ended the holding.

        Such a handler asks again for a missed answer, and holds nothing any more, so that nothing
        new is decided. Raises: NotFound.
        """
        if self.sight == "all":
            return self.as_holder()
        once = {holding.bureau for holding in self.letter.held if self._handles(holding.bureau)}
        bureau = next((slug for slug in BUREAUS if slug in once), None)
        if bureau is None:
            raise NotFound
        by = By(role="handler", bureau=bureau, staff=self.person.staff_id)
        return HolderFields(bureau=bureau, assignment=NO_HOLDING, by=by)

    def as_triage(self) -> By | None:
        """The triage desk; None if this person doesn't work there.

        For a letter that only the department's inspection sees, somebody of the inspection.
        """
        is_theirs = "triage" in self.person.roles or self._is_with_inspection(*INSPECTORS)
        return By(role="triage", staff=self.person.staff_id) if is_theirs else None

    def as_supervisor(self) -> By | None:
        """A supervisor; None if this person isn't one."""
        is_one = "supervisor" in self.person.roles
        return By(role="supervisor", staff=self.person.staff_id) if is_one else None

    def as_chief(self) -> By | None:
        """The chief of the holding bureau, or the head of the department's inspection."""
        bureau = self.letter.bureau
        if bureau is None:
            return None
        is_head = self._is_with_inspection(chief(PROVINCE, INSPECTION))
        if not is_head and chief(bureau) not in self.person.roles:
            return None
        return By(role="chief", bureau=bureau, staff=self.person.staff_id)

    def as_director(self) -> By | None:
        """The province's director; None if this person isn't the director."""
        is_one = "director" in self.person.roles
        return By(role="director", staff=self.person.staff_id) if is_one else None

    @property
    def acts_as(self) -> tuple[By, ...]:
        """Every role in which this person may act on the letter."""
        handles = self._of_bureau(chiefs_too=False)
        roles = handles, self.as_triage(), self.as_supervisor(), self.as_chief(), self.as_director()
        return tuple(role for role in roles if role is not None)

    @property
    def allowed(self) -> frozenset[ActionName]:
        """The actions that have an effect now."""
        if self.sight != "all":
            return frozenset()
        return allowed_actions(
            self.letter, by=self.acts_as, at=self.now, rulebook=self.desk.rulebook
        )

    def _is_with_inspection(self, *roles: str) -> bool:
        """Whether only the department's inspection sees the letter, and this person works there."""
        is_its = is_inspections_alone(standing(self.letter))
        return is_its and not self.person.roles.isdisjoint(roles)

    def _of_bureau(self, *, chiefs_too: bool) -> By | None:
        bureau = self.letter.bureau
        if self._handles(bureau):
            return By(role="handler", bureau=bureau, staff=self.person.staff_id)
        return self.as_chief() if chiefs_too else None

    def _handles(self, bureau: str | None) -> bool:
        """Whether this person handles letters in that bureau or in one of its units."""
        roles = (role.split(":") for role in self.person.roles)
        return bureau is not None and any(
            part[:2] == ["bureau", bureau] and part[-1] == "handler" and len(part) > 2
            for part in roles
        )


def require_role(*found: By | None) -> By:
    """Return the first role in which the person may act. Raises: NotAllowed."""
    by = next((moved for moved in found if moved is not None), None)
    if by is None:
        raise NotAllowed("another role is needed")
    return by


def staff_action(guard: Guard, *sights: Sight) -> Callable[..., Awaitable[StaffAction]]:
    """Return a dependency: the letter of the path, for a person whom the guard lets in.

    Unknown, foreign and forbidden letters are not found, nor those of which the person sees only a
    part that isn't among `sights`.
    """

    async def action(
        letter: str,
        person: Annotated[Person, Depends(guard)],
        key: IdempotencyKey,
        desk: TheDesk,
    ) -> StaffAction:
        number, found, sight = await letter_for(person, letter, desk=desk)
        if sight not in ("all", *sights):
            raise NotFound
        return StaffAction(number, found, sight, person, key, desk)

    return action
