"""Through a year of failures the notifier fires every level once and in order.

`YEAR_SEED=7` plays another year.
"""

import os
from collections import Counter
from collections.abc import Mapping

import pytest

from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    DisclosureMarked,
    DueChanged,
    ExtensionDecided,
    InstructionAnswered,
    LetterEscalated,
    LetterRecalled,
    LetterReclassified,
    LetterReopened,
    LetterReturned,
    LetterSupervised,
    PetitionMarked,
    QuestionLapsed,
    ReplySentBack,
    UnitAccepted,
    WriterAnswered,
)
from shared.contracts.topics import DEADLINES
from shared.platform.app.shell import LETTERS
from tests.support.budget import budget
from tests.year.faults import KINDS
from tests.year.life import Lived, Plan, live
from tests.year.plants import PLANTS, Plant
from tests.year.verdict import audited, is_excused, kinds_said, told_twice, verdict

SEED = int(os.environ.get("YEAR_SEED", "1"))
MUST_HAPPEN: frozenset[type[Fact]] = frozenset({
    AppealMade, CommitmentFulfilled, DisclosureMarked, DueChanged, ExtensionDecided,
    InstructionAnswered, LetterEscalated, LetterRecalled, LetterReclassified, LetterReopened,
    LetterReturned, LetterSupervised, PetitionMarked, QuestionLapsed, ReplySentBack,
    UnitAccepted, WriterAnswered,
})  # fmt: skip
"""A year without these would prove little."""
SHORT = Plan(letters=budget(60, quick=25), seed=SEED)
WHOLE = Plan(letters=5_000, seed=SEED, diversions=60)


@pytest.mark.timeout(900)
async def test_a_short_year_keeps_every_promise() -> None:
    await _check(await live(SHORT), SHORT)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
async def test_a_whole_year_keeps_every_promise() -> None:
    lived = await live(WHOLE)
    await _check(lived, WHOLE)
    states = _states(lived)
    assert {"closed", "declined", "withdrawn"} <= states.keys()
    assert set(lived.faults) == set(KINDS)
    assert lived.refusals, "and people ask for what they may not have"
    assert not MUST_HAPPEN - kinds_said(lived)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("plant", PLANTS.values(), ids=list(PLANTS))
async def test_a_fault_of_the_notifiers_is_found(plant: Plant) -> None:
    found = verdict(await live(Plan(letters=60, seed=SEED, plant=plant)))
    assert any(plant.found in one for one in found), found[:10]


async def _check(lived: Lived, plan: Plan) -> None:
    found = verdict(lived)
    assert not found, found[:20]
    assert not told_twice(lived)
    tally = await audited(lived)
    shown = [one for line in tally.lines.values() for one in line.shown]
    assert not [one for one in shown if not is_excused(one.letter, one.finding.code, lived)]
    assert tally.letters == plan.letters + plan.diversions
    assert sum(_states(lived).values()) == plan.letters
    assert any(True for _ in lived.town.broker.on(DEADLINES.name))


def _states(lived: Lived) -> Mapping[str, int]:
    """The number of letters in each state."""
    kept = lived.town.database("router").collection(LETTERS).kept.values()
    return Counter(one["state"]["state"] for one in kept)
