"""The one clock gives aware instants in UTC, of now."""

from datetime import UTC, datetime, timedelta

from shared.platform.runtime.clock import Now, utc_now


def test_it_is_now_and_in_utc() -> None:
    now: Now = utc_now
    before, read, after = datetime.now(UTC), now(), datetime.now(UTC)
    assert before <= read <= after
    assert read.utcoffset() == timedelta(0)
