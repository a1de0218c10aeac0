"""The audit's report, for people and for programs.

It contains only letter numbers, codes and places, nothing that anyone wrote.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.audit.checks.duty import Seeing
from shared.audit.findings import CODES, PROMISES, Invariant
from shared.audit.tally import AuditTally, InvariantTally
from shared.platform.repair.watermarks import Behind
from shared.terminal import INDENT, UNLIMITED, flowing, table, zoned_time

HEAD = ("承诺 promise", "信件 letters", "正常 ok", "违反 breaches", "变动中 moving", "落后 behind")
MOST_BEHIND = 20
SEEN: Mapping[Seeing, str] = {
    "in_time": "及时查看 seen in time",
    "late": "超时查看 seen late",
    "waiting": "待查看 in time yet",
    "paged_only": "仅呼叫 paged only",
    "nobody": "无人查看 neither",
}
"""Wording for the state of diverted emergencies."""


def lines(tally: AuditTally, *, width: int = UNLIMITED) -> Iterator[str]:
    """Format for people: a line per invariant, with its breaches below."""
    yield from flowing(
        [
            f"审计 audit {zoned_time(tally.as_of)}",
            f"等待 waited {tally.waited_s:.1f} s",
            f"读取 read {tally.read_s:.1f} s",
        ],
        width=width,
        indent="",
    )
    rows = [_row(tally, invariant, line) for invariant, line in tally.lines.items()]
    heading, *row_lines = table(HEAD, rows, width=width)
    yield from heading
    for shown, (invariant, line) in zip(row_lines, tally.lines.items(), strict=True):
        yield from shown
        if invariant == "answer" and tally.given_up:
            yield f"{INDENT}未能送出的消息 messages given up {tally.given_up:,}"
        if invariant == "duty" and tally.diversions:
            yield from flowing(_diversions(tally), width=width)
        for letter, finding in line.shown:
            found = (letter, finding.code, finding.at, f"({CODES[finding.code].means})")
            yield from flowing(filter(None, found), width=width)
        if line.breaches > len(line.shown):
            yield f"{INDENT}… {line.breaches - len(line.shown):,} more"
    if tally.unjudged:
        yield f"× {tally.unjudged:,} more suspect letters were not checked again"
    yield from _groups(tally.behind)
    yield verdict(tally)


def verdict(tally: AuditTally) -> str:
    """One sentence in both languages."""
    if tally.breaches or tally.unjudged:
        return (
            f"发现 {tally.breaches:,} 处违反 · {tally.breaches:,} breaches. docs/runbooks/audit.md"
        )
    if tally.behind:
        return "服务落后且停滞 · services are behind and stand still. docs/runbooks/audit.md"
    return "未发现违反 · nothing breaks the promise."


def not_caught_up(behind: Sequence[Behind]) -> Iterator[str]:
    """Why the audit could not start."""
    yield "服务落后且停滞，未能审计 · services are behind and stand still, so nothing was audited:"
    yield from _groups(behind)


def _groups(behind: Sequence[Behind]) -> Iterator[str]:
    for one in behind[:MOST_BEHIND]:
        yield f"    {one.group}  {one.topic}/{one.partition}  behind by {one.records} records"
    if len(behind) > MOST_BEHIND:
        yield f"    … {len(behind) - MOST_BEHIND} more partitions"


def as_json(tally: AuditTally) -> str:
    """Format as JSON."""
    return json.dumps(_content(tally), ensure_ascii=False, indent=2)


def _row(tally: AuditTally, invariant: Invariant, line: InvariantTally) -> tuple[str, ...]:
    mark = "×" if line.breaches else "…" if line.behind else "√"
    well = tally.letters - line.letters - line.moving - line.behind
    counts = (tally.letters, well, line.breaches, line.moving, line.behind)
    return f"{mark} {' '.join(PROMISES[invariant])}", *(f"{count:,}" for count in counts)


def _diversions(tally: AuditTally) -> list[str]:
    """The number of diverted emergencies by state, and the age of the oldest unseen one."""
    counts = [f"{title} {tally.diversions[seeing]:,}" for seeing, title in SEEN.items()]
    age = _age(tally.as_of - tally.unseen_since) if tally.unseen_since else "·"
    return [*counts, f"最久未看 oldest unseen {age}"]


def _age(duration: timedelta) -> str:
    minutes = max(0, duration // timedelta(minutes=1))
    return f"{minutes // 60:,} h {minutes % 60} min"


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _content(tally: AuditTally) -> dict[str, Any]:
    return {
        "as_of": _instant(tally.as_of),
        "letters": tally.letters,
        "breaches": tally.breaches,
        "unjudged": tally.unjudged,
        "waited_s": round(tally.waited_s, 3),
        "read_s": round(tally.read_s, 3),
        "given_up": tally.given_up,
        "diversions": {seeing: tally.diversions[seeing] for seeing in SEEN},
        "unseen_since": _instant(tally.unseen_since) if tally.unseen_since else None,
        "invariants": {
            invariant: {
                "breaches": line.breaches,
                "letters": line.letters,
                "moving": line.moving,
                "behind": line.behind,
                "shown": [
                    {"letter": letter, "code": finding.code, "at": finding.at}
                    for letter, finding in line.shown
                ],
            }
            for invariant, line in tally.lines.items()
        },
    }
