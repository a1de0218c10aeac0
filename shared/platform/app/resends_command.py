"""The operator's command `resend`: emit again what this service has emitted.

Log entries are sent unchanged, under the same ids, so that readers who have them drop them. With
`--snapshot`, a bureau instead receives the current state of each letter that it holds, which helps
it after its topic's retention has removed records that it had not read.
"""

import re
import sys
import uuid
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import BY_NAME, letters_of
from shared.kernel.letter_number import is_diversion_number, is_letter_number
from shared.platform.app.bulk_commands import tell_all
from shared.platform.app.service import Service
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.letters.stored_letter import LogEntry
from shared.platform.repair.incarnations import resend_entries

RUN = re.compile(r"[A-Za-z0-9_-]{1,40}")


class BadSelection(Exception):
    """The arguments don't make sense; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The selected entries of the log."""

    topics: frozenset[str]
    letter: str | None = None
    since: datetime | None = None

    @property
    def where(self) -> Mapping[str, Any]:
        """A filter for letters that may have selected entries; archived ones are older."""
        where: dict[str, Any] = {} if self.letter is None else {"_id": self.letter}
        return where if self.since is None else where | {"log.at": {"$gte": self.since}}

    def holds(self, entry: LogEntry) -> bool:
        """Whether the entry is selected."""
        is_late = self.since is None or entry.at >= self.since
        return is_late and entry.record.topic in self.topics


def add(commands: Any) -> None:
    """Add `resend` to the subparsers of a command line."""
    resend: ArgumentParser = commands.add_parser("resend", help="send emitted events again")
    add_selection(resend)


def add_selection(resend: ArgumentParser) -> None:
    """Add the options that select entries; all given options must match."""
    resend.add_argument("--letter", type=_letter, metavar="N", help="of one letter or diversion")
    resend.add_argument("--since", type=_instant, metavar="INSTANT", help="emitted since then")
    resend.add_argument("--topic", choices=sorted(BY_NAME), metavar="T", help="on one topic")
    resend.add_argument("--bureau", choices=BUREAUS, metavar="SLUG", help="to one bureau")
    resend.add_argument(
        "--snapshot", action="store_true", help="with --bureau: current state of its letters"
    )
    resend.add_argument("--run", type=_run, help="with --snapshot: a name; repeat it to continue")


async def run(asked: Namespace, service: Service) -> int:
    """Run the command; return its exit code: 1 if something was not sent, 2 if not applicable.

    Raises: DatabaseFault, BusFault.
    """
    try:
        check(asked)
        if asked.snapshot:
            return await _show(asked, service)
        return await _resend(selected(asked, writes=service.shell.writes), service)
    except BadSelection as fault:
        _say(str(fault), to=sys.stderr)
        return 2


def check(asked: Namespace) -> None:
    """Refuse arguments that are wrong for every service. Raises: Senseless."""
    if not (asked.letter or asked.since or asked.topic or asked.bureau):
        raise BadSelection(
            "请说明补发什么 · say what to send again: --letter, --since, --topic, --bureau"
        )
    if asked.run and not asked.snapshot:
        raise BadSelection("--run 只与 --snapshot 同用 · --run goes with --snapshot")
    if asked.snapshot and (not asked.bureau or asked.since or asked.topic):
        raise BadSelection("--snapshot 需要 --bureau · --snapshot goes with --bureau, and --letter")


def selected(asked: Namespace, *, writes: Sequence[str]) -> Selection:
    """The selection for a service that writes these topics. Raises: Senseless."""
    topics = frozenset(writes)
    if asked.topic:
        topics &= {asked.topic}
    if asked.bureau:
        topics &= {letters_of(asked.bureau).name}
    if not topics:
        raise BadSelection("本服务不写这个主题 · this service writes no such topic")
    return Selection(topics, asked.letter, asked.since)


async def _resend(selection: Selection, service: Service) -> int:
    shell, letter = service.shell, selection.letter
    if letter and await shell.documents.one({"_id": letter}, fields={"_id": 1}) is None:
        raise BadSelection("本服务没有这封信 · this service has no such letter")
    await shell.connect()
    sent: Counter[str] = Counter()
    async for _, step in resend_entries(
        shell.history, shell.sender, where=selection.where, is_wanted=selection.holds
    ):
        sent += step
    for topic in sorted(sent):
        _say(f"{topic:<32} {sent[topic]}")
    _say(f"{sent.total()} 条记录已补发 · records sent again")
    return 0


async def _show(asked: Namespace, service: Service) -> int:
    snapshots = service.snapshots
    if snapshots is None:
        raise BadSelection("本服务不向公安机关发信 · this service sends bureaus nothing")
    name = asked.run or uuid.uuid4().hex
    await service.shell.connect()
    wanted = _of_letter(snapshots(asked.bureau, name), asked.letter)
    counts = await tell_all(service.shell.letters, wanted)
    _say(f"{counts['told']} 封信件快照已发送 · snapshots sent (run {name})")
    if counts["known"]:
        _say(f"{counts['known']} 封此前已发 · sent before under that name")
    if counts["failed"]:
        _say(f"{counts['failed']} 封未能发送 · could not be sent: see the log", to=sys.stderr)
    return 1 if counts["failed"] else 0


async def _of_letter(
    commands: AsyncIterator[IdempotentCommand[Any]], letter: str | None
) -> AsyncIterator[IdempotentCommand[Any]]:
    async for command in commands:
        if letter in (None, command.letter):
            yield command


def _letter(text: str) -> str:
    if not (is_letter_number(text) or is_diversion_number(text)):
        raise ArgumentTypeError("no letter number · 不是信件编号")
    return text


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("no instant, as 2026-11-24T09:00:00+08:00 · 不是时间") from None
    if instant.tzinfo is None:
        raise ArgumentTypeError("an instant needs its offset, as +08:00 or Z · 请写明时区")
    return instant


def _run(text: str) -> str:
    if not RUN.fullmatch(text):
        raise ArgumentTypeError("1 to 40 letters, digits, _ and - · 运行名不合规")
    return text


def _say(line: str, *, to: Any = None) -> None:
    (to or sys.stdout).write(f"{line}\n")
