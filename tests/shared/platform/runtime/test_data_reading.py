"""Every mistake in a data file is reported."""

from pathlib import Path

import pytest

from shared.kernel.errors import BadData
from shared.platform.runtime.data_reading import parsed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data.yaml"


def test_days_stay_text_also_those_that_do_not_exist(file: Path) -> None:
    file.write_text("version: 2026-11-24\nday: 2026-02-30\nat: 2026-11-24 10:00:00\n", "utf-8")
    assert parsed(file) == {
        "version": "2026-11-24", "day": "2026-02-30", "at": "2026-11-24 10:00:00",
    }  # fmt: skip


def test_other_values_are_what_yaml_makes_of_them(file: Path) -> None:
    file.write_text("{a: 1, b: 0.8, c: true, d: null, e: [x, 'y'], 厅: 长}\n", "utf-8")
    assert parsed(file) == {"a": 1, "b": 0.8, "c": True, "d": None, "e": ["x", "y"], "厅": "长"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: {x: 1, y: 2, x: 3}\n", "line 2: x stands twice"),
        ("a: 1\nb: 2\na: 3\n", "line 1: a stands twice"),
        ("rows:\n- {id: 1}\n- {id: 2, id: 3}\n", "line 3: id stands twice"),
        ("a: [1\nb: 2\n", r"cannot be read \(ParserError, line 2\)"),
        ("a:\n\tb: 1\n", r"cannot be read \(ScannerError, line 2\)"),
        ("a: !!python/object/apply:os.getcwd []", r"cannot be read \(ConstructorError, line 1\)"),
        ("{[1]: 2}", r"cannot be read \(ConstructorError, line 1\)"),
        ("a: \x07", r"cannot be read \(ReaderError\)"),
        ("{a: " * 3000, r"cannot be read \(RecursionError\)"),
    ],
)
def test_a_fault_in_yaml_is_told_in_one_sentence(file: Path, text: str, said: str) -> None:
    file.write_text(text, "utf-8")
    with pytest.raises(BadData, match=said) as bad:
        parsed(file)
    assert "\n" not in str(bad.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 2}', "the file: a stands twice"),
        ('{"a": {"b": 1,\n "b": 2}}', "the file: b stands twice"),
        ('{"a": 1,\n "b" 2}', r"cannot be read \(JSONDecodeError, line 2\)"),
        ("[" * 100_000, r"cannot be read \(RecursionError\)"),
    ],
)
def test_a_fault_in_json_is_told_in_one_sentence(file: Path, text: str, said: str) -> None:
    json_file = file.with_suffix(".json")
    json_file.write_text(text, "utf-8")
    with pytest.raises(BadData, match=said):
        parsed(json_file)


def test_a_file_that_is_no_text_or_not_there_is_told(file: Path) -> None:
    with pytest.raises(BadData, match="FileNotFoundError"):
        parsed(file)
    file.write_bytes(b"a: \xff")
    with pytest.raises(BadData, match="UnicodeDecodeError"):
        parsed(file)
