"""How much may go wrong on a topic before it is held back? Pure; instants are seconds of a clock.

Parking is for a record now and then. When much of a topic can't be used the fault is most likely
ours, a new version or a wrong key, and parking everything would empty the topic into a place that
only people look at. A bureau that sends rubbish is slowed down to what its answers may cost.
"""

from __future__ import annotations

from collections import deque

MOST_PARKED = 100
"""Records of one topic that may be parked at the same time."""
MOST_SHARE = 0.2
"""Of the records read lately, how many may be parked."""
LATELY = 100
"""Records after which the share counts; before that it says little."""
REFUSALS_AT_ONCE = 200
REFUSALS_A_SECOND = 2.0


class DeadLetterLimit:
    """What one process may still park of one topic."""

    def __init__(
        self, most: int = MOST_PARKED, *, share: float = MOST_SHARE, lately: int = LATELY
    ) -> None:
        self._most = most
        self._share = share
        self._recent: deque[bool] = deque(maxlen=lately)
        self._exhausted_at: int | None = None
        """How much was parked when no more was allowed; none: more is allowed."""

    def note_read(self) -> None:
        """A record was read that could be used."""
        self._recent.append(False)

    def take(self, outstanding: int) -> bool:
        """Whether one more may be parked while `outstanding` are; if so it counts.

        After a no, people replaying or dropping what is parked is what opens the budget again.
        """
        if self._exhausted_at is not None and outstanding < self._exhausted_at:
            self._recent.clear()
        if outstanding >= self._most or self._is_share_used:
            self._exhausted_at = outstanding
            return False
        self._exhausted_at = None
        self._recent.append(True)
        return True

    @property
    def _is_share_used(self) -> bool:
        count = len(self._recent)
        return count == self._recent.maxlen and sum(self._recent) >= self._share * count


class RateLimit:
    """What one bureau may still be refused: a bucket of tokens that fills by itself."""

    def __init__(
        self, at_once: int = REFUSALS_AT_ONCE, *, a_second: float = REFUSALS_A_SECOND
    ) -> None:
        self._most = float(at_once)
        self._a_second = a_second
        self._tokens = self._most
        self._filled_at: float | None = None

    def spend(self, count: int, *, at: float) -> None:
        """So many were refused; what had not been foreseen is owed."""
        self._fill(at)
        self._tokens -= count

    def is_spent(self, *, at: float) -> bool:
        """Whether not one more may be refused now."""
        self._fill(at)
        return self._tokens < 1

    def wait(self, *, at: float) -> float:
        """Seconds until a tenth of it is back, so that there is no stopping at every record."""
        self._fill(at)
        return max(0.0, (max(1.0, self._most / 10) - self._tokens) / self._a_second)

    def _fill(self, at: float) -> None:
        passed = 0.0 if self._filled_at is None else max(0.0, at - self._filled_at)
        self._tokens = min(self._most, self._tokens + passed * self._a_second)
        self._filled_at = at
