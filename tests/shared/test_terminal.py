"""Commands print in any encoding, at any width, and survive a closed pipe."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.local.stack.paths import CHECKOUT
from shared.terminal import PLAIN, columns, flowing, table, width_of, zoned_time

SIGNS = "√ × … → ▲ ■ ‖ △ ±"
TOPS = ("clients", "deploy/local", "services", "shared")
SAYS_NOTHING = {
    "broker.py", "install.py", "lock.py", "tether.py", "issuer.py", "gateway.py", "server.py",
    "cleaning_process.py",
}  # fmt: skip
"""Run by make and the supervisor: they write to stderr alone, which never fails, or to a log."""
WORKS = (
    "from shared.terminal import speak_plainly; import sys, time; speak_plainly(); "
    "print('first', flush=True); sys.stdin.read(); print('second', flush=True); print('third'); "
    "open(sys.argv[1], 'w').close(); sys.exit(7)"
)
SPEAKS = f"from shared.terminal import speak_plainly; speak_plainly(); print('{SIGNS} 通过 é')"


def programs() -> list[Path]:
    found = [path for top in TOPS for path in (CHECKOUT / top).rglob("*.py")]
    return [path for path in found if '__name__ == "__main__"' in path.read_text("utf-8")]


@pytest.mark.parametrize("path", programs(), ids=str)
def test_every_command_begins_by_speaking_plainly(path: Path) -> None:
    begun = '__name__ == "__main__":\n    speak_plainly()\n' in path.read_text("utf-8")
    assert begun or path.name in SAYS_NOTHING


@pytest.mark.parametrize("top", TOPS)
def test_no_sign_of_ours_is_outside_gbk(top: str) -> None:
    texts = {path: path.read_text("utf-8") for path in (CHECKOUT / top).rglob("*.py")}
    assert not [path for path, text in texts.items() if re.search("[✓✗✔✘▶▷◀↻]", text)]
    assert "".join(PLAIN).encode("gbk").decode("gbk") == "".join(PLAIN)
    assert "".join(PLAIN.values()).isascii()


def spoken(encoding: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SPEAKS],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=True,
    )
    assert not done.stderr
    return done.stdout.decode(encoding).rstrip("\n")


def test_what_a_terminal_lacks_is_a_plain_sign() -> None:
    assert spoken("utf-8") == f"{SIGNS} 通过 é"
    assert spoken("gbk") == f"{SIGNS} 通过 é"
    assert spoken("latin-1") == "v × . > ^ # = ' ± ???? é"
    assert spoken("ascii") == "v x . > ^ # = ' ~ ???? ?"


def test_a_closed_pipe_neither_stops_the_work_nor_changes_how_it_ends(tmp_path: Path) -> None:
    done = tmp_path / "done"
    running = subprocess.Popen(
        [sys.executable, "-c", WORKS, str(done)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdin
    assert running.stdout
    assert running.stderr
    assert running.stdout.readline() == b"first\n"
    running.stdout.close()
    running.stdin.close()
    said = running.stderr.read()
    running.stderr.close()
    assert (running.wait(), said, done.exists()) == (7, b"", True)


@pytest.mark.parametrize("width", [45, 60, 120, 200])
def test_a_table_fits_the_terminal_and_a_chinese_character_takes_two_columns(width: int) -> None:
    head = ("时间 time", "信件 letters", "主题 topic")
    rows = [("一二三", "12,345", "letters.progress 1"), ("x", "7", "bureau.guangzhou.letters 12")]
    lines = [line for found in table(head, rows, width=width) for line in found]
    assert all(width_of(line) <= width for line in lines)
    for row in rows:
        assert all(any(cell in line for line in lines) for cell in row)
    if width >= 60:
        ends = {
            width_of(line[: line.index(cell)])
            for line, (*_, cell) in zip(lines[1:], rows, strict=True)
        }
        assert len(ends) == 1
    else:
        assert any("信件 letters: 12,345" in line for line in lines)


def test_parts_flow_and_none_is_broken_or_joined() -> None:
    assert list(flowing(["一二三四", "abcd", "e" * 30], width=20)) == [
        "    一二三四  abcd",
        "    " + "e" * 30,
    ]


def test_people_read_the_time_of_guangdong_with_its_zone() -> None:
    at = datetime(2026, 11, 27, 20, 30, tzinfo=UTC)
    assert zoned_time(at) == "2026-11-28 04:30:00 Asia/Shanghai"


def test_the_terminal_says_how_wide_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert columns() == 60
