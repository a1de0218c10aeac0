"""Creates the keys of a new installation: `python -m tools.first_keys FOLDER [--host HOST]`.

It writes a folder per service, ready to become a cluster's secret: its ring, its words key, and
what only intake needs. It prints public keys and fingerprints, to be entered by two people
(docs/runbooks/keys.md). Run it once, on a trusted machine: existing files are never overwritten.
"""

import json
import os
import secrets
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from clients.bureau._cli.key_command import new_key, shown
from shared.contracts.vocabulary import SERVICES
from shared.platform.app.ring_command import LENGTHS
from shared.platform.crypto.key_files import to_base64url
from shared.platform.crypto.signing_keys import EVER, FIGURES_KEYS, RECEIPT_KEYS, new_signing_key

SIGNERS = {"intake": RECEIPT_KEYS, "publisher": FIGURES_KEYS}
"""Files with the keys that sign what others keep."""
BLIND_INDEX = "blind_index"
SECRET_BYTES = 32


def main(arguments: list[str] | None = None) -> int:
    """Create the keys; return 1 if a folder exists already, or nothing can be written."""
    parser = ArgumentParser(prog="first_keys", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--alg", choices=sorted(LENGTHS), default="A256GCM", help="cipher of the rings"
    )
    parser.add_argument(
        "--host", default="localhost", help="of the mailbox, as receipts name their issuer"
    )
    asked = parser.parse_args(arguments)
    try:
        for line in made(asked.folder, asked.alg, host=asked.host):
            print(line)
    except OSError as fault:
        print(f"first_keys: {fault.strerror}: {fault.filename}", file=sys.stderr)
        return 1
    return 0


def made(folder: Path, alg: str, *, host: str) -> Iterator[str]:
    """Write `<service>-keys/` for each service; yield the public parts. Raises: OSError.

    `host`: the name under which receipts and daily counts are signed.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for service in SERVICES:
        own = folder / f"{service}-keys"
        own.mkdir(mode=0o700)
        kid, key = new_key(service)
        words = {"keys": [{**key.as_dict(private=True), "use": "enc", "kid": kid}]}
        _write(own / f"{service}.private.jwks.json", words)
        _write(own / f"{service}.ring.json", _ring(service, alg))
        if service == "intake":
            drawn = to_base64url(secrets.token_bytes(SECRET_BYTES))
            _write(own / "intake.secrets.json", {BLIND_INDEX: drawn})
        if service in SIGNERS:
            kid = f"{service}-{secrets.token_hex(4)}"
            _write(own / SIGNERS[service], {"keys": [new_signing_key(kid, host, begins=EVER)]})
        yield from shown(kid, key)


def _ring(service: str, alg: str) -> Mapping[str, Any]:
    kid = f"{service}-{secrets.token_hex(4)}"
    entry = {"kid": kid, "alg": alg, "k": to_base64url(secrets.token_bytes(LENGTHS[alg]))}
    return {"current": kid, "keys": [entry]}


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Write a new file that only its owner can read. Raises: OSError, also if it exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    sys.exit(main())
