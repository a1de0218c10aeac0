"""A limit on requests for letters that the person can't see.

Counted per process, in memory only. Unknown numbers and other people's letters are answered alike
and distinguished only in a metric.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from fastapi import Request
from prometheus_client import Counter
from starlette.responses import Response

from shared.kernel.errors import ForeignLetter, NotFound, TooOften
from shared.platform.http import problems
from shared.platform.http.tokens import Person
from shared.platform.runtime.clock import Now

MOST_MISSES: Final = 36
MOST_PERSONS: Final = 20_000
"""Persons that are remembered; those with the oldest last miss are forgotten first."""
WITHIN: Final = timedelta(minutes=10)
NUMBERS: Final = frozenset({"letter", "diversion"})
"""Path parameters that hold the number of a letter or a diversion."""

MISSED = Counter(
    "mailbox_http_letters_missed_total",
    "Requests for a letter or diversion that the asker can't see: unknown, or foreign (another's).",
    ["which"],
)
for which in ("unknown", "foreign"):
    MISSED.labels(which)  # start at 0, or the first would not count as a rise


class Misses:
    """The different numbers that each person recently requested and did not find."""

    def __init__(self, *, now: Now, most: int = MOST_MISSES) -> None:
        self._now = now
        self._most = most
        self._missed: OrderedDict[str, OrderedDict[int, datetime]] = OrderedDict()
        """By person: hashes of numbers with the time of the last miss, oldest first."""

    def check(self, person: Person) -> None:
        """Raises: TooOften, for a person who missed too many numbers within ten minutes."""
        missed = self._missed.get(person.sub)
        if missed is None or len(missed) < self._most:
            return
        if self._now() - next(iter(missed.values())) <= WITHIN:
            raise TooOften

    def note(self, person: Person, number: str, *, is_foreign: bool) -> None:
        """Count a miss; the same number requested again counts once."""
        MISSED.labels("foreign" if is_foreign else "unknown").inc()
        missed: OrderedDict[int, datetime] = self._missed.setdefault(person.sub, OrderedDict())
        missed[hash(number)] = self._now()
        missed.move_to_end(hash(number))
        self._missed.move_to_end(person.sub)
        for known, most in ((missed, self._most), (self._missed, MOST_PERSONS)):
            if len(known) > most:
                known.popitem(last=False)


def number_in(request: Request) -> str | None:
    """The letter or diversion number in the request's path."""
    return next((request.path_params[name] for name in NUMBERS & request.path_params.keys()), None)


async def on_refused(request: Request, refused: Exception) -> Response:
    """Answer with the problem, and note a missed number."""
    person: Person | None = getattr(request.state, "person", None)
    number = number_in(request)
    if isinstance(refused, NotFound) and person is not None and number is not None:
        misses: Misses = request.app.state.misses
        misses.note(person, number, is_foreign=isinstance(refused, ForeignLetter))
    return await problems.on_refused(request, refused)
