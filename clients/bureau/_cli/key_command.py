"""`bureau key new` makes a key, `bureau key show` shows its public part.

The private part stays in its file. The output has the public key for the desk, and its fingerprint,
which the holder passes on through a second channel to prevent a replaced key.
"""

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from clients.bureau.key_files import CURVE, BadKeyFile, keys_in, public_half
from shared.contracts.keys_v1 import HOLDERS, PublicJwk, is_kid_of

GROUP = 4


def add(commands: Any) -> None:
    """Add `key` to the subparsers of the command line."""
    key = commands.add_parser("key", help="本方密钥 · keys of your own")
    actions = key.add_subparsers(dest="action", required=True)
    new = actions.add_parser("new", help="生成新密钥 · make a key beside those in the file")
    new.add_argument(
        "--holder",
        type=_holder,
        metavar="NAME",
        default=_holder_of_bureau(os.environ.get("MAILBOX_BUREAU")),
        required=not os.environ.get("MAILBOX_BUREAU"),
        help="bureau:SLUG, or a service; default: the bureau of MAILBOX_BUREAU",
    )
    show = actions.add_parser("show", help="显示公钥与指纹 · show public keys and fingerprints")
    show.add_argument(
        "--jwks", action="store_true", help="只显示公钥 · the public keys alone, as a JWKS file"
    )
    file = os.environ.get("MAILBOX_BUREAU_KEY_FILE") or None
    for command in (new, show):
        command.add_argument(
            "--file",
            type=Path,
            default=file,
            required=file is None,
            help="the private JWKS; default: MAILBOX_BUREAU_KEY_FILE",
        )


def run(asked: argparse.Namespace) -> list[str]:
    """Run the subcommand, and return the lines to print. Raises: BadKeyFile; OSError."""
    path = Path(asked.file)
    if asked.action == "new":
        kid, key = new_key(asked.holder)
        _write(path, _present(path, asked.holder) | {kid: key})
        said = f"新私钥已存入 · the new private key is in {path} (0600)"
        return [said, *shown(kid, key)]
    keys = keys_in(path, is_private=True)
    if asked.jwks:
        return [json.dumps({"keys": [_public(kid, key) for kid, key in keys.items()]})]
    return [line for kid, key in keys.items() for line in shown(kid, key)]


def new_key(holder: str) -> tuple[str, ECKey]:
    """A new private key with its id."""
    key = ECKey.generate_key(CURVE, private=True)
    mark = PublicJwk.model_validate(public_half(key)).fingerprint[:8]
    return f"{holder}.{mark}", key


def shown(kid: str, key: ECKey) -> Iterator[str]:
    """The public part of a key as lines to print."""
    jwk = PublicJwk.model_validate(public_half(key))
    plain = jwk.fingerprint
    groups = " ".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))
    public = json.dumps(_public(kid, key), separators=(",", ":"))
    yield f"密钥编号 kid          {kid}"
    yield f"公钥 public key       {public}"
    yield f"指纹 fingerprint      {groups}"


def _public(kid: str, key: ECKey) -> dict[str, str]:
    """The public JWK."""
    jwk = PublicJwk.model_validate(public_half(key))
    return {**jwk.model_dump(), "use": "enc", "kid": kid}


def _holder_of_bureau(slug: str | None) -> str | None:
    return f"bureau:{slug}" if slug else None


def _holder(text: str) -> str:
    if text not in HOLDERS:
        raise argparse.ArgumentTypeError("is no holder: bureau:SLUG, or one of the services")
    return text


def _present(path: Path, holder: str) -> dict[str, ECKey]:
    """The existing keys, which still open what was sealed for them."""
    if not path.exists():
        return {}
    keys = keys_in(path, is_private=True)
    if not all(is_kid_of(holder, kid) for kid in keys):
        raise BadKeyFile(f"{path} holds keys of somebody else than {holder}")
    return keys


def _write(path: Path, keys: Mapping[str, ECKey]) -> None:
    """Write the file atomically and durably, readable by its owner only."""
    entries = [{**key.as_dict(private=True), "use": "enc", "kid": kid} for kid, key in keys.items()]
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"keys": entries}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(target)
