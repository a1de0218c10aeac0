"""One letter's life across four services and all topics, without its words.

`python -m shared.audit.trace GD-…` with the audit's settings; 1 when no service knows the letter.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from datetime import timedelta, timezone
from unicodedata import east_asian_width

from shared.audit.life import Row, life
from shared.audit.looking import Look, Sheet
from shared.audit.reading import some_letters
from shared.audit.settings import AuditSettings, archives
from shared.audit.story import story_of
from shared.contracts.vocabulary import SERVICES
from shared.platform import logs
from shared.platform.database import DatabaseFault
from shared.platform.settings import load

SHANGHAI = timezone(timedelta(hours=8))
"""Without summer time, as every due date of ours is counted."""
FOUND, UNKNOWN, NOT_DONE = 0, 1, 2

COLUMNS = (
    ("北京时间 Asia/Shanghai", 25),
    ("UTC", 10),
    ("服务 service", 14),
    ("事件 event", 28),
    ("主题与序号 topic, number", 29),
    ("谁 by", 19),
    ("之后 state, desk, holding", 27),
    ("起因 cause", 20),
)


def parser(name: str) -> argparse.ArgumentParser:
    """What may be asked for."""
    asked = argparse.ArgumentParser(prog=name, description="One letter's life, without its words.")
    asked.add_argument("letter", help="its number: GD-XXXX-XXXX-XXXX-XXXX-X")
    return asked


def trace(settings: AuditSettings, letter: str) -> int:
    """Tell the life of that letter, on stdout; the exit code."""
    try:
        look = asyncio.run(_look(settings, letter.strip().upper()))
    except DatabaseFault as fault:
        sys.stderr.write(f"数据库无法读取 · no database: {type(fault).__name__}\n")
        return NOT_DONE
    if look is None:
        sys.stderr.write("没有这封信 · no service knows a letter of that number.\n")
        return UNKNOWN
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in told(look)))
    return FOUND


async def _look(settings: AuditSettings, letter: str) -> Look | None:
    with archives(settings) as kept:
        async for looks in some_letters(kept, [letter]):
            return next(iter(looks), None)
    return None


def told(look: Look) -> Iterator[str]:
    """The lines: how it stands, what each service has of it, and what happened."""
    now = story_of(look).now
    yield f"信件 letter  {look.letter}"
    yield f"状态 state   {now.state or '—'}    经办 desk  {now.holder or '—'} ({now.assignment})"
    running = [f"{one.clock} → {one.due_on}" for one in now.clocks.values()]
    yield f"时钟 clocks  {', '.join(running) or '—'}"
    yield ""
    yield "各服务 in each service"
    for service in SERVICES:
        yield f"  {service:<10}{_marks(look, look.sheets.get(service), service)}"
    yield ""
    yield "".join(_padded(title, width) for title, width in COLUMNS)
    for row in life(look):
        yield "".join(
            _padded(text, width) for text, (_, width) in zip(_cells(row), COLUMNS, strict=True)
        )
        if row.clocks:
            yield " " * sum(width for _, width in COLUMNS[:3]) + "   ".join(row.clocks)


def _cells(row: Row) -> tuple[str, ...]:
    here, utc = row.at.astimezone(SHANGHAI), row.at
    return (
        f"{here:%Y-%m-%d %H:%M:%S}.{here.microsecond // 1000:03}",
        f"{utc:%H:%M:%S}",
        row.service,
        row.what,
        row.where,
        row.by,
        row.after,
        row.cause,
    )


def _marks(look: Look, sheet: Sheet | None, service: str) -> str:
    if sheet is None:
        return "无 nothing"
    shown = [f"v{sheet.version[0]}"]
    for name in ("sent", "seen", "heard", "unsent"):
        marks = " ".join(f"{mark} {number}" for mark, number in sorted(sheet.marks(name).items()))
        shown += [f"{name}: {marks}"] if marks else []
    if since := sheet.document.get("gap_since"):
        shown.append(f"gap_since: {since:%Y-%m-%d %H:%M:%S}Z")
    if parked := look.parked.get(service):
        shown.append(f"parked: {parked}")
    return "  ".join(shown)


def _padded(text: str, width: int) -> str:
    """To one width on a terminal, where a Chinese character takes two places; never joined."""
    taken = sum(2 if east_asian_width(one) in "WF" else 1 for one in text)
    return text + " " * max(2, width - taken)


if __name__ == "__main__":
    words = parser("shared.audit.trace").parse_args()
    logs.setup("trace", "ERROR")
    sys.exit(trace(load(AuditSettings), words.letter))
