"""The operator's command `rotate`: brings all stored values under the current key.

`--check` only counts. When no value is left under another key, that key may be removed from the
ring, once no backup needs it.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

from shared.platform.app.service import Service, Turns
from shared.platform.app.shell import DROPPED, KEYS, PARKED
from shared.platform.repair import drops
from shared.platform.repair.key_rotation import Tally, of_fields, of_letters
from shared.platform.repair.stored_keys import FIELD

EVERY = 1_000
"""Documents between two progress lines."""
PARKED_FIELDS = {"value": "parked.value", "rest": "parked.rest"}


def add(commands: Any) -> None:
    """Add `rotate` to the subparsers of a command line."""
    rotate: ArgumentParser = commands.add_parser(
        "rotate", help="seal stored values under the current key"
    )
    rotate.add_argument("--check", action="store_true", help="only count values under old keys")


async def run(asked: Namespace, service: Service) -> int:
    """Run the command; return its exit code: 1 if a value is left under an old key.

    Raises: DatabaseFault.
    """
    tally = Tally()
    reported = 0
    for turn in everything(service):
        async for now in turn(tally, is_dry=asked.check):
            if now.looked - reported >= EVERY:
                reported = now.looked
                _say(_line(now))
    _say(_line(tally))
    for kid, count in sorted(tally.left.items()):
        _say(f"{count} 个值仍在旧密钥 {kid} 之下 · values are still under {kid}", to=sys.stderr)
    if tally.broken:
        _say(
            f"{tally.broken} 份无法打开，见日志 · can't be opened by this ring: see the log",
            to=sys.stderr,
        )
    if not tally.left:
        _say(f"全部在 {service.shell.seals.ring.current} 之下 · all of it is under that key")
    return 1 if tally.left else 0


def everything(service: Service) -> Sequence[Turns]:
    """The rotations of all that a service stores under its ring."""
    shell = service.shell
    ring, keep = shell.seals.ring, shell.database.collection
    return (
        of_letters(shell.documents, shell.seals, state=shell.rules.state).run,
        of_fields(keep(PARKED), ring, fields=PARKED_FIELDS).run,
        of_fields(keep(DROPPED), ring, fields=drops.FIELDS).run,
        of_fields(keep(KEYS), ring, fields={"keys": FIELD}).run,
        *((service.turns,) if service.turns else ()),
    )


def _line(tally: Tally) -> str:
    return f"已检查 {tally.looked}，已重新封存 {tally.sealed} · looked at, sealed anew"


def _say(line: str, *, to: Any = None) -> None:
    (to or sys.stdout).write(f"{line}\n")
    (to or sys.stdout).flush()
