"""The operator's command `ring`: add, use and remove keys of a service's key ring.

No file is changed in place: each step writes a new file with mode 0600, for the operator's secret
store. A key can be removed only if no stored value is under it any more.
"""

import json
import os
import secrets
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from shared.platform.app.rotate_command import everything
from shared.platform.app.service import Service
from shared.platform.crypto.key_files import read_keys, to_base64url
from shared.platform.repair.key_rotation import Tally

LENGTHS = {"A256GCM": 32, "SM4GCM": 16}
"""Key length in bytes per cipher."""


class BadRingRequest(Exception):
    """The arguments don't make sense; the text is one sentence."""


def add(commands: Any) -> None:
    """Add `ring` to the subparsers of a command line."""
    ring: ArgumentParser = commands.add_parser("ring", help="keys that seal stored values")
    actions = ring.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="list the key ids")
    new = actions.add_parser("add", help="add a key, which only opens until `use`")
    new.add_argument("--alg", choices=sorted(LENGTHS), help="default: the current key's")
    use = actions.add_parser("use", help="make that key the current one")
    drop = actions.add_parser("drop", help="remove a key that no value needs")
    for command in (use, drop):
        command.add_argument("kid", metavar="KID")
    for command in (new, use, drop):
        command.add_argument("file", type=Path, metavar="FILE", help="the new ring is written here")


async def run(asked: Namespace, service: Service) -> int:
    """Run the command; return its exit code: 1 if it failed, 2 if it makes no sense.

    Raises: DatabaseFault; BadKeys.
    """
    name = service.shell.rules.service
    ring = read_keys(service.settings.keys_dir / f"{name}.ring.json")
    try:
        if asked.action == "list":
            return _listed(ring)
        if asked.action == "add":
            changed = _with_new(ring, name, asked.alg)
        elif asked.action == "use":
            _entry(ring, asked.kid)
            changed = ring | {"current": asked.kid}
        else:
            changed = await _without(ring, asked.kid, service)
        _write(asked.file, changed)
    except BadRingRequest as fault:
        _say(str(fault), to=sys.stderr)
        return 2
    except OSError as fault:
        _say(f"无法写入 · can't be written: {type(fault).__name__}", to=sys.stderr)
        return 1
    _say(f"新密钥环已写入 · the new ring is in {asked.file} (0600)")
    return _listed(changed)


def _listed(ring: dict[str, Any]) -> int:
    for entry in ring["keys"]:
        mark = "当前 current" if entry["kid"] == ring["current"] else "仅解封 opens"
        _say(f"{entry['kid']:<24} {entry['alg']:<8} {mark}")
    return 0


def _with_new(ring: dict[str, Any], service: str, alg: str | None) -> dict[str, Any]:
    chosen: str = alg or _entry(ring, ring["current"])["alg"]
    kid = f"{service}-{secrets.token_hex(4)}"  # random, so that no name is ever used again
    key = to_base64url(secrets.token_bytes(LENGTHS[chosen]))
    entry = {"kid": kid, "alg": chosen, "k": key}
    return ring | {"keys": [*ring["keys"], entry]}


async def _without(ring: dict[str, Any], kid: str, service: Service) -> dict[str, Any]:
    """Return the ring without that key. Raises: Senseless, if it is current or still needed."""
    entry = _entry(ring, kid)
    if kid == ring["current"]:
        raise BadRingRequest("当前密钥不能移除 · the current key can't leave: use another first")
    tally = Tally()
    for turn in everything(service):
        async for _ in turn(tally, is_dry=True):
            continue
    if tally.left[kid]:
        raise BadRingRequest(f"仍有 {tally.left[kid]} 个值需要它 · values need it: rotate first")
    return ring | {"keys": [kept_entry for kept_entry in ring["keys"] if kept_entry is not entry]}


def _entry(ring: dict[str, Any], kid: str) -> dict[str, str]:
    found: dict[str, str] | None = next(
        (entry for entry in ring["keys"] if entry["kid"] == kid), None
    )
    if found is None:
        raise BadRingRequest("密钥环中没有这个密钥 · no such key in the ring")
    return found


def _write(path: Path, ring: dict[str, Any]) -> None:
    """Write a new file that only its owner can read. Raises: OSError, also if it exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(ring, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def _say(line: str, *, to: Any = None) -> None:
    (to or sys.stdout).write(f"{line}\n")
