"""The check over the real local broker: right systems pass, each planted wrong one is found."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clients.bureau.sealing import Keys
from tests.clients.checking import ALL, Bench, bench, results
from tests.clients.naive import Naive
from tests.clients.systems import idle, right, simulated
from tests.clients.wrong import WRONG, naive

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(240)]

BEFORE = {"words": ("normal", "words"), "huge": ("normal", "huge")}
"""Scenarios that need another, which shows that the system quotes codes."""
WHY = {
    "normal": "names assignment 1",
    "words": "code was not quoted",
    "huge": "code was not quoted",
    "identity": "no action came",
    "duplicate": "under different action_ids",
    "overtaken": "which had ended",
    "unknown": "no action came",
    "unanswered": "under a new action_id",
    "refused": "after its refusal",
    "withdrawn": "refused after its end",
    "recalled": "refused after its end",
    "rotation": "code was not quoted",
    "mailbox_key": "not sealed for the newest key",
    "actions": "the words are not sealed",
}
"""The verdict about the planted fault."""


async def test_right_systems_pass_everything_whatever_earlier_checks_left(tmp_path: Path) -> None:
    async with bench(tmp_path) as stage:
        await stage.checked(naive, "refused", "recalled")
        left = len(stage.transcript.entries)
        found = await stage.checked(right)
    assert left
    assert results(found) == dict.fromkeys(ALL, "passed"), found


async def test_a_system_of_another_make_passes_but_for_what_it_never_shows(tmp_path: Path) -> None:
    async with bench(tmp_path) as stage:
        found = await stage.checked(naive)
    assert results(found) == dict.fromkeys(ALL, "passed") | {"identity": "not_seen"}, found


async def test_the_simulated_bureau_does_nothing_wrong(tmp_path: Path) -> None:
    """It never quotes a letter, so nothing shows whether it could decrypt one."""
    async with bench(tmp_path) as stage:
        found = await stage.checked(simulated)
    unseen = dict.fromkeys(("words", "huge", "identity", "rotation"), "not_seen")
    assert results(found) == dict.fromkeys(ALL, "passed") | unseen, found


@pytest.mark.parametrize(("scenario", "made"), WRONG.items(), ids=WRONG.keys())
async def test_a_wrong_system_is_found(
    scenario: str, made: Callable[[Keys], Naive], tmp_path: Path
) -> None:
    async def system(stage: Bench) -> None:
        await made(stage.own_keys()).work(stage)

    async with bench(tmp_path) as stage:
        found = await stage.checked(system, *BEFORE.get(scenario, (scenario,)))
    verdict = found[scenario]
    assert verdict.result == "failed", found
    assert any(WHY[scenario] in seen.en for seen in verdict.seen), verdict.seen


async def test_a_system_that_does_nothing_fails_where_something_is_due(tmp_path: Path) -> None:
    async with bench(tmp_path) as stage:
        found = await stage.checked(idle, "normal", "withdrawn")
    assert results(found) == {
        "normal": "failed",
        "withdrawn": "not_seen",
        "actions": "not_seen",
    }
