"""`ring`: how an operator gives a service's ring a key, changes over, and takes an old one out.

Nothing is changed in place: each step writes a new file, 0600, for the operator's own store of
secrets. A key leaves only when nothing that is kept is under it any more.
"""

from __future__ import annotations

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
"""Bytes of a key of each cipher."""


class Senseless(Exception):
    """What was asked for makes no sense; the text is one sentence."""


def add(commands: Any) -> None:
    """Add `ring` to the subparsers of a command line."""
    ring: ArgumentParser = commands.add_parser("ring", help="keys for what is kept")
    actions = ring.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="the keys by their ids")
    new = actions.add_parser("add", help="one more key, which only opens until it is used")
    new.add_argument("--alg", choices=sorted(LENGTHS), help="default: as the current one")
    use = actions.add_parser("use", help="seal with that key from now on")
    drop = actions.add_parser("drop", help="take a key out that nothing is under any more")
    for command in (use, drop):
        command.add_argument("kid", metavar="KID")
    for command in (new, use, drop):
        command.add_argument("file", type=Path, metavar="FILE", help="the new ring is written here")


async def run(asked: Namespace, service: Service) -> int:
    """Do it; an exit code: 1 when it can't be done, 2 when it makes no sense.

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
    except Senseless as fault:
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
    kid = f"{service}-{secrets.token_hex(4)}"  # drawn, so that no name ever comes again
    key = to_base64url(secrets.token_bytes(LENGTHS[chosen]))
    entry = {"kid": kid, "alg": chosen, "k": key}
    return ring | {"keys": [*ring["keys"], entry]}


async def _without(ring: dict[str, Any], kid: str, service: Service) -> dict[str, Any]:
    """The ring without that key. Raises: Senseless, for the current one or one that is needed."""
    entry = _entry(ring, kid)
    if kid == ring["current"]:
        raise Senseless("当前密钥不能移除 · the current key can't leave: use another first")
    tally = Tally()
    for turn in everything(service):
        async for _ in turn(tally, is_dry=True):
            continue
    if tally.left[kid]:
        raise Senseless(f"仍有 {tally.left[kid]} 个值需要它 · values need it: rotate first")
    return ring | {"keys": [one for one in ring["keys"] if one is not entry]}


def _entry(ring: dict[str, Any], kid: str) -> dict[str, str]:
    found: dict[str, str] | None = next((one for one in ring["keys"] if one["kid"] == kid), None)
    if found is None:
        raise Senseless("密钥环中没有这个密钥 · no such key in the ring")
    return found


def _write(path: Path, ring: dict[str, Any]) -> None:
    """A new file, readable by its owner alone. Raises: OSError, also when there is one already."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(ring, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def _say(line: str, *, to: Any = None) -> None:
    (to or sys.stdout).write(f"{line}\n")
