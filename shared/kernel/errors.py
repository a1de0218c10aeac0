"""Why something was not done: the three outcomes of the house and no fourth. Pure.

    Exception
    ├── Refused                 a rule said no; HTTP status and code, counted on Kafka, goes on
    │   ├── AlreadyDone         409 already_done
    │   ├── BadValue            422 bad_value
    │   ├── IdReused            422 id_reused
    │   ├── LimitReached        429 limit
    │   ├── NotAllowed          403 not_allowed
    │   ├── NotFound            404 not_found
    │   │   ├── ForeignLetter   404 not_found (counted apart)
    │   │   └── NotHeld         404 not_held (to a bureau, on its topic; over HTTP: not_found)
    │   ├── OutOfOrder          409 out_of_order
    │   ├── StaleAssignment     409 stale_assignment
    │   ├── TooLate             409 too_late
    │   └── TooOften            429 too_often
    ├── Poison                  cannot be read: parked, never tried again
    ├── BadData                 a data file of ours says what it may not: the service doesn't start
    └── anything else           passing trouble: tried again with growing pauses

Messages are written by us. They name commands, states, bureaus and dates, and never hold a
citizen's words, name or number: they are logged and shown.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

NOTHING_MORE: Mapping[str, Any] = MappingProxyType({})


class Refused(Exception):
    """A rule said no. Subclasses give HTTP `status` and `code`; this class itself is never raised.

    Codes are those of `request.refused` and `action.refused` (`shared/contracts/vocabulary.py`)
    where these have one, so one refusal reads the same on a topic and over HTTP.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    members: Mapping[str, Any] = NOTHING_MORE
    """What a problem over HTTP says besides, as JSON: RFC 9457's extension members. Ours alone, and
    never anything that came in."""

    def __str__(self) -> str:
        return super().__str__() or self.code


class AlreadyDone(Refused):
    """What was asked has happened, and asking again is not the same request sent twice."""

    status = 409
    code = "already_done"


class BadValue(Refused):
    """A field holds what the rules don't know. Name the field, never the value."""

    status = 422
    code = "bad_value"


class IdReused(Refused):
    """An action id or idempotency key came again with other content."""

    status = 422
    code = "id_reused"


class LimitReached(Refused):
    """So many are allowed and no more: questions, reopenings, letters of a day."""

    status = 429
    code = "limit"


class NotAllowed(Refused):
    """The person may see this, but may not do that. A foreign letter is NotFound, never this."""

    status = 403
    code = "not_allowed"


class NotFound(Refused):
    """There is no such thing for this asker; wrong and foreign letter numbers read the same."""

    status = 404
    code = "not_found"


class ForeignLetter(NotFound):
    """There is such a letter or diversion, and this person may see nothing of it.

    It is answered as `NotFound`; only a metric tells them apart.
    """


class NotHeld(NotFound):
    """The bureau doesn't hold this letter.

    `code` goes only to the bureau that acted, on its own topic. Over HTTP any `NotFound` is
    answered with `NotFound.code`, or the answer would tell that the letter exists.
    """

    code = "not_held"


class OutOfOrder(Refused):
    """The letter is not in a state in which this can be done."""

    status = 409
    code = "out_of_order"


class StaleAssignment(Refused):
    """The bureau speaks for an assignment that has ended, even if it holds the letter again."""

    status = 409
    code = "stale_assignment"


class TooLate(Refused):
    """The day until which this could be done has passed."""

    status = 409
    code = "too_late"


class TooOften(Refused):
    """Asked again too soon; later it may be granted."""

    status = 429
    code = "too_often"


class Poison(Exception):
    """A record that no trying again will make readable. It is parked under its `reason`.

    `reason` is a code from a closed set (`unreadable`, `bad_envelope`, ...), never a value.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadData(Exception):
    """One of our data files says what it may not. Names file and place, for an operator's eyes."""
