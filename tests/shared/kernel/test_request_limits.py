"""The limits' data file: what it says, and what it must not say."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
import yaml

from shared.kernel.errors import BadData
from shared.kernel.request_limits import KINDS, SCOPES, RequestLimits
from shared.platform.runtime import data_files

OURS: Mapping[str, Any] = yaml.safe_load(
    (data_files.FOLDER / "request_limits.yaml").read_text(encoding="utf-8")
)


def test_every_kind_has_a_burst_and_a_day_for_person_address_and_network() -> None:
    limits = data_files.request_limits()
    assert limits.policies.keys() == set(KINDS)
    for kind, policies in limits.policies.items():
        assert [one.scope for one in policies] == [scope for scope in SCOPES for _ in range(2)]
        assert [one.window_s == 86_400 for one in policies] == [False, True] * 3
        amounts = [one.item.amount for one in policies]
        assert amounts[0] <= amounts[2] <= amounts[4], f"{kind}: a network is many addresses"
    letters = limits.policies["letters"]
    assert [one.name for one in letters][1::2] == [
        "letters-day",
        "letters-address-day",
        "letters-network-day",
    ]
    assert [one.item.amount for one in letters[:2]] == [5, 10]


def test_a_factor_raises_all_amounts() -> None:
    once, tenfold = data_files.request_limits(), data_files.request_limits(factor=10)
    for kind, policies in once.policies.items():
        for one, ten in zip(policies, tenfold.policies[kind], strict=True):
            assert (ten.item.amount, ten.window_s) == (one.item.amount * 10, one.window_s)


@pytest.mark.parametrize(
    ("person", "fault"),
    [
        ("5 per 10 minutes", "such as"),
        ("5 per 10 minutes; 10 per day; 20 per day", "such as"),
        ("many per day; 10 per day", "such as"),
        (7, "a text is needed"),
        ("5 per 7 minutes; 10 per day", "divides a day"),
        ("5 per 10 minutes; 10 per hour", "divides a day"),
        ("5 per day; 10 per day", "divides a day"),
        ("50 per 10 minutes; 10 per day", "no more in the burst"),
        ("0 per 10 minutes; 10 per day", "from 1"),
        ("5 per 10 minutes; 10000000000 per day", "from 1"),
    ],
)
def test_a_bad_limit_is_named_with_its_place(person: object, fault: str) -> None:
    data = deepcopy(dict(OURS))
    data["limits"][0]["person"] = person
    with pytest.raises(BadData, match=rf"limits\[0\]\.person.*{fault}"):
        RequestLimits.of(data)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda data: data.pop("limits"), "limits: a list is needed"),
        (lambda data: data["limits"].pop(), "limits: codes is missing"),
        (lambda data: data["limits"].append(data["limits"][0]), "each name once"),
        (lambda data: data["limits"][1].update(kind="letter"), r"limits\[1\]\.kind"),
        (lambda data: data["limits"][1].pop("why"), r"limits\[1\]\.why"),
        (lambda data: data["limits"][1].pop("network"), r"limits\[1\]\.network"),
        (lambda data: data["limits"][1].update(persons="1 per day"), "persons is not known"),
        (lambda data: data.update(limit=[]), "limit is not known"),
    ],
)
def test_a_file_that_lacks_or_repeats_something_is_refused(change: Any, fault: str) -> None:
    data = deepcopy(dict(OURS))
    change(data)
    with pytest.raises(BadData, match=fault):
        RequestLimits.of(data)
