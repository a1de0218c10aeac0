"""The operator's commands `parked list | show | replay | drop | dropped`.

They show the structure of parked records, never their content.
"""

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
"""Maximum characters of the reason for a drop."""
STAYS: dict[Outcome, str] = {
    "unreadable": "仍不可读，继续封存 · still can't be read, stays parked",
    "unfit": "此版本仍无法处理，继续封存 · this version still can't apply it, stays parked",
    "waits": "同一信件有更早的事件未到或未处理 · an earlier event of its letter is missing or parked: deal with that first, or drop --force",  # noqa: E501 - one sentence in two languages
}


def add(commands: Any) -> None:
    """Add `parked` to the subparsers of a command line."""
    parked: ArgumentParser = commands.add_parser("parked", help="records that can't be used")
    actions = parked.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="list them in the order for replaying")
    listing.add_argument("--topic", choices=sorted(filter(is_parked, BY_NAME)), metavar="TOPIC")
    actions.add_parser("show", help="show the structure of one").add_argument("id", metavar="ID")
    replay = actions.add_parser("replay", help="try again; delete those that succeed")
    _add_selection(replay)
    drop = actions.add_parser("drop", help="skip them permanently")
    _add_selection(drop)
    drop.add_argument("--yes", action="store_true", help="confirm that they will never be applied")
    drop.add_argument("--reason", type=_reason, help="who decided it and why; recorded")
    drop.add_argument("--force", action="store_true", help="also give up missing earlier events")
    actions.add_parser("dropped", help="list dropped records with reasons")


def _add_selection(parser: ArgumentParser) -> None:
    """Add the options that select records."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", metavar="ID", nargs="*", default=[])
    which.add_argument("--letter", metavar="N", help="records of one letter")
    which.add_argument("--topic", choices=sorted(filter(is_parked, BY_NAME)), metavar="TOPIC")
    which.add_argument("--all", action="store_true", help="all records")


async def run(asked: Namespace, service: Service) -> int:
    """Run the command; return its exit code: 1 if a record stays parked, 2 if not applicable.

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
    replaying = await _replay_of(service)
    exit_codes = [await _attempt(replaying.replay, name, "已重放 · replayed") for name in names]
    return max(exit_codes, default=0)


async def _drop(asked: Namespace, service: Service) -> int:
    if not asked.yes:
        _say("确认放弃请加 --yes · to drop it for good add --yes", to=sys.stderr)
        return 2
    if asked.force and not asked.reason:
        _say("--force 须写明理由 · --force needs --reason TEXT", to=sys.stderr)
        return 2
    names = await _selected(asked, service)
    replaying = await _replay_of(service)
    drop = partial(replaying.drop, reason=asked.reason or "", is_forced=asked.force)
    exit_codes = [await _attempt(drop, name, "已放弃 · dropped") for name in names]
    return max(exit_codes, default=0)


async def _dropped(_: Namespace, service: Service) -> int:
    found = await _drops(service).listed()
    head = ("ID", "CODE", "MISSING FROM", "DROPPED, Asia/Shanghai", "REASON")
    rows = [
        (drop.id, drop.code, str(drop.missing_from or ""), local_time(drop.at), drop.reason)
        for drop in found
    ]
    _say_table(head, rows)
    _say(f"{len(found)} 条已放弃 · dropped records")
    return 0


async def _selected(asked: Namespace, service: Service) -> list[str]:
    """The ids of the selected records, in replay order. Raises: NotParked."""
    parking = service.shell.parking
    if asked.ids:
        found = [parked for name in asked.ids if (parked := await parking.one(name))]
        if len(found) < len(asked.ids):
            raise NotParked
    else:
        found = [
            parked
            for parked in await parking.listed(asked.topic)
            if asked.letter in (None, parked.letter)
        ]
    return [parked.id for parked in sorted(found, key=turn)]


_ACTIONS: dict[str, Callable[[Namespace, Service], Awaitable[int]]] = {
    "list": _list,
    "show": _show,
    "replay": _replay,
    "drop": _drop,
    "dropped": _dropped,
}


async def _replay_of(service: Service) -> DeadLetterReplay:
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


async def _attempt(work: Callable[[str], Awaitable[Outcome]], name: str, done: str) -> int:
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
    """Print the table unless it is empty."""
    heading, *shown = table(head, rows, width=columns())
    for lines in [heading, *shown] if shown else ():
        for line in lines:
            _say(line)


def _say(line: str, *, to: Any = None) -> None:
    (to or sys.stdout).write(f"{line}\n")
