"""Public keys at the desk: one supervisor proposes, another confirms what the holder told them.

Entering and retiring both need two people, each with a sign-in of the last five minutes, and the
fingerprint of the key: the second person has it from the holder, by another way than the key came.
"""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.router import metrics
from services.router.api.asking import RequestKey, TheDesk, digest_of, request_id, staff_id
from services.router.api.desk import Desk
from services.router.api.key_bodies import (
    Confirmation,
    HolderShown,
    KeysShown,
    NewKey,
    PrivateKeyGiven,
    Proposed,
    Retirement,
    proposed,
    public_key,
    shown,
)
from services.router.domain import ConfirmKey, KeysOf, ProposeKey, ProposeRetirement
from shared.contracts.keys_v1 import HOLDERS
from shared.kernel.errors import NotFound, OutOfOrder, Refused
from shared.platform.http.identity import fresh, staff
from shared.platform.http.openapi import refuses
from shared.platform.http.tokens import Person
from shared.platform.letters.service_decider import IdempotentCommand

router = APIRouter(prefix="/v1/keys", tags=["keys"])

Supervisor = Annotated[Person, Depends(fresh(staff("supervisor")))]
Onlooker = Annotated[Person, Depends(staff("supervisor", "auditor"))]


@router.get("")
async def read_keys(_: Onlooker, desk: TheDesk) -> KeysShown:
    """All holders with their keys, and what waits for a second person."""
    states = await desk.letters.states(list(HOLDERS))
    known = {holder: states.get(holder) for holder in HOLDERS}
    return KeysShown(
        holders=[
            _shown(holder, one if isinstance(one, KeysOf) else KeysOf(), desk)
            for holder, one in known.items()
        ]
    )


@router.post("/{holder}/proposal", responses=refuses(PrivateKeyGiven("jwk")))
async def propose(
    holder: str, body: NewKey, person: Supervisor, key: RequestKey, desk: TheDesk
) -> Proposed:
    """Propose a new key; it counts for nothing until another person confirms it."""
    kid, jwk = public_key(body.jwk)
    by, since = staff_id(person), body.valid_from
    command = ProposeKey(_known(holder), kid, jwk, since, by=by, at=desk.now())
    content = digest_of("enter", kid, jwk.fingerprint, since)
    return _proposed(command, await _tell(command, desk, (request_id(person, key), content)))


@router.post("/{holder}/retirement")
async def propose_retirement(
    holder: str, body: Retirement, person: Supervisor, key: RequestKey, desk: TheDesk
) -> Proposed:
    """Propose that a key is sealed for no more; it is until another person confirms that."""
    by, since = staff_id(person), body.retired
    command = ProposeRetirement(_known(holder), body.kid, since, by=by, at=desk.now())
    content = digest_of("retire", body.kid, since)
    return _proposed(command, await _tell(command, desk, (request_id(person, key), content)))


@router.post("/{holder}/confirmation")
async def confirm(
    holder: str, body: Confirmation, person: Supervisor, key: RequestKey, desk: TheDesk
) -> HolderShown:
    """Confirm what another person has proposed, with the fingerprint that the holder told."""
    by, fingerprint = staff_id(person), body.plain_fingerprint
    command = ConfirmKey(_known(holder), body.kid, fingerprint, by=by, at=desk.now())
    content = digest_of("confirm", body.kid, fingerprint)
    known = await _tell(command, desk, (request_id(person, key), content))
    return _shown(holder, known, desk)


async def _tell(
    command: ProposeKey | ProposeRetirement | ConfirmKey, desk: Desk, request: tuple[str, str]
) -> KeysOf:
    """The holder's keys once it is kept; each step of each person is counted. Raises: Refused."""
    step = type(command).__name__
    try:
        known = await desk.commands.execute(IdempotentCommand(command.holder, command, *request))
    except Refused as no:
        metrics.KEY_STEPS.labels(step, no.code).inc()
        raise
    metrics.KEY_STEPS.labels(step, "done").inc()
    return known if isinstance(known, KeysOf) else KeysOf()


def _proposed(command: ProposeKey | ProposeRetirement, known: KeysOf) -> Proposed:
    """What was just proposed; nothing of what another has proposed meanwhile."""
    open_one = known.proposal
    if open_one is None or (open_one.kid, open_one.by) != (command.kid, command.by):
        raise OutOfOrder("confirmed or replaced meanwhile")
    return proposed(command.holder, open_one)


def _shown(holder: str, known: KeysOf, desk: Desk) -> HolderShown:
    return shown(holder, known, anchors=desk.anchors.get(holder, ()), now=desk.now())


def _known(holder: str) -> str:
    if holder not in HOLDERS:
        raise NotFound
    return holder
