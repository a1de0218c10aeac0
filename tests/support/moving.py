"""Instants of tests, and a clock that only a test moves."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


class Clock:
    """A `Now` that only a test moves; `seconds` is the matching monotonic clock."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        """Seconds that never go back."""
        return (self.at - START).total_seconds()

    def pass_by(self, **of: float) -> None:
        """Let time pass, as the arguments of `timedelta` say."""
        self.at += timedelta(**of)


def moment(day: int, hour: int = 12) -> datetime:
    """An instant of November 2026, UTC."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)
