"""`make verify-receipt` says in both languages whether a receipt is genuine, without a network."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.kernel.civil import civil_date
from shared.kernel.daily_counts import counted_day
from shared.kernel.letter_receipts import leaf_of, receipt_of, text_digest
from shared.receipts.command import main
from tests.support.keyring import signing_keys
from tests.support.moving import moment

AT = moment(24)
SALT = "0f" * 16
KEYS, COUNT_KEYS = signing_keys("receipts-1"), signing_keys("figures-1")
RECEIPT = KEYS.sign(
    receipt_of("GD-1", AT, text_sha256=text_digest("题", "文", salt=SALT), salt=SALT), at=AT
)
LEAF = leaf_of("GD-1", RECEIPT["text_sha256"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A writer's folder, with all that they kept."""
    write(tmp_path, "receipt.json", RECEIPT)
    write(tmp_path, "receipt-keys.json", KEYS.public_keys())
    write(tmp_path, "count-keys.json", COUNT_KEYS.public_keys())
    write(tmp_path, "counts.json", counts(LEAF))
    (tmp_path / "text.txt").write_text("题\n文\n", encoding="utf-8")
    return tmp_path


def write(folder: Path, name: str, content: Any) -> None:
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def counts(*leaves: str, **change: Any) -> dict[str, Any]:
    """The publisher's answer about that day."""
    counted = counted_day(civil_date(AT), leaves)
    at = AT + timedelta(days=1)
    entry = COUNT_KEYS.sign(counted.entry(None, at=at), at=at) | change
    return {"entries": [{"entry": entry, "leaves": list(counted.leaves)}]}


def run(folder: Path, *words: str) -> int:
    given = [str(folder / word) if "." in word else word for word in words]
    return main([str(folder / "receipt.json"), *given])


def test_all_that_is_so_is_said_in_both_languages(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "--text", "text.txt", "--counts", "counts.json") == 0
    said = capsys.readouterr().out
    for words in ("回执有效", "valid: GD-1", "原文一致", "the text is", "已计入", "counted: "):
        assert words in said
    assert "文\n" not in said.replace("原文", "").replace("题\n文", "")


def test_keys_may_lie_elsewhere(folder: Path) -> None:
    (folder / "receipt-keys.json").rename(folder / "keys.json")
    assert run(folder) == 2
    assert run(folder, "--keys", "keys.json") == 0


@pytest.mark.parametrize("member", [name for name in RECEIPT if name != "type"])
def test_a_changed_receipt_is_not_genuine(
    folder: Path, member: str, capsys: pytest.CaptureFixture[str]
) -> None:
    value = RECEIPT[member]
    write(folder, "receipt.json", RECEIPT | {member: ("B" if value[0] != "B" else "C") + value[1:]})
    assert run(folder) == 1
    assert " · " in capsys.readouterr().out


def test_another_text_is_not_the_letters(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "text.txt").write_text("题\n别的\n", encoding="utf-8")
    assert run(folder, "--text", "text.txt") == 1
    assert "原文不符" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (counts("00" * 32), 1),
        (counts(LEAF, letters=2), 1),
        (counts(LEAF, signature="AA"), 1),
        ({"entries": [{**counts(LEAF)["entries"][0], "leaves": [LEAF, "00" * 32]}]}, 1),
        (counts(LEAF, kid="unknown"), 1),
        (counts(LEAF, day="2026-01-01"), 2),
        ({"entries": []}, 2),
        ({"entries": [{}]}, 2),
        ({"entries": None}, 2),
        ([], 2),
        ({"entries": [{"entry": {"day": civil_date(AT).isoformat(), "number": "x"}}]}, 2),
    ],
)
def test_a_count_without_the_letter_or_changed_is_said(
    folder: Path, content: Any, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "counts.json", content)
    assert run(folder, "--counts", "counts.json") == code
    said = capsys.readouterr()
    assert " · " in said.out + said.err


def test_the_newest_entry_of_the_day_counts(folder: Path) -> None:
    first, at = counts("00" * 32)["entries"][0], AT + timedelta(days=2)
    counted = counted_day(civil_date(AT), [LEAF, "00" * 32], corrects=1)
    later = COUNT_KEYS.sign(counted.entry(first["entry"], at=at), at=at)
    both = [{"entry": later, "leaves": list(counted.leaves)}, first]
    write(folder, "counts.json", {"entries": both})
    assert run(folder, "--counts", "counts.json") == 0


@pytest.mark.parametrize("name", ["receipt.json", "receipt-keys.json", "text.txt", "counts.json"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"{", b"[]", b"[" * 100_000])
def test_what_cannot_be_read_is_named(
    folder: Path, name: str, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    code = run(folder, "--text", "text.txt", "--counts", "counts.json")
    said = capsys.readouterr()
    assert code == 2 or (name == "text.txt" and code == 1)
    assert code == 1 or name in said.err or "计数" in said.err
    assert "Traceback" not in said.err


def test_without_a_receipt_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err
