"""`parked list | show | replay | drop | dropped`: what an operator does about parked records.

Shows their structure, never what they say.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

from shared.contracts.topics import BY_NAME
from shared.platform.app.service import Service
from shared.platform.app.shell import DROPPED
from shared.platform.consumer.dead_letter_policy import is_parked
from shared.platform.consumer.dead_letter_store import MOST_LISTED
from shared.platform.crypto.key_ring import CannotOpen
from shared.platform.letters.dead_letters import DeadLetter, NotParked, turn
from shared.platform.repair.dead_letter_replay import DeadLetterReplay, Outcome
from shared.platform.repair.drops import DropLog
from shared.platform.runtime.clock import utc_now
from shared.terminal import columns, local_time, table, zoned_time

MOST_REASON = 500
"""Characters of the reason for a drop."""
STAYS: dict[Outcome, str] = {
    "unreadable": "仍不可读，继续封存 · still can't be read, stays parked",
    "unfit": "此版本仍无法处理，继续封存 · this version still can't apply it, stays parked",
    "waits": "同一信件有更早的事件未到或未处理 · an earlier event of its letter is missing or parked: deal with that first, or drop --force",  # noqa: E501 - one sentence in two languages
}


def add(commands: Any) -> None:
    """Add `parked` to the subparsers of a command line."""
    parked: ArgumentParser = commands.add_parser("parked", help="records that can't be used")
    actions = parked.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="all of them, in the order to replay them in")
    listing.add_argument("--topic", choices=sorted(filter(is_parked, BY_NAME)), metavar="TOPIC")
    actions.add_parser("show", help="the structure of one").add_argument("id", metavar="ID")
    replay = actions.add_parser("replay", help="try again, and delete what succeeds")
    _add_selection(replay)
    drop = actions.add_parser("drop", help="let their turn pass, for good")
    _add_selection(drop)
    drop.add_argument("--yes", action="store_true", help="they will never be applied: I am sure")
    drop.add_argument("--reason", type=_reason, help="who decided it and why; recorded")
    drop.add_argument(
        "--force", action="store_true", help="give up earlier events that are missing, too"
    )
    actions.add_parser("dropped", help="what was dropped, and why")


def _add_selection(parser: ArgumentParser) -> None:
    """Add what says which records are meant."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", metavar="ID", nargs="*", default=[])
    which.add_argument("--letter", metavar="N", help="those of one letter")
    which.add_argument("--topic", choices=sorted(filter(is_parked, BY_NAME)), metavar="TOPIC")
    which.add_argument("--all", action="store_true", help="every one")


async def run(asked: Namespace, service: Service) -> int:
    """Do it; an exit code: 1 when something stays parked, 2 when the command makes no sense.

    Raises: DatabaseFault, BusFault.
    """
    try:
        return await _ACTIONS[asked.action](asked, service)
    except NotParked:
        _say("没有这条封存记录 · nothing is parked under that id: parked list", to=sys.stderr)
        return 2


async def _list(asked: Namespace, service: Service) -> int:
    found = await service.shell.parking.listed(asked.topic)
    _say_table(_HEAD, map(_row, found))
    more = " (+)" if len(found) == MOST_LISTED else ""
    _say(f"{len(found)}{more} 条封存记录 · parked records")
    return 0


async def _show(asked: Namespace, service: Service) -> int:
    parked = await service.shell.parking.one(asked.id)
    if parked is None:
        raise NotParked(asked.id)
    for name, value in _lines(parked):
        _say(f"{name:<12} {value}")
    return 0


async def _replay(asked: Namespace, service: Service) -> int:
    names = await _selected(asked, service)
    replaying = await _replaying(service)
    left = [await _tried(replaying.replay, name, "已重放 · replayed") for name in names]
    return max(left, default=0)


