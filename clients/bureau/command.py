"""What can a bureau's programmer do from a terminal? `listen`, `accept`, `reply`, `resend`, `key`.

Exit codes: 0 done, 1 refused, 2 wrongly called or out of reach. It never waits beyond --timeout.
"""

import argparse
import asyncio
import logging
import os
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import get_args

from clients.bureau import key_command
from clients.bureau.arrivals import Arrived, Unread, opened, read
from clients.bureau.asking import Details
from clients.bureau.connection import NoTopic, Unreachable
from clients.bureau.key_files import BadKeyFile
from clients.bureau.mailbox import Mailbox
from clients.bureau.order import InOrder
from clients.bureau.outcomes import EXPLAINED, Applied, NoAnswer, Outcome
from clients.bureau.public_keys import NoKey
from clients.bureau.raw import Raw
from clients.bureau.sealing import Keys
from clients.bureau.settings import BadSettings, BureauSettings, load
from clients.bureau.shown import as_json, lines, outcome_lines, unread_line
from shared.contracts.reading import SUBJECT
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.topics import letters_of
from shared.contracts.vocabulary import Finding, WhereToTurn
from shared.contracts.vocabulary import Outcome as ReplyOutcome

DONE, REFUSED, NOT_POSSIBLE = 0, 1, 2
SENTENCES: dict[type[Exception], str] = {
    Unreachable: "无法连接消息系统 the broker is out of reach ({}): is the stack running?",
    NoTopic: "没有主题 there is no topic {}, or this bureau may not see it",
    NoKey: "缺少公钥 no public key of {}",
    NoAnswer: "没有得到答复，可以放心重试 {}; repeating is safe",
    TimeoutError: "没有得到答复，可以放心重试 no answer in time; repeating is safe",
    BadKeyFile: "{}",
    BadSettings: "{}",
    ValueError: "答复须为 1 至 20000 字 a reply has 1 to 20,000 characters",
}


