"""Keys as the router announces them on `mailbox.keys`, for tests of its readers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from joserfc.jwk import ECKey

from shared.contracts.envelope import envelope
from shared.contracts.keys_v1 import HolderKey, KeyChanged, PublicJwk
from shared.contracts.topics import KEYS
from shared.platform.crypto.signing_keys import EVER, SigningKeys, new_signing_key
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.stored_letter import outbound
from tests.support.doubles import START

GZ = "bureau:guangzhou"
HOUR = timedelta(hours=1)


def holder_key(
    kid: str, key: ECKey, *, valid_from: datetime = START, retired: datetime | None = None
) -> HolderKey:
    """The public part of a key, valid from one instant to another."""
    jwk = PublicJwk.model_validate(key.as_dict(private=False))
    return HolderKey(
        kid=kid, jwk=jwk, fingerprint=jwk.fingerprint, valid_from=valid_from, retired=retired
    )


def changed(holder: str, *keys: HolderKey) -> KeyChanged:
    """The event after the last of these keys was entered or retired."""
    last = keys[-1]
    return KeyChanged(
        holder=holder,
        kid=last.kid,
        jwk=last.jwk,
        fingerprint=last.fingerprint,
        valid_from=last.valid_from,
        retired=last.retired,
        entered_by=("wu", "xu"),
        keys=keys,
    )


def told(holder: str, *keys: HolderKey, sequence: int = 1, at: datetime = START) -> Outbound:
    """The record that announces all keys of a holder."""
    said = envelope(
        KEYS.name, holder, data=changed(holder, *keys), time=at, sequence=sequence, cause="desk-1"
    )
    return outbound(said, KEYS.name)


def signing_keys(*kids: str, begins: Sequence[datetime] = (EVER,)) -> SigningKeys:
    """Keys of a signer named `mailbox.example`; each begins at its time."""
    made = (
        new_signing_key(kid, "mailbox.example", begins=at)
        for kid, at in zip(kids, begins, strict=True)
    )
    return SigningKeys.of(list(made))
