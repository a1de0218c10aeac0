"""Are the shipped files whole, invented where they must be, and does a bad one stop the start?"""

import csv
import json
import re
import shutil
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from chinese_calendar import is_workday

from shared.kernel.errors import BadData
from shared.platform import datafiles
from shared.platform.datafiles import (
    FOLDER,
    bureaus,
    calendar,
    categories,
    offices,
    policies,
    signing,
)
from tools import calendar as command

LOADERS: dict[str, Callable[[Path], object]] = {
    "deadline_policies.yaml": policies,
    "calendar/working_days.json": calendar,
    "cities.yaml": bureaus,
    "categories.yaml": categories,
    "offices.yaml": lambda folder: offices(folder / "offices.yaml"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data that a test may break."""
    return Path(shutil.copytree(FOLDER, tmp_path / "data"))


def test_the_frozen_calendar_is_what_the_command_would_write() -> None:
    assert command.main(["check"]) == 0


def test_the_command_sees_a_changed_day() -> None:
    text = command.FILE.read_text(encoding="utf-8")
    assert command.check(text)
    assert not command.check(text.replace('"2026-02-14"', '"2026-02-15"'))
    assert command.main(["guess"]) == 2


def test_every_day_from_2021_to_2026_agrees_with_the_notices() -> None:
    china = calendar()
    assert china.announced == frozenset(range(2021, 2027))
    for year in sorted(china.announced):
        for month in range(1, 13):
            for day in _days_of(year, month):
                assert china.is_working(day) is is_workday(day), day


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_its_notice_says(year: int, days: int) -> None:
    china = calendar()
    worked = [d for m in range(1, 13) for d in _days_of(year, m) if china.is_working(d)]
    assert len(worked) == days


@pytest.mark.parametrize("loader", LOADERS.values(), ids=LOADERS)
def test_a_file_is_read_once(loader: Callable[[Path], object]) -> None:
    assert loader(FOLDER) is loader(FOLDER)


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize(
    "content", [b"", b"- a list", b"{", b"\xff\xfe", b"{}", b'{"version": "1", "clocks": 3}']
)
def test_a_bad_file_is_named_and_stops_the_start(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(BadData, match=re.escape(Path(name).name)) as bad:
        LOADERS[name](folder)
    assert str(folder) not in str(bad.value)


@pytest.mark.parametrize("name", LOADERS)
def test_a_missing_file_is_named_and_stops_the_start(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BadData, match=re.escape(Path(name).name)):
        LOADERS[name](folder)


def test_the_place_of_a_fault_is_named(folder: Path) -> None:
    file = folder / "deadline_policies.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("limit: {amount: 1, unit: wd}", "limit: {unit: wd}", 1), "utf-8")
    with pytest.raises(BadData, match=r"deadline_policies.yaml: clocks\[1\].limit.amount"):
        policies(folder)


def test_the_shipped_offices_are_an_example_and_refused_where_letters_are_real() -> None:
    found = offices()
    assert found.is_example
    assert set(found.members) == set(bureaus().by_slug)
    with pytest.raises(BadData, match=r"^offices\.yaml: it is an example"):
        offices(examples=False)


def test_an_operator_s_own_file_is_read_from_where_it_lies(tmp_path: Path) -> None:
    text = (FOLDER / "offices.yaml").read_text(encoding="utf-8")
    file = tmp_path / "ours.yaml"
    file.write_text(text.replace("example: true\n", ""), "utf-8")
    assert not offices(file, examples=False).is_example
    file.with_name("broken.yaml").write_text(text.replace("chief,", "king,"), "utf-8")
    with pytest.raises(BadData, match=r"^broken\.yaml: holders\[0\]\.office: there is no such"):
        offices(file.with_name("broken.yaml"))


def test_the_examples_name_nobody() -> None:
    for term in offices().terms:
        assert re.fullmatch(r"example-[a-z0-9-]+|(chief|named|supervisor)-[a-z]+", term.staff)


def test_the_signing_policy_speaks_of_categories_that_there_are() -> None:
    named = [demand.categories for demand in signing().demands if demand.categories is not None]
    assert named
    assert frozenset().union(*named) <= set(categories().categories)


def test_yaml_cannot_make_objects(folder: Path) -> None:
    (folder / "cities.yaml").write_text("!!python/object/apply:os.getcwd []", "utf-8")
    with pytest.raises(BadData, match=r"cities\.yaml"):
        bureaus(folder)


def test_the_demonstration_letters_carry_only_numbers_that_belong_to_nobody() -> None:
    text = (FOLDER / "demo/letters_dev.jsonl").read_text(encoding="utf-8")
    letters = [json.loads(line) for line in text.splitlines()]
    assert len({letter["id"] for letter in letters}) == len(letters) == 240
    for letter in letters:
        for found in letter["pii"]:
            value = letter["body"][found["start"] : found["end"]]
            digits = re.sub(r"[^0-9]", "", value)
            if found["type"] == "id_card" and digits.isascii() and len(digits) >= 17:
                assert re.match(r"44\d\d99", digits)
            if found["type"] == "email":
                assert re.search(r"[@.]example\.(com|cn|org)$", value)


def test_the_towns_belong_to_bureaus() -> None:
    with (FOLDER / "towns_gd.csv").open(encoding="utf-8", newline="") as file:
        towns = list(csv.DictReader(file))
    assert len(towns) == 1758
    assert {town["city_slug"] for town in towns} <= set(bureaus().by_slug)


def test_the_readme_speaks_of_every_file() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for file in FOLDER.rglob("*.*"):
        if file.suffix in {".yaml", ".json", ".jsonl", ".csv"}:
            assert f"`{file.relative_to(FOLDER).as_posix()}`" in readme


def test_the_data_lies_in_the_package() -> None:
    assert Path(datafiles.__file__).parent.parent / "data" == FOLDER


def _days_of(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