async def _drop(asked: Namespace, service: Service) -> int:
    if not asked.yes:
        _say("确认放弃请加 --yes · to drop it for good add --yes", to=sys.stderr)
        return 2
    if asked.force and not asked.reason:
        _say("--force 须写明理由 · --force needs --reason TEXT", to=sys.stderr)
        return 2
    names = await _selected(asked, service)
    replaying = await _replaying(service)
    drop = partial(replaying.drop, reason=asked.reason or "", is_forced=asked.force)
    left = [await _tried(drop, name, "已放弃 · dropped") for name in names]
    return max(left, default=0)


async def _dropped(_: Namespace, service: Service) -> int:
    found = await _drops(service).listed()
    head = ("ID", "CODE", "MISSING FROM", "DROPPED, Asia/Shanghai", "REASON")
    rows = [
        (one.id, one.code, str(one.missing_from or ""), local_time(one.at), one.reason)
        for one in found
    ]
    _say_table(head, rows)
    _say(f"{len(found)} 条已放弃 · dropped records")
    return 0


async def _selected(asked: Namespace, service: Service) -> list[str]:
    """The ids of the records that are meant, in the order of their turns. Raises: NotParked."""
    parking = service.shell.parking
    if asked.ids:
        found = [one for name in asked.ids if (one := await parking.one(name))]
        if len(found) < len(asked.ids):
            raise NotParked
    else:
        found = [
            one for one in await parking.listed(asked.topic) if asked.letter in (None, one.letter)
        ]
    return [one.id for one in sorted(found, key=turn)]


_ACTIONS: dict[str, Callable[[Namespace, Service], Awaitable[int]]] = {
    "list": _list,
    "show": _show,
    "replay": _replay,
    "drop": _drop,
    "dropped": _dropped,
}


async def _replaying(service: Service) -> DeadLetterReplay:
    shell = service.shell
    await shell.connect()
    return DeadLetterReplay(
        shell.parking,
        shell.letters,
        documents=shell.documents,
        seals=shell.seals,
        drops=_drops(service),
    )


def _drops(service: Service) -> DropLog:
    shell = service.shell
    return DropLog(shell.database.collection(DROPPED), shell.seals.ring, now=utc_now)


async def _tried(work: Callable[[str], Awaitable[Outcome]], name: str, done: str) -> int:
    try:
        outcome = await work(name)
    except CannotOpen:
        _say(f"密钥环打不开 · sealed by a key that is not in the ring: {name}", to=sys.stderr)
        return 1
    if outcome == "done":
        _say(f"{done}: {name}")
        return 0
    _say(f"{STAYS[outcome]}: {name}", to=sys.stderr)
    return 1


_HEAD = ("ID", "CODE", "REASON", "TYPE", "SEQUENCE", "BYTES", "PARKED, Asia/Shanghai")


def _row(parked: DeadLetter) -> tuple[str, ...]:
    return (
        parked.id,
        parked.code,
        parked.detail,
        parked.type or "?",
        str(parked.sequence or "?"),
        str(parked.value_bytes),
        local_time(parked.parked_at),
    )


def _lines(parked: DeadLetter) -> Iterable[tuple[str, str]]:
    *names, _ = (name.lower() for name in _HEAD)
    yield from zip(
        [*names, "parked"], [*_row(parked)[:-1], zoned_time(parked.parked_at)], strict=True
    )
    yield "letter", parked.letter or "?"
    yield "place", f"{parked.topic}, partition {parked.partition}, offset {parked.offset}"
    yield "came", zoned_time(parked.appended_at)
    yield "headers", ", ".join(f"{name} {size}" for name, size in sorted(parked.headers.items()))


def _reason(text: str) -> str:
    if not text.strip() or len(text) > MOST_REASON or not text.isprintable():
        raise ArgumentTypeError(f"one line of at most {MOST_REASON} characters · 请写一行理由")
    return text


def _say_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """The table, unless it is empty."""
    heading, *shown = table(head, rows, width=columns())
    for lines in [heading, *shown] if shown else ():
        for line in lines:
            _say(line)


def _say(line: str, *, to: Any = None) -> None:
    (to or sys.stdout).write(f"{line}\n")
