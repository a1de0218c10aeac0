"""Adds the next key to a file of signing keys: `python -m tools.signing_key FILE --begins INSTANT`.

The key in force signs until then; give all replicas the file before that time. Both keys stay in
the file: receipts and daily counts are verified for years, and issued again with the same bytes.
"""

import json
import os
import secrets
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path

from shared.platform.crypto.key_files import BadKeys, read_keys
from shared.platform.crypto.signing_keys import SigningKeys, new_signing_key


def main(arguments: list[str] | None = None) -> int:
    """Add the key; return 1 if the file or the time can't be used."""
    parser = ArgumentParser(prog="signing_key", description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--begins", required=True, help="such as 2027-01-01T00:00:00+08:00")
    asked = parser.parse_args(arguments)
    try:
        print(added(asked.file, datetime.fromisoformat(asked.begins)))
    except (BadKeys, ValueError, OSError) as fault:
        print(f"signing_key: {fault}", file=sys.stderr)
        return 1
    return 0


def added(file: Path, begins: datetime) -> str:
    """Add a key that signs from `begins` on; return its id.

    Raises: BadKeys, ValueError, OSError.
    """
    if begins.tzinfo is None:
        raise ValueError("the time needs a zone, such as +08:00")
    SigningKeys.load(file)
    entries = read_keys(file)["keys"]
    newest = max(entries, key=lambda entry: int(entry["nbf"]))
    if begins.timestamp() <= newest["nbf"]:
        raise ValueError("the newest key begins later")
    kid = f"{newest['kid'].rpartition('-')[0] or newest['kid']}-{secrets.token_hex(4)}"
    key = new_signing_key(kid, newest["iss"], begins=begins)
    written = file.with_name(f"{file.name}.new")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as content:
        json.dump({"keys": [key, *entries]}, content, indent=1)
        content.write("\n")
    written.replace(file)
    return kid


if __name__ == "__main__":
    sys.exit(main())
