"""The demo's summary agrees with the services, in tables that fit."""

import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from deploy.local.demo import summary
from deploy.local.demo.clock import DemoClock
from deploy.local.demo.days import Days
from deploy.local.demo.escalated import Escalated
from deploy.local.demo.http_client import Faces
from deploy.local.demo.outcomes import OUTCOMES, by_city, counts, outcome, working_days
from deploy.local.demo.received import received
from deploy.local.demo.run import AT_REST, DemoRun
from deploy.local.demo.summary import ReadBack, verdict
from shared.audit.settings import AuditSettings
from shared.audit.tally import AuditTally
from shared.platform.runtime import data_files
from tests.support.moving import START

CALENDAR = data_files.calendar()
NAMES = {"guangzhou": "广州市公安局"}
NUMBER = "GD-WJFF-ASSS-QRS9-50FG-M"


def letter(**over: Any) -> dict[str, Any]:
    """A letter as its writer sees it."""
    reply = {"outcome": "resolved", "replied_at": "2026-05-06T03:00:00Z"}
    known = {
        "letter": NUMBER, "state": "closed", "bureau": "guangzhou", "reply": reply,
        "replies": [reply], "received_at": "2026-04-29T15:59:00Z", "promises": [],
        "is_supervised": False, "reopened": 0,
    }  # fmt: skip
    return known | over


def drawn(shown: RenderableType, width: int = 100) -> str:
    said = io.StringIO()
    Console(file=said, width=width).print(shown)
    return said.getvalue()


def row(text: str, name: str) -> list[str]:
    (found,) = [line for line in text.splitlines() if name in line]
    return re.split(r"\s{2,}", found.strip())


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({}, "resolved"),
        ({"state": "withdrawn", "reply": None}, "withdrawn"),
        ({"state": "declined", "reply": {"outcome": None}}, "declined"),
        ({"state": "handling", "reply": None}, "open"),
        ({"state": "replied"}, "open"),
    ],
    ids=["resolved", "withdrawn", "declined", "open", "not yet closed"],
)
def test_the_outcome_of_a_letter(over: dict[str, Any], said: str) -> None:
    assert outcome(letter(**over)) == said


def test_working_days_are_those_of_the_calendar() -> None:
    assert working_days(letter(), CALENDAR) == 2, "Labour Day lies between, and a Sunday"
    assert working_days(letter(replies=[]), CALENDAR) is None


def test_cities_and_outcomes_add_up() -> None:
    letters = [
        letter(),
        letter(reply={"outcome": "explained"}),
        letter(state="withdrawn", bureau=None, replies=[], reply=None),
    ]
    text = drawn(by_city(letters, names=NAMES, calendar=CALENDAR))
    assert row(text, "guangzhou")[:4] == ["广州 guangzhou", "2", "1", "1"]
    assert row(text, "triage")[1] == "1"
    total = row(text, "合计 total")
    assert total[1] == "3"
    assert sum(int(cell) for cell in total[2:-1] if cell != "·") == 3
    assert len(total) == len(OUTCOMES) + 3


def test_promises_are_counted_by_how_they_stand() -> None:
    standings = ["in_time", "late", "broken", "open", "in_time"]
    promised = letter(promises=[{"standing": one} for one in standings], is_supervised=True)
    text = drawn(counts([promised], published=7, diverted=3, calendar=CALENDAR))
    for said in ("按期兑现 kept 2", "逾期兑现 kept late 1", "未兑现 broken 1", "进行中 running 1"):
        assert said in text
    assert row(text, "公开 published")[1] == "7"
    assert row(text, "省厅督办 supervised")[1] == "1"
    assert row(text, "分流紧急警情")[1] == "3"


def test_what_passed_is_told_by_clock_and_level() -> None:
    escalated = Escalated()
    escalated.note(NUMBER, "reply", level="reminder")
    escalated.note(NUMBER, "reply", level="red")
    escalated.note("GD-2", "sign_in", level="red")
    escalated.note("GD-2", "diversion", level="page")
    text = drawn(escalated.table())
    assert row(text, "答复 reply")[1:4] == ["1", "·", "1"]
    assert row(text, "签收")[3] == "1"
    assert (escalated.letters, escalated.late) == ({NUMBER, "GD-2"}, {NUMBER})


