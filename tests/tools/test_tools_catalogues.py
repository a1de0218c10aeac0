"""Every message of the pages has its Chinese, and what is missing is said by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tools import catalogues
from tools.catalogues import Id, Part, faults, main, parts, written

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Due %(day)s"
msgstr "{due}"

msgid "Old"
msgstr "旧"

msgid "%(n)s letter"
msgid_plural "%(n)s letters"
msgstr[0] "{letters}"
"""
ASKED: frozenset[Id] = frozenset({"Due %(day)s", "New", ("%(n)s letter", "%(n)s letters")})


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Part:
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    file = tmp_path / "zh_CN.po"
    file.write_text(PO.format(due="期限 %(day)s", letters="%(n)s 封信"), "utf-8")
    return Part(file, ASKED)


def test_the_catalogues_are_complete() -> None:
    assert main(["check"]) == 0


def test_what_is_missing_or_left_over_is_named(part: Part) -> None:
    assert list(faults(part)) == ["zh_CN.po: missing: 'New'", "zh_CN.po: left over: 'Old'"]


@pytest.mark.parametrize(
    ("due", "letters", "fault"),
    [
        ("期限", "%(n)s 封信", "other placeholders: 'Due %(day)s'"),
        ("期限 %(tag)s", "%(n)s 封信", "other placeholders: 'Due %(day)s'"),
        ("期限 %(day)s 的 50%", "%(n)s 封信", "other placeholders: 'Due %(day)s'"),
        ("期限 %(day)s", "封信", "other placeholders: ('%(n)s letter', '%(n)s letters')"),
        ("", "%(n)s 封信", "not translated: 'Due %(day)s'"),
    ],
)
def test_a_wrong_translation_is_named(part: Part, due: str, letters: str, fault: str) -> None:
    part.file.write_text(PO.format(due=due, letters=letters), "utf-8")
    assert f"zh_CN.po: {fault}" in list(faults(part))


def test_writing_keeps_translations_and_adds_what_is_new(part: Part) -> None:
    part.file.write_bytes(written(part))
    assert list(faults(part)) == ["zh_CN.po: not translated: 'New'"]
    assert written(part) == part.file.read_bytes(), "a second run changes nothing"
    assert part.known[("%(n)s letter", "%(n)s letters")] == "%(n)s 封信"
    assert "旧" not in part.file.read_text("utf-8")


def test_a_part_without_messages_needs_no_catalogue(part: Part, tmp_path: Path) -> None:
    assert list(faults(replace(part, file=tmp_path / "none.po", asked=frozenset()))) == []


def test_templates_and_python_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    shared, *services = parts()
    assert {"Skip to content", "Fill this in"} <= shared.asked
    assert any("For staff" in each.asked for each in services)
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
