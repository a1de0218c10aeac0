"""A person is called at once, and the next one every five minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.kernel.alarms import alarm
from shared.platform.runtime.data_files import policies

TABLE = policies().newest


def test_a_diversion_is_seen_in_five_minutes_or_pages_the_next() -> None:
    start = datetime(2026, 2, 17, 3, 7, tzinfo=UTC)
    found = alarm("diversion", start, policies=TABLE)
    assert found.passes_at == start + timedelta(minutes=5)
    assert [(page.at - start, page.to) for page in found.pages] == [
        (timedelta(0), "duty"),
        (timedelta(minutes=5), "duty_chief"),
        (timedelta(minutes=10), "province_command"),
    ]


def test_only_clocks_of_minutes_raise_an_alarm_and_only_at_an_instant() -> None:
    with pytest.raises(ValueError, match="assign is no number of minutes"):
        alarm("assign", datetime(2026, 2, 17, tzinfo=UTC), policies=TABLE)
    with pytest.raises(ValueError, match="zone"):
        alarm("diversion", datetime(2026, 2, 17), policies=TABLE)  # noqa: DTZ001 - the case under test
