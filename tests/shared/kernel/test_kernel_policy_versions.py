"""Which version of the policies is in force on a day, and which one a letter follows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import BadData
from shared.kernel.policies import Policies
from shared.kernel.policy_versions import PolicyVersions
from tests.support.versions import OURS, other

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def since(*days: date) -> PolicyVersions:
    """A version from each of these days on, each in its own file."""
    return PolicyVersions.of({f"{n}.yaml": _from(day) for n, day in enumerate(days)})


def _from(day: date) -> Policies:
    return replace(OURS, version=f"{day}")


@given(st.lists(DAYS, min_size=1, max_size=6, unique=True), DAYS)
def test_the_last_version_that_has_begun_is_in_force(days: list[date], day: date) -> None:
    versions = since(*days)
    begun = [one for one in days if one <= day]
    assert versions.on(day).since == max(begun, default=min(days))
    assert versions.newest.since == max(days)
    assert [one.since for one in versions.tables] == sorted(days), "however they were put there"


@given(st.lists(DAYS, min_size=1, max_size=6, unique=True), DAYS)
def test_a_letter_keeps_its_version_whatever_is_put_beside_it(days: list[date], new: date) -> None:
    before, after = since(*days), since(*{*days, new})
    for day in days:
        assert after.under(f"{day}") == before.under(f"{day}") == before.on(day)


def test_a_version_begins_with_its_day() -> None:
    day = date(2027, 3, 1)
    versions = since(date(2026, 11, 24), day)
    assert versions.on(day).version == "2027-03-01"
    assert versions.on(day - timedelta(days=1)).version == "2026-11-24"
    assert versions.on(date.min).version == "2026-11-24"


def test_of_a_version_that_is_gone_what_is_in_force_on_its_day_stands_in() -> None:
    versions = since(date(2026, 11, 24), date(2027, 3, 1), date(2028, 1, 1))
    assert versions.under("2027-06-01").version == "2027-03-01"
    assert versions.under("2026-01-01").version == "2026-11-24"
    assert versions.under("").version == versions.under("v7").version == "2026-11-24"


def test_two_versions_of_one_day_and_none_at_all_are_refused() -> None:
    twice = {"a.yaml": OURS, "b.yaml": other("2027-03-01"), "c.yaml": other("2027-03-01")}
    with pytest.raises(BadData, match=r"^b\.yaml and c\.yaml are both version 2027-03-01$"):
        PolicyVersions.of(twice)
    with pytest.raises(BadData, match=r"^no version of the policies is there$"):
        PolicyVersions.of({})
