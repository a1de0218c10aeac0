"""Bureaus, categories and deciders agree with data and rules."""

from typing import Any

import pytest
import yaml

from shared.kernel.categories import Categories
from shared.kernel.errors import BadData
from shared.kernel.places import Bureaus
from shared.platform.runtime.data_files import FOLDER, bureaus, categories, policies


def parsed(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return data


def test_there_are_twenty_one_cities_and_the_province() -> None:
    assert len(bureaus().by_slug) == 22
    province = bureaus().by_slug["province"]
    assert province.zh == "广东省公安厅"


@pytest.mark.parametrize(
    "name", ["广州", "广州市", "广州市公安局", "Guangzhou", " guangzhou ", "GUANGZHOU"]
)
def test_a_bureau_is_known_by_every_name_of_its_city(name: str) -> None:
    assert bureaus().named(name) == bureaus().by_slug["guangzhou"]


@pytest.mark.parametrize("name", ["", "州", "北京", "guangzhou2"])
def test_an_unknown_name_is_no_bureau(name: str) -> None:
    assert bureaus().named(name) is None


def test_every_bureau_is_found_by_its_own_names() -> None:
    for bureau in bureaus().by_slug.values():
        for name in (bureau.city_zh, bureau.city_en, bureau.zh, bureau.en):
            assert bureaus().named(name) == bureau


def test_a_slug_that_stands_twice_is_refused() -> None:
    data = parsed("cities.yaml")
    data["bureaus"][1]["slug"] = data["bureaus"][0]["slug"]
    with pytest.raises(BadData, match="each name once"):
        Bureaus.of(data)


def test_a_name_that_stands_twice_is_refused() -> None:
    data = parsed("cities.yaml")
    data["bureaus"][1]["zh"] = data["bureaus"][0]["zh"]
    with pytest.raises(BadData, match="each name once"):
        Bureaus.of(data)


def test_every_category_has_a_reply_limit() -> None:
    for category in categories().categories.values():
        assert policies().newest.reply_limit(category.policy).amount > 0
    assert set(categories().categories) == set(policies().newest.replies)


def test_reports_are_never_released() -> None:
    kinds = categories().categories
    assert {key for key, kind in kinds.items() if kind.release == "never"} == {"report"}


def test_every_state_has_its_wording_and_the_right_ones_end() -> None:
    states = categories().statuses
    assert {key for key, state in states.items() if state.ends} == {
        "closed", "declined", "withdrawn",
    }  # fmt: skip
    assert states["triage"].zh == "待分派"
    zh, en = categories().declined_reasons["outside_jurisdiction"]
    assert (zh, en) == ("不属于公安机关职责", "it is not a matter for the police")


@pytest.mark.parametrize(
    ("part", "change", "place"),
    [
        ("categories", {"public_release_default": "always"}, "public_release_default"),
        ("categories", {"zh": ""}, r"categories\[0\].zh"),
        ("categories", {"key": "request"}, "categories: each name once"),
        ("statuses", {"ends": "no"}, r"statuses\[0\].ends"),
        ("declined_reasons", {"key": None}, r"declined_reasons\[0\].key"),
    ],
)
def test_broken_categories_say_where(part: str, change: dict[str, object], place: str) -> None:
    data = parsed("categories.yaml")
    data[part][0] |= change
    with pytest.raises(BadData, match=place):
        Categories.of(data)
