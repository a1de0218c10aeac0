"""The report at the end of a demo: the audit and the letters' results."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from deploy.local.demo.clock import DemoClock
from deploy.local.demo.escalated import Escalated
from deploy.local.demo.http_client import Faces
from deploy.local.demo.outcomes import by_city, counts
from deploy.local.demo.received import received
from deploy.local.demo.run import DemoRun
from shared.audit.command import audited, parser
from shared.audit.reading import all_letters
from shared.audit.report import lines
from shared.audit.running import NotCaughtUp
from shared.audit.settings import AuditSettings, archives
from shared.platform.runtime import data_files

MOST_MESSAGES = 5_000
WIDTH = 100
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Data read back from the services."""

    letters: Sequence[dict[str, Any]]
    """The letters as their writers see them."""
    published: int
    messages: Sequence[dict[str, Any]] = field(repr=False)
    """The messages sent to the gateway, newest first."""
    escalated: Escalated
    """Escalations in the router's log."""


async def told(
    run: DemoRun, faces: Faces, *, settings: AuditSettings, clock: DemoClock, console: Console
) -> int:
    """Audit, print the results, and return the exit code.

    0 when all letters ended or were escalated, and the audit is clean.
    """
    found = await _found(run, faces, settings)
    console.width = min(console.width, WIDTH)
    names = {slug: bureau.zh for slug, bureau in data_files.bureaus().by_slug.items()}
    calendar = clock.days.calendar
    console.print(by_city(found.letters, names=names, calendar=calendar))
    diverted = len(run.diverted)
    console.print(
        counts(found.letters, published=found.published, diverted=diverted, calendar=calendar)
    )
    console.print(found.escalated.table())
    console.print(received(found.messages))
    is_clean = await _audited(settings, console)
    code, sentence = verdict(run, found.escalated)
    console.print(sentence)
    return code or int(not is_clean)


async def _found(run: DemoRun, faces: Faces, settings: AuditSettings) -> ReadBack:
    ours = set(run.numbers.values())
    pages = faces.pages(
        "publisher", "/public/v1/publications", of="publications", by=("after", "next")
    )
    return ReadBack(
        letters=[run.seen[number] for number in run.numbers.values()],
        published=len([page async for page in pages]),
        messages=await faces.get("gateway", "/messages", limit=MOST_MESSAGES),
        escalated=await _escalated(settings, ours),
    )


async def _escalated(settings: AuditSettings, ours: set[str]) -> Escalated:
    escalated = Escalated()
    with archives(settings) as kept:
        async for looks in all_letters(kept):
            for look in looks:
                if look.letter in ours:
                    escalated.count(look)
    return escalated


async def _audited(settings: AuditSettings, console: Console) -> bool:
    """Run the audit and print it; return whether it found nothing."""
    console.print("审计中 · auditing …")
    try:
        tally = await audited(settings, parser("audit").parse_args([]))
    except NotCaughtUp as late:
        console.print(f"未能审计 · not audited: {late} are behind.")
        return False
    for line in lines(tally, width=console.width):
        console.print(line, soft_wrap=True, highlight=False)
    return not (tally.breaches or tally.unjudged)


def verdict(run: DemoRun, escalated: Escalated) -> tuple[int, str]:
    """Return exit code and sentence: 0 if every letter has ended or was escalated."""
    open_ = run.open_letters()
    lost = [number for number in open_ if number not in escalated.letters]
    lost += [f"{name} ({why})" for name, why in run.refused.items()]
    if lost:
        shown = ", ".join(lost[:MOST_NAMED])
        return 1, f"有 {len(lost)} 封没有着落 · {len(lost)} came to nothing: {shown}"
    if open_:
        return 0, (
            f"{len(open_)} 封未办结，均已按规定升级 · {len(open_)} have not ended, and each was "
            "escalated by rule."
        )
    return 0, "每封信都已办结 · every letter has come to its end."
