"""Public keys: one supervisor proposes, another confirms.

Entry and retirement both need two people, each with a sign-in of the last five minutes, and the
fingerprint of the key. The second person gets the fingerprint from the holder, by another way than
the key came.
"""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.router import metrics
from services.router.api.dependencies import RouterDesk, TheDesk, digest_of, request_id
from services.router.api.public_keys_schemas import (
    Confirmation,
    HolderShown,
    KeysShown,
    NewKey,
    PrivateKeyGiven,
    Proposed,
    Retirement,
    holder_shown,
    proposed,
    public_key,
)
from services.router.domain.public_keys import ConfirmKey, HolderKeys, ProposeKey, ProposeRetirement
from shared.contracts.keys_v1 import HOLDERS
from shared.kernel.errors import NotFound, OutOfOrder, Refused
from shared.platform.http.identity import fresh, staff
from shared.platform.http.openapi import refuses
from shared.platform.http.parameters import IdempotencyKey
from shared.platform.http.tokens import Person
from shared.platform.letters.service_decider import IdempotentCommand

router = APIRouter(prefix="/v1/keys", tags=["keys"])
Supervisor = Annotated[Person, Depends(fresh(staff("supervisor")))]
KeyViewer = Annotated[Person, Depends(staff("supervisor", "auditor"))]


@router.get("")
async def read_keys(_: KeyViewer, desk: TheDesk) -> KeysShown:
    """All holders with their keys, and what waits for a second person."""
    known = await desk.holders.keys()
    return KeysShown(holders=[_shown(holder, keys, desk) for holder, keys in known.items()])


@router.post("/{holder}/proposal", responses=refuses(PrivateKeyGiven("jwk")))
async def propose(
    holder: str, body: NewKey, person: Supervisor, key: IdempotencyKey, desk: TheDesk
) -> Proposed:
    """Propose a new key; it isn't used until another person confirms it."""
    kid, jwk = public_key(body.jwk)
    by, since = person.staff_id, body.valid_from
    command = ProposeKey(_known(holder), kid, jwk, since, by=by, at=desk.now())
    content = digest_of("enter", kid, jwk.fingerprint, since)
    return _proposed(command, await _tell(command, desk, (request_id(person, key), content)))


@router.post("/{holder}/retirement")
async def propose_retirement(
    holder: str, body: Retirement, person: Supervisor, key: IdempotencyKey, desk: TheDesk
) -> Proposed:
    """Propose to retire a key; it stays in use until another person confirms that."""
    by, since = person.staff_id, body.retired
    command = ProposeRetirement(_known(holder), body.kid, since, by=by, at=desk.now())
    content = digest_of("retire", body.kid, since)
    return _proposed(command, await _tell(command, desk, (request_id(person, key), content)))


@router.post("/{holder}/confirmation")
async def confirm(
    holder: str, body: Confirmation, person: Supervisor, key: IdempotencyKey, desk: TheDesk
) -> HolderShown:
    """Confirm another person's proposal, with the fingerprint that the holder gave."""
    by, fingerprint = person.staff_id, body.plain_fingerprint
    command = ConfirmKey(_known(holder), body.kid, fingerprint, by=by, at=desk.now())
    content = digest_of("confirm", body.kid, fingerprint)
    known = await _tell(command, desk, (request_id(person, key), content))
    return _shown(holder, known, desk)


async def _tell(
    command: ProposeKey | ProposeRetirement | ConfirmKey, desk: RouterDesk, request: tuple[str, str]
) -> HolderKeys:
    """The holder's keys after the command; each step of each person is counted. Raises: Refused."""
    step = type(command).__name__
    try:
        known = await desk.holders.commands.execute(
            IdempotentCommand(command.holder, command, *request)
        )
    except Refused as no:
        metrics.KEY_STEPS.labels(step, no.code).inc()
        raise
    metrics.KEY_STEPS.labels(step, "done").inc()
    return known


def _proposed(command: ProposeKey | ProposeRetirement, known: HolderKeys) -> Proposed:
    """The person's own proposal, unless somebody has replaced it meanwhile."""
    open_one = known.proposal
    if open_one is None or (open_one.kid, open_one.by) != (command.kid, command.by):
        raise OutOfOrder("confirmed or replaced meanwhile")
    return proposed(command.holder, open_one)


def _shown(holder: str, known: HolderKeys, desk: RouterDesk) -> HolderShown:
    return holder_shown(holder, known, anchors=desk.anchors.get(holder, ()), now=desk.now())


def _known(holder: str) -> str:
    if holder not in HOLDERS:
        raise NotFound
    return holder
