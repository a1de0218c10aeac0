"""Office time goes on when nothing moves any more, and not before all have looked at the clock."""

from datetime import date
from pathlib import Path

import httpx
import pytest

from deploy.local.demo.clock import DemoClock
from deploy.local.demo.days import Days
from deploy.local.demo.heard import HeardLetters
from deploy.local.demo.http_client import DemoFailed
from deploy.local.demo.lag import Counts, counted, has_caught_up
from deploy.local.demo.pipeline import FACES, Pipeline
from shared.platform.runtime import data_files

ADDRESSES = {f"MAILBOX_{name.upper()}": f"http://{name}.test" for name in FACES}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.demo.pipeline.LOOK_EVERY_S", 0.001)
    monkeypatch.setattr("deploy.local.demo.pipeline.QUIET_S", 0.01)
    monkeypatch.setattr("deploy.local.demo.pipeline.QUIET_WHEN_TOLD_S", 0.01)
    monkeypatch.setattr("deploy.local.demo.pipeline.STILL_S", 0.02)


class Pages:
    """Metrics pages of services and bureaus; each read may change something."""

    def __init__(self, clock: DemoClock) -> None:
        self.clock = clock
        self.moves = 0
        """How often something changes before all is quiet."""
        self.looks = 0
        self.behind = 0
        """How many reads pass before the clock is noticed."""
        self.down = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One page."""
        if request.url.host == "router.test":
            self.looks += 1
        if self.down:
            self.down -= 1
            return httpx.Response(503)
        moved = min(self.looks, self.moves)
        has_noticed = self.looks > self.behind
        fired = self.clock.now.timestamp() if has_noticed else 0.0
        text = {
            "router.test": f'# HELP x\nmailbox_shell_inputs_total{{outcome="a b"}} {moved}.0\n',
            "notifier.test": f"mailbox_notifier_last_firing_timestamp_seconds {fired!r}\n",
            "bureaus.test": f"mailbox_bureaus_acted_worked_seconds {self.clock.worked_s}\n"
            "mailbox_bureaus_next_due 7200.5\n",
        }
        return httpx.Response(200, text=text.get(request.url.host, "python_info 1.0\n"))


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    days = Days(data_files.calendar(), date(2026, 4, 20), "1")
    return Pages(DemoClock(tmp_path / "clock", days))


def pipeline(pages: Pages) -> Pipeline:
    client = httpx.AsyncClient(transport=httpx.MockTransport(pages.answer))
    return Pipeline(ADDRESSES, client, pages.clock, HeardLetters())


async def test_it_is_quiet_when_nothing_moves(pages: Pages) -> None:
    pages.moves = 6
    found = pipeline(pages)
    assert await found.quiet(), "it had moved"
    assert found.moved == 6
    assert found.next_due == 7200.5
    assert not await found.quiet(), "nothing since"


async def test_whoever_has_not_looked_at_the_clock_is_waited_for(pages: Pages) -> None:
    pages.behind = 20
    await pipeline(pages).quiet()
    assert pages.looks > 20


async def test_whoever_gives_no_answer_is_waited_for(pages: Pages) -> None:
    pages.moves, pages.down = 3, 9
    found = pipeline(pages)
    assert await found.quiet()
    assert found.moved == 3


async def test_whoever_does_not_see_the_clock_is_named(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.demo.pipeline.PATIENCE_S", 0.05)
    pages.behind = 10**9
    with pytest.raises(DemoFailed, match=r"^notifier .* doesn't see the clock for a minute"):
        await pipeline(pages).quiet()


async def test_whoever_gives_no_answer_for_long_is_named(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.demo.pipeline.PATIENCE_S", 0.05)
    pages.down = 10**9
    with pytest.raises(DemoFailed, match=r"^(\w+, )*\w+ .* gives no answer for a minute"):
        await pipeline(pages).quiet()


async def test_what_moves_is_waited_for_however_long_it_takes(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.demo.pipeline.PATIENCE_S", 0.05)
    pages.moves = 200
    found = pipeline(pages)
    assert await found.quiet()
    assert found.moved == 200


READ_BY_ALL: Counts = {
    "intake": {("mailbox_shell_sent_total", "letters.submitted"): 3.0},
    "router": {
        ("mailbox_consumer_records_total", "letters.submitted"): 3.0,
        ("mailbox_shell_sent_total", "bureau.letters"): 2.0,
        ("mailbox_consumer_records_total", "bureau.actions"): 4.0,
    },
    "notifier": {("mailbox_consumer_records_total", "letters.submitted"): 3.0},
    "publisher": {("mailbox_consumer_records_total", "letters.submitted"): 4.0},
    "bureaus": {
        ("mailbox_bureaus_records_total", ""): 2.0,
        ("mailbox_bureaus_actions_total", ""): 4.0,
    },
}


def test_all_have_caught_up_when_all_is_read() -> None:
    assert has_caught_up(READ_BY_ALL)


@pytest.mark.parametrize(
    ("page", "metric", "topic", "count"),
    [
        ("notifier", "mailbox_consumer_records_total", "letters.submitted", 2.0),
        ("router", "mailbox_shell_sent_total", "letters.progress", 1.0),
        ("router", "mailbox_shell_sent_total", "bureau.letters", 3.0),
        ("router", "mailbox_consumer_records_total", "bureau.actions", 3.0),
    ],
)
def test_whoever_has_read_less_is_behind(page: str, metric: str, topic: str, count: float) -> None:
    behind = {**READ_BY_ALL, page: {**READ_BY_ALL[page], (metric, topic): count}}
    assert not has_caught_up(behind)


async def test_what_was_sent_and_not_read_is_waited_for(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.demo.pipeline.STILL_S", 60.0)
    monkeypatch.setattr("deploy.local.demo.pipeline.has_caught_up", lambda _: pages.looks > 30)
    await pipeline(pages).quiet()
    assert pages.looks > 30


def test_figures_are_summed_by_topic() -> None:
    text = """# HELP mailbox_x_total what
mailbox_x_total{topic="a",outcome="read"} 2.0
mailbox_x_total{outcome="unreadable",topic="a"} 1.0
mailbox_x_total{topic="b"} 5.0
mailbox_y_total 7
python_info{version="3"} 1.0
"""
    found = counted(text.splitlines(), names=("mailbox_x", "mailbox_y"))
    assert found == {
        ("mailbox_x_total", "a"): 3.0,
        ("mailbox_x_total", "b"): 5.0,
        ("mailbox_y_total", ""): 7.0,
    }
