"""Which public keys does a holder have, and what have people proposed for it? Shapes. Pure.

A holder is one of our services or a bureau. Its keys are kept in a document of their own, under the
holder's name, beside the letters.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.contracts.keys_v1 import HolderKey, PublicJwk


@dataclass(frozen=True)
class Proposal:
    """What one person has proposed and nobody has confirmed yet."""

    kid: str
    jwk: PublicJwk
    retires: bool
    """Whether the key is to be retired, and not to be entered."""
    since: datetime | None
    """From when on it shall be so; none: from the confirmation on."""
    by: str
    """Who proposed it: an opaque id."""
    at: datetime


@dataclass(frozen=True)
class KeysOf:
    """The keys of one holder."""

    keys: tuple[HolderKey, ...] = ()
    """All of them, in the order of their entering; of the retired ones the last."""
    proposal: Proposal | None = None
    tell_anew: tuple[datetime, ...] = ()
    """From when on the holder's letters are to be told anew, under its newest key."""
    kind: Literal["keys"] = "keys"


@dataclass(frozen=True)
class ProposeKey:
    """Enter a key, if another person confirms it. `since`: from when on it is valid."""

    holder: str
    kid: str
    jwk: PublicJwk
    since: datetime | None
    by: str
    at: datetime


@dataclass(frozen=True)
class ProposeRetirement:
    """Retire a key, if another person confirms it. `since`: from when on nobody seals for it."""

    holder: str
    kid: str
    since: datetime | None
    by: str
    at: datetime


@dataclass(frozen=True)
class ConfirmKey:
    """Confirm what another person has proposed, with the fingerprint that the holder told."""

    holder: str
    kid: str
    fingerprint: str
    by: str
    at: datetime


@dataclass(frozen=True)
class NoteToldAnew:
    """The holder's letters were told anew, as wanted until that instant."""

    until: datetime


@dataclass(frozen=True)
class AnnounceKeys:
    """Tell everybody of the keys that count as entered before anybody entered one."""

    holder: str
    at: datetime


KeyCommand = ProposeKey | ProposeRetirement | ConfirmKey | NoteToldAnew | AnnounceKeys


@dataclass(frozen=True)
class KeyProposed:
    """Somebody has proposed something. Goes on no topic."""

    proposal: Proposal


@dataclass(frozen=True)
class TellAnewWanted:
    """Letters are to be told anew from that instant on. Goes on no topic."""

    since: datetime


@dataclass(frozen=True)
class ToldAnew:
    """Letters were told anew, as wanted until that instant. Goes on no topic."""

    until: datetime
