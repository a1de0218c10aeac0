"""Decisions of the triage desk that can be undone for ten seconds.

A decision waits in the database. It is carried out by the loop of any router process, or earlier
when its clerk decides something else about the same letter. A process that dies loses none.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from services.router import metrics
from services.router.api.decisions_schemas import Reclassification, Target
from services.router.api.dependencies import RouterDesk, StaffAction, digest_of, request_id
from services.router.api.handling_schemas import NewLink, Refusal
from services.router.domain.actors import Command
from services.router.domain.handling import LinkLetter
from services.router.domain.letter import Letter, salt_of
from services.router.domain.reclassification import ReclassifyLetter
from services.router.domain.replies import DeclineLetter
from services.router.domain.routing import RouteLetter
from services.router.store.pending_decisions import PendingDecision, PendingDecisions
from shared.contracts.values import About, By
from shared.contracts.words import ReplyText
from shared.kernel.errors import AlreadyDone, Refused
from shared.platform.http.parameters import RequestBody
from shared.platform.letters.service_decider import IdempotentCommand

LOG = logging.getLogger(__name__)

What: TypeAlias = Literal["route", "reclassify", "decline", "link"]
EVERY_S: Final = 1.0
"""Pause between looks for decisions whose time is over."""


@dataclass(frozen=True, slots=True)
class TriageDecisions:
    """Holds decisions back, and carries them out."""

    desk: RouterDesk
    pending: PendingDecisions

    async def hold(self, action: StaffAction, *, what: What, body: RequestBody) -> None:
        """Store a decision. Raises: AlreadyDone, if a colleague's decision waits."""
        by = action.as_triage()
        if by is None:
            raise AlreadyDone
        asked = body.model_dump_json(exclude_unset=True)
        decision = PendingDecision(
            number=action.number,
            staff=action.person.staff_id,
            command_id=request_id(action.person, action.key),
            what=what,
            fields={
                "body": body.model_dump(mode="json", exclude_unset=True, by_alias=True),
                "assignment": action.letter.assignment,
            },
            by=by.model_dump(mode="json"),
            digest=digest_of(salt_of(action.letter) or "", NAMES[what], asked),
            made_at=action.now,
            act_at=None,
        )
        if not await self.pending.hold(decision):
            await self.settle(action.number, decision.staff)
            if not await self.pending.hold(decision):
                raise AlreadyDone

    async def settle(self, number: str, staff: str) -> None:
        """Carry out this clerk's waiting decision about a letter now."""
        decision = await self.pending.claim(number, staff)
        if decision is not None:
            await self._carry_out(decision)

    async def carry_out(self, staff: str | None = None) -> None:
        """Carry out what has waited for ten seconds. Raises: DatabaseFault."""
        for decision in await self.pending.due(staff):
            await self._carry_out(decision)

    async def _carry_out(self, decision: PendingDecision) -> None:
        letter = await self.desk.letters.state(decision.number)
        if not isinstance(letter, Letter):
            await self.pending.done(decision)
            return
        command = IdempotentCommand(
            decision.number, command_of(decision), decision.command_id, decision.digest
        )
        try:
            await self.desk.commands.execute(command)
        except Refused as refusal:
            LOG.warning("a pending decision was refused", extra={"code": refusal.code})
            await self.pending.refuse(decision, refusal.code)
            return
        await self.pending.done(decision)
        if decision.what == "route":
            metrics.ROUTED_BY_HAND.inc()


def command_of(decision: PendingDecision) -> Command:
    """Return the command of a stored decision."""
    return _COMMANDS[decision.what](decision, By.model_validate(decision.by))


def _route(decision: PendingDecision, by: By) -> RouteLetter:
    body = Target.model_validate(decision.fields["body"])
    return RouteLetter(by, decision.made_at, body.bureau)


def _reclassify(decision: PendingDecision, by: By) -> ReclassifyLetter:
    body = Reclassification.model_validate(decision.fields["body"])
    silent = frozenset({"police_type", "about", "excluded"} - body.model_fields_set)
    about = About(**body.about.model_dump()) if body.about else None
    return ReclassifyLetter(
        by,
        decision.made_at,
        body.category,
        body.police_type,
        about,
        body.excluded,
        keeps=silent,
    )


def _decline(decision: PendingDecision, by: By) -> DeclineLetter:
    body = Refusal.model_validate(decision.fields["body"])
    return DeclineLetter(
        bureau="triage",
        assignment=decision.fields["assignment"],
        by=by,
        at=decision.made_at,
        decline_reason=body.decline_reason,
        where_to_turn=body.where_to_turn,
        words=ReplyText(text=body.text),
    )


def _link(decision: PendingDecision, by: By) -> LinkLetter:
    body = NewLink.model_validate(decision.fields["body"])
    return LinkLetter(
        bureau="triage",
        assignment=decision.fields["assignment"],
        by=by,
        at=decision.made_at,
        kind=body.kind,
        other=body.other,
        own=decision.number,
    )


_COMMANDS: Final[Mapping[str, Callable[[PendingDecision, By], Command]]] = {
    "route": _route,
    "reclassify": _reclassify,
    "decline": _decline,
    "link": _link,
}
NAMES: Final[Mapping[What, str]] = {
    "route": RouteLetter.__name__,
    "reclassify": ReclassifyLetter.__name__,
    "decline": DeclineLetter.__name__,
    "link": LinkLetter.__name__,
}
"""The command of each action, as in the digests of the API."""
