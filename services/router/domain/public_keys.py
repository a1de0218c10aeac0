"""Public keys of services and bureaus: proposed by one person, confirmed by another.

The keys of one holder are one document, under the holder's name, beside the letters. Source:
CONTRACTS, `propose_key` and `confirm_key`; ADR-0013 says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, assert_never

from services.router.domain.letter import NotALetter
from shared.contracts.keys_v1 import (
    MOST_KEYS,
    HolderKey,
    KeyChanged,
    PublicJwk,
    is_kid_of,
    newest_valid,
)
from shared.contracts.vocabulary import SERVICES
from shared.kernel.errors import (
    AlreadyDone,
    BadValue,
    LimitReached,
    NotAllowed,
    NotFound,
    OutOfOrder,
    TooLate,
)

Anchors = Mapping[str, Sequence[HolderKey]]
"""Keys that count as entered until somebody enters one; for development only."""
NOBODY = ("development", "development")
"""Who entered the keys of a development stack."""
LASTS = timedelta(days=7)
"""How long a proposal waits for its confirmation."""
FURTHEST = timedelta(days=366)
"""How far ahead a key may become valid or be retired."""
MOST_STANDING = 8
"""Limit of keys per holder that aren't retired."""
SURE = timedelta(minutes=2)
"""After this time all our processes know of a change."""


@dataclass(frozen=True)
class KeyProposal:
    """A proposal that nobody has confirmed yet."""

    kid: str
    jwk: PublicJwk
    retires: bool
    """Whether it retires a key; otherwise it enters one."""
    since: datetime | None
    """When it takes effect; None: at the confirmation."""
    by: str
    """Opaque id of the person who proposed it."""
    at: datetime


@dataclass(frozen=True)
class HolderKeys(NotALetter):
    """The keys of one holder."""

    keys: tuple[HolderKey, ...] = ()
    """In the order of their entry; of the retired ones only the last."""
    proposal: KeyProposal | None = None
    tell_anew: tuple[datetime, ...] = ()
    """Instants from which the holder's letters must be sent again under its newest key."""
    kind: Literal["keys"] = "keys"


@dataclass(frozen=True)
class ProposeKey:
    """Propose a key for another person to confirm. `since`: when it becomes valid."""

    holder: str
    kid: str
    jwk: PublicJwk
    since: datetime | None
    by: str
    at: datetime


@dataclass(frozen=True)
class ProposeRetirement:
    """Propose a retirement for another person to confirm. `since`: when sealing ends."""

    holder: str
    kid: str
    since: datetime | None
    by: str
    at: datetime


@dataclass(frozen=True)
class ConfirmKey:
    """Confirm another person's proposal, with the fingerprint that the holder gave."""

    holder: str
    kid: str
    fingerprint: str
    by: str
    at: datetime


@dataclass(frozen=True)
class RecordResent:
    """Record that the holder's letters were sent again, for needs up to that instant."""

    until: datetime


@dataclass(frozen=True)
class AnnounceKeys:
    """Announce the keys that count as entered until somebody enters one."""

    holder: str
    at: datetime


KeyCommand = ProposeKey | ProposeRetirement | ConfirmKey | RecordResent | AnnounceKeys


@dataclass(frozen=True)
class KeyProposed:
    """A key was proposed. Goes on no topic."""

    proposal: KeyProposal


@dataclass(frozen=True)
class ResendNeeded:
    """Letters must be sent again from that instant on. Goes on no topic."""

    since: datetime


@dataclass(frozen=True)
class ResendDone:
    """Letters were sent again, for needs up to that instant. Goes on no topic."""

    until: datetime


KeyEvent = KeyChanged | KeyProposed | ResendNeeded | ResendDone
KeyEvents = tuple[KeyEvent, ...]


def decide_keys(command: KeyCommand, known: HolderKeys, *, anchors: Anchors) -> KeyEvents:
    """Return what `command` causes for a holder of keys.

    Raises: BadValue, AlreadyDone, LimitReached, NotFound, NotAllowed, TooLate, OutOfOrder.
    """
    match command:
        case ProposeKey():
            return (KeyProposed(_new(command, _keys(command.holder, known, anchors))),)
        case ProposeRetirement():
            return (KeyProposed(_leaving(command, _keys(command.holder, known, anchors))),)
        case ConfirmKey():
            return _confirmed(command, known, _keys(command.holder, known, anchors))
        case RecordResent(until):
            return (ResendDone(until),) if any(at <= until for at in known.tell_anew) else ()
        case AnnounceKeys(holder, at):
            return () if known.keys else _announced(holder, tuple(anchors.get(holder, ())), at)
        case _:
            assert_never(command)


def evolve_keys(known: HolderKeys, event: KeyEvent) -> HolderKeys:
    """Return the keys after `event`. Never refuses."""
    match event:
        case KeyProposed(proposal):
            return replace(known, proposal=proposal)
        case KeyChanged():
            return replace(known, keys=event.keys, proposal=None)
        case ResendNeeded(since):
            return replace(known, tell_anew=(*known.tell_anew, since))
        case ResendDone(until):
            left = tuple(at for at in known.tell_anew if at > until)
            return replace(known, tell_anew=left)
        case _:
            assert_never(event)


def _keys(holder: str, known: HolderKeys, anchors: Anchors) -> tuple[HolderKey, ...]:
    """The keys that count: the anchors until the first change, which lists them too."""
    return known.keys or tuple(anchors.get(holder, ()))


