"""The clock: the only module that reads it; everything else receives a `Now`."""

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
"""Returns the current instant, aware and in UTC."""


def utc_now() -> datetime:
    """The current instant by this machine's clock."""
    return datetime.now(UTC)
