"""Limits of what may be parked or refused on a topic before it is held back.

Instants are seconds of a monotonic clock. Parking is meant for single records. If much of a topic
can't be used, the fault is most likely ours (a new version, a wrong key), and parking everything
would empty the topic into a place that only people look at. A bureau that sends many unusable
actions is slowed down to the rate at which they can be answered.
"""

from collections import deque

MOST_PARKED = 100
"""Records of one topic that may be parked at the same time."""
MOST_SHARE = 0.2
"""Share of the recently read records that may be parked."""
LATELY = 100
"""Number of records after which the share is significant."""
REFUSALS_AT_ONCE = 200
REFUSALS_A_SECOND = 2.0


class DeadLetterLimit:
    """The limit of what one process may park of one topic."""

    def __init__(
        self, most: int = MOST_PARKED, *, share: float = MOST_SHARE, lately: int = LATELY
    ) -> None:
        self._most = most
        self._share = share
        self._recent: deque[bool] = deque(maxlen=lately)
        self._exhausted_at: int | None = None
        """Number of parked records when the limit was reached; None while more is allowed."""

    def note_read(self) -> None:
        """Note that a usable record was read."""
        self._recent.append(False)

    def take(self, outstanding: int) -> bool:
        """Return whether one more record may be parked while `outstanding` are; if so, count it.

        Once refused, the limit reopens only when someone replays or drops parked records.
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
    """Limits refusals for one bureau: a token bucket."""

    def __init__(
        self, at_once: int = REFUSALS_AT_ONCE, *, a_second: float = REFUSALS_A_SECOND
    ) -> None:
        self._most = float(at_once)
        self._a_second = a_second
        self._tokens = self._most
        self._filled_at: float | None = None

    def spend(self, count: int, *, at: float) -> None:
        """Take tokens for refused actions; the balance may become negative."""
        self._fill(at)
        self._tokens -= count

    def is_spent(self, *, at: float) -> bool:
        """Whether no further refusal is allowed now."""
        self._fill(at)
        return self._tokens < 1

    def wait(self, *, at: float) -> float:
        """Seconds until a tenth of the bucket is full, so that not every record stops it."""
        self._fill(at)
        return max(0.0, (max(1.0, self._most / 10) - self._tokens) / self._a_second)

    def _fill(self, at: float) -> None:
        passed = 0.0 if self._filled_at is None else max(0.0, at - self._filled_at)
        self._tokens = min(self._most, self._tokens + passed * self._a_second)
        self._filled_at = at
