"""Versions of the notice to letter-writers."""

from datetime import date
from typing import Any

import pytest

from shared.kernel.errors import BadData
from shared.kernel.notices import Notices
from shared.platform.runtime import data_files

TEXT = {"title": "须知", "sections": [{"heading": "谁能看到", "paragraphs": ["承办人。"]}]}


def notice(since: str, **over: Any) -> dict[str, Any]:
    return {"from": since, "zh": TEXT, "en": TEXT, **over}


TWO = Notices.of({"1": notice("2026-01-01"), "2": notice("2026-11-24")})


@pytest.mark.parametrize(
    ("day", "current", "accepted"),
    [
        (date(2025, 1, 1), "1", {"1"}),
        (date(2026, 11, 23), "1", {"1"}),
        (date(2026, 11, 24), "2", {"1", "2"}),
        (date(2026, 11, 25), "2", {"2"}),
    ],
)
def test_the_newest_version_holds_and_the_one_before_for_a_day_more(
    day: date, current: str, accepted: set[str]
) -> None:
    assert TWO.on(day).version == current
    assert {each for each in ("1", "2", "3") if TWO.is_current(each, day)} == accepted


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"1": notice("2026-01-01"), "2": notice("2026-01-01")},
        {"1": notice("soon")},
        {"1": notice("2026-01-01", zh=None)},
        {"1": notice("2026-01-01", fr=TEXT)},
        {"1": notice("2026-01-01", en={"title": " ", "sections": []})},
        {"1": notice("2026-01-01", en={"title": "x", "sections": [{"heading": "y"}]})},
    ],
)
def test_a_bad_file_is_named(files: Any) -> None:
    with pytest.raises(BadData):
        Notices.of(files)


def test_ours_says_the_same_in_both_languages() -> None:
    for found in data_files.notices().by_version.values():
        assert [len(each.paragraphs) for each in found.zh.sections] == [
            len(each.paragraphs) for each in found.en.sections
        ]
