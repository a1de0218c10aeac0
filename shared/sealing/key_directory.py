"""The key directory: public keys of all holders, and which one seals at an instant.

The directory is as new as what the process has read of `mailbox.keys`. Nothing can be sealed for a
holder without a key, so nothing ever leaves unsealed for lack of one.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal, TypeAlias

from joserfc.jwk import ECKey

from shared.contracts.keys_v1 import HOLDERS, HolderKey, PublicJwk, is_kid_of, newest_valid
from shared.sealing.compact_jwe import of_jwk

LOG = logging.getLogger(__name__)

Lack: TypeAlias = Literal["no_key", "bad_key"]
"""No key was ever entered, or none of the entered keys is usable now."""
Anchors: TypeAlias = Mapping[str, Sequence[HolderKey]]
"""Keys by holder that count until the topic names others."""
NONE: Anchors = MappingProxyType({})
EVER = datetime(1970, 1, 1, tzinfo=UTC)


class NoKey(Exception):
    """Nothing can be sealed for `reader`: it waits, or is sent without the sealed part."""

    def __init__(self, reader: str, reason: Lack = "no_key") -> None:
        super().__init__(f"no public key of {reader}")
        self.reader = reader
        self.reason: Lack = reason


@dataclass(frozen=True, slots=True)
class _Known:
    """The keys of one holder, as of the event with that sequence."""

    sequence: int = 0
    keys: tuple[HolderKey, ...] = ()
    usable: Mapping[str, ECKey] = field(default_factory=dict, repr=False)


class KeyDirectory:
    """Everybody's public keys."""

    def __init__(self, anchors: Anchors = NONE) -> None:
        self._known = {holder: _known(holder, keys, 0) for holder, keys in anchors.items()}

    def take(self, holder: str, keys: Iterable[HolderKey], *, sequence: int) -> bool:
        """Replace the holder's keys if `sequence` is newer; return whether it was."""
        if sequence <= self.sequence(holder):
            return False
        self._known[holder] = _known(holder, keys, sequence)
        return True

    def sequence(self, holder: str) -> int:
        """The sequence of the newest event about the holder; 0 before the first."""
        return self._known.get(holder, _Known()).sequence

    def newest(self, holder: str, at: datetime) -> tuple[str, ECKey]:
        """Id and key that seal at that instant. Raises: NoKey."""
        known = self._known.get(holder, _Known())
        found = newest_valid((key for key in known.keys if key.kid in known.usable), at)
        if found is None:
            raise NoKey(holder, "bad_key" if known.keys else "no_key")
        return found.kid, known.usable[found.kid]

    def named(self, holder: str, kid: str) -> ECKey:
        """That key of the holder, whether valid or not. Raises: NoKey."""
        usable = self._known.get(holder, _Known()).usable
        if kid not in usable:
            raise NoKey(holder, "bad_key")
        return usable[kid]

    def lack(self, holder: str, at: datetime) -> Lack | None:
        """Why nothing can be sealed for the holder at that instant; None if it can."""
        try:
            self.newest(holder, at)
        except NoKey as missing:
            return missing.reason
        return None

    def lacking(self, at: datetime) -> dict[str, Lack]:
        """All holders without a usable key at that instant, with the reason."""
        found = {holder: self.lack(holder, at) for holder in HOLDERS}
        return {holder: lack for holder, lack in found.items() if lack is not None}

    def keys_of(self, holder: str) -> tuple[HolderKey, ...]:
        """All keys of the holder, usable or not, in the order in which they were entered."""
        return self._known.get(holder, _Known()).keys

    @property
    def size(self) -> int:
        """The number of known holders."""
        return len(self._known)

    def __repr__(self) -> str:
        return f"KeyDirectory({self.size} holders)"


def anchors(keys: Mapping[str, ECKey]) -> dict[str, tuple[HolderKey, ...]]:
    """Keys by kid as keys valid since ever; the first one of each holder seals."""
    found: dict[str, tuple[HolderKey, ...]] = {}
    for kid, key in keys.items():
        holder = kid.partition(".")[0]
        found[holder] = (anchor(kid, key.as_dict(private=False)), *found.get(holder, ()))
    return found


def anchor(kid: str, jwk: object) -> HolderKey:
    """A key valid since ever. Raises: ValueError, if it is not a public key on P-256."""
    public = PublicJwk.model_validate(jwk)
    return HolderKey(kid=kid, jwk=public, fingerprint=public.fingerprint, valid_from=EVER)


def _known(holder: str, keys: Iterable[HolderKey], sequence: int) -> _Known:
    keys = tuple(keys)
    usable: dict[str, ECKey] = {}
    for key in keys:
        try:
            usable[key.kid] = _usable(holder, key)
        except ValueError:
            LOG.error("public key can't be used", extra={"holder": holder, "kid": key.kid})  # noqa: TRY400 - its text may show the key
    return _Known(sequence, keys, usable)


def _usable(holder: str, key: HolderKey) -> ECKey:
    """Raises: ValueError, for a foreign kid, a wrong fingerprint or a point off the curve."""
    if not is_kid_of(holder, key.kid) or key.fingerprint != key.jwk.fingerprint:
        raise ValueError("not what was confirmed")
    return of_jwk(key.jwk.model_dump())
