"""When a child that died is restarted, and when the stack gives up."""

from collections.abc import Sequence

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 5.0
WINDOW_S = 60.0
MOST_DEATHS = 5
"""This many deaths within the window end the stack."""


def wait_before_restart(deaths: Sequence[float], now: float) -> float | None:
    """Return the seconds to wait before a restart, None when the child died too often.

    `deaths`: monotonic seconds.
    """
    recent = sum(1 for at in deaths if now - at < WINDOW_S)
    if recent >= MOST_DEATHS:
        return None
    return float(min(FIRST_WAIT_S * 2 ** max(recent - 1, 0), LONGEST_WAIT_S))
