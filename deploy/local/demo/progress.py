"""Progress of the demo: bars in a terminal, otherwise lines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from deploy.local.demo.run import ANSWERED, DemoRun
from deploy.local.demo.tables import plain
from shared.kernel.civil import GUANGDONG

Report = Callable[[DemoRun], None]


def keeping(report: Report, path: Path) -> Report:
    """Return a report that also saves the run, to be resumed later."""

    def both(run: DemoRun) -> None:
        report(run)
        run.keep(path)

    return both


@contextmanager
def reporting(console: Console, total: int, *, most_published: int) -> Iterator[Report]:
    """Yield a report: bars in a terminal, otherwise a line on each change or each office week."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        yield _bars(progress, total, most_published)


def _lines(console: Console) -> Report:
    last = ["", ""]

    def report(run: DemoRun) -> None:
        line = plain(run)
        week = f"{run.at.astimezone(GUANGDONG):%G %V}" if run.at else line
        if week != last[-1] and line != last[0]:
            last[:] = line, week
            console.print(line, soft_wrap=True)

    return report


def _bars(progress: Progress, total: int, most_published: int) -> Report:
    names = ("寄出 posted", "转办 routed", "答复 answered", "评价 rated")
    day = progress.add_task("", total=None, visible=False)
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
        if run.at is not None:
            at = run.at.astimezone(GUANGDONG)
            progress.update(day, description=f"{at:%Y-%m-%d %H:%M}", visible=True)
        for bar, count in zip(bars, done, strict=True):
            progress.update(bar, completed=count)

    return report
