"""The operator's command `erase`: what is due, and erasing parts of one letter by an order.

Without a letter it lists what is due by each row of the retention table. With a letter it says what
it would erase; `--yes` erases it. Only intake, which decides erasures, has it.
"""

import asyncio
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, get_args

from shared.contracts.vocabulary import Erasable
from shared.kernel.errors import Refused
from shared.kernel.letter_number import is_diversion_number, is_letter_number
from shared.platform.app.retention import Retention
from shared.platform.app.service import Service
from shared.terminal import local_time

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_.:\-]{0,47}")
_REFERENCE: Final = re.compile(r"[\w.:\-/〔〕]{1,64}")


def add(commands: Any) -> None:
    """Add `erase` to the subparsers of a command line."""
    erase: ArgumentParser = commands.add_parser("erase", help="erase parts of a letter by an order")
    erase.add_argument("--letter", type=_letter, metavar="N", help="of which letter or diversion")
    erase.add_argument("--what", type=_parts, default=get_args(Erasable), help="identity,words,…")
    erase.add_argument("--rule", type=_rule, help="a code for the rule, such as court_order")
    erase.add_argument("--reason", type=_reference, help="the decision's number in your files")
    erase.add_argument("--yes", action="store_true", help="do it; it can't be undone")


async def run(asked: Namespace, service: Service) -> int:
    """Run the command; return its exit code: 1 if it is refused, 2 if not applicable.

    Raises: DatabaseFault, BusFault, DatabaseBehind.
    """
    retention = service.retention
    if retention is None:
        return _say("只在 intake 执行 · only intake decides erasures", to=sys.stderr, code=2)
    if asked.letter is None:
        return await _list(retention)
    if asked.yes and not (asked.rule and asked.reason):
        return _say("须写明依据 · --yes needs --rule and --reason", to=sys.stderr, code=2)
    try:
        if not asked.yes:
            return _would(await retention.eraser.present(asked.letter, asked.what))
        async with _sending(service):
            done = await retention.eraser.erase(
                asked.letter,
                asked.what,
                rule=f"operator.{asked.rule}",
                by="operator",
                reference=asked.reason,
            )
    except Refused as no:
        return _say(f"未删除 · not erased: {no.code} ({no})", to=sys.stderr, code=1)
    return _say(f"已删除 · erased: {_named(done)}")


async def _list(retention: Retention) -> int:
    due, following = await retention.overview()
    for line in due:
        _say(f"{line.rule:<24} {line.letters:>5}  最早到期 · oldest {local_time(line.oldest)}")
    if not due:
        _say("没有到期未删的内容 · nothing is due")
    return _say(f"下次到期 · next due: {local_time(following) if following else '—'}")


def _would(parts: tuple[Erasable, ...]) -> int:
    return _say(f"将删除 · would erase: {_named(parts)} (YES=yes, --yes)")


@asynccontextmanager
async def _sending(service: Service) -> AsyncIterator[None]:
    """Store and send commands during the block. Raises: DatabaseBehind, BusFault."""
    await service.shell.connect()
    task = asyncio.create_task(service.shell.commands.run())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _named(parts: tuple[Erasable, ...]) -> str:
    return ", ".join(parts) or "无 · nothing is left"


def _letter(text: str) -> str:
    if not (is_letter_number(text) or is_diversion_number(text)):
        raise ArgumentTypeError("no letter number · 不是信件编号")
    return text


def _parts(text: str) -> tuple[Erasable, ...]:
    wanted = text.split(",")
    known: tuple[Erasable, ...] = get_args(Erasable)
    if not set(wanted) <= set(known):
        raise ArgumentTypeError(f"some of {','.join(known)} · 内容种类有误")
    return tuple(part for part in known if part in wanted)


def _rule(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ArgumentTypeError("a code such as court_order · 依据须为代码")
    return text


def _reference(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise ArgumentTypeError("the decision's number, without blanks · 请写决定文号，不含空格")
    return text


def _say(line: str, *, to: Any = None, code: int = 0) -> int:
    (to or sys.stdout).write(f"{line}\n")
    return code
