"""The demo with its own office time, months in minutes, in a stack and a folder of its own.

The stack that `make run` runs keeps its time and its letters; both may run side by side.
"""

import argparse
import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import httpx
from rich.console import Console

from deploy.local.auditing import settings_of
from deploy.local.demo.clock import DemoClock
from deploy.local.demo.days import Days
from deploy.local.demo.heard import hearing
from deploy.local.demo.http_client import ANSWER_WITHIN_S, DemoFailed, Faces
from deploy.local.demo.letters import demo_letters
from deploy.local.demo.pipeline import Pipeline
from deploy.local.demo.progress import keeping, reporting
from deploy.local.demo.run import AT_REST, DemoRun
from deploy.local.demo.summary import told
from deploy.local.demo.through import Through
from deploy.local.kafka.passwords import ADMIN
from deploy.local.stack import lock
from deploy.local.stack.plan import settings, url
from deploy.local.stack.ports import free_ports
from deploy.local.stack.supervisor import Stack, running_stack
from shared.kernel.calendars import OutsideCalendar
from shared.platform.runtime import data_files
from shared.platform.runtime.office_time import BadOfficeTime

FIRST_DAY = date(2026, 4, 20)
"""A Monday before Labour Day, with its make-up days, and the Dragon Boat Festival."""
CLOCK, KEPT, ASKED = "clock", "demo.json", "asked.json"
STACK = {
    "MAILBOX_BUREAUS_COMMITMENT": "0.25",
    "MAILBOX_NOTIFIER_FIRE_PAUSE_S": "0.2", "MAILBOX_NOTIFIER_DELIVER_PAUSE_S": "0.2",
}  # fmt: skip
"""Settings of the demo's stack: more commitments than usual, and quick checks of the deadlines."""


async def played_through(folder: Path, asked: argparse.Namespace, *, console: Console) -> int:
    """Run the demo in a stack of that folder and return the exit code.

    Raises: DemoFailed; what `running_stack` raises.
    """
    prepare(folder, asked)
    days = _days(asked)
    try:
        clock = DemoClock(folder / CLOCK, days)
    except BadOfficeTime as fault:
        raise DemoFailed(f"{folder / CLOCK}: {fault}; start over, without --resume.") from fault
    console.print(f"从 {asked.start} 起演示 {asked.letters} 封信 · the office's first day …")
    client = httpx.AsyncClient(trust_env=False, timeout=ANSWER_WITHIN_S)
    async with client, _stack(folder, seed=asked.seed) as (stack, addresses):
        faces = Faces(addresses, client)
        run = await _played(faces, client, folder, clock=clock, asked=asked, console=console)
        return await told(run, faces, settings=settings_of(stack), clock=clock, console=console)


def _days(asked: argparse.Namespace) -> Days:
    """Return the days of the demo. Raises: DemoFailed if the calendar doesn't cover them."""
    days = Days(data_files.calendar(), asked.start, asked.seed, asked.days)
    try:
        days.calendar.check_knows(asked.start)
        days.calendar.check_knows(asked.start + days.longest)
    except (OutsideCalendar, OverflowError) as fault:
        raise DemoFailed(f"日历不含这些日子 · another first day is needed: {fault}.") from fault
    return days


def prepare(folder: Path, asked: argparse.Namespace) -> None:
    """Prepare an empty folder, or load the options to be resumed. Raises: DemoFailed."""
    if lock.running_pid(folder) is not None:
        raise DemoFailed("演示已在运行 · a demo is being played already: wait for it, or stop it.")
    kept = folder / ASKED
    if asked.resume:
        try:
            before = json.loads(kept.read_text(encoding="utf-8"))
            asked.start = date.fromisoformat(before["start"])
            asked.letters, asked.seed = int(before["letters"]), str(before["seed"])
            asked.publish, asked.days = int(before["publish"]), int(before["days"])
        except (OSError, ValueError, KeyError, TypeError):
            raise DemoFailed("没有可继续的演示 · there is no demo to go on with.") from None
        return
    if folder.exists():
        if not kept.exists() and any(folder.iterdir()):
            raise DemoFailed(
                f"{folder} 不是演示的目录 · is no demo's folder: move it, or name another."
            )
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True)
    options = {name: getattr(asked, name) for name in ("letters", "publish", "seed", "days")}
    kept.write_text(json.dumps(options | {"start": f"{asked.start}"}), encoding="utf-8")


@asynccontextmanager
async def _stack(folder: Path, *, seed: str) -> AsyncIterator[tuple[Stack, Mapping[str, str]]]:
    """Run a stack under the clock of that folder; yield it and its addresses."""
    ports = free_ports()
    own = {"MAILBOX_CLOCK_FILE": str(folder / CLOCK), "MAILBOX_BUREAUS_SEED": seed}
    environment = {**STACK, **os.environ, **own}
    async with running_stack(folder, ports=ports, environment=environment) as stack:
        faces = {f"MAILBOX_{name.upper()}": url(port) for name, port in ports.named().items()}
        common = settings(stack.place, ports, engines=stack.engines)
        yield stack, {**faces, **common, **stack.engines.own(ADMIN)}


async def _played(
    faces: Faces,
    client: httpx.AsyncClient,
    folder: Path,
    *,
    clock: DemoClock,
    asked: argparse.Namespace,
    console: Console,
) -> DemoRun:
    run = DemoRun.resumed(folder / KEPT) if asked.resume else None
    run = run or DemoRun.new(seed=asked.seed)
    run.ends = AT_REST
    run.keep(folder / KEPT)
    async with hearing(faces.addresses) as heard:
        through = Through(
            faces,
            run,
            letters=demo_letters(asked.letters, seed=asked.seed),
            most_published=asked.publish,
            pipeline=Pipeline(faces.addresses, client, clock, heard),
        )
        with reporting(console, asked.letters, most_published=asked.publish) as report:
            try:
                await through.follow(keeping(report, folder / KEPT))
            finally:
                run.keep(folder / KEPT)
    return run
