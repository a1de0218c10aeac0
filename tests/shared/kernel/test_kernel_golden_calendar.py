"""The worked examples have the dates that their reasons give, and the command agrees."""

import json
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from shared.duedates.answers import answer
from shared.duedates.cases import case_of
from shared.kernel.clocks import DueDate, Run, due_by_history
from shared.kernel.working_days import (
    DueReceipt,
    PausePeriod,
    add_natural_days,
    add_working_days,
    civil_date,
    passes_at,
)
from shared.platform.runtime.data_files import calendar, policies

GOLDEN = Path(__file__).parents[2] / "golden/calendar.jsonl"
EXAMPLES = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
OF_CLOCKS = [example for example in EXAMPLES if "clock" in example]
CHINA, TABLE = calendar(), policies().newest


def named(example: dict[str, Any]) -> str:
    return str(example["name"])


def pauses_of(example: dict[str, Any], key: str = "paused") -> tuple[PausePeriod, ...]:
    return tuple(
        PausePeriod(datetime.fromisoformat(began_at), datetime.fromisoformat(ended_at))
        for began_at, ended_at in example.get(key, [])
    )


def counted(example: dict[str, Any]) -> DueReceipt:
    start = civil_date(datetime.fromisoformat(example["received_at"]))
    add = add_working_days if example["unit"] == "wd" else add_natural_days
    return add(start, example["limit"], calendar=CHINA, pauses=pauses_of(example))


def promised(example: dict[str, Any]) -> DueDate:
    """The due date of the example's clock after the example's history."""
    limits = TABLE.limits(example["clock"], example.get("category"))
    run = Run(
        civil_date(datetime.fromisoformat(example["received_at"])),
        tuple(limit.longer(example.get("extended", 0)) for limit in limits),
        pauses_of(example) + pauses_of(example, "asked"),
    )
    return due_by_history(example["clock"], run, calendar=CHINA, policies=TABLE)


def days_of(receipt: DueReceipt, kind: str) -> dict[str, str | None]:
    return {f"{entry.day}": entry.reason for entry in receipt.days if entry.kind == kind}


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_an_example_comes_out_as_reasoned(example: dict[str, Any]) -> None:
    receipt = counted(example)
    assert receipt.due_on == date.fromisoformat(example["due_on"])
    assert receipt.passes_at == datetime.fromisoformat(example["passes_at"])
    assert receipt.provisional is example["provisional"]
    assert days_of(receipt, "skipped") == example["skipped"]
    assert list(days_of(receipt, "paused")) == example.get("paused_days", [])


@pytest.mark.parametrize("example", OF_CLOCKS, ids=named)
def test_a_clock_promises_what_its_example_says(example: dict[str, Any]) -> None:
    promise = promised(example)
    assert promise.receipt == counted(example)
    assert {step.level: step.at for step in promise.levels} == {
        level: passes_at(date.fromisoformat(day)) for level, day in example["levels"].items()
    }


@pytest.mark.parametrize("example", OF_CLOCKS, ids=named)
def test_an_extension_stays_within_what_the_table_allows(example: dict[str, Any]) -> None:
    most = TABLE.extension(example["clock"], example.get("category"))
    assert example.get("extended", 0) <= (most.amount if most else 0)


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_the_command_explains_it_alike(example: dict[str, Any]) -> None:
    line = {
        "id": example["name"],
        "received": example["received_at"],
        "limit": {"amount": example["limit"], "unit": example["unit"]},
        "paused": example.get("paused", []),
    }
    told = answer(case_of(json.dumps(line).encode()), CHINA, versions=policies())
    assert (told["id"], told["due"]) == (example["name"], example["due_on"])
    assert told["provisional"] is example["provisional"]
    assert told["passes_at"] == example["passes_at"]
    numbers = [entry["number"] for entry in told["receipt"] if entry["kind"] == "counted"]
    assert numbers == list(range(1, example["limit"] + 1))
    assert told["receipt"][-1]["day"] == example["due_on"]


def test_there_are_enough_examples_each_with_its_own_name_and_reason() -> None:
    assert len({example["name"] for example in EXAMPLES}) == len(EXAMPLES) >= 50
    assert all(example["why"].endswith(".") for example in EXAMPLES)
    assert Fraction(len(OF_CLOCKS), len(EXAMPLES)) > Fraction(1, 5)
