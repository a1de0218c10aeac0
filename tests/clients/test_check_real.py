"""The check over the real local broker: a right system passes, each planted wrong one is found."""

from pathlib import Path

import pytest

from tests.clients.checking import ALL, bench, results
from tests.clients.systems import right

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]


async def test_a_right_system_passes_everything(tmp_path: Path) -> None:
    async with bench(tmp_path) as stage:
        found = await stage.checked(right)
    assert results(found) == dict.fromkeys(ALL, "passed"), found
