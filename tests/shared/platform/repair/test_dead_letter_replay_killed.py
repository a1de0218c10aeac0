"""A replay or a drop may be killed at any step, and done again while the service works on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import (
    BUREAU_TOPIC,
    LETTER,
    progress,
)
from tests.support.parked import Stage, both, event

MOST_STEPS = 60


async def test_what_a_killed_replay_had_kept_is_sent_without_another_try() -> None:
    """No uncommitted record stands behind it: the sweeper finds it unsent."""
    was_kept = False
    for dies_at in range(1, MOST_STEPS):
        stage = Stage()
        await stage.park(both(1))
        outcome = await stage.tried("replay", 1, dies_at=dies_at)
        await stage.sweep()
        if LETTER in stage.world.documents.kept:
            was_kept = True
            assert stage.said() == progress(1), f"killed at step {dies_at}"
            assert len(stage.said(BUREAU_TOPIC)) == 1
        if outcome == "done":
            assert was_kept
            return
    pytest.fail("there were steps at which it was never killed")


@pytest.mark.parametrize("applied_before", [False, True], ids=["fresh", "applied by a zombie"])
@pytest.mark.parametrize("what", ["replay", "drop"])
async def test_killed_at_any_step_and_done_again_it_ends_the_same(
    what: str, *, applied_before: bool
) -> None:
    """Twice killed, at every pair of equal steps; then once more undisturbed."""
    ideal: list[Any] = []
    for dies_at in range(MOST_STEPS):
        stage = Stage()
        await stage.hear(both(1))
        await stage.park(both(2))
        await stage.hear(both(3))
        if applied_before:
            zombie = stage.world.replica()
            await zombie.letters.decide_and_store(zombie.read(both(2)))
        outcomes = [await stage.tried(what, 2, dies_at=dies_at)]
        while event(2) in stage.parked.kept:
            outcomes.append(await stage.tried(what, 2, dies_at=dies_at if len(outcomes) < 2 else 0))
        await stage.sweep()
        end = (stage.world.state().notes, stage.said(), stage.said(BUREAU_TOPIC))
        assert stage.is_settled()
        ideal = ideal or [end]
        assert end == ideal[0], f"killed at step {dies_at}"
        if dies_at and outcomes == ["done"]:
            return
    pytest.fail("there were steps at which it was never killed")


# --- anything at any time ------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hear"), st.integers(1, 5), st.just(0)),
        st.tuples(st.just("zombie"), st.integers(1, 5), st.just(0)),
        st.tuples(st.just("replay"), st.integers(1, 5), st.integers(0, 30)),
    ),
    max_size=25,
)


@given(parked=st.sets(st.integers(1, 5), min_size=1), steps=STEPS)
async def test_replays_deliveries_and_deaths_in_any_order_end_as_the_ideal_run(
    parked: set[int], steps: list[tuple[str, int, int]]
) -> None:
    stage = Stage()
    await stage.park(*(both(number) for number in sorted(parked)))
    for what, number, dies_at in steps:
        if what == "hear":
            await stage.hear(*(both(n) for n in range(number, 6) if n not in parked))
        elif what == "zombie":
            zombie = stage.world.replica()
            await zombie.letters.decide_and_store(zombie.read(both(number)))
        elif event(number) in stage.parked.kept:
            await stage.tried("replay", number, dies_at=dies_at)
    await stage.hear(*(both(n) for n in range(1, 6) if n not in parked))
    for number in range(1, 6):
        if event(number) in stage.parked.kept:
            assert await stage.tried("replay", number) == "done"
    await stage.hear(*(both(n) for n in range(1, 6) if n not in parked))
    await stage.sweep()
    assert stage.world.state().notes == tuple(f"both-{n}" for n in range(1, 6))
    assert sorted(stage.said()) == progress(1, 2, 3, 4, 5)
    assert len(stage.said(BUREAU_TOPIC)) == 5
    assert stage.is_settled()
