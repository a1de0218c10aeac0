"""Months are played through to every letter's end, also when the demo is stopped in its middle."""

import argparse
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from deploy.local.demo.clock import DemoClock
from deploy.local.demo.command import parser
from deploy.local.demo.days import Days
from deploy.local.demo.heard import HeardLetters
from deploy.local.demo.http_client import DemoFailed
from deploy.local.demo.letters import demo_letters
from deploy.local.demo.months import played_through, prepare
from deploy.local.demo.pipeline import Pipeline
from deploy.local.demo.progress import reporting
from deploy.local.demo.run import AT_REST, DemoRun
from deploy.local.demo.through import Through
from deploy.local.stack import lock
from shared.kernel.civil import GUANGDONG
from shared.platform.runtime import data_files
from tests.deploy.faces import Stack

LETTERS = 8


class Stopped(Exception):
    """A person pressed Ctrl-C."""


class News(HeardLetters):
    """There is news of every letter that hasn't ended, or not as was known."""

    def __init__(self, stack: Stack, run: DemoRun) -> None:
        super().__init__()
        self._stack = stack
        self._run = run

    def take(self) -> set[str]:
        """Their numbers."""
        letters = self._stack.letters.items()
        known = self._run.state
        return {
            number
            for number, one in letters
            if one["state"] not in AT_REST or known(number) != one["state"]
        }


class Calm(Pipeline):
    """Everything has gone its way at once, and something always moved."""

    async def quiet(self) -> bool:
        """Yes."""
        return True


class Demo:
    """A demo over played faces, in a folder."""

    def __init__(self, folder: Path, *, seed: str = "1") -> None:
        self.stack = Stack()
        self.folder = folder
        self.seed = seed
        self.days = Days(data_files.calendar(), date(2026, 4, 20), seed)
        self.run = DemoRun.new(seed=seed)
        self.turns = 0

    async def play(self, *, stop_after: int = 10**6) -> None:
        """Play to the end. Raises: Stopped."""
        clock = DemoClock(self.folder / "clock", self.days)
        self.stack.now = lambda: clock.now
        faces = self.stack.faces()
        self.run.ends = AT_REST
        through = Through(
            faces,
            self.run,
            letters=demo_letters(LETTERS, seed=self.seed),
            most_published=3,
            pipeline=Calm({}, httpx.AsyncClient(), clock, News(self.stack, self.run)),
        )
        self.turns = 0

        def report(run: DemoRun) -> None:
            self.turns += 1
            run.keep(self.folder / "demo.json")
            if self.turns > stop_after:
                raise Stopped

        await through.follow(report)
        assert clock.now - self.days.beginning < self.days.longest

    def resume(self) -> None:
        """What a new process finds."""
        kept = DemoRun.resumed(self.folder / "demo.json")
        assert kept is not None
        self.run = kept

    def states(self) -> dict[str, str]:
        """How each letter of the data ended."""
        return {id_: self.run.state(number) for id_, number in self.run.numbers.items()}