def message(text: str, at: str = "2026-05-06T03:00:00.000+00:00", **over: Any) -> dict[str, Any]:
    """The messages that the gateway shows."""
    return {"text": text, "sent_at": at, "channel": "sms", "to": "154****0001", **over}


def test_one_writer_s_messages_are_told_in_order_with_office_dates() -> None:
    newest_first = [
        message(f"已答复 {NUMBER} 已有答复", "2026-05-06T03:00:00.000+00:00"),
        message("另一封 GD-2222-2222-2222-2222-2"),
        message(f"督办 {NUMBER}", channel="staff"),
        message(f"已收到 {NUMBER} 已受理", "2026-04-29T16:30:00.000+00:00"),
    ]
    text = drawn(received(newest_first))
    assert "2 条" in text
    assert text.index("2026-04-30 00:30") < text.index("2026-05-06 11:00")
    assert "督办" not in text
    assert "另一封" not in text
    assert "no messages" in drawn(received([message("督办", channel="staff")]))


@pytest.mark.parametrize("width", [80, 100])
def test_tables_fit(width: int) -> None:
    letters = [letter(bureau=slug) for slug in data_files.bureaus().by_slug]
    names = {slug: one.zh for slug, one in data_files.bureaus().by_slug.items()}
    escalated = Escalated()
    for level in ("reminder", "yellow", "red", "chief", "province"):
        escalated.note(NUMBER, "unit_sign_in", level=level)
    for table in (
        by_city(letters, names=names, calendar=CALENDAR),
        counts(letters, published=1, diverted=0, calendar=CALENDAR),
        escalated.table(),
        received([message(f"请登录查看 {NUMBER} " + "很长" * 60)]),
    ):
        text = drawn(table, width)
        assert max(map(cell_len, text.splitlines())) <= width
        assert "…" not in text, "nothing of them is cut"


def test_every_letter_must_end_or_have_been_escalated() -> None:
    run = DemoRun("r", numbers={"a": "1", "b": "2"}, ends=AT_REST)
    run.seen = {"1": {"state": "closed"}, "2": {"state": "handling"}}
    code, said = verdict(run, Escalated())
    assert (code, "2" in said) == (1, True)
    escalated = Escalated()
    escalated.note("2", "reply", level="red")
    assert verdict(run, escalated)[0] == 0
    run.seen["2"]["state"] = "withdrawn"
    assert verdict(run, Escalated()) == (0, "每封信都已办结 · every letter has come to its end.")
    run.refused = {"c": "422 bad_value"}
    assert verdict(run, Escalated())[0] == 1


@pytest.mark.parametrize(("unjudged", "code"), [(0, 0), (1, 1)], ids=["clean", "not clean"])
async def test_a_demo_ends_with_0_only_if_its_audit_is_clean(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unjudged: int, code: int
) -> None:
    async def found(*_: object) -> ReadBack:
        return ReadBack([letter()], 0, [], Escalated())

    async def audited(*_: object) -> AuditTally:
        return AuditTally(as_of=START, unjudged=unjudged)

    monkeypatch.setattr(summary, "_found", found)
    monkeypatch.setattr(summary, "audited", audited)
    ended = await summary.told(
        DemoRun("r", ends=AT_REST),
        Faces({}, httpx.AsyncClient()),
        settings=AuditSettings.model_construct(),
        clock=DemoClock(tmp_path / "clock", Days(CALENDAR, date(2026, 4, 20), "1")),
        console=Console(file=io.StringIO()),
    )
    assert ended == code


def test_the_first_day_is_a_working_monday_of_an_announced_year() -> None:
    first = date(2026, 4, 20)
    assert CALENDAR.is_working(first)
    assert CALENDAR.is_announced(first.replace(month=12))
