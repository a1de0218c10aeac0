"""The `bureau` command: `listen`, `fetch`, `key`, and a subcommand for each row of `ACTION_ROWS`.

Exit codes: 0 done, 1 refused, 2 wrong usage or broker unreachable. No wait exceeds --timeout.
"""

import argparse
import asyncio
import logging
import os
import sys
import time
from collections.abc import Iterable, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from clients.bureau._cli import arguments, fetch_command, key_command
from clients.bureau._cli.arguments import BadWords
from clients.bureau._cli.shown import as_json, lines, outcome_lines, unread_line
from clients.bureau._kafka.connection import NoTopic, Unreachable, utc_now
from clients.bureau._kafka.record import Raw
from clients.bureau._store.reorder_buffer import ArrivalBuffer
from clients.bureau.action_records import Made
from clients.bureau.actions import ACTION_ROWS, ActionRow
from clients.bureau.arrivals import Arrived, Unread, opened, read
from clients.bureau.check import command as check_command
from clients.bureau.check.session import MissingTopics, NotPermitted, RealMailbox
from clients.bureau.key_files import BadKeyFile
from clients.bureau.mailbox import Mailbox
from clients.bureau.outcomes import EXPLAINED, Applied, NoAnswer
from clients.bureau.public_keys import NoKey
from clients.bureau.sealing import Keys
from clients.bureau.settings import BadSettings, BureauSettings, load
from shared.contracts.topics import letters_of
from shared.terminal import is_heard

