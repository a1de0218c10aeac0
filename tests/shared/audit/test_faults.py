"""An audit finds a planted fault of every code."""

from collections import Counter

import pytest

from shared.audit.findings import CODES, PROMISES
from tests.shared.audit.plants import PLANTS, Plant
from tests.shared.audit.town import SECRETS, codes, town

NAMES = [plant.__name__.strip("_") for _, plant in PLANTS]
TWO = 2
"""Least number of planted faults for each invariant."""


@pytest.mark.parametrize(("code", "plant"), PLANTS, ids=NAMES)
async def test_a_planted_fault_is_found_in_its_letter_alone(code: str, plant: Plant) -> None:
    damaged = town()
    plant(damaged)
    tally = await damaged.audit().run()
    assert code in codes(tally)
    assert tally.lines[CODES[code].breaks].breaches
    assert all(line.letters <= TWO + 1 for line in tally.lines.values())
    assert not any(word in str(tally) for word in SECRETS)


def test_every_code_was_planted() -> None:
    assert {code for code, _ in PLANTS} == CODES.keys()


def test_every_invariant_was_broken_twice() -> None:
    broken = Counter(CODES[code].breaks for code, _ in PLANTS)
    assert broken.keys() == PROMISES.keys()
    assert min(broken.values()) >= TWO