def _announced(holder: str, keys: tuple[HolderKey, ...], at: datetime) -> KeyEvents:
    """All keys, named after the one used for sealing; nothing if none is valid."""
    newest = newest_valid(keys, at)
    return () if newest is None else (_told(holder, newest, by=NOBODY, keys=keys),)


def _new(command: ProposeKey, keys: tuple[HolderKey, ...]) -> KeyProposal:
    if not is_kid_of(command.holder, command.kid):
        raise BadValue("jwk.kid")
    if any(command.kid == key.kid or command.jwk == key.jwk for key in keys):
        raise AlreadyDone("known before")
    if sum(_stands(key, command.at) for key in keys) >= MOST_STANDING:
        raise LimitReached
    _check_since(command.since, "valid_from", at=command.at)
    return KeyProposal(command.kid, command.jwk, False, command.since, command.by, command.at)


def _leaving(command: ProposeRetirement, keys: tuple[HolderKey, ...]) -> KeyProposal:
    key = _named(command.kid, keys)
    if not _stands(key, command.at):
        raise AlreadyDone("retired before")
    _check_since(command.since, "retired", at=command.at)
    return KeyProposal(key.kid, key.jwk, True, command.since, command.by, command.at)


def _check_since(since: datetime | None, field: str, *, at: datetime) -> None:
    """Nothing takes effect in the past, when words were sealed already, nor in the far future."""
    if since is not None and not at <= since <= at + FURTHEST:
        raise BadValue(field)


def _confirmed(command: ConfirmKey, known: HolderKeys, keys: tuple[HolderKey, ...]) -> KeyEvents:
    proposal = known.proposal
    if proposal is None or proposal.kid != command.kid:
        raise NotFound
    if proposal.by == command.by:
        raise NotAllowed("somebody else must confirm it")
    if command.at > proposal.at + LASTS:
        raise TooLate
    if command.fingerprint != proposal.jwk.fingerprint:
        raise BadValue("fingerprint")
    since = max(command.at, proposal.since or command.at)
    change = _retired if proposal.retires else _entered
    after, wanted = change(proposal, keys, since)
    _check_left(command.holder, after, since=since)
    changed = _changed(command, proposal, after)
    if wanted is None or command.holder in SERVICES:
        return (changed,)
    return changed, ResendNeeded(wanted + SURE)


def _entered(
    proposal: KeyProposal, keys: tuple[HolderKey, ...], since: datetime
) -> tuple[tuple[HolderKey, ...], datetime | None]:
    """All keys with the new one, and when letters must be sent again, if at all.

    A bureau that has no other valid key at that time was sent letters without words until then.
    """
    key = HolderKey(
        kid=proposal.kid,
        jwk=proposal.jwk,
        fingerprint=proposal.jwk.fingerprint,
        valid_from=since,
    )
    return (*keys, key), None if newest_valid(keys, since) else since


def _retired(
    proposal: KeyProposal, keys: tuple[HolderKey, ...], since: datetime
) -> tuple[tuple[HolderKey, ...], datetime | None]:
    """All keys with that one retired, and when letters must be sent again.

    What was sealed for the key may be unreadable now, or read by others. If no valid key is left,
    letters go without words until the next one becomes valid.
    """
    before = _named(proposal.kid, keys)
    after = tuple(
        key.model_copy(update={"retired": since}) if key is before else key for key in keys
    )
    return after, since if newest_valid(after, since) else _next(after, since)


def _next(keys: tuple[HolderKey, ...], since: datetime) -> datetime | None:
    """When the next key becomes valid after that; None if none will."""
    coming = {key.valid_from for key in keys if key.valid_from > since}
    return min((at for at in coming if newest_valid(keys, at)), default=None)


def _check_left(holder: str, keys: tuple[HolderKey, ...], *, since: datetime) -> None:
    """Without a key of one of our own services everything would stop. Raises: OutOfOrder."""
    ends = [key.retired for key in keys if key.retired is not None and key.retired > since]
    if holder in SERVICES and not all(newest_valid(keys, at) for at in (since, *ends)):
        raise OutOfOrder("enter another key first")


def _changed(command: ConfirmKey, proposal: KeyProposal, keys: tuple[HolderKey, ...]) -> KeyChanged:
    key, by = _named(proposal.kid, keys), (proposal.by, command.by)
    return _told(command.holder, key, by=by, keys=_listed(keys, command.at))


def _told(
    holder: str, key: HolderKey, *, by: tuple[str, str], keys: tuple[HolderKey, ...]
) -> KeyChanged:
    return KeyChanged(
        holder=holder,
        kid=key.kid,
        jwk=key.jwk,
        fingerprint=key.fingerprint,
        valid_from=key.valid_from,
        retired=key.retired,
        entered_by=by,
        keys=keys,
    )


def _listed(keys: tuple[HolderKey, ...], at: datetime) -> tuple[HolderKey, ...]:
    """All keys in use, and only the last of the retired ones, so that the list stays short."""
    gone = [key for key in keys if not _stands(key, at)]
    room = MOST_KEYS - (len(keys) - len(gone))
    left_out = gone[: max(0, len(gone) - room)]
    return tuple(key for key in keys if key not in left_out)


def _stands(key: HolderKey, at: datetime) -> bool:
    """Whether the key isn't retired yet."""
    return key.retired is None or at < key.retired


def _named(kid: str, keys: tuple[HolderKey, ...]) -> HolderKey:
    found = next((key for key in keys if key.kid == kid), None)
    if found is None:
        raise NotFound
    return found
