"""Is every fault that an audit knows a code for found, once it is planted?"""

from __future__ import annotations

from collections import Counter

import pytest

from shared.audit.findings import CODES, PROMISES
from tests.shared.audit.plants import PLANTS, Plant
from tests.shared.audit.town import SECRETS, codes, town

NAMES = [plant.__name__.strip("_") for _, plant in PLANTS]
TWO = 2
"""Faults that are planted for each invariant, at least."""


@pytest.mark.parametrize(("code", "plant"), PLANTS, ids=NAMES)
async def test_a_planted_fault_is_found(code: str, plant: Plant) -> None:
    damaged = town()
    plant(damaged)
    tally = await damaged.audit().run()
    assert code in codes(tally)
    assert tally.lines[CODES[code].breaks].breaches


@pytest.mark.parametrize(("code", "plant"), PLANTS, ids=NAMES)
async def test_a_fault_stays_with_its_letter(code: str, plant: Plant) -> None:
    damaged = town()
    plant(damaged)
    tally = await damaged.audit().run()
    assert code in CODES
    assert all(line.letters <= TWO + 1 for line in tally.lines.values())
    assert not any(word in str(tally) for word in SECRETS)


def test_every_code_was_planted() -> None:
    assert {code for code, _ in PLANTS} == CODES.keys()


def test_every_invariant_was_broken_twice() -> None:
    broken = Counter(CODES[code].breaks for code, _ in PLANTS)
    assert broken.keys() == PROMISES.keys()
    assert min(broken.values()) >= TWO
