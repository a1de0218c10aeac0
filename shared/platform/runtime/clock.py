"""What time is it? The one module that reads the clock; everything else has a `Now` handed in."""

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
"""Gives the present instant, aware and in UTC."""


def utc_now() -> datetime:
    """The present instant by this machine's clock."""
    return datetime.now(UTC)
