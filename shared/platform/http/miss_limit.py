"""Who asks for many letters that aren't there for them? They are refused for some minutes.

Counted in this process alone, in memory; nothing of it is kept. A number that doesn't exist and one
of somebody else's are answered alike, and told apart in a metric only.
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
"""That are remembered; those who missed something longest ago are forgotten."""
WITHIN: Final = timedelta(minutes=10)
NUMBERS: Final = frozenset({"letter", "diversion"})
"""Parameters of paths that hold the number of a letter or a diversion."""

MISSED = Counter(
    "mailbox_http_letters_missed_total",
    "Requests for a letter or diversion that the asker can't see: unknown, or foreign (another's).",
    ["which"],
)
for which in ("unknown", "foreign"):
    MISSED.labels(which)  # from 0, or the first would not count as a rise


class Misses:
    """The different numbers that each person has asked for lately and not found."""

    def __init__(self, *, now: Now, most: int = MOST_MISSES) -> None:
        self._now = now
        self._most = most
        self._missed: OrderedDict[str, OrderedDict[int, datetime]] = OrderedDict()
        """By person: hashes of numbers, with when each was missed last, oldest first."""

    def check(self, person: Person) -> None:
        """Raises: TooOften, for whoever has missed too many numbers within ten minutes."""
        missed = self._missed.get(person.sub)
        if missed is None or len(missed) < self._most:
            return
        if self._now() - next(iter(missed.values())) <= WITHIN:
            raise TooOften

    def note(self, person: Person, number: str, *, is_foreign: bool) -> None:
        """Count a request; a number that is asked for again is no further one."""
        MISSED.labels("foreign" if is_foreign else "unknown").inc()
        missed: OrderedDict[int, datetime] = self._missed.setdefault(person.sub, OrderedDict())
        missed[hash(number)] = self._now()
        missed.move_to_end(hash(number))
        self._missed.move_to_end(person.sub)
        for known, most in ((missed, self._most), (self._missed, MOST_PERSONS)):
            if len(known) > most:
                known.popitem(last=False)


def number_in(request: Request) -> str | None:
    """The number of a letter or a diversion in the request's path."""
    return next((request.path_params[name] for name in NUMBERS & request.path_params.keys()), None)


async def on_refused(request: Request, refused: Exception) -> Response:
    """The problem; what somebody missed is noted before."""
    person: Person | None = getattr(request.state, "person", None)
    number = number_in(request)
    if isinstance(refused, NotFound) and person is not None and number is not None:
        misses: Misses = request.app.state.misses
        misses.note(person, number, is_foreign=isinstance(refused, ForeignLetter))
    return await problems.on_refused(request, refused)
