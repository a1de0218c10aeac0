"""The command writes all answers or none, and names invalid lines."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.duedates.command import DONE, NOT_DONE, main
from shared.platform.runtime.data_files import FOLDER, POLICIES, calendar, policies

CHINA = calendar()
REPLY: dict[str, Any] = {
    "id": "GD-1",
    "received": "2026-03-02T10:00:00+08:00",
    "limit": {"amount": 2, "unit": "wd"},
    "paused": [],
}
FLOOD = "{day: 2026-03-03, worked: false, name: flood, why: a test}"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILBOX_CALENDAR_OVERRIDES", raising=False)
    monkeypatch.delenv("MAILBOX_POLICIES_DIR", raising=False)


def file_of(folder: Path, *lines: str, name: str = "cases.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def answers_in(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_cases_come_back_in_their_order_one_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = file_of(
        tmp_path,
        json.dumps(REPLY),
        "",
        json.dumps(REPLY | {"id": 2, "received": "2026-12-31T10:00:00+08:00"}),
        json.dumps(REPLY | {"id": "GD-1", "paused": [["2026-03-02T11:00:00+08:00", None]]}) + "\r",
    )
    cases.write_bytes(b"\xef\xbb\xbf" + cases.read_bytes())
    dates = tmp_path / "dates.jsonl"
    assert main([str(cases), str(dates)]) == DONE
    assert [(one["id"], one["due"], one["provisional"]) for one in answers_in(dates)] == [
        ("GD-1", "2026-03-04", False), (2, "2027-01-05", True), ("GD-1", None, False),
    ]  # fmt: skip
    said = capsys.readouterr().out
    assert said.startswith("3 answered, 1 provisional, 1 without a date")
    assert CHINA.version in said


def test_bad_lines_are_all_named_and_the_old_answers_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "seeded-secret"
    cases = file_of(
        tmp_path,
        json.dumps(REPLY),
        "",
        f'{{"id": "{secret}"',
        json.dumps(REPLY | {"limit": secret}),
    )
    dates = file_of(tmp_path, "as before", name="dates.jsonl")
    assert main([str(cases), str(dates)]) == NOT_DONE
    said = capsys.readouterr()
    assert said.err.splitlines()[0] == "第3行 · line 3: the line: a JSON object in UTF-8 is needed"
    assert said.err.splitlines()[1].startswith("第4行 · line 4: limit: ")
    assert secret not in said.err + said.out
    assert dates.read_text() == "as before\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.jsonl", "dates.jsonl"]


def test_no_cases_have_no_answers(tmp_path: Path) -> None:
    dates = tmp_path / "dates.jsonl"
    assert main([str(file_of(tmp_path)), str(dates)]) == DONE
    assert dates.read_text() == ""


def test_the_cases_are_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = file_of(tmp_path, json.dumps(REPLY))
    assert main([str(cases), str(cases)]) == NOT_DONE
    assert "the same file" in capsys.readouterr().err
    assert cases.read_text() == f"{json.dumps(REPLY)}\n"


def test_an_empty_name_says_how_to_ask(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["", ""])
    assert ended.value.code == NOT_DONE
    assert "make due-date IN=cases.jsonl OUT=dates.jsonl" in capsys.readouterr().err


def test_the_office_changes_the_calendar_by_setting_or_by_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases, dates = file_of(tmp_path, json.dumps(REPLY)), tmp_path / "dates.jsonl"
    flood = file_of(tmp_path, "days:", f"- {FLOOD}", name="flood.yaml")
    monkeypatch.setenv("MAILBOX_CALENDAR_OVERRIDES", str(flood))
    assert main([str(cases), str(dates)]) == DONE
    (told_now,) = answers_in(dates)
    assert told_now["due"] == "2026-03-05"
    assert told_now["calendar_version"].startswith(f"{CHINA.version}-o")
    assert told_now["receipt"][1] == {
        "day": "2026-03-03", "kind": "skipped", "reason": "flood", "note": "周二 Tue，flood",
    }  # fmt: skip
    ours = FOLDER / "calendar/overrides.yaml"
    assert main([str(cases), str(dates), "--overrides", str(ours)]) == DONE
    assert answers_in(dates)[0]["due"] == "2026-03-04"


def test_broken_overrides_stop_the_command_with_the_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cases, dates = file_of(tmp_path, json.dumps(REPLY)), tmp_path / "dates.jsonl"
    broken = file_of(
        tmp_path, "days:", "- {day: 2026-02-30, worked: false, name: a, why: b}", name="b.yaml"
    )
    assert main([str(cases), str(dates), "--overrides", str(broken)]) == NOT_DONE
    assert "b.yaml: days[0].day: a day such as 2026-02-14 is needed" in capsys.readouterr().err
    monkeypatch.setenv("MAILBOX_CALENDAR_OVERRIDES", str(tmp_path / "none.yaml"))
    with pytest.raises(SystemExit) as ended:
        main([str(cases), str(dates)])
    assert ended.value.code == NOT_DONE
    assert "MAILBOX_CALENDAR_OVERRIDES must name a file that can be read" in capsys.readouterr().err
    assert not dates.exists()


def test_a_reply_s_limit_may_be_left_to_the_policies_of_the_day_of_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    days = ("2026-03-31T23:59:59+08:00", "2026-04-01T00:00:00+08:00")
    asked = [{"id": day, "received": day, "category": "inquiry"} for day in days]
    cases, dates = file_of(tmp_path, *map(json.dumps, asked)), tmp_path / "dates.jsonl"
    versions = tmp_path / "versions"
    versions.mkdir()
    text = POLICIES.read_text(encoding="utf-8")
    slower = text.replace("version: 2026-11-24", "version: 2026-04-01")
    slower = slower.replace("inquiry, reply: {amount: 2", "inquiry, reply: {amount: 4")
    (versions / "new.yaml").write_text(slower, encoding="utf-8")
    (versions / "now.yaml").write_text(text.replace("2026-11-24", "2026-01-01"), encoding="utf-8")
    monkeypatch.setenv("MAILBOX_POLICIES_DIR", str(versions))
    assert main([str(cases), str(dates)]) == DONE
    assert [(one["due"], one["policy_version"]) for one in answers_in(dates)] == [
        ("2026-04-02", "2026-01-01"), ("2026-04-08", "2026-04-01"),
    ]  # fmt: skip
    assert main([str(cases), str(dates), "--policies", str(POLICIES)]) == DONE
    assert {one["policy_version"] for one in answers_in(dates)} == {"2026-11-24"}
    (versions / "bad.yaml").write_text("version: 2027", encoding="utf-8")
    policies.cache_clear()
    assert main([str(cases), str(dates)]) == NOT_DONE
    assert "bad.yaml: " in capsys.readouterr().err


def test_a_limit_goes_before_a_category_and_a_category_must_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = file_of(tmp_path, json.dumps(REPLY | {"category": "of our own"}))
    dates = tmp_path / "dates.jsonl"
    assert main([str(cases), str(dates)]) == DONE
    assert "policy_version" not in answers_in(dates)[0]
    line = {key: value for key, value in REPLY.items() if key != "limit"}
    file_of(tmp_path, json.dumps(line | {"category": "of our own"}), json.dumps(line))
    assert main([str(cases), str(dates)]) == NOT_DONE
    said = capsys.readouterr().err
    assert "line 1: category: " in said
    assert "line 2: limit: it is missing" in said


def test_it_runs_as_a_process_of_its_own_without_any_setting(tmp_path: Path) -> None:
    cases, dates = file_of(tmp_path, json.dumps(REPLY)), tmp_path / "dates.jsonl"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOX_")}
    ran = subprocess.run(
        [sys.executable, "-m", "shared.duedates", str(cases), str(dates)],
        env=clean, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert answers_in(dates)[0]["due"] == "2026-03-04"
