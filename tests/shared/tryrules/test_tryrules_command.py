"""The command writes the results of all letters or nothing, and names invalid lines."""

import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from shared.platform.runtime.data_files import FOLDER
from shared.tryrules.command import DONE, NOT_DONE, main
from tests.support.budget import budget

DEMO = FOLDER / "demo" / "letters_dev.jsonl"
LETTER: dict[str, Any] = {"id": "GD-1", "subject": "路灯", "body": "电话15400001111，路灯坏了。"}


def file_of(folder: Path, *lines: str, name: str = "letters.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def results_in(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_every_letter_comes_back_in_its_order_one_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "result.jsonl"
    assert main([str(DEMO), str(result)]) == DONE
    asked = [json.loads(line) for line in DEMO.read_text(encoding="utf-8").splitlines()]
    assert [one["id"] for one in results_in(result)] == [one["id"] for one in asked]
    assert capsys.readouterr().out.startswith("240 tried: ")
    assert [path.name for path in tmp_path.iterdir()] == ["result.jsonl"]


def test_bad_lines_are_all_named_and_the_old_result_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "seeded-secret"
    letters = file_of(
        tmp_path,
        json.dumps(LETTER),
        "",
        f'{{"id": "{secret}"',
        json.dumps(LETTER | {"id": 2, "body": ["x", secret]}),
        json.dumps(LETTER | {"body": secret}),
        "\ufeff" + json.dumps(LETTER | {"id": 3}),
        "x" * (2**20 + 1),
        json.dumps(LETTER | {"id": 4, "subject": "\r\n"}),
    )
    result = file_of(tmp_path, "as before", name="result.jsonl")
    assert main([str(letters), str(result)]) == NOT_DONE
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "第3行 · line 3: the line: a JSON object in UTF-8 is needed",
        "第4行 · line 4: body: input should be a valid string",
        "第5行 · line 5: id: an earlier line has it",
        "第6行 · line 6: the line: a JSON object in UTF-8 is needed",
        "第7行 · line 7: the line: it has more than 1048576 bytes",
        "第8行 · line 8: subject: holds characters that may not be there",
        "没有写出结果 · nothing was written",
    ]
    assert secret not in said.err + said.out
    assert result.read_text() == "as before\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters.jsonl", "result.jsonl"]


def test_no_letters_have_no_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = tmp_path / "result.jsonl"
    assert main([str(file_of(tmp_path)), str(result)]) == DONE
    assert result.read_text() == ""
    assert capsys.readouterr().out == "0 tried: none; 0 with a bureau\n"


def test_the_letters_are_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letters = file_of(tmp_path, json.dumps(LETTER))
    assert main([str(letters), str(letters)]) == NOT_DONE
    assert "the same file" in capsys.readouterr().err
    assert letters.read_text() == f"{json.dumps(LETTER)}\n"


def test_an_empty_name_says_how_to_ask(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["", ""])
    assert ended.value.code == NOT_DONE
    assert "make try-rules IN=letters.jsonl OUT=result.jsonl" in capsys.readouterr().err


def test_what_is_kept_in_memory_does_not_grow_with_the_letters(tmp_path: Path) -> None:
    body = "一二三四。" * 1_000
    lines = (
        json.dumps(LETTER | {"id": number, "body": body}) for number in range(budget(200, quick=80))
    )
    first = file_of(tmp_path, json.dumps(LETTER))
    assert main([str(first), str(tmp_path / "result.jsonl")]) == DONE  # the tables are read once
    letters = file_of(tmp_path, *lines)
    tracemalloc.start()
    try:
        assert main([str(letters), str(tmp_path / "result.jsonl")]) == DONE
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < letters.stat().st_size / 4


def test_it_runs_as_a_process_of_its_own_without_any_setting(tmp_path: Path) -> None:
    letters, result = file_of(tmp_path, json.dumps(LETTER)), tmp_path / "result.jsonl"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOX_")}
    ran = subprocess.run(
        [sys.executable, "-m", "shared.tryrules", str(letters), str(result)],
        env=clean, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert results_in(result)[0]["pii"] == [{"start": 2, "end": 13, "type": "phone"}]