async def test_every_letter_comes_to_its_end(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    await demo.play()
    assert len(demo.states()) == LETTERS
    assert set(demo.states().values()) <= AT_REST
    received = [one["received_at"] for one in demo.stack.letters.values()]
    assert len(set(received)) > LETTERS / 2, "written on many days, at many hours"


async def test_staff_act_in_office_hours(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    at: list[str] = []
    did = demo.stack.at_desk

    def watched(route: str, letter: dict[str, Any], said: dict[str, Any]) -> None:
        at.append(f"{demo.stack.now().astimezone(GUANGDONG):%H:%M}")
        did(route, letter, said)

    demo.stack.at_desk = watched  # type: ignore[method-assign]  # a watch over who does what
    await demo.play()
    assert at
    assert all("09:00" <= one <= "12:00" or "14:30" <= one <= "17:30" for one in at), at


async def test_a_demo_that_was_stopped_goes_on_and_repeats_nothing(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    with pytest.raises(Stopped):
        await demo.play(stop_after=60)
    demo.resume()
    await demo.play()
    assert set(demo.states().values()) <= AT_REST
    posted = Counter(one for one in demo.stack.asked if one == "POST intake/v1/letters")
    assert posted.total() == LETTERS
    rated = [one for one in demo.stack.asked if one.endswith("/rating")]
    assert len(rated) == len(set(rated))


async def test_the_same_seed_is_the_same_demo_also_when_it_was_stopped(tmp_path: Path) -> None:
    ends = []
    for name, stops in (("one", ()), ("other", (40, 50)), ("third", ())):
        (tmp_path / name).mkdir()
        demo = Demo(tmp_path / name, seed="2" if name == "third" else "1")
        for stop in stops:
            with pytest.raises(Stopped):
                await demo.play(stop_after=stop)
            demo.resume()
        await demo.play()
        ends.append(demo.states())
    assert ends[0] == ends[1]
    assert ends[0] != ends[2]


def asked(*words: str) -> argparse.Namespace:
    return parser().parse_args(words)


def test_a_demo_begins_with_nothing(tmp_path: Path) -> None:
    (folder := tmp_path / "demo").mkdir()
    (folder / "asked.json").write_text("of the last one")
    (folder / "clock").write_text("of the last one")
    prepare(folder, asked("--letters", "7"))
    assert [one.name for one in folder.iterdir()] == ["asked.json"]


def test_a_folder_that_is_no_demo_s_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(DemoFailed, match="no demo's folder"):
        prepare(tmp_path, asked())
    assert (tmp_path / "mine").exists()


def test_a_demo_that_goes_on_goes_on_as_it_began(tmp_path: Path) -> None:
    first = ("--letters", "7", "--seed", "x", "--start", "2026-03-02", "--days", "90")
    prepare(tmp_path / "demo", asked(*first))
    again = asked("--resume", "--letters", "9")
    prepare(tmp_path / "demo", again)
    assert (again.letters, again.seed, again.start) == (7, "x", date(2026, 3, 2))
    assert again.days == 90


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"start": 3, "letters": "many"}'])
def test_nothing_to_go_on_with_is_told_in_a_sentence(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "asked.json").write_text(content)
    with pytest.raises(DemoFailed, match="no demo to go on with"):
        prepare(tmp_path, asked("--resume"))


def test_a_demo_that_runs_already_is_told_in_a_sentence(tmp_path: Path) -> None:
    with lock.held(tmp_path), pytest.raises(DemoFailed, match="being played already"):
        prepare(tmp_path, asked())
    assert tmp_path.exists(), "and nothing of it was removed"


async def test_a_broken_clock_is_told_in_a_sentence(tmp_path: Path) -> None:
    prepare(tmp_path / "demo", asked("--letters", "1"))
    (tmp_path / "demo" / "clock").write_text("soon\n")
    with pytest.raises(DemoFailed, match="start over"):
        await played_through(tmp_path / "demo", asked("--resume"), console=Console())


@pytest.mark.parametrize("day", ["1999-01-04", "2126-01-05", "9999-12-30"])
async def test_a_day_that_no_calendar_knows_is_told_in_a_sentence(tmp_path: Path, day: str) -> None:
    with pytest.raises(DemoFailed, match="another first day"):
        await played_through(tmp_path / "demo", asked("--start", day), console=Console())


@pytest.mark.parametrize(
    "words",
    [
        ("--letters", "0"),
        ("--letters", "5001"),
        ("--letters", "x"),
        ("--start", "soon"),
        ("--publish", "-1"),
        ("--days", "0"),
        ("--days", "367"),
        ("--days", "-1"),
    ],
)
def test_what_cannot_be_asked_is_refused(words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        asked(*words)
    assert ended.value.code == 2


def test_a_line_is_told_each_week_and_no_more(tmp_path: Path) -> None:
    said = (tmp_path / "said").open("w+", encoding="utf-8")
    days = Days(data_files.calendar(), date(2026, 4, 20), "1")
    run = DemoRun("r", ends=AT_REST)
    with said, reporting(Console(file=said, width=200), 9, most_published=1) as report:
        for number, at in zip(range(80), days.stops(days.beginning), strict=False):
            run.at, run.numbers[f"{number}"] = at, f"GD-{number}"
            report(run)
        said.seek(0)
        lines = said.read().splitlines()
    assert [line[:10] for line in lines] == ["2026-04-20", "2026-04-27"]
