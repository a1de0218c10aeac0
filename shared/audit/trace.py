"""One letter's life across four services and all topics, without its words.

`python -m shared.audit.trace GD-…` with the audit's settings; exit code 1 if no service knows the
letter.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator

from shared.audit.life import LifeRow, life
from shared.audit.looking import Look, Sheet
from shared.audit.reading import some_letters
from shared.audit.settings import AuditSettings, archives
from shared.audit.story import story_of
from shared.contracts.vocabulary import SERVICES
from shared.platform.mongo.database import DatabaseFault
from shared.platform.runtime import logs
from shared.platform.runtime.settings import load
from shared.terminal import (
    UNLIMITED,
    columns,
    flowing,
    local_time,
    speak_plainly,
    table,
    zoned_time,
)

FOUND, UNKNOWN, NOT_DONE = 0, 1, 2

HEAD = (
    "北京时间 Asia/Shanghai",
    "服务 service",
    "事件 event",
    "主题与序号 topic, number",
    "谁 by",
    "之后 state, desk, holding",
    "起因 cause",
)
LEGEND = (
    "▲ 启动 started", "■ 停止 stopped", "‖ 暂停 paused", "△ 恢复 resumed", "± 改期 moved",
)  # fmt: skip


def parser(name: str) -> argparse.ArgumentParser:
    """The parser of the command line."""
    asked = argparse.ArgumentParser(prog=name, description="One letter's life, without its words.")
    asked.add_argument(
        "letter", type=_number, nargs="?", default="", help="its number: GD-XXXX-XXXX-XXXX-XXXX-X"
    )
    return asked


def _number(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(
            "请给出信件编号 · give the letter's number: make trace LETTER=GD-…"
        )
    return text


def trace(settings: AuditSettings, letter: str) -> int:
    """Print that letter's life; return the exit code."""
    try:
        look = asyncio.run(_look(settings, letter.strip().upper()))
    except DatabaseFault as fault:
        sys.stderr.write(f"数据库无法读取 · no database: {type(fault).__name__}\n")
        return NOT_DONE
    if look is None:
        sys.stderr.write("没有这封信 · no service knows a letter of that number.\n")
        return UNKNOWN
    sys.stdout.write("".join(f"{line}\n" for line in told(look, width=columns())))
    return FOUND


async def _look(settings: AuditSettings, letter: str) -> Look | None:
    with archives(settings) as kept:
        async for looks in some_letters(kept, [letter]):
            return next(iter(looks), None)
    return None


def told(look: Look, *, width: int = UNLIMITED) -> Iterator[str]:
    """The lines: the letter's state, each service's marks, and what happened."""
    now = story_of(look).now
    yield f"信件 letter  {look.letter}"
    yield f"状态 state   {now.state or '—'}    经办 desk  {now.holder or '—'} ({now.assignment})"
    running = [f"{clock.clock} due {clock.due_on}" for clock in now.clocks.values()]
    yield "时钟 clocks"
    yield from flowing(running or ["—"], width=width, indent="  ")
    yield ""
    yield "各服务 in each service"
    for service in SERVICES:
        marks = _marks(look, look.sheets.get(service), service)
        yield from flowing([f"{service:<10}{marks[0]}", *marks[1:]], width=width, indent="  ")
    yield ""
    yield from flowing(LEGEND, width=width, indent="")
    rows = life(look)
    heading, *row_lines = table(HEAD, map(_cells, rows), width=width)
    yield from heading
    for row, lines in zip(rows, row_lines, strict=True):
        yield from lines
        yield from flowing(row.clocks, width=width)


def _cells(row: LifeRow) -> tuple[str, ...]:
    return (
        f"{local_time(row.at)}.{row.at.microsecond // 1000:03}",
        row.service,
        row.what,
        row.where,
        row.by,
        row.after,
        row.cause,
    )


def _marks(look: Look, sheet: Sheet | None, service: str) -> list[str]:
    if sheet is None:
        return ["无 nothing"]
    shown = [f"v{sheet.version[0]}"]
    for name in ("sent", "seen", "heard", "unsent"):
        marks = " ".join(f"{mark} {number}" for mark, number in sorted(sheet.marks(name).items()))
        shown += [f"{name}: {marks}"] if marks else []
    if since := sheet.document.get("gap_since"):
        shown.append(f"gap_since: {zoned_time(since)}")
    if parked := look.parked.get(service):
        shown.append(f"parked: {parked}")
    return shown


if __name__ == "__main__":
    speak_plainly()
    words = parser("shared.audit.trace").parse_args()
    logs.setup("trace", "ERROR")
    sys.exit(trace(load(AuditSettings), words.letter))
