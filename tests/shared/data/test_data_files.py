"""The shipped files are complete, invented where they must be, and a bad one stops the start."""

import csv
import json
import re
import shutil
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shared.kernel.errors import BadData
from shared.platform.runtime import data_files
from shared.platform.runtime.data_files import (
    FOLDER,
    bureaus,
    calendar,
    categories,
    offices,
    policies,
)

LOADERS: dict[str, Callable[[Path], object]] = {
    "deadline_policies.yaml": lambda folder: policies(folder / "deadline_policies.yaml"),
    "calendar/working_days.json": calendar,
    "calendar/overrides.yaml": calendar,
    "cities.yaml": bureaus,
    "categories.yaml": categories,
    "offices.yaml": lambda folder: offices(folder / "offices.yaml"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data that a test may break."""
    return Path(shutil.copytree(FOLDER, tmp_path / "data"))


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
    "content", [b"", b"- a list", b"{", b"\xff\xfe", b"[1]", b'{"version": "1", "clocks": 3}']
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
        policies(file)


def test_the_office_may_have_a_file_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "days.yaml"
    own.write_text("days: [{day: 2026-09-24, worked: false, name: typhoon, why: a test}]", "utf-8")
    stormy = calendar(overrides=own)
    assert stormy.why_off(date(2026, 9, 24)) == "typhoon"
    assert stormy.version.startswith(f"{calendar().version}-o")
    own.write_text("days: [{day: 2026-9-24, worked: false, name: typhoon, why: a test}]", "utf-8")
    calendar.cache_clear()
    with pytest.raises(BadData, match=r"days.yaml: days\[0\].day: a day such as 2026-02-14"):
        calendar(overrides=own)


def test_a_table_that_leaves_a_letter_without_a_clock_stops_the_start(folder: Path) -> None:
    file = folder / "deadline_policies.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace(
            "start: [letter.routed], stop: [letter.accepted",
            "start: [note.added], stop: [letter.accepted",
            1,
        ),
        "utf-8",
    )
    with pytest.raises(BadData, match=r"clocks: after letter.routed a letter is routed"):
        policies(file)


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
    demands = policies().newest.signing.demands
    named = [demand.categories for demand in demands if demand.categories is not None]
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
    assert Path(data_files.__file__).parents[2] / "data" == FOLDER


def _days_of(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
