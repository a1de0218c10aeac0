"""What does a day at the mailbox look like? Posts the invented letters and follows every one.

Writers, a triage clerk and two editors act over the services' public HTTP faces; the simulated
bureaus answer over Kafka. All figures are read back from the services. A stopped demo goes on with
--resume.
"""

import argparse
import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from clients.bureau.settings import exported
from deploy.local import lock
from deploy.local.demo_faces import ANSWER_WITHIN_S, DemoFailed, Faces
from deploy.local.demo_letters import DemoLetter, demo_letter
from deploy.local.demo_play import Play
from deploy.local.demo_run import ANSWERED, DemoRun
from deploy.local.demo_tables import plain, tables
from deploy.local.place import CHECKOUT, Place, place_from
from deploy.local.plan import settings, url
from deploy.local.ports import ports_from
from deploy.local.supervisor import running_stack
from shared.platform import datafiles

__all__ = ["DemoFailed", "demo"]

LETTERS = CHECKOUT / "shared" / "data" / "demo" / "letters_dev.jsonl"
KEPT = "demo.json"
STOPPED = 130
MOST_MESSAGES = 5_000

Report = Callable[[DemoRun], None]


async def demo(arguments: Sequence[str]) -> int:
    """Run the demo as asked; 0 when every letter was answered or waits for a recorded reason.

    Raises: DemoFailed; what `running_stack` raises.
    """
    asked = parser().parse_args(arguments)
    console = Console()
    task = asyncio.ensure_future(_demo(asked, console))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        console.print("已停止 · stopped; go on with --resume.")
        return STOPPED
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _demo(asked: argparse.Namespace, console: Console) -> int:
    place = place_from(os.environ)
    async with _stack(place, console) as addresses:
        return await _played(addresses, place.local / KEPT, asked, console)


@asynccontextmanager
async def _stack(place: Place, console: Console) -> AsyncIterator[Mapping[str, str]]:
    """The addresses of the stack that runs here, or of one for the demo alone."""
    if lock.running_pid(place.local) is not None:
        yield exported(place.env_file.read_text(encoding="utf-8"))
        return
    console.print("没有运行中的信箱，启动一个 · no stack runs here: starting one for the demo …")
    ports = ports_from(os.environ)
    async with running_stack(place.local, ports=ports) as stack:
        faces = {f"MAILBOX_{name.upper()}": url(port) for name, port in ports.named().items()}
        yield {**faces, **settings(stack.place, ports, engines=stack.engines)}


async def _played(
    addresses: Mapping[str, str], kept: Path, asked: argparse.Namespace, console: Console
) -> int:
    async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_WITHIN_S) as client:
        return await played(Faces(addresses, client), kept, asked=asked, console=console)


async def played(faces: Faces, kept: Path, *, asked: argparse.Namespace, console: Console) -> int:
    """Play it at these faces, `kept` holding where it stands; the exit code. Raises: DemoFailed."""
    run = DemoRun.resumed(kept) if asked.resume else DemoRun.new()
    letters = _letters(asked.letters)
    console.print(f"第 {run.id} 次演示 · demo run {run.id}: {len(letters)} letters")
    play = Play(faces, run, letters=letters, most_published=asked.publish)
    patience = timedelta(seconds=asked.patience)
    with _reporting(console, len(letters), asked.publish) as report:
        try:
            await play.follow(_keeping(report, kept), patience=patience)
        finally:
            run.keep(kept)
    await _tell(faces, run, console)
    return _verdict(run, console)


def _letters(most: int) -> list[DemoLetter]:
    with LETTERS.open(encoding="utf-8") as lines:
        return [demo_letter(json.loads(line)) for line in lines if line.strip()][:most]


def _keeping(report: Report, path: Path) -> Report:
    def both(run: DemoRun) -> None:
        report(run)
        run.keep(path)

    return both


@contextmanager
def _reporting(console: Console, total: int, most_published: int) -> Iterator[Report]:
    """Bars in a terminal; elsewhere a line whenever something has changed."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        yield _bars(progress, total, most_published)


def _lines(console: Console) -> Report:
    told = [""]

    def report(run: DemoRun) -> None:
        if (line := plain(run)) != told[-1]:
            told.append(line)
            console.print(line, soft_wrap=True)

    return report


def _bars(progress: Progress, total: int, most_published: int) -> Report:
    names = ("寄出 posted", "转办 routed", "答复 answered", "评价 rated")
    bars: list[TaskID] = [progress.add_task(name, total=total) for name in names]
    bars.append(progress.add_task("公开 published", total=most_published))

    def report(run: DemoRun) -> None:
        done = (
            len(run.numbers),
            run.routed(),
            run.count(ANSWERED),
            run.rated(),
            len(run.published),
        )
        for bar, count in zip(bars, done, strict=True):
            progress.update(bar, completed=count)

    return report


async def _tell(faces: Faces, run: DemoRun, console: Console) -> None:
    """Read back what there is to read, and draw it."""
    pages = faces.pages(
        "publisher", "/public/v1/publications", of="publications", by=("after", "next")
    )
    public: list[dict[str, Any]] = [page async for page in pages]
    messages = await faces.get("gateway", "/messages", limit=MOST_MESSAGES)
    names = {slug: one.zh for slug, one in datafiles.bureaus().by_slug.items()}
    for table in tables(run, names=names, messages=messages, public=public):
        console.print(table)
    console.print(f"公开选登 public reading room: {faces.url('publisher', '/')}")


def _verdict(run: DemoRun, console: Console) -> int:
    lost = [*run.unfinished(), *(f"{name} ({why})" for name, why in run.refused.items())]
    if not lost:
        console.print("每封信都有着落 · every letter was answered, or waits for a recorded reason.")
        return 0
    shown = ", ".join(lost[:10])
    console.print(
        f"有 {len(lost)} 封没有着落 · {len(lost)} came to nothing: {shown}", soft_wrap=True
    )
    return 1


def parser() -> argparse.ArgumentParser:
    """What may be asked of the demo."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--resume", action="store_true", help="go on with the last run")
    parser.add_argument("--letters", type=int, default=240, help="how many; default: all 240")
    parser.add_argument("--publish", type=int, default=20, help="most to publish; default 20")
    parser.add_argument("--patience", type=float, default=300.0, help="seconds; default 300")
    return parser
