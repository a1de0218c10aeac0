"""How do two people enter and retire keys? `decide` and `evolve` for the holders of keys. Pure.

Source: CONTRACTS, `propose_key` and `confirm_key`; ADR-0013 says why it is so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from services.router.domain.keys import (
    AnnounceKeys,
    ConfirmKey,
    KeyCommand,
    KeyProposed,
    KeysOf,
    NoteToldAnew,
    Proposal,
    ProposeKey,
    ProposeRetirement,
    TellAnewWanted,
    ToldAnew,
)
from shared.contracts.keys_v1 import MOST_KEYS, HolderKey, KeyChanged, is_kid_of, newest_valid
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
"""Keys that count as entered before anybody entered one; for development only."""
KeyEvents = tuple[KeyChanged | KeyProposed | TellAnewWanted | ToldAnew, ...]

NOBODY = ("development", "development")
"""Who entered the keys that came with a development stack."""
LASTS = timedelta(days=7)
"""How long a proposal waits for its confirmation."""
FURTHEST = timedelta(days=366)
"""How far ahead a key may be valid from, or retired."""
MOST_STANDING = 8
"""Keys of one holder that aren't retired."""
SURE = timedelta(minutes=2)
"""After this every process of ours has heard of a change."""


def decide_keys(command: KeyCommand, known: KeysOf, *, anchors: Anchors) -> KeyEvents:
    """What `command` causes for a holder of keys.

    Raises: BadValue, AlreadyDone, LimitReached, NotFound, NotAllowed, TooLate, OutOfOrder.
    """
    match command:
        case ProposeKey():
            return (KeyProposed(_new(command, _keys(command.holder, known, anchors))),)
        case ProposeRetirement():
            return (KeyProposed(_leaving(command, _keys(command.holder, known, anchors))),)
        case ConfirmKey():
            return _confirmed(command, known, _keys(command.holder, known, anchors))
        case NoteToldAnew(until):
            return (ToldAnew(until),) if any(at <= until for at in known.tell_anew) else ()
        case AnnounceKeys(holder, at):
            return () if known.keys else _announced(holder, tuple(anchors.get(holder, ())), at)
        case _:
            assert_never(command)


def evolve_keys(known: KeysOf, event: object) -> KeysOf:
    """The keys that `event` leaves behind. Never refuses."""
    match event:
        case KeyProposed(proposal):
            return replace(known, proposal=proposal)
        case KeyChanged():
            return replace(known, keys=event.keys, proposal=None)
        case TellAnewWanted(since):
            return replace(known, tell_anew=(*known.tell_anew, since))
        case ToldAnew(until):
            left = tuple(at for at in known.tell_anew if at > until)
            return replace(known, tell_anew=left)
        case _:
            return known


def _keys(holder: str, known: KeysOf, anchors: Anchors) -> tuple[HolderKey, ...]:
    """What stands: the anchors count until the first change, which lists them too."""
    return known.keys or tuple(anchors.get(holder, ()))


def _announced(holder: str, keys: tuple[HolderKey, ...], at: datetime) -> KeyEvents:
    """All of them, named after the one that seals; nothing where none can."""
    newest = newest_valid(keys, at)
    return () if newest is None else (_told(holder, newest, by=NOBODY, keys=keys),)


def _new(command: ProposeKey, keys: tuple[HolderKey, ...]) -> Proposal:
    if not is_kid_of(command.holder, command.kid):
        raise BadValue("jwk.kid")
    if any(command.kid == one.kid or command.jwk == one.jwk for one in keys):
        raise AlreadyDone("known before")
    if sum(_stands(one, command.at) for one in keys) >= MOST_STANDING:
        raise LimitReached
    _check_since(command.since, "valid_from", at=command.at)
    return Proposal(command.kid, command.jwk, False, command.since, command.by, command.at)


def _leaving(command: ProposeRetirement, keys: tuple[HolderKey, ...]) -> Proposal:
    key = _named(command.kid, keys)
    if not _stands(key, command.at):
        raise AlreadyDone("retired before")
    _check_since(command.since, "retired", at=command.at)
    return Proposal(key.kid, key.jwk, True, command.since, command.by, command.at)


def _check_since(since: datetime | None, field: str, *, at: datetime) -> None:
    """Nothing is made so in the past, when words were sealed already, nor in a far future."""
    if since is not None and not at <= since <= at + FURTHEST:
        raise BadValue(field)


def _confirmed(command: ConfirmKey, known: KeysOf, keys: tuple[HolderKey, ...]) -> KeyEvents:
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
    return changed, TellAnewWanted(wanted + SURE)


def _entered(
    proposal: Proposal, keys: tuple[HolderKey, ...], since: datetime
) -> tuple[tuple[HolderKey, ...], datetime | None]:
    """All keys with the new one, and from when on letters are to be told anew.

    A bureau that has no other key when this becomes valid was told without words until then.
    """
    key = HolderKey(
        kid=proposal.kid,
        jwk=proposal.jwk,
        fingerprint=proposal.jwk.fingerprint,
        valid_from=since,
    )
    return (*keys, key), None if newest_valid(keys, since) else since


def _retired(
    proposal: Proposal, keys: tuple[HolderKey, ...], since: datetime
) -> tuple[tuple[HolderKey, ...], datetime | None]:
    """All keys, that one retired, and from when on letters are to be told anew.

    What was sealed for it may be unreadable by now, or read by others. Where it leaves nothing to
    seal for, letters go without words until the next one becomes valid.
    """
    before = _named(proposal.kid, keys)
    after = tuple(
        one.model_copy(update={"retired": since}) if one is before else one for one in keys
    )
    return after, since if newest_valid(after, since) else _next(after, since)


def _next(keys: tuple[HolderKey, ...], since: datetime) -> datetime | None:
    """When the first becomes valid after that; None if none will."""
    coming = {one.valid_from for one in keys if one.valid_from > since}
    return min((at for at in coming if newest_valid(keys, at)), default=None)


def _check_left(holder: str, keys: tuple[HolderKey, ...], *, since: datetime) -> None:
    """Without a key of one of our own services everything would stand still. Raises: OutOfOrder."""
    ends = [one.retired for one in keys if one.retired is not None and one.retired > since]
    if holder in SERVICES and not all(newest_valid(keys, at) for at in (since, *ends)):
        raise OutOfOrder("enter another key first")


def _changed(command: ConfirmKey, proposal: Proposal, keys: tuple[HolderKey, ...]) -> KeyChanged:
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
    """All that stand, and of the others the last, so that the list stays short."""
    gone = [one for one in keys if not _stands(one, at)]
    room = MOST_KEYS - (len(keys) - len(gone))
    left_out = gone[: max(0, len(gone) - room)]
    return tuple(one for one in keys if one not in left_out)


def _stands(key: HolderKey, at: datetime) -> bool:
    """Whether it isn't retired yet."""
    return key.retired is None or at < key.retired


def _named(kid: str, keys: tuple[HolderKey, ...]) -> HolderKey:
    found = next((one for one in keys if one.kid == kid), None)
    if found is None:
        raise NotFound
    return found
