"""The key files of a development stack: made once, later only completed.

Folders are 0700 and files 0600. An existing key is never overwritten; missing public halves are
added to `public.jwks.json`. Production keys come from the operator's own store instead.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from joserfc.jwk import ECKey

from deploy.local.stack.private_files import write_private
from shared.contracts.slugs import BUREAUS, Bureau
from shared.platform.crypto.signing_keys import EVER, FIGURES_KEYS, RECEIPT_KEYS, new_signing_key
from shared.platform.runtime.issuer_settings import Side

SIDES: tuple[Side, ...] = get_args(Side)
SERVICES = ("intake", "router", "notifier", "publisher")
KEY_BYTES = 32
CLIENT_SECRETS: Mapping[Side, str] = {
    "citizens": "citizens-client.secret",
    "staff": "staff-client.secret",
}
"""Files with the secrets that the services have as clients of the issuers."""
GATEWAY_TOKEN = "gateway.token"  # noqa: S105 - the name of its file
GATEWAY_SECRET = "gateway.signing-secret"  # noqa: S105 - the name of its file

SIGNERS = {RECEIPT_KEYS: "receipts-1", FIGURES_KEYS: "figures-1"}
"""Files of signing keys, with the id of the first key."""
ISSUER = "localhost"

Jwk = dict[str, Any]


class KeysDisagree(Exception):
    """Key files that can't belong together; the text is one sentence that says what to do."""


def make(folder: Path) -> int:
    """Make the keys that are missing; return how many files were written. Raises: KeysDisagree."""
    for each in (folder, folder / "bureaus"):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
        each.chmod(0o700)
    written = sum(_private(path, holder, folder) for holder, path in _holders(folder).items())
    for side in SIDES:
        written += _new(folder / issuer_key_file(side), _key_set(f"{side}-issuer", "sig"))
    written += sum(_new(folder / f"{name}.ring.json", _ring(name)) for name in SERVICES)
    for name in (GATEWAY_TOKEN, GATEWAY_SECRET, *CLIENT_SECRETS.values()):
        written += _new_text(folder / name, _random())
    for slug in BUREAUS:
        written += _new_text(folder / bureau_client_secret_file(slug), _random())
    drawn = {"blind_index": _random(), "letter_number": _random()}
    written += _new(folder / "intake.secrets.json", drawn)
    for file, kid in SIGNERS.items():
        written += _new(folder / file, {"keys": [new_signing_key(kid, ISSUER, begins=EVER)]})
    return written + _publish(folder)


def issuer_key_file(side: Side) -> str:
    """Return the name of the file with an issuer's private key."""
    return f"{side}-issuer.private.jwks.json"


def bureau_client_secret_file(bureau: Bureau) -> str:
    """Return the name of the file with the secret of a bureau's system at the staff's issuer."""
    return f"bureaus/{bureau}.client.secret"


def _holders(folder: Path) -> dict[str, Path]:
    """Return the path of each holder's private key."""
    bureaus = folder / "bureaus"
    return {
        **{name: folder / f"{name}.private.jwks.json" for name in SERVICES},
        **{f"bureau:{slug}": bureaus / f"{slug}.private.jwks.json" for slug in BUREAUS},
    }


def _private(path: Path, holder: str, folder: Path) -> bool:
    """Make a holder's private key. Raises: KeysDisagree if its public half is known."""
    if not path.exists() and holder in _published(folder):
        raise KeysDisagree(
            f"{path} is gone, but public.jwks.json still has its public half: put it back, or "
            f"remove {folder} and the data beside it to start over."
        )
    return _new(path, _key_set(holder, "enc"))


def _publish(folder: Path) -> bool:
    """Add the public halves that are missing to public.jwks.json. Raises: KeysDisagree."""
    known = _published(folder)
    missing: list[Jwk] = []
    for holder, path in _holders(folder).items():
        public = [_public_half(jwk) for jwk in _read(path)["keys"]]
        if holder not in known:
            missing += public
        elif known[holder] not in public:
            raise KeysDisagree(
                f"public.jwks.json and {path} hold different keys of {holder}: put the right one "
                f"back, or remove {folder} and the data beside it to start over."
            )
    if missing:
        _write(folder / "public.jwks.json", {"keys": [*known.values(), *missing]})
    return bool(missing)


def _published(folder: Path) -> dict[str, Jwk]:
    path = folder / "public.jwks.json"
    return {jwk["kid"]: jwk for jwk in _read(path)["keys"]} if path.exists() else {}


def _public_half(jwk: Jwk) -> Jwk:
    return {name: value for name, value in jwk.items() if name != "d"}


def _key_set(holder: str, use: str) -> Mapping[str, Any]:
    key = ECKey.generate_key("P-256", {"kid": holder, "use": use}, private=True)
    return {"keys": [key.as_dict(private=True)]}


def _ring(service: str) -> Mapping[str, Any]:
    kid = f"{service}-1"
    return {"current": kid, "keys": [{"kid": kid, "alg": "A256GCM", "k": _random()}]}


def _random() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).rstrip(b"=").decode()


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise KeysDisagree(f"{path} is not JSON: put back the original file.") from fault
    return dict(found)


def _new(path: Path, content: Mapping[str, Any]) -> bool:
    """Write the file unless it exists; return whether it was written."""
    return _new_text(path, json.dumps(content, indent=1))


def _new_text(path: Path, text: str) -> bool:
    if path.exists():
        return False
    write_private(path, f"{text}\n".encode())
    return True


def _write(path: Path, content: Mapping[str, Any]) -> None:
    write_private(path, f"{json.dumps(content, indent=1)}\n".encode())
