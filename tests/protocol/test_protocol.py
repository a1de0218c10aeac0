"""The protocol holds in every order of steps, and each of its clauses is necessary."""

from dataclasses import fields, replace

import pytest

from tests.protocol.clauses import Clauses
from tests.protocol.explorer import explore, walk
from tests.protocol.faults import FAULTS, Fault
from tests.protocol.scenarios import AT_RANDOM, TWO_PARTITIONS, WORLDS, Bounds
from tests.support.budget import budget

SEARCHED = 60_000
QUICK = tuple(bounds for bounds in WORLDS if bounds.is_quick)
LONG = tuple(bounds for bounds in WORLDS if not bounds.is_quick)


def _name(one: Fault | Bounds) -> str:
    return one.name


@pytest.mark.parametrize("fault", FAULTS, ids=_name)
def test_without_its_clause_it_goes_wrong(fault: Fault) -> None:
    outcome = explore(fault.broken, most=SEARCHED)
    assert outcome.violation.startswith(fault.breaks), outcome
    assert outcome.trace


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", FAULTS, ids=_name)
def test_with_it_it_does_not(fault: Fault) -> None:
    assert not explore(fault.scenario, most=budget(100_000, quick=5_000)).violation


@pytest.mark.parametrize("bounds", QUICK, ids=_name)
def test_the_whole_protocol_holds(bounds: Bounds) -> None:
    outcome = explore(bounds.scenario, most=bounds.most)
    assert not outcome.violation, outcome
    assert outcome.is_whole
    assert outcome.ends


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(budget(5, quick=1)))
@pytest.mark.parametrize("bounds", AT_RANDOM, ids=_name)
def test_it_holds_at_random_too(bounds: Bounds, seed: int) -> None:
    outcome = walk(bounds.scenario, seed=seed, runs=budget(150, quick=30))
    assert not outcome.violation, outcome
    assert outcome.ends


def test_every_clause_is_seen_to_matter() -> None:
    tried = {clause for fault in FAULTS for clause in fault.without}
    assert tried == {field.name for field in fields(Clauses)}


@pytest.mark.parametrize("clause", ["guards_by", "majority_loads"])
def test_either_of_two_guards_against_versions_that_come_again_is_enough(clause: str) -> None:
    fault = next(one for one in FAULTS if one.name.startswith("F11"))
    assert set(fault.without) == {"guards_by", "majority_loads"}
    scenario = replace(fault.scenario, clauses=Clauses().without(clause))
    assert not explore(scenario, most=20_000).violation


@pytest.mark.parametrize("clause", ["repeats_are_sent", "losers_send", "sends_before_commit"])
def test_a_fault_shows_beside_other_letters_and_partitions(clause: str) -> None:
    """Others that go on as they should don't hide it."""
    bounds = next(one for one in WORLDS if one.scenario.letters == TWO_PARTITIONS)
    scenario = replace(bounds.scenario, clauses=Clauses().without(clause))
    assert explore(scenario, most=SEARCHED).violation.startswith("L1")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bounds", LONG, ids=_name)
def test_the_whole_protocol_holds_in_large_worlds(bounds: Bounds) -> None:
    outcome = explore(bounds.scenario, most=bounds.most)
    assert not outcome.violation, outcome
    assert outcome.ends