EXPECTED = (
    Unreachable, NoTopic, NoKey, NoAnswer, TimeoutError, BadKeyFile, BadSettings, ValueError,
    OSError,
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; an exit code."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)
    asked = _parser().parse_args(arguments)
    try:
        return asyncio.run(_run(asked))
    except KeyboardInterrupt:
        return DONE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except EXPECTED as fault:
        sys.stderr.write(f"bureau: {_sentence(fault)}\n")
        return NOT_POSSIBLE


async def _run(asked: argparse.Namespace) -> int:
    if asked.command == "key":
        _say(key_command.run(asked))
        return DONE
    if asked.command == "listen":
        return await _listen(asked)
    async with asyncio.timeout(asked.timeout + 5.0):
        return await _act(asked)


async def _listen(asked: argparse.Namespace) -> int:
    settings = load(BureauSettings)
    keys, topic = settings.keys(asked.bureau), letters_of(asked.bureau).name
    order, until = InOrder(), _end(asked)
    async with asyncio.timeout(asked.timeout) as patience:
        async with settings.connection(asked.bureau).reading([topic]) as reading:
            patience.reschedule(None)
            while time.monotonic() < until:
                for record in await reading.poll():
                    _show(_due(record, order), keys, is_json=asked.json)
                _show(order.overdue(time.monotonic()), keys, is_json=asked.json)
                await reading.rewound()
                if asked.once and await reading.has_caught_up():
                    break
            else:
                if asked.once and asked.seconds is None:
                    raise NoAnswer("the topic could not be read to its end in time")
    _show(order.rest(), keys, is_json=asked.json)
    return DONE


def _due(record: Raw, order: InOrder) -> tuple[Arrived, ...]:
    found = read(record)
    if isinstance(found, Unread):
        sys.stderr.write(f"{unread_line(found)}\n")
        return ()
    return order.take(found, time.monotonic())


def _show(found: Iterable[Arrived], keys: Keys, *, is_json: bool) -> None:
    for arrived in found:
        clear = opened(arrived, keys)
        _say([as_json(clear)] if is_json else lines(clear))


def _end(asked: argparse.Namespace) -> float:
    """When to stop, in monotonic seconds."""
    if asked.seconds is not None:
        return time.monotonic() + float(asked.seconds)
    return time.monotonic() + float(asked.timeout) if asked.once else float("inf")


async def _act(asked: argparse.Namespace) -> int:
    settings = load(BureauSettings)
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
        outcome = await _ask(mailbox, assignment, asked)
    _say(outcome_lines(outcome))
    return DONE if isinstance(outcome, Applied) else REFUSED


async def _assignment(mailbox: Mailbox, asked: argparse.Namespace) -> int | None:
    """The assignment that was named, or else the present one; none when there is none."""
    if asked.assignment is not None:
        return int(asked.assignment)
    holding = await mailbox.holding(asked.letter)
    return holding.assignment if holding else None


async def _ask(mailbox: Mailbox, assignment: int, asked: argparse.Namespace) -> Outcome:
    if asked.command == "accept":
        return await mailbox.accept(asked.letter, assignment)
    if asked.command == "resend":
        return await mailbox.request_resend(
            asked.letter, assignment, from_sequence=asked.from_, snapshot=asked.snapshot
        )
    details = Details(publication_proposed=asked.publish)
    if asked.finding is not None:
        details["finding"] = asked.finding
    if asked.referred_to is not None:
        details["referred_to"] = asked.referred_to
    return await mailbox.reply(
        asked.letter, assignment, text=_text(asked), outcome=asked.outcome, **details
    )


def _text(asked: argparse.Namespace) -> str:
    if asked.text_file is None:
        return str(asked.text)
    return sys.stdin.read() if asked.text_file == "-" else Path(asked.text_file).read_text("utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bureau", description="一个局的信箱，命令行版 · one bureau's mailbox in a terminal"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    listen = commands.add_parser(
        "listen", help="显示全部来信 · show every letter, then wait for more"
    )
    accept = commands.add_parser("accept", help="受理 · take a letter up")
    reply = commands.add_parser("reply", help="答复 · answer a letter")
    resend = commands.add_parser("resend", help="请求重发 · ask to be told again of a letter")
    for command in (listen, accept, reply, resend):
        _add_common(command)
    listen.add_argument("--json", action="store_true", help="one line of JSON for each event")
    listen.add_argument("--once", action="store_true", help="stop when all is shown")
    listen.add_argument("--seconds", type=_positive, help="stop after so many seconds")
    for command in (accept, reply, resend):
        command.add_argument("letter", type=_letter, help="the letter number")
        command.add_argument("--assignment", type=_ordinal, help="default: the present one")
        command.add_argument("--staff", default="system", help="an opaque id: who acts")
    key_command.add(commands)
    _add_reply(reply)
    resend.add_argument(
        "--from", dest="from_", type=_ordinal, metavar="N", help="from that number on; default: all"
    )
    resend.add_argument("--snapshot", action="store_true", help="how the letter stands now")
    return parser


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--bureau",
        type=_bureau,
        metavar="SLUG",
        default=os.environ.get("MAILBOX_BUREAU") or None,
        required=not os.environ.get("MAILBOX_BUREAU"),
        help="whose mailbox, such as guangzhou; default: MAILBOX_BUREAU",
    )
    command.add_argument("--timeout", type=_positive, default=30.0, help="seconds; default 30")


def _add_reply(reply: argparse.ArgumentParser) -> None:
    text = reply.add_mutually_exclusive_group(required=True)
    text.add_argument("--text", help="the reply, where nobody else sees the command line")
    text.add_argument(
        "--text-file", metavar="FILE", help="a file with at most 20,000 characters; - for stdin"
    )
    reply.add_argument("--outcome", choices=get_args(ReplyOutcome), required=True)
    reply.add_argument("--finding", choices=get_args(Finding), help="with unfounded, malicious")
    reply.add_argument("--referred-to", choices=get_args(WhereToTurn), metavar="WHERE")
    reply.add_argument("--publish", action="store_true", help="propose it for publication")


def _bureau(text: str) -> Bureau:
    for slug in BUREAUS:
        if slug == text:
            return slug
    raise argparse.ArgumentTypeError(f"must be one of {', '.join(BUREAUS)}")


def _positive(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError("must be above 0 and at most 86,400 seconds")
    return seconds


def _ordinal(text: str) -> int:
    number = int(text)
    if not 0 < number < 1_000_000:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _letter(text: str) -> str:
    if not SUBJECT.fullmatch(text):
        raise argparse.ArgumentTypeError("is no letter number")
    return text


def _say(said: Iterable[str]) -> None:
    for line in said:
        print(line, flush=True)


def _sentence(fault: Exception) -> str:
    """What a person can do about it; never what was written."""
    for kind, sentence in SENTENCES.items():
        if isinstance(fault, kind):
            return sentence.format(str(fault))
    return type(fault).__name__
