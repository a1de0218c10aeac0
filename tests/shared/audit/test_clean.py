"""An audit of honest services finds nothing, and waits and looks as it should."""

from services.publisher import store
from shared.audit.settings import COUNTS
from tests.shared.audit.town import town


async def test_what_honest_services_keep_is_clean() -> None:
    tally = await town().audit().run()
    shown = [one for line in tally.lines.values() for one in line.shown]
    assert not shown
    assert tally.letters == 10


async def test_honest_daily_counts_are_clean() -> None:
    counted = town()
    counted.count_days()
    assert counted.counts
    tally = await counted.audit().run()
    assert not [one for line in tally.lines.values() for one in line.shown]


def test_the_audit_reads_the_publishers_counts() -> None:
    assert COUNTS == store.COUNTS
