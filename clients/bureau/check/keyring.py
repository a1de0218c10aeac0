"""Keys of a check: the bureau's public keys, and two of the played mailbox."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from joserfc.jwk import ECKey

from clients.bureau.check.foreign import ENTERED_BY
from clients.bureau.key_files import BadKeyFile, keys_in, public_half
from clients.bureau.public_keys import PublicKeys
from clients.bureau.sealing import Keys
from shared.contracts.envelope import KafkaRecord, envelope, to_record
from shared.contracts.keys_v1 import HolderKey, KeyChanged, PublicJwk, is_kid_of
from shared.contracts.topics import KEYS

EARLIER = timedelta(days=1)
"""How far in the past the first announced key becomes valid, because clocks differ."""
LATER = timedelta(minutes=1)


def public_keys(path: Path, *, holder: str) -> dict[str, ECKey]:
    """The last two keys of a file of public keys, or its only one, by id.

    Raises: BadKeyFile.
    """
    keys = keys_in(path, is_private=False)
    if any(key.is_private for key in keys.values()):
        raise BadKeyFile(
            f"{path} 含有私钥，检查只要公钥 holds a private key, the check wants the "
            "public one: bureau key show --jwks"
        )
    if not all(is_kid_of(holder, kid) for kid in keys):
        raise BadKeyFile(f"{path} 不是该局的公钥 holds keys of somebody else than {holder}")
    return dict(list(keys.items())[-2:])


def sealers(keys: Mapping[str, ECKey]) -> dict[str, Keys]:
    """By key id: the sealer for that key alone."""
    return {kid: Keys({}, PublicKeys({kid: key})) for kid, key in keys.items()}


class Announcements:
    """The records on `mailbox.keys`, each under the holder's next number."""

    def __init__(self, keys: Mapping[str, ECKey], numbers: Mapping[str, int]) -> None:
        """`keys`: all that can be announced, by id. `numbers`: each holder's last number."""
        self._keys = keys
        self._numbers = dict(numbers)
        self._valid_from: dict[str, datetime] = {}

    def record(self, holder: str, kids: tuple[str, ...], *, at: datetime) -> KafkaRecord:
        """The record that announces these keys of the holder, the newest last."""
        self._numbers[holder] = self._numbers.get(holder, 0) + 1
        keys = tuple(self._entry(kid, at, is_first=kid == kids[0]) for kid in kids)
        newest = keys[-1]
        changed = KeyChanged(
            holder=holder,
            kid=newest.kid,
            jwk=newest.jwk,
            fingerprint=newest.fingerprint,
            valid_from=newest.valid_from,
            entered_by=ENTERED_BY,
            keys=keys,
        )
        sequence = self._numbers[holder]
        said = envelope(KEYS.name, holder, data=changed, time=at, sequence=sequence)
        return to_record(said, topic=KEYS.name)

    def _entry(self, kid: str, at: datetime, *, is_first: bool) -> HolderKey:
        jwk = PublicJwk.model_validate(public_half(self._keys[kid]))
        since = self._valid_from.setdefault(kid, at - (EARLIER if is_first else LATER))
        return HolderKey(kid=kid, jwk=jwk, fingerprint=jwk.fingerprint, valid_from=since)