DONE, REFUSED, NOT_POSSIBLE = 0, 1, 2
SENTENCES: dict[type[Exception], str] = {
    Unreachable: "无法连接消息系统 the broker is out of reach ({}): is the stack running?",
    RealMailbox: "这里像是真的信箱，检查只能用单独的测试消息系统 {} shows that a real mailbox "
    "may live on this broker: use a test broker with nobody else on it",
    MissingTopics: "缺少主题（括号内为分区数），请创建或加 --make-topics; missing topics "
    "with their partitions: have them created, or add --make-topics: {}",
    NotPermitted: "没有所需的权限 this user may not do what the check must: write the bureau's "
    "letters and mailbox.keys, and read all three topics ({})",
    NoTopic: "没有主题 there is no topic {}, or this bureau may not see it",
    NoKey: "缺少公钥 {}",
    NoAnswer: "没有得到答复，可以放心重试 {}; repeating is safe",
    TimeoutError: "没有得到答复，可以放心重试 no answer in time; repeating is safe",
    BadKeyFile: "{}",
    BadSettings: "{}",
    BadWords: "{}",
}
EMPTY = (
    "{0} 尚无来信：请先寄一封（见 README）；不加 --once 则一直等待 · nothing has come for {0} yet: "
    "send a letter (README says how); without --once this waits for it"
)
EXPECTED: tuple[type[Exception], ...] = (*SENTENCES, ValidationError, OSError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit code."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)
    asked = command_line().parse_args(arguments)
    try:
        return asyncio.run(_run(asked))
    except KeyboardInterrupt:
        return NOT_POSSIBLE if asked.command == "check" else DONE
    except BrokenPipeError:
        return DONE
    except EXPECTED as fault:
        sys.stderr.write(f"bureau: {_sentence(fault)}\n")
        return NOT_POSSIBLE


def command_line() -> argparse.ArgumentParser:
    """The argument parser; MAILBOX_… variables give defaults."""
    parser = argparse.ArgumentParser(
        prog="bureau", description="一个局的信箱，命令行版 · one bureau's mailbox in a terminal"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    listen = commands.add_parser(
        "listen", help="显示全部来信 · show every letter, then wait for more"
    )
    _add_common(listen)
    listen.add_argument("--json", action="store_true", help="one line of JSON for each event")
    listen.add_argument("--once", action="store_true", help="stop when all is shown")
    listen.add_argument("--seconds", type=arguments.seconds, help="stop after so many seconds")
    for name, row in ACTION_ROWS.items():
        _add_row(commands.add_parser(name, help=row.summary), row)
    fetch_command.add(commands, _add_common)
    key_command.add(commands)
    check_command.add(commands)
    return parser


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--bureau",
        type=arguments.bureau,
        metavar="SLUG",
        default=os.environ.get("MAILBOX_BUREAU") or None,
        required=not os.environ.get("MAILBOX_BUREAU"),
        help="whose mailbox, such as guangzhou; default: MAILBOX_BUREAU",
    )
    command.add_argument(
        "--timeout", type=arguments.seconds, default=30.0, help="seconds; default 30"
    )


async def _run(asked: argparse.Namespace) -> int:
    if asked.command == "key":
        _say(key_command.run(asked))
        return DONE
    if asked.command == "listen":
        return await _listen(asked)
    if asked.command == "check":
        return await check_command.run(asked)
    async with asyncio.timeout(asked.timeout + 5.0):
        if asked.command == "fetch":
            is_whole, said = await fetch_command.run(asked)
            _say(said)
            return DONE if is_whole else REFUSED
        return await _act(asked)


async def _listen(asked: argparse.Namespace) -> int:
    settings = load(BureauSettings)
    keys, topic = settings.keys(asked.bureau), letters_of(asked.bureau).name
    order, until, is_empty = ArrivalBuffer(), _end(asked), True
    async with asyncio.timeout(asked.timeout) as patience:
        async with settings.connection(asked.bureau).reading([topic]) as reading:
            patience.reschedule(None)
            while time.monotonic() < until:
                for record in await reading.poll():
                    is_empty = False
                    _show(_due(record, order), keys, is_json=asked.json)
                _show(order.overdue(time.monotonic()), keys, is_json=asked.json)
                await reading.rewound()
                if (asked.once or is_empty) and await reading.has_caught_up():
                    is_empty = is_empty and _told_empty(asked.bureau)
                    if asked.once:
                        break
            else:
                if asked.once and asked.seconds is None:
                    raise NoAnswer("the topic could not be read to its end in time")
    _show(order.rest(), keys, is_json=asked.json)
    return DONE


def _told_empty(bureau: str) -> bool:
    """Say what to do when the topic is empty. Returns False, so that it is said once."""
    sys.stderr.write(f"{EMPTY.format(bureau)}\n")
    return False


def _due(record: Raw, order: ArrivalBuffer) -> tuple[Arrived, ...]:
    found = read(record)
    if isinstance(found, Unread):
        sys.stderr.write(f"{unread_line(found)}\n")
        return ()
    return order.take(found, time.monotonic())


def _show(found: Iterable[Arrived], keys: Keys, *, is_json: bool) -> None:
    for arrived in found:
        clear = opened(arrived, keys)
        _say([as_json(clear)] if is_json else lines(clear))
    if not is_heard():
        raise BrokenPipeError


def _end(asked: argparse.Namespace) -> float:
    """Monotonic time at which to stop."""
    if asked.seconds is not None:
        return time.monotonic() + float(asked.seconds)
    return time.monotonic() + float(asked.timeout) if asked.once else float("inf")


async def _act(asked: argparse.Namespace) -> int:
    settings, made = load(BureauSettings), Made(made_at=utc_now(), staff=asked.staff)
    action = ACTION_ROWS[asked.command].make(asked, asked.assignment or 1, made=made)
    mailbox = Mailbox(
        asked.bureau,
        settings.connection(asked.bureau),
        keys=settings.keys(asked.bureau),
        staff=asked.staff,
        patience_s=asked.timeout,
    )
    async with mailbox:
        assignment = await _assignment(mailbox, asked)
        if assignment is None:
            _say([f"被拒绝 refused: not_held · {' · '.join(EXPLAINED['not_held'])}"])
            return REFUSED
        action = action.model_copy(update={"assignment": assignment})
        outcome = await mailbox.ask(asked.letter, action, anew=asked.anew)
    _say(outcome_lines(outcome))
    return DONE if isinstance(outcome, Applied) else REFUSED


async def _assignment(mailbox: Mailbox, asked: argparse.Namespace) -> int | None:
    """The given assignment, else the present one; None when the bureau doesn't hold the letter."""
    if asked.assignment is not None:
        return int(asked.assignment)
    holding = await mailbox.holding(asked.letter)
    return holding.assignment if holding else None


def _add_row(command: argparse.ArgumentParser, row: ActionRow) -> None:
    _add_common(command)
    command.add_argument("letter", type=arguments.letter, help="the letter number")
    command.add_argument("--assignment", type=arguments.ordinal, help="default: the present one")
    command.add_argument(
        "--staff", type=arguments.opaque, default="system", help="an opaque id: who acts"
    )
    command.add_argument(
        "--anew", action="store_true", help="ask once more for what was done before"
    )
    for option in row.options:
        option.add(command)


def _say(said: Iterable[str]) -> None:
    for line in said:
        print(line, flush=True)


def _sentence(fault: Exception) -> str:
    """A message with what to do about the fault; never the words."""
    if isinstance(fault, ValidationError):
        return "取值不对 not valid: " + "; ".join(sorted(map(_wrong, fault.errors())))
    for kind, sentence in SENTENCES.items():
        if isinstance(fault, kind):
            return sentence.format(str(fault))
    return type(fault).__name__


def _wrong(error: ErrorDetails) -> str:
    """The field and its rule, without the value."""
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"
