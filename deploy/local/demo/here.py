"""The demo in real time, in the stack that already runs: letters are sent and followed.

What takes days by the calendar doesn't reach its end this way, but every letter is answered.
"""

import argparse
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from clients.bureau.settings import exported
from deploy.local.demo.http_client import ANSWER_WITHIN_S, DemoFailed, Faces
from deploy.local.demo.letters import demo_letters
from deploy.local.demo.play import DemoPeople
from deploy.local.demo.progress import keeping, reporting
from deploy.local.demo.run import DemoRun
from deploy.local.demo.tables import tables
from deploy.local.stack import lock
from deploy.local.stack.paths import StackPaths
from shared.platform.runtime import data_files

KEPT = "demo.json"
MOST_MESSAGES = 5_000


async def played_here(local: Path, asked: argparse.Namespace, *, console: Console) -> int:
    """Run the demo in the stack of that folder and return the exit code. Raises: DemoFailed."""
    if lock.running_pid(local) is None:
        raise DemoFailed("没有运行中的信箱 · no stack runs here: make run starts one.")
    addresses = exported(StackPaths(local).env_file.read_text(encoding="utf-8"))
    async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_WITHIN_S) as client:
        return await played(Faces(addresses, client), local / KEPT, asked=asked, console=console)


async def played(faces: Faces, kept: Path, *, asked: argparse.Namespace, console: Console) -> int:
    """Run the demo and return the exit code; `kept` holds its state. Raises: DemoFailed."""
    run = DemoRun.resumed(kept) if asked.resume else None
    run = run or DemoRun.new(seed=asked.seed)
    letters = demo_letters(asked.letters, seed=run.seed)
    console.print(f"第 {run.id} 次演示 · demo run {run.id}: {len(letters)} letters")
    play = DemoPeople(faces, run, letters=letters, most_published=asked.publish)
    patience = timedelta(seconds=asked.patience)
    with reporting(console, len(letters), most_published=asked.publish) as report:
        try:
            await play.follow(keeping(report, kept), patience=patience)
        finally:
            run.keep(kept)
    await _tell(faces, run, console)
    return _verdict(run, console)


async def _tell(faces: Faces, run: DemoRun, console: Console) -> None:
    """Read the results back and print them as tables."""
    pages = faces.pages(
        "publisher", "/public/v1/publications", of="publications", by=("after", "next")
    )
    public: list[dict[str, Any]] = [page async for page in pages]
    messages = await faces.get("gateway", "/messages", limit=MOST_MESSAGES)
    names = {slug: bureau.zh for slug, bureau in data_files.bureaus().by_slug.items()}
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
